/* The interface between infra and its provider plugins.
 *
 * A plugin is one shared object, infra-provider-NAME.so, with one entry symbol, infra_provider (see the end). This
 * header is all that it needs: it includes nothing of the engine. The host hands the plugin a table of functions; the
 * plugin hands back a table of verbs. Both tables begin with their size and version; a later version only appends.
 * Neither side needs a global: every request names its host and its plugin, functions that have no other handle take
 * one first, and a plugin that keeps something (types that it loads) puts its table in front of it.
 *
 * Threads: the host calls every verb on one thread, and the plugin answers on that thread. A verb that cannot answer
 * at once returns and answers later, from a timer, an HTTP answer, a watched descriptor or a finished job.
 *
 * Answering: every verb with an InfraCall ends in exactly one host->done(call), during the verb or later. After
 * host->cancel the plugin still answers, soon, with what is true (an object that was made is said to be there).
 *
 * Values: InfraValue is an opaque handle that lives as long as the arena it was made in. Values that the host passes
 * live until the call is done. Results are made in the call's arena. The host converts results to the schema's type
 * and checks them; marks (sensitive, ephemeral) never reach a plugin: the host takes them off and puts them back.
 *
 * Verbs are a superset of Terraform's plugin protocol 6, so that a bridge to a provider binary fits behind them.
 */
#ifndef INFRA_PROVIDER_H
#define INFRA_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#define INFRA_PROVIDER_VERSION 1u

typedef struct InfraValue {
    uint64_t opaque[2];
} InfraValue;

typedef struct InfraText { /* bytes, not ended by NUL unless said */
    const char *p;
    size_t n;
} InfraText;

typedef struct InfraBytes { /* the plugin's private bytes kept beside an object, at most 64 KiB */
    const void *p;
    size_t n;
} InfraBytes;

typedef struct InfraArena InfraArena;       /* memory that goes when its owner is done */
typedef struct InfraDiags InfraDiags;       /* collects errors and warnings for the user */
typedef struct InfraCall InfraCall;         /* one running verb */
typedef struct InfraTimer InfraTimer;
typedef struct InfraHttp InfraHttp;
typedef struct InfraWatch InfraWatch;
typedef struct InfraProvider InfraProvider; /* the plugin's: one configured provider */
typedef struct InfraHost InfraHost;
typedef struct InfraPlugin InfraPlugin;

typedef enum InfraKind {
    INFRA_DYNAMIC, INFRA_STRING, INFRA_NUMBER, INFRA_BOOL, INFRA_LIST, INFRA_SET, INFRA_MAP, INFRA_TUPLE, INFRA_OBJECT
} InfraKind;

typedef struct InfraStep { /* of a path: an attribute name, or an element */
    InfraText attr;
    InfraValue index; /* when attr.p is NULL: a string, a number, or the element of a set */
} InfraStep;

typedef struct InfraPath {
    const InfraStep *at;
    size_t n;
} InfraPath;

typedef enum InfraSeverity { INFRA_ERROR, INFRA_WARNING } InfraSeverity;
typedef enum InfraLevel { INFRA_LOG_ERROR, INFRA_LOG_WARN, INFRA_LOG_INFO, INFRA_LOG_DEBUG, INFRA_LOG_TRACE } InfraLevel;

typedef struct InfraHttpRequest {
    InfraText method, url, body;
    const InfraText *header_names, *header_values;
    size_t header_count;
    int64_t timeout_ns; /* 0: 60 s */
} InfraHttpRequest;

typedef struct InfraHttpResponse {
    InfraText error;   /* empty: an HTTP answer came */
    int sent;          /* the server may have acted on the request */
    int status;
    const InfraText *header_names, *header_values;
    size_t header_count;
    InfraText body;
} InfraHttpResponse;

/* What the host offers. */
struct InfraHost {
    uint32_t size, version;
    const char *build_id; /* of the engine; in-tree plugins need the same */
    void *context;        /* for in-tree plugins: the engine's Loop */
    InfraValue null, unknown; /* of any type; the host gives them the schema's */
    InfraText folder;     /* the configuration's; ended by NUL */

    /* Memory and text. alloc gives cleared memory, aligned to 16. */
    void *(*alloc)(InfraArena *arena, size_t size);
    InfraText (*format)(InfraArena *arena, const char *format, ...); /* followed by a NUL */
    /* An arena of the plugin's own; freed by it. What was handed out of it must live until the provider is closed. */
    InfraArena *(*arena_new)(const InfraHost *host);
    void (*arena_free)(InfraArena *arena);

    /* Values: looking. */
    InfraKind (*kind)(InfraValue v);
    int (*is_null)(InfraValue v);
    int (*is_unknown)(InfraValue v);
    int (*has_unknown)(InfraValue v);                    /* itself or inside */
    InfraText (*text)(InfraValue v);                     /* string */
    int (*boolean)(InfraValue v);
    int (*integer)(InfraValue v, int64_t *out);          /* 0: not a whole number that fits */
    InfraText (*number)(InfraArena *arena, InfraValue v); /* exact decimal */
    size_t (*length)(InfraValue v);                      /* elements, entries, attributes */
    InfraValue (*element)(InfraValue v, size_t i);       /* of list, set, tuple; value of map entry or attribute */
    InfraText (*key)(InfraValue v, size_t i);            /* of map entry or attribute */
    /* attribute or map entry; null when absent */
    InfraValue (*get)(const InfraHost *host, InfraValue v, const char *name);
    int (*equal)(InfraValue a, InfraValue b);            /* same type and content, unknowns equal */
    InfraText (*to_json)(InfraArena *arena, InfraValue v);

    /* Values: making. Types are loose: a tuple will do for a list or set, an object for a map; the host converts. */
    InfraValue (*copy)(InfraArena *arena, InfraValue v); /* to keep a value in an arena of the plugin's own */
    InfraValue (*make_text)(InfraArena *arena, InfraText s);
    InfraValue (*make_boolean)(int b);
    InfraValue (*make_integer)(int64_t i);
    InfraValue (*make_number)(InfraArena *arena, InfraText decimal); /* null when malformed */
    InfraValue (*make_list)(InfraArena *arena, const InfraValue *at, size_t n);
    InfraValue (*make_object)(InfraArena *arena, const InfraText *names, const InfraValue *at, size_t n);
    InfraValue (*make_map)(InfraArena *arena, const InfraText *keys, const InfraValue *at, size_t n);
    /* object with one attribute replaced */
    InfraValue (*with)(InfraArena *arena, InfraValue object, const char *name, InfraValue v);
    int (*from_json)(InfraArena *arena, InfraText json, InfraValue *out); /* 0: malformed */

    /* Messages for the user, about an attribute of the object at hand (path may be {NULL, 0}). */
    void (*diag)(InfraDiags *diags, InfraSeverity severity, InfraText summary, InfraText detail, InfraPath path);
    void (*log)(const InfraHost *host, InfraLevel level, const char *topic, InfraText message);
    void (*secret)(const InfraHost *host, InfraText secret); /* never to be shown: logs and messages are scrubbed of it */

    /* Time and the outside. Callbacks come on the same thread, never from within the starting function. */
    int64_t (*now)(const InfraHost *host);  /* monotonic, ns */
    int64_t (*wall)(const InfraHost *host); /* since 1970 UTC, ns */
    void (*random)(const InfraHost *host, void *p, size_t n);
    InfraTimer *(*timer)(const InfraHost *host, int64_t ns, void (*fn)(void *ctx), void *ctx);
    void (*timer_cancel)(InfraTimer *timer);
    InfraHttp *(*http)(const InfraHost *host, const InfraHttpRequest *request,
                       void (*done)(void *ctx, const InfraHttpResponse *response), void *ctx);
    void (*http_cancel)(InfraHttp *http);
    /* run is called on another thread and may use nothing of the host; done on this one */
    void (*job)(const InfraHost *host, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx);
    InfraWatch *(*watch)(const InfraHost *host, int fd, int events /* 1 read, 2 write */,
                         void (*fn)(void *ctx, int ready), void *ctx);
    void (*watch_stop)(InfraWatch *watch);

    /* Calls. progress: a create or update in several steps says what is there so far; it is made durable, then `saved`
     * is called and the next step may be taken. If the call fails later, the object stays in the state as last said.
     * status: a few words for people who wait ("pending, 40 s"), or empty. */
    void (*done)(InfraCall *call);
    void (*progress)(InfraCall *call, InfraValue partial, InfraBytes private_bytes, void (*saved)(void *ctx),
                     void *ctx);
    void (*status)(InfraCall *call, InfraText words);
};

/* ---- schemas ---- */

enum {
    INFRA_REQUIRED = 1, INFRA_OPTIONAL = 2, INFRA_COMPUTED = 4, INFRA_SENSITIVE = 8, INFRA_WRITE_ONLY = 16,
    INFRA_AS_BLOCK = 32,     /* list or set of objects that may be written as blocks too */
    INFRA_ZERO_IS_NULL = 64, /* null and the zero value are the same */
};
typedef enum InfraNesting { INFRA_SINGLE, INFRA_GROUP, INFRA_NEST_LIST, INFRA_NEST_SET, INFRA_NEST_MAP } InfraNesting;

typedef struct InfraBlock InfraBlock;

typedef struct InfraAttr {
    const char *name;
    const char *type;         /* cty's JSON: "\"string\"", "[\"list\",\"string\"]"; NULL with nested */
    const InfraBlock *nested; /* a structured attribute: attributes only */
    InfraNesting nesting;
    uint32_t flags;
    const char *deprecated, *description; /* or NULL */
} InfraAttr;

typedef struct InfraNested {
    const char *name;
    InfraNesting nesting;
    uint32_t min, max; /* max 0: no bound */
    const InfraBlock *block;
    const char *deprecated;
} InfraNested;

struct InfraBlock {
    const InfraAttr *attrs;
    size_t attr_count;
    const InfraNested *blocks;
    size_t block_count;
    const char *deprecated;
};

typedef struct InfraSchema {
    uint64_t version;
    const InfraBlock *block;
    uint32_t flags; /* INFRA_TYPE_… */
} InfraSchema;

enum {
    INFRA_TYPE_NO_EFFECT = 1,    /* its operations touch nothing outside (random, time): no journal intent needed */
    INFRA_TYPE_UNDEFINED = 2,    /* known by name and schema, but cannot be planned (the plan says so) */
    INFRA_TYPE_LOOSE = 4,        /* planned and applied values may differ from the configuration in spelling, and zero
                                    values from null (what Terraform calls the legacy type system) */
    INFRA_TYPE_FORGETS = 8,      /* delete touches nothing: the plan says so */
};

typedef enum InfraTypeKind { INFRA_PROVIDER_CONFIG, INFRA_RESOURCE, INFRA_DATA, INFRA_EPHEMERAL } InfraTypeKind;

/* ---- verbs ---- */

/* What every verb gets. Embedded first in each request. */
typedef struct InfraRequest {
    const InfraHost *host;
    const InfraPlugin *plugin; /* the table that the entry gave */
    InfraArena *arena;
    InfraDiags *diags; /* an error added here fails the call */
    InfraText type;    /* resource type, "aws_vpc"; ended by NUL */
    InfraText address; /* the instance's, for messages and logs only */
} InfraRequest;

typedef struct InfraConfigure {
    InfraRequest base;
    InfraValue config; /* may hold unknowns while planning */
    InfraText folder;  /* the configuration's folder, for relative paths */
    InfraText user_types; /* folder of the user's own type definitions, or empty */
} InfraConfigure;

typedef struct InfraUpgrade {
    InfraRequest base;
    uint64_t version;     /* of the stored object */
    InfraText from_type;  /* move_state: the other type and its provider's address; else empty */
    InfraText from_provider;
    InfraText attributes; /* JSON as stored */
    int flat;             /* attributes are a JSON map of flattened strings (very old states) */
    InfraBytes private_bytes;
    InfraValue result;    /* out: the object in the current schema */
    InfraBytes result_private;
} InfraUpgrade;

typedef struct InfraPlan {
    InfraRequest base;
    InfraValue prior;    /* null: create */
    InfraValue config;   /* as written, unset is null; write-only values are here alone */
    InfraValue proposed; /* prior and config merged; null: destroy is planned */
    InfraBytes prior_private;
    InfraValue planned;  /* out: unknown where only the apply will tell */
    InfraBytes private_bytes; /* out: handed to apply */
    const InfraPath *replace; /* out: paths whose change needs a replacement */
    size_t replace_count;
    InfraText note;      /* out, destroy: what the plan should say ("only forgets it"), or empty */
} InfraPlan;

typedef struct InfraRead {
    InfraRequest base;  /* each object has its own diags */
    InfraValue prior;
    InfraBytes prior_private;
    InfraValue result;  /* out: null: the object is gone for sure */
    InfraBytes private_bytes; /* out */
    InfraText id;       /* import: the text given; then prior is null */
    InfraValue identity; /* import by identity, or null */
} InfraRead;

typedef enum InfraAction { INFRA_CREATE, INFRA_UPDATE, INFRA_DELETE } InfraAction;

typedef struct InfraIntent { /* what the journal keeps until the answer is there */
    InfraText token; /* a client token that will be sent with the call, or empty */
    InfraText note;  /* JSON of the plugin's: chosen names, ids that existed before; or empty */
} InfraIntent;

typedef struct InfraApply {
    InfraRequest base;
    InfraAction action;
    InfraValue prior, config, planned; /* planned is whole where the plan was; null: delete */
    InfraBytes planned_private;
    InfraIntent intent; /* as prepare gave it; the same when a cut-off run is continued */
    InfraValue result;  /* out: the object as it is now; null: there is none. Also after an error: what is true */
    InfraBytes private_bytes;
    int outcome_unknown; /* out, after an error: the outside may have acted (connection lost); recover will look */
} InfraApply;

typedef enum InfraOutcome {
    INFRA_NOT_DONE, /* the call surely had no effect: plan anew */
    INFRA_IS_DONE,  /* result says what is there */
    INFRA_ASK,      /* cannot tell: diags say what a person should look at */
    INFRA_REPEAT,   /* applying again with the same intent is safe (client token, or idempotent by name) */
} InfraOutcome;

typedef struct InfraRecover {
    InfraRequest base;
    InfraAction action;
    InfraValue prior, planned; /* planned as it was in the plan, unknowns included */
    InfraIntent intent;
    InfraOutcome outcome; /* out */
    InfraValue result;    /* out */
    InfraBytes private_bytes;
} InfraRecover;

typedef struct InfraDataRead {
    InfraRequest base;
    InfraValue config;
    InfraValue result; /* out */
} InfraDataRead;

typedef struct InfraEphemeral {
    InfraRequest base;
    InfraValue config;
    InfraBytes private_bytes; /* out of open, in and out of renew, in of close */
    InfraValue result;        /* out of open */
    int64_t renew_at;         /* out: wall ns, 0 never */
} InfraEphemeral;

typedef struct InfraFunction {
    const char *name;
    const char *const *param_types; /* cty's JSON */
    size_t param_count;
    const char *variadic_type, *result_type;
    const char *summary;
} InfraFunction;

struct InfraPlugin {
    uint32_t size, version;
    const char *name;     /* "random" */
    const char *address;  /* "registry.opentofu.org/hashicorp/random" */
    const char *level;    /* the peer provider's version that this one is compatible with, "3.7" */
    const char *build_id; /* in-tree: the engine's, checked; NULL: uses this header only */

    /* Names of all types of a kind; lasting. */
    const char *const *(*types)(const InfraPlugin *self, InfraTypeKind kind, size_t *n);
    /* The schema of one type (name NULL for the provider's own), made on demand, lasting. 0: no such type. */
    int (*schema)(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out);
    const InfraFunction *(*functions)(const InfraPlugin *self, size_t *n);

    /* Verbs that may be NULL: configure and prepare (nothing to do), validate, upgrade_state (versions are never older),
     * move_state, read_many (an object is as it was), recover (a person is asked), import, read_data, the ephemeral
     * ones, call_function, cancel, unload. An object of the schema's version never comes to upgrade_state. */

    /* One configured provider. */
    InfraProvider *(*open)(const InfraPlugin *self, const InfraHost *host);
    void (*close)(InfraProvider *provider);
    /* Fills in defaults and says what is wrong; at once, no outside contact. config may hold unknowns. NULL: nothing to say. */
    void (*validate)(InfraTypeKind kind, InfraRequest *base, InfraValue config);
    void (*configure)(InfraProvider *provider, InfraConfigure *request, InfraCall *call);
    void (*upgrade_state)(InfraUpgrade *request, InfraCall *call);
    void (*move_state)(InfraUpgrade *request, InfraCall *call);

    void (*plan)(InfraProvider *provider, InfraPlan *request, InfraCall *call);
    /* Any number of objects, of any types; answered together. An object that cannot be read has errors in its diags. */
    void (*read_many)(InfraProvider *provider, InfraRead **requests, size_t n, InfraCall *call);
    /* Before the journal's intent of a create, update or delete: fills request->intent. NULL: nothing to note. */
    void (*prepare)(InfraProvider *provider, InfraApply *request, InfraCall *call);
    void (*apply)(InfraProvider *provider, InfraApply *request, InfraCall *call);
    void (*recover)(InfraProvider *provider, InfraRecover *request, InfraCall *call);
    /* request->id or identity, prior is null; result as for a read. */
    void (*import)(InfraProvider *provider, InfraRead *request, InfraCall *call);
    void (*read_data)(InfraProvider *provider, InfraDataRead *request, InfraCall *call);
    void (*open_ephemeral)(InfraProvider *provider, InfraEphemeral *request, InfraCall *call);
    void (*renew_ephemeral)(InfraProvider *provider, InfraEphemeral *request, InfraCall *call);
    void (*close_ephemeral)(InfraProvider *provider, InfraEphemeral *request, InfraCall *call);
    int (*call_function)(InfraRequest *base, const char *name, const InfraValue *args, size_t n, InfraValue *result);

    /* The call should end soon (first interrupt: finish what is running; this is for the second). */
    void (*cancel)(InfraProvider *provider, InfraCall *call);
    /* The host is going: frees what the entry made for it. */
    void (*unload)(const InfraPlugin *self);
};

/* The entry gives the plugin's table, static or made for this host. NULL when the host's version is too old for it. */
typedef const InfraPlugin *(*InfraEntry)(const InfraHost *host);
#define INFRA_ENTRY_SYMBOL "infra_provider"
/* Build plugins with -fvisibility=hidden and show the entry alone: other names could be taken for the engine's.
 *     INFRA_ENTRY const InfraPlugin *infra_provider(const InfraHost *host) { … } */
#define INFRA_ENTRY __attribute__((visibility("default")))

#endif

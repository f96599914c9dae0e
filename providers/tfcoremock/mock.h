/* tfcoremock: a provider for tests, with the types and files of HashiCorp's provider of that name (0.1.1), and with
 * switches that make it slow, fail, drift and lose answers.
 *
 * Objects are files, RESOURCE_DIRECTORY/ID.json, data sources DATA_DIRECTORY/ID.json, in the form
 * {"values": {"name": {"string": "x"}}}. Types beside the two built-in ones come from dynamic_resources.json in the
 * configuration's folder. Switches come from tfcoremock.json there, or from the environment (script.c).
 *
 * It uses provider.h alone, as a stranger's plugin does.
 */
#ifndef INFRA_TFCOREMOCK_MOCK_H
#define INFRA_TFCOREMOCK_MOCK_H

#include "providers/provider.h"

/* ---- text.c ---- */

#define TEXT(literal) ((InfraText){"" literal, sizeof(literal) - 1})

typedef struct Text { /* a growing text in an arena */
    const InfraHost *host;
    InfraArena *arena;
    char *p;
    size_t n, cap;
} Text;

void text_add(Text *t, InfraText s);
void text_z(Text *t, const char *z);
void text_json(Text *t, InfraText s);         /* quoted and escaped as Go's encoding/json does */
void text_number(Text *t, InfraText decimal); /* as Go's big.Float 'g' has it: 1000000 is 1e+06 */
InfraText text_of(const char *z);
const char *text_end(Text *t); /* ended by NUL */
int text_is(InfraText s, const char *z);
int text_same(InfraText a, InfraText b);
InfraText text_uuid(const InfraHost *host, InfraArena *arena);

/* ---- types.c ---- */

typedef enum MockKind { MOCK_BOOLEAN, MOCK_NUMBER, MOCK_STRING, MOCK_LIST, MOCK_MAP, MOCK_SET, MOCK_OBJECT } MockKind;

typedef struct MockAttr MockAttr;
struct MockAttr {
    const char *name;
    MockKind kind;
    uint32_t flags;        /* INFRA_REQUIRED … */
    int replace, plain;    /* plain: skip_nested_metadata */
    const MockAttr *elem;  /* list, map, set */
    const MockAttr *attrs; /* object */
    size_t attr_count;
    InfraValue value; /* what it is computed to be, in the form of the files */
    int has_value;
};

typedef struct MockBlock MockBlock;
struct MockBlock {
    const char *name;
    int set;
    const MockAttr *attrs;
    size_t attr_count;
    const MockBlock *blocks;
    size_t block_count;
};

typedef struct MockType {
    const char *name;
    MockBlock body;                    /* without id */
    const InfraBlock *resource, *data; /* made when asked for */
} MockType;

typedef struct Mock {  /* what the entry makes for a host */
    InfraPlugin table; /* first */
    const InfraHost *host;
    InfraArena *arena;
    MockType *types;
    const char **names;
    size_t type_count;
    InfraText error; /* what is wrong with dynamic_resources.json */
} Mock;

static inline Mock *mock_of(const InfraPlugin *self) { return (Mock *)(uintptr_t)self; }
void types_load(Mock *mock);
MockType *types_find(Mock *mock, InfraText name);
int types_schema(Mock *mock, InfraTypeKind kind, const char *name, InfraSchema *out);

/* ---- store.c ---- */

typedef struct Store {
    const InfraHost *host;
    InfraText folder, resources, data;
    int only_state;
} Store;

typedef enum Found { FOUND, MISSING, BROKEN } Found;
/* *error is set when BROKEN. */
Found store_read(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue *out,
                 InfraText *error);
Found store_read_data(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue *out,
                      InfraText *error);
/* NULL, or what went wrong. */
const char *store_write(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue v,
                        int create);
const char *store_remove(const Store *s, InfraArena *arena, InfraText id);
int store_exists(const Store *s, InfraArena *arena, InfraText id);
/* Ids of all objects, sorted. */
const InfraText *store_ids(const Store *s, InfraArena *arena, size_t *n);
/* What object a client token made, or empty. */
InfraText store_token(const Store *s, InfraArena *arena, InfraText token);
const char *store_keep_token(const Store *s, InfraArena *arena, InfraText token, InfraText id);
/* A file in the configuration's folder; empty when there is none. */
InfraText store_file(const InfraHost *host, InfraArena *arena, InfraText folder, InfraText name);

/* ---- encode.c ---- */

void encode_object(Text *out, const MockType *type, InfraValue v);
int decode_object(const InfraHost *host, InfraArena *arena, const MockType *type, InfraText json, InfraValue *out);
InfraValue decode_value(const InfraHost *host, InfraArena *arena, const MockAttr *attr, InfraValue from);

/* ---- plan.c ---- */

void plan_object(const MockType *type, InfraPlan *request);
/* planned with everything unknown made up, the id first of all. */
InfraValue plan_fill(const InfraHost *host, InfraArena *arena, const MockType *type, InfraValue planned, InfraText id);

/* ---- script.c ---- */

typedef enum Mishap {
    NO_MISHAP,
    FAIL_BEFORE,  /* an error, nothing was done */
    FAIL_AFTER,   /* done, then an error that says what is there */
    FAIL_STEP,    /* of several steps one fails */
    LOSE_BEFORE,  /* nothing was done, but nobody knows */
    LOSE_AFTER,   /* done, but the answer is lost */
    NEVER_ANSWER, /* done, and no answer comes until the call is cancelled */
    KILL_BEFORE,
    KILL_AFTER, /* the process dies */
} Mishap;

typedef struct Rule {
    InfraText verb, type, id; /* empty: any */
    int64_t times;            /* how often it still applies; -1: always */
    int64_t delay_ns;         /* -1: as otherwise */
    int64_t step;
    Mishap mishap;
    InfraText message;
    InfraValue answer; /* object of attributes that the result has instead, or null */
} Rule;

typedef struct Script {
    const InfraHost *host;
    InfraArena *arena;
    InfraValue root;
    Rule *rules;
    size_t rule_count;
    int64_t steps, batch;
    InfraText log, recover;
} Script;

void script_load(Script *s, const InfraHost *host, InfraArena *arena, InfraText *error);
/* The rule for this operation, used once; never NULL. */
Rule *script_rule(Script *s, const char *verb, InfraText type, InfraText id);
int64_t script_delay(const Script *s, const Rule *rule, const char *verb);
/* Appends "verb type id words" to the operation log. */
void script_log(const Script *s, const char *verb, InfraText type, InfraText id, InfraText words);
/* v as it drifted; null: gone. */
InfraValue script_drift(const Script *s, InfraArena *arena, InfraText id, InfraValue v);
InfraValue script_merge(const InfraHost *host, InfraArena *arena, InfraValue v, InfraValue changes);
int script_fails_batch(const Script *s, InfraText id);

/* ---- the provider ---- */

typedef struct Op Op;
struct InfraProvider {
    Mock *mock;
    const InfraHost *host;
    InfraArena *arena;
    Store store;
    Script script;
    InfraText script_error;
    InfraValue fail_on[4]; /* lists of ids: create, update, read, delete */
    Op *running;
};

void mock_error(const InfraRequest *base, InfraText summary, InfraText detail);
/* Whether the provider's options say that this verb fails for the object. */
int mock_fails_on(const InfraProvider *p, const char *verb, InfraText id);

/* apply.c */
void apply_prepare(InfraProvider *p, InfraApply *request, InfraCall *call);
void apply_start(InfraProvider *p, InfraApply *request, InfraCall *call);
void apply_cancel(InfraProvider *p, InfraCall *call);
/* recover.c */
void recover_start(InfraProvider *p, InfraRecover *request, InfraCall *call);
/* read.c */
void read_many(InfraProvider *p, InfraRead **requests, size_t n, InfraCall *call);
void read_import(InfraProvider *p, InfraRead *request, InfraCall *call);
void read_data(InfraProvider *p, InfraDataRead *request, InfraCall *call);

#endif

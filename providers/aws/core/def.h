// Definitions of resource types and data sources: docs/aws-definitions.md as structures.
//
// A definition is read from its syntax tree once. Expressions are compiled against the names of section 5, which are
// slots; at run time a Frame (frame.h) gives their values. What is wrong in a definition is a diagnostic at its place.
#ifndef INFRA_AWS_CORE_DEF_H
#define INFRA_AWS_CORE_DEF_H

#include "providers/aws/core/core.h"

// Names in scope. Let, steps and what they caught come after them, numbered through the definition.
enum {
    SLOT_SELF,
    SLOT_PRIOR,
    SLOT_CONFIG,
    SLOT_ID,
    SLOT_RESULT,
    SLOT_ITEM,
    SLOT_KEYS,
    SLOT_BY,
    SLOT_EACH,
    SLOT_PRIVATE,
    SLOT_VALUE,
    SLOT_OLD,
    SLOT_NEW,
    SLOT_TOKEN,
    SLOT_DEADLINE,
    SLOT_STATE,
    SLOT_PROVIDER,
    SLOT_TAGS,
    SLOT_NAMES,
    SLOT_COUNT,
    SLOT_LET = 1 << 10,
    SLOT_STEP = 1 << 14,
    SLOT_CAUGHT = 1 << 15,
};

typedef struct Let {
    Name name;
    const Expr *expr;
    const Code *code; // NULL: an object of attributes, used by name only
} Let;

typedef enum StepKind { STEP_CALL, STEP_WAIT, STEP_FIND, STEP_LIST, STEP_RUN, STEP_REPEAT } StepKind;

typedef struct Steps {
    Step *at;
    uint32_t n;
} Steps;

struct Step {
    StepKind kind;
    Name name;
    uint32_t index; // place of its result in a frame
    Span span;
    const Service *service;
    const AwsModel *model;
    const AwsOperation *op; // NULL: a wait on the type's find, a run, a repeat
    const Code *when, *send, *one, *retry, *catches, *for_each, *id, *fail, *set, *keep, *items, *key, *by, *group,
        *gone;
    const Code *until, *only, *times, *delay, *every, *timeout, *again;
    uint32_t max, from;
    bool single_page, batched, tagged; // tagged: the step mentions self.tags_all
    Name run;                          // STEP_RUN: the name of the steps
    Steps inner;                       // STEP_REPEAT
};

typedef struct Verb {
    bool there;
    Steps steps;
    const Code *id, *assign, *settle;
    bool adopt;
    bool tagged; // some step mentions self.tags_all
} Verb;

typedef struct Validation {
    const Code *condition, *message;
    Name at;
} Validation;

typedef struct Upgrade {
    uint64_t from;
    const Code *set;
} Upgrade;

typedef struct NamedSteps {
    Name name;
    Steps steps;
} NamedSteps;

typedef struct NameGroup {
    Name at[8];
    uint32_t n;
    uint8_t least, most; // how many of these may be set
} NameGroup;

typedef struct TagCalls {
    const Step *list, *add, *remove; // NULL: the service has none
    const Code *tags;                // in the items of list
} TagCalls;

struct Service {
    Core *core;
    Name name;
    const AwsModel *model; // NULL: it has no API
    bool global;
    const Code *not_found, *retry;
    TagCalls tags;
    struct Def *def; // holds the service's own lets and steps
};

enum { TIMEOUT_CREATE, TIMEOUT_READ, TIMEOUT_UPDATE, TIMEOUT_DELETE, TIMEOUTS };

struct Def {
    Core *core;
    Name type;
    bool data;
    bool own;           // the user's, of a type that the schema table does not have
    bool needs_account; // some expression uses provider.account_id
    bool defined;       // a definition was found and is sound
    Str problem;        // else what is wrong with it, or empty
    const Service *service;
    uint64_t version;
    Attrs *attrs;
    InfraSchema schema;
    const Name *newer; // attributes that only newer providers have
    uint32_t newer_count;
    VEC(Let) lets;
    uint32_t step_count;
    Verb create, configure, update, remove, read;
    bool forgets;     // delete {} : nothing is called
    const Step *find; // of read, or NULL
    const Code *set;  // of read
    bool has_aliases;      // some attribute is another's older name
    bool reads_tags;  // set gives tags_all
    VEC(NamedSteps) named;
    bool has_tags;
    const Code *tags_by;
    int64_t timeouts[TIMEOUTS]; // ns, 0: none of its own
    const Code *not_found, *lock;
    VEC(NameGroup) groups;
    VEC(Validation) validations;
    VEC(Upgrade) upgrades;
    bool recovers;
    Step *recover;
    const Code *recover_match, *recover_known;
    const Code *import_set;
    Str import_example;
    Name id_name, tags_name, tags_all_name, timeouts_name, region_name;
};

// Reads the definition of def->type from the text of a file; fills in what the table does not say.
bool def_load(Def *def, Str path, Str text, Diags *diags);
Service *service_load(Core *core, Name name, Diags *diags);
// The attributes expression over the table's tree (def_attrs.c).
struct Compile;
bool def_attrs(struct Compile *c, const Expr *expr, Attrs *attrs, const char *what);

#endif

// A loaded configuration: a folder of files and the modules that it calls.
//
// A source folder is parsed and compiled once into a ModuleDef, however often it is called. The calls make a tree of
// ModuleNodes (module.a.module.b); a node's blocks have the ids node.base + index in the def, so code compiled in a
// def (whose slots are def-relative) serves every node of it. Everything lives in the configuration's arena.
#ifndef INFRA_CONFIG_CONFIG_H
#define INFRA_CONFIG_CONFIG_H

#include "engine/eval/code.h"
#include "engine/eval/func.h"
#include "engine/schema/decode.h"
#include "engine/value/convert.h"

typedef struct Config Config;
typedef struct ModuleDef ModuleDef;
typedef struct ModuleNode ModuleNode;

// What a name in a module's code is bound to: Ref.slot = kind in the low 5 bits, index << 5. Indices are into the
// ModuleDef's lists.
typedef enum SlotKind {
    SLOT_VARIABLE, // var.NAME
    SLOT_LOCAL,    // local.NAME
    SLOT_RESOURCE, // TYPE.NAME, data.TYPE.NAME, ephemeral.TYPE.NAME: steps begin after the name
    SLOT_MODULE,   // module.NAME: steps begin after the name
    SLOT_EACH_KEY,
    SLOT_EACH_VALUE,
    SLOT_COUNT_INDEX,
    SLOT_SELF,
    SLOT_PATH,      // index: PathSlot
    SLOT_WORKSPACE, // terraform.workspace, tofu.workspace
    SLOT_APPLYING,  // terraform.applying
} SlotKind;
typedef enum PathSlot { PATH_MODULE, PATH_ROOT, PATH_CWD } PathSlot;
#define SLOT(kind, index) ((uint32_t)(kind) | (uint32_t)(index) << 5)
#define SLOT_KIND(slot) ((SlotKind)((slot)&31u))
#define SLOT_INDEX(slot) ((slot) >> 5)

// The kinds of blocks that are nodes of the graph, in the order of their local ids within a def.
typedef enum BlockKind {
    BLOCK_VARIABLE,
    BLOCK_LOCAL,
    BLOCK_PROVIDER,
    BLOCK_RESOURCE, // managed, data, ephemeral
    BLOCK_MODULE,   // a call
    BLOCK_OUTPUT,
    BLOCK_CHECK,
} BlockKind;

typedef struct Rule { // validation, precondition, postcondition, assert
    const Code *condition, *message;
    Span span;
} Rule;

typedef struct RuleList {
    VEC(Rule) list;
} RuleList;

typedef struct Variable {
    Name name;
    Str description, deprecated;
    const Type *type;       // without optional marks
    const Type *constraint; // as written, for conversion
    const Defaults *defaults;
    Value default_value;
    bool has_default, sensitive, ephemeral, nullable, type_given;
    RuleList validations;
    Span span;
} Variable;

typedef struct Local {
    Name name;
    const Code *code;
    Span span;
} Local;

typedef struct Output {
    Name name;
    Str description, deprecated;
    const Code *code;
    bool sensitive, ephemeral;
    RuleList preconditions;
    VEC(uint32_t) depends_on; // slots
    Span span;
} Output;

typedef enum Repeat { REPEAT_NONE, REPEAT_COUNT, REPEAT_FOR_EACH, REPEAT_ENABLED } Repeat;
typedef enum ResourceMode { MODE_MANAGED, MODE_DATA, MODE_EPHEMERAL } ResourceMode;

// What a provider is called in a module and which one it is.
typedef struct ProviderReq {
    Name local_name;
    Str source;  // as written, "" when implied
    Str address; // "registry.opentofu.org/hashicorp/aws", "terraform.io/builtin/terraform"
    Str constraint;
    VEC(Name) aliases; // configuration_aliases
    Span span;
} ProviderReq;

typedef struct ProviderBlock {
    Name local_name, alias; // alias NULL: the default configuration
    Str address;
    const Body *body;     // without alias, version, for_each
    const Code *for_each; // static, or NULL
    const BodyCode *code; // compiled once the schema is known; NULL when no resource uses it
    uint32_t once_count;
    Str version;
    bool empty; // sets nothing: in a called module it stands for what the caller passes
    Span span;
} ProviderBlock;

typedef enum Ignore { IGNORE_NONE, IGNORE_PATHS, IGNORE_ALL } Ignore;

typedef struct Lifecycle {
    bool create_before_destroy, has_create_before_destroy;
    bool destroy;                // false: forget instead
    const Code *prevent_destroy; // NULL: false
    Ignore ignore;
    PathList ignore_paths;
    VEC(Span) ignore_spans;                 // of ignore_paths
    VEC(const Code *) replace_triggered_by; // each a single reference
    RuleList preconditions, postconditions;
} Lifecycle;

typedef struct Provisioner {
    Name type;
    bool on_destroy, continue_on_failure;
    const Body *body, *connection;
    const BodyCode *code, *connection_code;
    Span span;
} Provisioner;

typedef struct Resource {
    ResourceMode mode;
    Name type, name;
    Repeat repeat;
    const Code *repeat_code;            // count, for_each or enabled
    Name provider_name, provider_alias; // local name and alias; key for provider for_each below
    const Code *provider_key;
    Str provider_address;
    const Body *body;     // without the meta-arguments
    const BodyCode *code; // compiled once the schema is known; NULL before
    const Schema *schema; // likewise
    uint32_t once_count;  // of repeat_code, code and rules together
    Lifecycle lifecycle;
    VEC(Provisioner) provisioners;
    VEC(uint32_t) depends_on; // slots
    uint32_t check;           // enclosing check block + 1, 0: none (scoped data)
    Span span, type_span, header_span;
} Resource;

typedef struct ModuleCall {
    Name name;
    Str source, version;
    Repeat repeat;
    const Code *repeat_code;
    const Body *body;
    struct ModuleInput {
        uint32_t variable; // index in the called def
        const Code *code;
        Span span;
    } * inputs; // known once the called def is loaded
    uint32_t input_count;
    struct ProviderPass {
        Name inner_name, inner_alias, outer_name, outer_alias;
        Span span;
    } * passes;
    uint32_t pass_count;
    VEC(uint32_t) depends_on;
    uint32_t once_count;
    const ModuleDef *def; // what it calls
    Span span, source_span, header_span;
} ModuleCall;

typedef struct Check {
    Name name;
    RuleList asserts;
    uint32_t once_count;
    Span span;
} Check;

// moved, removed, import: read now, used by the plan.
typedef struct Address { // module.a["x"].aws_vpc.b[0] as written; keys constant
    struct AddressStep {
        Name module;
        Value key; // kind TYPE_DYNAMIC: none
    } * modules;
    uint32_t module_count;
    ResourceMode mode;
    Name type, name; // NULL: it names a module
    Value key;
    Span span;
} Address;

typedef struct Moved {
    Address from, to;
    Span span;
} Moved;

typedef struct Removed {
    Address from;
    bool destroy, has_lifecycle;
    VEC(Provisioner) provisioners;
    Span span;
} Removed;

typedef struct Import {
    const Expr *to_expr;
    const Code *id, *identity, *for_each;
    Address to;         // when static
    const Code *to_key; // dynamic last index, or NULL
    Name provider_name, provider_alias;
    Span span;
} Import;

typedef struct BackendBlock {
    Name type;
    const Body *body;
    Span span;
} BackendBlock;

struct ModuleDef {
    Str dir; // as shown: relative to the working folder
    VEC(Variable) variables;
    VEC(Local) locals;
    VEC(ProviderBlock) providers;
    VEC(Resource) resources;
    VEC(ModuleCall) calls;
    VEC(Output) outputs;
    VEC(Check) checks;
    VEC(ProviderReq) requirements;
    VEC(Moved) moved;
    VEC(Removed) removed;
    VEC(Import) imports;
    const BackendBlock *backend;
    VEC(Str) required_versions;
    uint32_t files; // read for it
    uint32_t nodes; // variables + locals + providers + resources + calls + outputs + checks
};

struct ModuleNode {
    uint32_t id;              // 0 is the root
    const ModuleNode *parent; // NULL for the root
    uint32_t call;            // index in parent->def->calls
    const ModuleDef *def;
    Str path;             // "module.a.module.b", "" for the root
    uint32_t base;        // id of its first block
    uint32_t first_child; // id of the node of def->calls[0]; children of one node have consecutive ids
    uint32_t depth;
};

struct Config {
    Process *process;
    Arena *arena;
    VEC(ModuleDef *) defs;
    VEC(const SourceFile *) files; // the configuration files that were read, for a plan file's snapshot
    const ModuleNode *nodes;       // breadth first: parents before children
    uint32_t node_count;
    uint32_t block_count; // ids are below it
    Str root_dir, cwd, workspace;
    FuncContext *funcs;
};

// The index of a declared thing in its list, or UINT32_MAX. Only for defs that load_config made.
uint32_t config_find_resource(const ModuleDef *def, ResourceMode mode, Name type, Name name);
uint32_t config_find_variable(const ModuleDef *def, Name name);
uint32_t config_find_output(const ModuleDef *def, Name name);
uint32_t config_find_call(const ModuleDef *def, Name name);
// The local id of a block within its def, and back. Order: BlockKind.
uint32_t config_local_id(const ModuleDef *def, BlockKind kind, uint32_t index);
BlockKind config_block(const ModuleDef *def, uint32_t local_id, uint32_t *index);
// The node and block of a global id (binary search over bases).
const ModuleNode *config_node_of(const Config *config, uint32_t id);
// The provider configuration that a resource of this node uses: walks `providers` arguments and inheritance up to
// the node whose ProviderBlock serves it. *block is UINT32_MAX when there is no block (an empty configuration).
const ModuleNode *config_provider_of(const Config *config, const ModuleNode *node, Name local_name, Name alias,
                                     uint32_t *block);

#endif

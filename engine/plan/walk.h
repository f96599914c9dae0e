// A walk over the graph: everything that is known while a plan is made or applied.
//
// The walk visits the graph's nodes, what is needed first. A visit may end at once or later (a provider is reading);
// nodes whose dependencies are done wait in a queue ordered like graph->order, so results do not depend on timing.
// Values of variables, locals and outputs are kept per module instance, resource instances are rows. Scopes (scope.h)
// load slots from here. One thread; everything lives in the walk's arena.
#ifndef INFRA_PLAN_WALK_H
#define INFRA_PLAN_WALK_H

#include <assert.h>

#include "engine/base/clock.h"
#include "engine/base/map.h"
#include "engine/config/load.h"
#include "engine/graph/graph.h"
#include "engine/plan/row.h"
#include "providers/loader/loader.h"
#include "state/snapshot.h"

typedef struct Walk Walk;

typedef struct RowRange {
    uint32_t first, n;
} RowRange;

// One instance of a module. The root has one without key.
typedef struct ModuleInst {
    const ModuleNode *node;
    uint32_t index;      // in Walk.modules
    uint32_t parent;     // index of the module instance it was called from; the root's own is 0
    InstanceKey key;
    Str path;            // "module.a[\"x\"].module.b"
    Value each_value;    // for_each of the call
    Value *values;       // per local block id: variable, local, output; a resource's or call's whole value once built
    uint8_t *have;       // per local block id: values[i] is there
    RowRange *rows;      // per resource of the def
    struct Expansion **expansions; // likewise: what its instances were made from
    struct OnceCache **once; // per local block id, made on first use
} ModuleInst;

// Objects of the prior state, in state order. Moves change address, never the order.
typedef struct PriorObject {
    StateResource *resource;
    StateObject *object;
    uint32_t provider;   // graph node of the provider that reads it; UINT32_MAX: not found out yet
    uint32_t row;        // + 1, once matched
    Value stored;        // decoded, upgraded, with marks; kind TYPE_DYNAMIC and not null: not yet
    Value current;       // after reading (same as stored with -refresh=false)
    PrivateBytes private_bytes;
    bool read;           // current is set
} PriorObject;

typedef struct ProviderUse {
    uint32_t node;       // graph node
    Str address;         // provider address
    Plugin *plugin;
    Provider *provider;  // NULL until configured
    Value config;
    bool failed, has_unknown;
} ProviderUse;

typedef enum WalkKind { WALK_VALIDATE, WALK_PLAN, WALK_PLAN_DESTROY, WALK_REFRESH_ONLY, WALK_APPLY, WALK_EVAL } WalkKind;

typedef struct WalkHooks { // progress for people; any may be NULL
    void (*refresh_start)(void *ctx, const Walk *w, uint32_t prior);
    void (*refresh_done)(void *ctx, const Walk *w, uint32_t prior);
    void (*read_start)(void *ctx, const Walk *w, uint32_t row);
    void (*read_done)(void *ctx, const Walk *w, uint32_t row);
    void *ctx;
} WalkHooks;

typedef struct CheckResult {
    Str object_kind;    // resource, output_value, check, var
    Str config_addr, object_addr;
    enum { CHECK_PASS, CHECK_FAIL, CHECK_ERROR, CHECK_UNKNOWN } status;
    VEC(Str) failures;
    WalkKind phase;     // which walk evaluated it last
    bool data_failed;   // a data source of the check block could not be read
} CheckResult;

struct Walk {
    WalkKind kind;
    Process *process;
    Loop *loop;
    Arena *arena;
    const Config *config;
    const Graph *graph;
    Plugins *plugins;
    StrMap moved;             // new instance address to the former one (char *): see moves.h
    Snapshot *state;          // prior; in an apply the one that is edited
    const Value *root_values; // per root variable
    FuncContext funcs;
    Diags *diags;
    const WalkHooks *hooks;

    VEC(ModuleInst *) modules;
    uint32_t *inst_first, *inst_count; // per module node
    RowTable rows;
    VEC(PriorObject) prior;
    uint32_t *prior_first;    // per StateResource index of the snapshot
    ProviderUse *providers;   // per provider node: blocks first; see walk_provider
    uint32_t provider_count;
    IdMap provider_index;     // graph node to index in providers
    const Str *drift;         // per prior object, from a saved plan: what reading found, packed; NULL otherwise
    const uint8_t *unread;    // per prior object: 1 when targets leave it alone; NULL: all are read
    uint8_t *node_state;      // per node: NodeState
    uint8_t *provider_needed; // per graph node: a provider configuration that something uses
    VEC(CheckResult) checks;
    StrMap check_index;       // object address to index in checks
    bool refresh;
    bool stop;                // interrupted: start nothing new
    Arena *scratch;           // reset between rows
    // Whoever visits nodes learns here that one is done: walk_run, or an apply.
    void (*finish)(Walk *w, uint32_t node, bool failed);
    void *finish_ctx;
    void *applier;            // of the apply that is under way, for apply_stop
};

typedef enum NodeState { NODE_WAITING, NODE_RUNNING, NODE_DONE, NODE_FAILED, NODE_SKIPPED } NodeState;

// Who visits: the plan's or the apply's table. start returns true when the node is done at once; otherwise
// walk_node_done is called later. Nodes of which `wanted` (NULL: all) is 0 are passed over as done.
typedef struct WalkVisitor {
    bool (*start)(Walk *w, uint32_t node, void *ctx);
    const uint8_t *wanted;
    void *ctx;
} WalkVisitor;

Walk *walk_new(Arena *arena, WalkKind kind, Loop *loop, const Config *config, const Graph *graph, Plugins *plugins,
               Snapshot *state, const Value *root_values, Diags *diags);
// Closes the walk's providers and frees what is not in its arena.
void walk_free(Walk *w);
// Runs until every node is done, failed (and those that need it skipped), or the walk is stopped.
bool walk_run(Walk *w, const WalkVisitor *visitor);
void walk_node_done(Walk *w, uint32_t node, bool failed);

// The module instances of a module node: w->modules.at[first .. first + n), filled when its call was visited.
RowRange walk_module_insts(const Walk *w, const ModuleNode *node);
ProviderUse *walk_provider(const Walk *w, uint32_t node);
// Config block of a row, or NULL for orphans.
const Resource *walk_resource(const Walk *w, const Row *row);
// "module.a[0].aws_vpc.b[\"k\"]"
void walk_row_address(const Walk *w, const Row *row, Buf *out);
Str walk_row_address_str(Arena *arena, const Walk *w, const Row *row);
// The row of an instance of resource block `resource` in the module instance, or ROW_NONE.
uint32_t walk_find_row(const Walk *w, const ModuleInst *m, uint32_t resource, InstanceKey key);
const Schema *walk_row_schema(const Walk *w, const Row *row);

#endif

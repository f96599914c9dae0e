// Planning one resource block: its instances, what becomes of each, and why.
#ifndef INFRA_PLAN_PLAN_RESOURCE_H
#define INFRA_PLAN_PLAN_RESOURCE_H

#include "engine/plan/expand.h"
#include "engine/plan/plan.h"

typedef struct Planner {
    Plan *plan;
    Walk *walk;
    const uint8_t *cbd; // per graph node: create before destroy, own or because a user has it
} Planner;

// A block under way: ends its node when the last instance is done.
typedef struct BlockOp {
    Planner *planner;
    uint32_t node;
    const Resource *resource;
    ProviderUse *use;
    uint32_t type_flags;
    const struct ImportTargets *imports;
    uint32_t pending;
    uint32_t waits_of;       // module instance + 1 that `waits` was found for: a data source has to wait for changes
    bool starting, failed, waits;
} BlockOp;

// One instance under way. Lives in its scratch arena.
typedef struct RowOp {
    BlockOp *block;
    Arena *scratch;
    uint32_t row;
    WalkScope scope;
    Diags diags;
    Value config;    // as evaluated
    ProviderPlan request;
    bool replacing;  // the request is the second one, without the prior object
    bool done;
    Reason reason;
    PathList replace;
} RowOp;

bool plan_resource_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *planner);
// Data sources.
void plan_data_start(RowOp *op);

// Makes the rows of the block in one module instance, matched with the prior objects.
bool plan_rows_make(Walk *w, ModuleInst *m, uint32_t resource, uint32_t node, Expansion *e);
// Notes where the state had the row's object, if a move brought it here.
void plan_row_moved(Walk *w, Row *row);
// Ends an instance: diagnostics go to the walk with its address.
void plan_row_done(RowOp *op, bool failed);
// The rows that replace_triggered_by points to have a change.
bool plan_row_triggered(RowOp *op);
// What the provider keeps beside the row's prior object.
PrivateBytes plan_row_private(const Walk *w, const Row *row);
// prevent_destroy of an instance that would be destroyed; false after the error.
bool plan_row_may_destroy(RowOp *op);

#endif

// import blocks: an object that exists outside becomes the prior object of an instance.
#ifndef INFRA_PLAN_PLAN_IMPORT_H
#define INFRA_PLAN_PLAN_IMPORT_H

#include "engine/plan/plan_resource.h"

// The imports whose targets lie in this block; evaluated once per block. False after diagnostics.
typedef struct ImportTarget {
    Str module;       // instance path
    InstanceKey key;
    Value id, identity; // one of them set
    Span span;
} ImportTarget;

typedef struct ImportTargets {
    VEC(ImportTarget) list;
} ImportTargets;

bool plan_import_targets(Walk *w, uint32_t node, ImportTargets *out);
// Has the block an instance for each? Called when its rows are made; errors otherwise.
bool plan_import_all_found(const ImportTargets *targets, Walk *w, uint32_t node);
// Errors for imports into blocks that the configuration does not have.
void plan_import_undeclared(Walk *w);
// The target of this row, when there is one and the state has no object for it.
const ImportTarget *plan_import_of(const ImportTargets *targets, const Walk *w, const Row *row);
// Asks the provider; `next` is called when the row has its prior object (or the instance has ended with errors).
void plan_import_start(RowOp *op, const ImportTarget *target, void (*next)(RowOp *op));

#endif

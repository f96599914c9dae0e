// -target and -exclude: which nodes a walk visits and which objects it may touch.
#ifndef INFRA_PLAN_TARGETS_H
#define INFRA_PLAN_TARGETS_H

#include "engine/plan/plan.h"

// NULL: everything. Else a byte per graph node. A target that names nothing is a warning.
const uint8_t *targets_nodes(Arena *arena, Walk *w, const PlanOptions *options);
// May this object be planned for? (Instance keys count here.)
bool targets_object(const PlanOptions *options, Str module, bool data, Str type, Str name, InstanceKey key);
// A byte per prior object: 1 for those that the plan leaves alone, so that they need not be read. NULL: none.
const uint8_t *targets_unread(Arena *arena, const Walk *w, const Plan *plan);
// For a plan that destroys: a byte per prior object. What needs a target, by the state's dependencies, goes with it; what
// an excluded object needs stays with it. NULL: all go.
const uint8_t *targets_destroyed(Arena *arena, const Walk *w, const PlanOptions *options);

#endif

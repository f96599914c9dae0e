// Are moved, removed and import blocks in agreement with what the configuration declares and with the targets?
#ifndef INFRA_PLAN_REFACTOR_CHECK_H
#define INFRA_PLAN_REFACTOR_CHECK_H

#include "engine/plan/plan.h"

// Before planning: objects that moved must lie within the targets, or wholly outside of what is excluded. False after
// an error.
bool refactor_check_targets(Walk *w, const PlanOptions *options);
// After the walk, when all instances are known: what was moved or removed must not be declared any more, a move must
// have one source and one end. Errors go to the walk.
void refactor_check(Walk *w);

#endif

// Objects of the prior state that the configuration no longer has: planned to be destroyed or forgotten.
#ifndef INFRA_PLAN_ORPHANS_H
#define INFRA_PLAN_ORPHANS_H

#include "engine/plan/plan_resource.h"

// The resource block in the configuration that a state resource belongs to, keys aside, or NULL.
const Resource *orphans_block(const Walk *w, const StateResource *r);
// Adds a row for every managed object that no row has; in a destroy plan for all objects. Waits for the providers.
void orphans_plan(Planner *planner);

#endif

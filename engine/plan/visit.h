// Visits of the nodes that every kind of walk treats alike: variables, locals, outputs, module calls, providers, checks.
#ifndef INFRA_PLAN_VISIT_H
#define INFRA_PLAN_VISIT_H

#include "engine/plan/plan.h"
#include "engine/plan/scope.h"

// A resource block's own visit differs from walk to walk. Returns true when done at once.
typedef bool (*VisitResource)(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx);

// Visits any node; resources go to `resource`. Failures are told by walk_node_done(w, node, true).
bool visit_node(Walk *w, uint32_t node, VisitResource resource, void *ctx);
// Ends the node: always returns false, having called walk_node_done.
bool visit_end(Walk *w, uint32_t node, bool failed);

bool visit_provider(Walk *w, uint32_t node);
bool visit_variable(Walk *w, const ModuleNode *module, uint32_t index);
bool visit_output(Walk *w, const ModuleNode *module, uint32_t index);

#endif

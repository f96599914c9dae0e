// What names mean in one instance of a block during a walk.
#ifndef INFRA_PLAN_SCOPE_H
#define INFRA_PLAN_SCOPE_H

#include "engine/eval/code.h"
#include "engine/plan/walk.h"

// A Scope with what its loads need. Make one per module instance and block, change the instance part per row.
typedef struct WalkScope {
    Scope scope; // first
    Walk *walk;
    ModuleInst *module;
    uint32_t local_id; // of the block, for its once cache
    Value each_key, each_value; // kind TYPE_DYNAMIC: not in for_each
    Value count_index;
    Value self;
    bool has_each, has_count, has_self;
    const char *context; // NULL, or what `self` belongs to, for messages
} WalkScope;

void scope_init(WalkScope *s, Walk *walk, ModuleInst *module, uint32_t local_id, uint32_t once_count, Arena *results);
// The value of a whole resource: object, tuple or map of instances; built once per walk and kept.
Value scope_resource_value(Walk *walk, ModuleInst *module, uint32_t resource);
// The value of a module call as others see it: an object of outputs, or a tuple or map of such.
Value scope_module_value(Walk *walk, ModuleInst *module, uint32_t call);

#endif

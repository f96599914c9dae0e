// From blocks to instances: count, for_each and enabled are evaluated once per module instance.
#ifndef INFRA_PLAN_EXPAND_H
#define INFRA_PLAN_EXPAND_H

#include "engine/plan/scope.h"

typedef struct Expansion {
    uint32_t n;
    Repeat repeat;
    Value collection; // for_each: a map, object or set without marks; element i belongs to key i
} Expansion;

// Evaluates in the scope (results in the walk's arena). False after diagnostics: unknown, null, sensitive, negative …
// An unknown one names the references that made it so.
bool expand_repeat(WalkScope *scope, Repeat repeat, const Code *code, Expansion *out, Diags *diags);
Value expand_key(Arena *arena, const Expansion *e, uint32_t i);
Value expand_each_value(const Expansion *e, uint32_t i);
// Sets each or count of the scope to instance i.
void expand_enter(WalkScope *scope, const Expansion *e, uint32_t i);

// Makes the module instances of a call, for all instances of the calling module.
bool expand_module(Walk *w, const ModuleNode *caller, uint32_t call);
int32_t expand_output_index(const ModuleDef *def, Name name);

#endif

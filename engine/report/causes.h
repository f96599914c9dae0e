// What an expression depends on that changes: resource instances with an action, found through locals, variables,
// outputs and module calls; and the inputs of the run that it depends on.
#ifndef INFRA_REPORT_CAUSES_H
#define INFRA_REPORT_CAUSES_H

#include "engine/plan/plan.h"

typedef struct Cause {
    uint32_t row; // ROW_NONE: an input variable
    Str text;     // the reference: "aws_vpc.a.id", "var.zone"
    Str through;  // what leads there, "" when nothing: "local.net, module.b.ids"
} Cause;

typedef struct Causes {
    Arena *arena;
    const Plan *plan;
    VEC(Cause) list;
    StrMap seen;
} Causes;

Causes causes_in(Arena *arena, const Plan *plan);
void causes_code(Causes *causes, const ModuleInst *module, uint32_t resource, const Code *code);
// All references of a body; attr: only of the attribute or block type of this name.
void causes_body(Causes *causes, const ModuleInst *module, uint32_t resource, Name attr);
// One reference.
void causes_ref(Causes *causes, const ModuleInst *module, uint32_t resource, const Ref *ref);

#endif

// Type constraints as written: string, list(any), object({ a = optional(string, "x") }), and the old quoted forms
// ("string", "list", "map") which are accepted with a warning.
#ifndef INFRA_EVAL_TYPEEXPR_H
#define INFRA_EVAL_TYPEEXPR_H

#include "engine/value/convert.h"
#include "grammar/ast.h"

// *defaults is NULL when there are none. Default expressions must be constant.
bool typeexpr_read(Arena *arena, const Expr *expr, const Type **type, const Defaults **defaults, Diags *diags);

#endif

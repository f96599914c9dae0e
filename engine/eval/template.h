// Evaluating a template text with variables of its own (templatefile, templatestring).
#ifndef INFRA_EVAL_TEMPLATE_H
#define INFRA_EVAL_TEMPLATE_H

#include "engine/eval/func.h"

// path names the template and is empty for a text without a file. vars is an object or map; every name that the
// template mentions must be there. Errors point into the template and name the file.
bool template_render(FuncContext *context, Arena *arena, Str path, Str text, Value vars, Span call, Value *out,
                     Diags *diags);

#endif

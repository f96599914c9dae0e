// What a YAML scalar means.
#ifndef INFRA_EVAL_HEAVY_YAML_SCALAR_H
#define INFRA_EVAL_HEAVY_YAML_SCALAR_H

#include "engine/eval/func.h"

// tag is empty when there is none. NULL, or what is wrong.
const char *yaml_scalar(FuncCall *call, const char *tag, Str text, bool quoted, Value *out);

#endif

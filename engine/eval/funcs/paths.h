// Paths as texts.
#ifndef INFRA_EVAL_FUNCS_PATHS_H
#define INFRA_EVAL_FUNCS_PATHS_H

#include "engine/base/str.h"

Str filesystem_clean(Arena *arena, Str path);
// Whether a path fits a pattern: * and ? within one part, ** any parts, [a-z], {a,b}, \ before a plain character.
// The pattern must be well formed (path_pattern_valid).
bool path_matches(Str pattern, Str path);
bool path_pattern_valid(Str pattern);

#endif

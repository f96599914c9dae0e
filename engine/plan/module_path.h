// Module paths as texts: "module.a[\"x\"].module.b".
#ifndef INFRA_PLAN_MODULE_PATH_H
#define INFRA_PLAN_MODULE_PATH_H

#include "engine/base/str.h"

// Without instance keys: "module.a.module.b". The path itself when it has none.
Str module_path_plain(Arena *arena, Str path);
// Is `path` an instance of the module node with the plain path?
bool module_path_is(Str plain, Str path);

#endif

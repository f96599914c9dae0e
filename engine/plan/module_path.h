// Module paths as texts: "module.a[\"x\"].module.b".
#ifndef INFRA_PLAN_MODULE_PATH_H
#define INFRA_PLAN_MODULE_PATH_H

#include "engine/base/str.h"

// Without instance keys: "module.a.module.b". The path itself when it has none.
Str module_path_plain(Arena *arena, Str path);
// Length of the key that path starts with, brackets included; 0 when it starts with none.
size_t module_path_key(Str path);
// A quoted key's text ("\"a\"" to "a").
Str module_path_unquote(Arena *arena, Str quoted);
// Is `path` an instance of the module node with the plain path?
bool module_path_is(Str plain, Str path);
// The same, or in a module that it calls.
bool module_path_is_under(Str plain, Str path);

#endif

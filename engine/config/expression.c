// Expressions from outside the configuration's files (the console), in the root module's names.
#include "engine/config/loader.h"

const Code *load_expression(Config *config, Arena *arena, const Expr *expr, Diags *diags) {
    ModuleBinder binder = bind_start((Def *)(void *)config->defs.at[0]);
    return code_compile(arena, &binder.base, expr, diags);
}

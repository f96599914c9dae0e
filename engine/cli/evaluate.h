// Values of a configuration over its state, without asking any provider: for the console.
#ifndef INFRA_CLI_EVALUATE_H
#define INFRA_CLI_EVALUATE_H

#include "engine/cli/session.h"

// Variables, locals, outputs and modules evaluated, resources as the state has them (unknown when it has not). What
// cannot be evaluated is unknown, with diagnostics.
Walk *evaluate_walk(Session *s);
// An expression in the root module. False after diagnostics.
bool evaluate_text(Session *s, Walk *w, Arena *arena, Str text, Value *out);

#endif

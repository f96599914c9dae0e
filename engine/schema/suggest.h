// "Did you mean …?": the name nearest to one that is not known.
#ifndef INFRA_SCHEMA_SUGGEST_H
#define INFRA_SCHEMA_SUGGEST_H

#include "engine/base/name.h"

typedef struct Suggest {
    Str given;
    Str best;        // empty: nothing is near enough
    uint32_t within; // distance of best
} Suggest;

static inline Suggest suggest_start(Str given) { return (Suggest){given, STR_NONE, 0}; }
// Looks at one known name. Near means at most two edits, and fewer than the name has letters.
void suggest_try(Suggest *s, Str candidate);
// " Did you mean \"x\"?" in the arena, or an empty string.
const char *suggest_text(Arena *arena, const Suggest *s);

#endif

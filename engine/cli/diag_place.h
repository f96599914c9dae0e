// The top-level block that a diagnostic's place lies in, for "on FILE line N, in BLOCK".
#ifndef INFRA_CLI_DIAG_PLACE_H
#define INFRA_CLI_DIAG_PLACE_H

#include "engine/base/diag.h"

typedef struct DiagPlaces { // of the file that was looked at last
    Arena *arena;
    const SourceFile *file;
    const struct AstBody *body;
} DiagPlaces;

static inline DiagPlaces diag_places(Arena *arena) { return (DiagPlaces){arena, NULL, NULL}; }
// Sets diag->context when there is such a block, other than one whose header the diagnostic is about.
void diag_place(DiagPlaces *places, Diag *diag);

#endif

// The structural difference of two sequences and of two sets, whatever their elements are.
//
// Elements are given as numbers: equal elements have equal numbers. The result lists pairs of positions in the order
// in which they are shown; DIFF_NONE on one side is an element that was removed or added. Nothing fails; memory and
// time are bounded (long sequences that have little in common are aligned coarsely, large sets are not paired).
#ifndef INFRA_PLAN_DIFF_H
#define INFRA_PLAN_DIFF_H

#include "engine/base/map.h"

#define DIFF_NONE UINT32_MAX

typedef struct DiffPair {
    uint32_t before, after;
} DiffPair;

typedef struct DiffSides {
    const uint32_t *before, *after;
    uint32_t before_n, after_n;
} DiffSides;

// The number of a text: the same text has the same number.
uint32_t diff_number(StrMap *known, Str text);
// Keeps a longest common subsequence. Between two kept elements a removed and an added one are one pair when `alike`
// says so (NULL: never). Room for before_n + after_n pairs; their count.
uint32_t diff_sequence(Arena *arena, const DiffSides *sides, bool (*alike)(void *ctx, uint32_t before, uint32_t after),
                       void *ctx, DiffPair *out);
// Equal elements are pairs; of the others those that are most alike (likeness 0 to 100, pairs from DIFF_ALIKE on; NULL:
// none). In the order of `before`, then what was added. Room for before_n + after_n pairs; their count.
#define DIFF_ALIKE 50u
uint32_t diff_set(Arena *arena, const DiffSides *sides,
                  uint32_t (*likeness)(void *ctx, uint32_t before, uint32_t after), void *ctx, DiffPair *out);

#endif

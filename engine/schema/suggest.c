#include "engine/schema/suggest.h"

#include "engine/base/arena.h"

#define SUGGEST_EDITS 2u
#define SUGGEST_BYTES 64u

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c) {
    uint32_t m = a < b ? a : b;
    return m < c ? m : c;
}

// The number of edits between two short texts, or SUGGEST_EDITS + 1 when there are more.
static uint32_t distance(Str a, Str b) {
    size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (gap > SUGGEST_EDITS || a.n >= SUGGEST_BYTES || b.n >= SUGGEST_BYTES) return SUGGEST_EDITS + 1;
    uint32_t row[SUGGEST_BYTES + 1];
    for (uint32_t j = 0; j <= b.n; j++) row[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t diagonal = row[0], best = i;
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            uint32_t cost = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            row[j] = smallest(cost, row[j] + 1, row[j - 1] + 1);
            if (row[j] < best) best = row[j];
        }
        if (best > SUGGEST_EDITS) return SUGGEST_EDITS + 1;
    }
    return row[b.n];
}

void suggest_try(Suggest *s, Str candidate) {
    uint32_t edits = distance(s->given, candidate);
    if (edits > SUGGEST_EDITS || edits >= candidate.n) return;
    if (!str_empty(s->best) && edits >= s->within) return;
    s->best = candidate;
    s->within = edits;
}

const char *suggest_text(Arena *arena, const Suggest *s) {
    if (str_empty(s->best)) return "";
    return str_format(arena, " Did you mean \"%.*s\"?", STR_ARG(s->best)).p;
}

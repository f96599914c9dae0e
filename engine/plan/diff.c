#include "engine/plan/diff.h"

#include <stdlib.h>

#include "engine/base/arena.h"

// Cells of a table of common subsequences; beyond it only elements that occur once on each side are aligned.
#define DIFF_CELLS (1u << 20)
// Pairs of set elements that are compared.
#define DIFF_COMPARED 4096u

uint32_t diff_number(StrMap *known, Str text) {
    bool added;
    uint64_t *slot = strmap_put(known, text, &added);
    if (added) *slot = known->n;
    return (uint32_t)*slot;
}

typedef struct Common { // a common subsequence under construction
    uint32_t *at, n;
} Common;

static bool fits_table(uint32_t n, uint32_t m) { return (uint64_t)n * m <= DIFF_CELLS; }

// Exact. Cells fit 16 bits: the shorter side has at most 1024 elements.
static void common_table(Arena *arena, const uint32_t *a, uint32_t n, const uint32_t *b, uint32_t m, Common *out) {
    if (n == 0 || m == 0) return;
    ArenaMark mark = arena_mark(arena);
    uint16_t *c = arena_alloc(arena, sizeof *c * n * m);
    for (uint32_t y = 0; y < m; y++)
        for (uint32_t x = 0; x < n; x++) {
            uint16_t left = x ? c[y * n + x - 1] : 0, up = y ? c[(y - 1) * n + x] : 0;
            if (a[x] == b[y])
                c[y * n + x] = (uint16_t)((x && y ? c[(y - 1) * n + x - 1] : 0) + 1);
            else
                c[y * n + x] = left > up ? left : up;
        }
    uint32_t found = c[n * m - 1], i = found, x = n, y = m;
    while (x > 0 && y > 0 && i > 0) {
        if (a[x - 1] == b[y - 1]) {
            out->at[out->n + --i] = a[--x];
            y--;
            continue;
        }
        uint16_t left = x > 1 ? c[(y - 1) * n + x - 2] : 0, up = y > 1 ? c[(y - 2) * n + x - 1] : 0;
        if (left > up)
            x--;
        else
            y--;
    }
    out->n += found;
    arena_release(arena, mark);
}

typedef struct Once {      // an element that occurs exactly once on each side
    uint32_t a, b, before; // positions; the anchor before it in the best chain + 1
} Once;

static uint32_t once_find(Arena *arena, const uint32_t *a, uint32_t n, const uint32_t *b, uint32_t m, Once *out) {
    IdMap count_a = idmap_in(arena), count_b = idmap_in(arena), where = idmap_in(arena);
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) ++*idmap_put(&count_a, a[i], NULL);
    for (uint32_t i = 0; i < m; i++) {
        ++*idmap_put(&count_b, b[i], NULL);
        *idmap_put(&where, b[i], NULL) = i;
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t *other = idmap_get(&count_b, a[i]);
        if (!other || *other != 1 || *idmap_get(&count_a, a[i]) != 1) continue;
        out[k++] = (Once){i, (uint32_t)*idmap_get(&where, a[i]), 0};
    }
    return k;
}

// The longest chain of anchors that rises on both sides; marks its members by linking them, returns the last + 1.
static uint32_t once_chain(Arena *arena, Once *once, uint32_t n) {
    uint32_t *tails = ARENA_ARRAY(arena, uint32_t, n + 1), length = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t lo = 0, hi = length;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (once[tails[mid]].b < once[i].b)
                lo = mid + 1;
            else
                hi = mid;
        }
        once[i].before = lo ? tails[lo - 1] + 1 : 0;
        tails[lo] = i;
        if (lo == length) length++;
    }
    return length ? tails[length - 1] + 1 : 0;
}

// Coarse: anchors first, exact tables in the gaps that are small.
static void common_anchors(Arena *arena, const uint32_t *a, uint32_t n, const uint32_t *b, uint32_t m, Common *out) {
    Once *once = ARENA_ARRAY(arena, Once, n + 1);
    uint32_t last = once_chain(arena, once, once_find(arena, a, n, b, m, once)), length = 0;
    for (uint32_t i = last; i; i = once[i - 1].before) length++;
    uint32_t *chain = ARENA_ARRAY(arena, uint32_t, length + 1), k = length, x = 0, y = 0;
    for (uint32_t i = last; i; i = once[i - 1].before) chain[--k] = i - 1;
    for (uint32_t i = 0; i <= length; i++) {
        uint32_t to_a = i < length ? once[chain[i]].a : n, to_b = i < length ? once[chain[i]].b : m;
        if (fits_table(to_a - x, to_b - y)) common_table(arena, a + x, to_a - x, b + y, to_b - y, out);
        if (i == length) break;
        out->at[out->n++] = a[to_a];
        x = to_a + 1;
        y = to_b + 1;
    }
}

static void common_find(Arena *arena, const DiffSides *s, Common *out) {
    const uint32_t *a = s->before, *b = s->after;
    uint32_t n = s->before_n, m = s->after_n, end = 0;
    if (fits_table(n, m)) {
        common_table(arena, a, n, b, m, out);
        return;
    }
    for (; n && m && *a == *b; n--, m--, b++) out->at[out->n++] = *a++;
    while (end < n && end < m && a[n - 1 - end] == b[m - 1 - end]) end++;
    n -= end;
    m -= end;
    if (fits_table(n, m))
        common_table(arena, a, n, b, m, out);
    else
        common_anchors(arena, a, n, b, m, out);
    for (uint32_t i = 0; i < end; i++) out->at[out->n++] = a[n + i];
}

uint32_t diff_sequence(Arena *arena, const DiffSides *s, bool (*alike)(void *ctx, uint32_t before, uint32_t after),
                       void *ctx, DiffPair *out) {
    uint32_t least = s->before_n < s->after_n ? s->before_n : s->after_n, n = 0, i = 0, j = 0;
    Common common = {ARENA_ARRAY(arena, uint32_t, least + 1), 0};
    common_find(arena, s, &common);
    for (uint32_t k = 0; k <= common.n; k++) {
        bool end = k == common.n;
        for (; i < s->before_n && (end || s->before[i] != common.at[k]); i++) {
            bool open = j < s->after_n && (end || s->after[j] != common.at[k]);
            bool pair = open && alike && alike(ctx, i, j);
            out[n++] = (DiffPair){i, pair ? j++ : DIFF_NONE};
        }
        for (; j < s->after_n && (end || s->after[j] != common.at[k]); j++) out[n++] = (DiffPair){DIFF_NONE, j};
        if (!end) out[n++] = (DiffPair){i++, j++};
    }
    return n;
}

typedef struct Candidate {
    uint32_t likeness, before, after;
} Candidate;

static int candidate_cmp(const void *pa, const void *pb) {
    const Candidate *a = pa, *b = pb;
    if (a->likeness != b->likeness) return a->likeness > b->likeness ? -1 : 1;
    if (a->before != b->before) return a->before < b->before ? -1 : 1;
    return a->after < b->after ? -1 : a->after > b->after;
}

static void set_pair_alike(Arena *arena, const DiffSides *s, uint32_t *partner, uint8_t *taken, uint32_t left,
                           uint32_t right, uint32_t (*likeness)(void *, uint32_t, uint32_t), void *ctx) {
    if (!left || !right || (uint64_t)left * right > DIFF_COMPARED) return;
    Candidate *all = ARENA_ARRAY(arena, Candidate, left * right);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->before_n; i++) {
        if (partner[i] != DIFF_NONE) continue;
        for (uint32_t j = 0; j < s->after_n; j++) {
            uint32_t score = taken[j] ? 0 : likeness(ctx, i, j);
            if (score >= DIFF_ALIKE) all[n++] = (Candidate){score, i, j};
        }
    }
    if (n > 1) qsort(all, n, sizeof *all, candidate_cmp);
    for (uint32_t k = 0; k < n; k++) {
        if (partner[all[k].before] != DIFF_NONE || taken[all[k].after]) continue;
        partner[all[k].before] = all[k].after;
        taken[all[k].after] = 1;
    }
}

uint32_t diff_set(Arena *arena, const DiffSides *s, uint32_t (*likeness)(void *ctx, uint32_t before, uint32_t after),
                  void *ctx, DiffPair *out) {
    uint32_t *partner = ARENA_ARRAY(arena, uint32_t, s->before_n + 1), n = 0, equal = 0;
    uint8_t *taken = ARENA_ARRAY(arena, uint8_t, s->after_n + 1);
    IdMap where = idmap_in(arena);
    for (uint32_t j = 0; j < s->after_n; j++) *idmap_put(&where, s->after[j], NULL) = j;
    for (uint32_t i = 0; i < s->before_n; i++) {
        const uint64_t *j = idmap_get(&where, s->before[i]);
        partner[i] = DIFF_NONE;
        if (!j || taken[*j]) continue;
        partner[i] = (uint32_t)*j;
        taken[*j] = 1;
        equal++;
    }
    if (likeness) set_pair_alike(arena, s, partner, taken, s->before_n - equal, s->after_n - equal, likeness, ctx);
    for (uint32_t i = 0; i < s->before_n; i++) out[n++] = (DiffPair){i, partner[i]};
    for (uint32_t j = 0; j < s->after_n; j++)
        if (!taken[j]) out[n++] = (DiffPair){DIFF_NONE, j};
    return n;
}

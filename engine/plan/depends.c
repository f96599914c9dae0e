#include "engine/plan/depends.h"

#include <stdlib.h>

typedef struct IdSet { // sorted block ids
    uint32_t *at;
    uint32_t n;
} IdSet;

typedef struct DependSets {
    IdSet *direct; // nearest resources behind a node
    IdSet *all;    // transitive; n > DEPENDS_LISTED: too many, at is NULL
} DependSets;

static int id_cmp(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t ids_unique(uint32_t *at, uint32_t n) {
    uint32_t k = 0;
    if (n > 1) qsort(at, n, sizeof *at, id_cmp);
    for (uint32_t i = 0; i < n; i++)
        if (k == 0 || at[k - 1] != at[i]) at[k++] = at[i];
    return k;
}

static bool is_managed(const Walk *w, uint32_t node) {
    return node < w->config->block_count && w->graph->provider_of[node] != UINT32_MAX;
}

// The nearest resources: a single dependency that is no resource lends its set.
static IdSet direct_set(Arena *arena, const Walk *w, const DependSets *s, uint32_t node) {
    const Graph *g = w->graph;
    uint32_t from = g->dep_start[node], to = g->dep_start[node + 1], n = 0;
    if (to - from == 1 && !is_managed(w, g->dep[from])) return s->direct[g->dep[from]];
    for (uint32_t j = from; j < to; j++) n += is_managed(w, g->dep[j]) ? 1 : s->direct[g->dep[j]].n;
    if (n == 0) return (IdSet){NULL, 0};
    IdSet out = {ARENA_ARRAY(arena, uint32_t, n), 0};
    for (uint32_t j = from; j < to; j++) {
        uint32_t d = g->dep[j];
        if (is_managed(w, d)) {
            out.at[out.n++] = d;
        } else if (s->direct[d].n) {
            memcpy(out.at + out.n, s->direct[d].at, sizeof *out.at * s->direct[d].n);
            out.n += s->direct[d].n;
        }
    }
    out.n = ids_unique(out.at, out.n);
    return out;
}

static IdSet all_set(Arena *arena, Arena *scratch, const DependSets *s, IdSet direct) {
    IdSet none = {NULL, DEPENDS_LISTED + 1};
    if (direct.n > DEPENDS_LISTED) return none;
    uint32_t n = direct.n;
    for (uint32_t i = 0; i < direct.n; i++) {
        if (s->all[direct.at[i]].n > DEPENDS_LISTED) return none;
        n += s->all[direct.at[i]].n;
    }
    uint32_t *at = ARENA_ARRAY(scratch, uint32_t, n + 1), k = 0;
    for (uint32_t i = 0; i < direct.n; i++) {
        IdSet more = s->all[direct.at[i]];
        at[k++] = direct.at[i];
        if (more.n) memcpy(at + k, more.at, sizeof *at * more.n);
        k += more.n;
    }
    k = ids_unique(at, k);
    if (k > DEPENDS_LISTED) return none;
    IdSet out = {ARENA_ARRAY(arena, uint32_t, k + 1), k};
    if (k) memcpy(out.at, at, sizeof *at * k);
    return out;
}

static int str_order(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

static Depends set_names(Arena *arena, const Walk *w, IdSet set, Str *names) {
    Str *at = ARENA_ARRAY(arena, Str, set.n + 1);
    for (uint32_t i = 0; i < set.n; i++) {
        uint32_t id = set.at[i];
        if (!names[id].p) {
            Buf b = buf_in(arena);
            graph_node_name(w->graph, id, &b);
            names[id] = buf_str(&b);
        }
        at[i] = names[id];
    }
    if (set.n > 1) qsort(at, set.n, sizeof *at, str_order);
    return (Depends){at, set.n};
}

Depends *depends_all(Arena *arena, const Walk *w) {
    const Graph *g = w->graph;
    Arena *scratch = arena_new(w->process, LIFE_OP, "dependencies"), *one = arena_new(w->process, LIFE_OP, "union");
    DependSets s = {ARENA_ARRAY(scratch, IdSet, g->n + 1), ARENA_ARRAY(scratch, IdSet, g->n + 1)};
    Depends *out = ARENA_ARRAY(arena, Depends, w->config->block_count + 1);
    Str *names = ARENA_ARRAY(scratch, Str, w->config->block_count + 1);
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t node = g->order[i];
        s.direct[node] = direct_set(scratch, w, &s, node);
        if (!is_managed(w, node)) continue;
        arena_reset(one);
        s.all[node] = all_set(scratch, one, &s, s.direct[node]);
        out[node] = set_names(arena, w, s.all[node].n > DEPENDS_LISTED ? s.direct[node] : s.all[node], names);
    }
    arena_free(one);
    arena_free(scratch);
    return out;
}

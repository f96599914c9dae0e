#include "engine/graph/build.h"

#include <stdlib.h>

#include "engine/base/heap.h"
#include "engine/graph/cycle.h"

static const struct {
    const char *name;
    BuildStep run;
} steps[] = {
#define STEP(name, doc) {#name, step_##name},
#include "engine/graph/steps.def"
#undef STEP
};

void build_edge(Build *b, uint32_t from, uint32_t to, Span span, uint8_t flags) {
    BuildEdge e = {from, to, span, flags};
    vec_push(b->arena, &b->edges, e);
}

typedef struct EdgeOut {
    uint32_t to, seq; // seq: position in the list of found edges, so that the first mention wins
} EdgeOut;

static int edge_out_cmp(const void *pa, const void *pb) {
    const EdgeOut *a = pa, *b = pb;
    if (a->to != b->to) return a->to < b->to ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

// Edge list to CSR: bucket by `from`, sort each bucket, join doubles (same-key holds only if it holds for all).
static void build_csr(Build *b, Graph *g) {
    uint32_t n = g->n, m = b->edges.n;
    uint32_t *start = ARENA_ARRAY(b->arena, uint32_t, n + 1);
    for (uint32_t i = 0; i < m; i++) start[b->edges.at[i].from + 1]++;
    for (uint32_t i = 0; i < n; i++) start[i + 1] += start[i];
    EdgeOut *out = ARENA_ARRAY(b->arena, EdgeOut, m + 1);
    uint32_t *fill = ARENA_ARRAY(b->arena, uint32_t, n + 1);
    memcpy(fill, start, sizeof *fill * (n + 1));
    for (uint32_t i = 0; i < m; i++) out[fill[b->edges.at[i].from]++] = (EdgeOut){b->edges.at[i].to, i};

    uint32_t *dep_start = ARENA_ARRAY(b->arena, uint32_t, n + 1);
    uint32_t *dep = ARENA_ARRAY(b->arena, uint32_t, m + 1);
    uint8_t *flags = ARENA_ARRAY(b->arena, uint8_t, m + 1);
    Span *span = ARENA_ARRAY(b->arena, Span, m + 1);
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        dep_start[i] = k;
        uint32_t count = start[i + 1] - start[i];
        if (count > 1) qsort(out + start[i], count, sizeof *out, edge_out_cmp);
        for (uint32_t j = start[i]; j < start[i + 1]; j++) {
            const BuildEdge *e = &b->edges.at[out[j].seq];
            if (k > dep_start[i] && dep[k - 1] == e->to) {
                flags[k - 1] = (uint8_t)(flags[k - 1] & e->flags);
                continue;
            }
            dep[k] = e->to;
            flags[k] = e->flags;
            span[k++] = e->span;
        }
    }
    dep_start[n] = k;
    g->dep_start = dep_start;
    g->dep = dep;
    g->dep_flags = flags;
    g->dep_span = span;
}

static void build_users(Arena *arena, Graph *g) {
    uint32_t m = g->dep_start[g->n];
    uint32_t *start = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    uint32_t *user = ARENA_ARRAY(arena, uint32_t, m + 1);
    for (uint32_t i = 0; i < m; i++) start[g->dep[i] + 1]++;
    for (uint32_t i = 0; i < g->n; i++) start[i + 1] += start[i];
    uint32_t *fill = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    memcpy(fill, start, sizeof *fill * (g->n + 1));
    for (uint32_t i = 0; i < g->n; i++)
        for (uint32_t j = g->dep_start[i]; j < g->dep_start[i + 1]; j++) user[fill[g->dep[j]]++] = i;
    g->user_start = start;
    g->user = user;
}

// Topological order, smallest ready id first. Returns how many nodes could be ordered.
static uint32_t build_order(Arena *arena, Graph *g, uint32_t *order) {
    uint32_t *left = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    uint32_t *rank = ARENA_ARRAY(arena, uint32_t, g->n + 1), n = 0;
    Heap ready = {ARENA_ARRAY(arena, uint32_t, g->n + 1), 0, rank};
    for (uint32_t i = 0; i < g->n; i++) {
        rank[i] = i;
        left[i] = g->dep_start[i + 1] - g->dep_start[i];
        if (left[i] == 0) heap_push(&ready, i);
    }
    while (ready.n > 0) {
        uint32_t x = heap_pop(&ready);
        order[n++] = x;
        for (uint32_t j = g->user_start[x]; j < g->user_start[x + 1]; j++)
            if (--left[g->user[j]] == 0) heap_push(&ready, g->user[j]);
    }
    return n;
}

Graph *graph_build(Arena *arena, const Config *config, const Str *also, uint32_t also_count, Diags *diags) {
    Build b = {.arena = arena, .config = config, .also = also, .also_count = also_count, .diags = diags};
    b.provider_of = ARENA_ARRAY(arena, uint32_t, config->block_count + 1);
    memset(b.provider_of, 0xff, sizeof *b.provider_of * (config->block_count + 1));
    uint32_t before = diags->errors;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) steps[i].run(&b);
    if (diags->errors > before) return NULL;

    Graph *g = ARENA_NEW(arena, Graph);
    g->config = config;
    g->implicit = b.implicit.at;
    g->implicit_count = b.implicit.n;
    g->provider_of = b.provider_of;
    g->n = config->block_count + config->node_count + b.implicit.n;
    build_csr(&b, g);
    build_users(arena, g);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    g->order = order;
    uint32_t ordered = build_order(arena, g, order);
    if (ordered < g->n) {
        cycle_report(arena, g, order, ordered, diags);
        return NULL;
    }
    return g;
}

NodeKind graph_node_kind(const Graph *g, uint32_t node) {
    if (node < g->config->block_count) return NODE_BLOCK;
    return node < g->config->block_count + g->config->node_count ? NODE_MODULE_END : NODE_PROVIDER;
}

void graph_reach(const Graph *g, const uint32_t *from, uint32_t n, uint8_t *marks) {
    Arena *arena = arena_new(g->config->process, LIFE_OP, "reach");
    uint32_t *stack = ARENA_ARRAY(arena, uint32_t, g->n + 1), depth = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (marks[from[i]]) continue;
        marks[from[i]] = 1;
        stack[depth++] = from[i];
    }
    while (depth > 0) {
        uint32_t x = stack[--depth];
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1]; j++) {
            if (marks[g->dep[j]]) continue;
            marks[g->dep[j]] = 1;
            stack[depth++] = g->dep[j];
        }
    }
    arena_free(arena);
}

#include "engine/graph/cycle.h"

enum { CYCLES_SHOWN = 10 };

// Shortest way from `start` back to itself among nodes that are left, breadth first. *n edges; the nodes in `path`.
static bool cycle_shortest(const Graph *g, const uint8_t *left, uint32_t start, uint32_t *queue, uint32_t *from,
                           uint32_t *path, uint32_t *n) {
    uint32_t head = 0, tail = 0;
    for (uint32_t i = 0; i < g->n; i++) from[i] = UINT32_MAX;
    queue[tail++] = start;
    while (head < tail) {
        uint32_t x = queue[head++];
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1]; j++) {
            uint32_t y = g->dep[j];
            if (!left[y]) continue;
            if (y == start) {
                *n = 0;
                for (uint32_t k = x; k != start; k = from[k]) path[(*n)++] = k;
                path[(*n)++] = start;
                return true;
            }
            if (from[y] != UINT32_MAX) continue;
            from[y] = x;
            queue[tail++] = y;
        }
    }
    return false;
}

static Span cycle_edge_span(const Graph *g, uint32_t from, uint32_t to) {
    for (uint32_t j = g->dep_start[from]; j < g->dep_start[from + 1]; j++)
        if (g->dep[j] == to) return g->dep_span[j];
    return SPAN_NONE;
}

static void cycle_edge(const Graph *g, uint32_t from, uint32_t to, Buf *out) {
    buf_z(out, "\n  ");
    graph_node_name(g, from, out);
    buf_z(out, " needs ");
    graph_node_name(g, to, out);
    SourcePos pos;
    Span span = cycle_edge_span(g, from, to);
    if (source_pos(g->config->process, span, &pos, NULL))
        buf_format(out, ", by \"%.*s\" at %.*s:%u", STR_ARG(source_text(g->config->process, span)),
                   STR_ARG(pos.file->path), pos.line);
}

// Nodes that only lead to or from a cycle are peeled off; what stays lies on cycles.
static void cycle_peel(const Graph *g, uint8_t *left, uint32_t *queue) {
    Arena *arena = arena_new(g->config->process, LIFE_OP, "cycle");
    uint32_t *users = ARENA_ARRAY(arena, uint32_t, g->n + 1), head = 0, tail = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        if (!left[i]) continue;
        for (uint32_t j = g->dep_start[i]; j < g->dep_start[i + 1]; j++)
            if (left[g->dep[j]]) users[g->dep[j]]++;
    }
    for (uint32_t i = 0; i < g->n; i++)
        if (left[i] && users[i] == 0) queue[tail++] = i;
    while (head < tail) {
        uint32_t x = queue[head++];
        left[x] = 0;
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1]; j++)
            if (left[g->dep[j]] && --users[g->dep[j]] == 0) queue[tail++] = g->dep[j];
    }
    arena_free(arena);
}

void cycle_report(Arena *arena, const Graph *g, const uint32_t *order, uint32_t ordered, Diags *diags) {
    uint8_t *left = ARENA_ARRAY(arena, uint8_t, g->n + 1);
    uint32_t *queue = ARENA_ARRAY(arena, uint32_t, g->n + 1), *from = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    uint32_t *path = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    memset(left, 1, g->n);
    for (uint32_t i = 0; i < ordered; i++) left[order[i]] = 0;
    cycle_peel(g, left, queue);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < g->n && shown < CYCLES_SHOWN; i++) {
        uint32_t n;
        if (!left[i] || !cycle_shortest(g, left, i, queue, from, path, &n)) continue;
        shown++;
        Buf detail = buf_in(arena);
        buf_z(&detail, "These need each other, so none of them can come first:");
        // path runs backwards from the last node to the start.
        for (uint32_t k = n; k > 0; k--) cycle_edge(g, path[k - 1], path[k > 1 ? k - 2 : n - 1], &detail);
        Span at = cycle_edge_span(g, path[n - 1], path[n > 1 ? n - 2 : n - 1]);
        diag_add(diags, SEV_ERROR, "cycle", at, STR("Cycle"), buf_str(&detail));
        for (uint32_t k = 0; k < n; k++) left[path[k]] = 0;
    }
}

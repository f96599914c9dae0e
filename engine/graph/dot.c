#include "engine/graph/graph.h"

static bool dot_shows(const Graph *g, uint32_t node, bool all) {
    if (all) return true;
    if (graph_node_kind(g, node) == NODE_PROVIDER) return true;
    if (graph_node_kind(g, node) != NODE_BLOCK) return false;
    const ModuleNode *m = config_node_of(g->config, node);
    uint32_t i;
    BlockKind kind = config_block(m->def, node - m->base, &i);
    return kind == BLOCK_RESOURCE || kind == BLOCK_PROVIDER;
}

static void dot_quote(const Graph *g, uint32_t node, Buf *out) {
    Buf name = {0};
    graph_node_name(g, node, &name);
    buf_char(out, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"' || name.p[i] == '\\') buf_char(out, '\\');
        buf_char(out, name.p[i]);
    }
    buf_char(out, '"');
    buf_free(&name);
}

// The nodes that are shown and needed by x directly or through nodes that are not shown.
static uint32_t dot_targets(const Graph *g, uint32_t x, bool all, uint32_t *seen, uint32_t *stack, uint32_t *targets) {
    uint32_t depth = 0, n = 0;
    stack[depth++] = x;
    seen[x] = x + 1;
    while (depth > 0) {
        uint32_t y = stack[--depth];
        for (uint32_t j = g->dep_start[y]; j < g->dep_start[y + 1]; j++) {
            uint32_t to = g->dep[j];
            if (seen[to] == x + 1) continue;
            seen[to] = x + 1;
            if (dot_shows(g, to, all)) targets[n++] = to;
            else stack[depth++] = to;
        }
    }
    return n;
}

void graph_dot(const Graph *g, bool all, Buf *out) {
    Arena *arena = arena_new(g->config->process, LIFE_OP, "dot");
    uint32_t *seen = ARENA_ARRAY(arena, uint32_t, g->n + 1), *stack = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    uint32_t *targets = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    buf_z(out, "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    for (uint32_t x = 0; x < g->n; x++) {
        if (!dot_shows(g, x, all)) continue;
        buf_z(out, "  ");
        dot_quote(g, x, out);
        buf_z(out, ";\n");
    }
    for (uint32_t x = 0; x < g->n; x++) {
        if (!dot_shows(g, x, all)) continue;
        uint32_t n = dot_targets(g, x, all, seen, stack, targets);
        for (uint32_t i = 0; i < n; i++) {
            buf_z(out, "  ");
            dot_quote(g, x, out);
            buf_z(out, " -> ");
            dot_quote(g, targets[i], out);
            buf_z(out, ";\n");
        }
    }
    buf_z(out, "}\n");
    arena_free(arena);
}

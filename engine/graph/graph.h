// The dependency graph of a configuration: which block needs which, before any instance exists.
//
// Nodes, by id:  [0, blocks)          the configuration's blocks (global ids of config.h)
//                [blocks, +modules)   the end of each module node: after all that is in it (depends_on = [module.x])
//                [.., +implicit)      provider configurations that are used but not written
// Edges are CSR arrays of u32 and point from a node to what it needs. The graph is built by the ordered list of
// steps in steps.def, one file each, and checked for cycles; no recursion anywhere.
#ifndef INFRA_GRAPH_GRAPH_H
#define INFRA_GRAPH_GRAPH_H

#include "engine/base/map.h"
#include "engine/config/config.h"

enum {
    EDGE_SAME_KEY = 1, // every reference is by each.key or count.index: instance k needs instance k only
    EDGE_ORDER = 2,      // structural: a module and its call, a resource and its provider
    EDGE_DEPENDS_ON = 4, // written in depends_on
};

typedef struct ImplicitProvider {
    Str address; // "registry.opentofu.org/hashicorp/random"
} ImplicitProvider;

typedef struct Graph {
    const Config *config;
    uint32_t n;
    const uint32_t *dep_start, *dep; // node i needs dep[dep_start[i] .. dep_start[i + 1]), sorted
    const uint8_t *dep_flags;        // per edge
    const Span *dep_span;            // per edge: the expression that makes it
    const uint32_t *user_start, *user; // the other way round
    const uint32_t *order;           // all nodes, what is needed first; ties by id
    const uint32_t *provider_of;     // per resource block: node of its provider configuration; else UINT32_MAX
    const ImplicitProvider *implicit;
    uint32_t implicit_count;
} Graph;

// NULL after diagnostics (cycles, each with its edges and where they come from). also: addresses of providers that
// get an implied configuration though no resource block uses them, because the state does.
Graph *graph_build(Arena *arena, const Config *config, const Str *also, uint32_t also_count, Diags *diags);

typedef enum NodeKind { NODE_BLOCK, NODE_MODULE_END, NODE_PROVIDER } NodeKind;
NodeKind graph_node_kind(const Graph *g, uint32_t node);
static inline uint32_t graph_module_end(const Graph *g, uint32_t module_node) {
    return g->config->block_count + module_node;
}
static inline uint32_t graph_implicit_node(const Graph *g, uint32_t i) {
    return g->config->block_count + g->config->node_count + i;
}
// "module.a.aws_vpc.b", "module.a (close)", "var.x", "provider[\"…\"]".
void graph_node_name(const Graph *g, uint32_t node, Buf *out);
// GraphViz text of the graph, resources and providers only unless all.
void graph_dot(const Graph *g, bool all, Buf *out);
// Nodes reachable from the given ones along dependencies, themselves included. marks has g->n bytes, set to 1.
void graph_reach(const Graph *g, const uint32_t *from, uint32_t n, uint8_t *marks);

#endif

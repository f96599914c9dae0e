// What the steps of graph_build share: the edges found so far.
#ifndef INFRA_GRAPH_BUILD_H
#define INFRA_GRAPH_BUILD_H

#include "engine/graph/graph.h"

typedef struct BuildEdge {
    uint32_t from, to;
    Span span;
    uint8_t flags;
} BuildEdge;

typedef struct Build {
    Arena *arena;
    const Config *config;
    VEC(BuildEdge) edges;
    VEC(ImplicitProvider) implicit;
    uint32_t *provider_of;
    const Str *also;
    uint32_t also_count;
    Diags *diags;
} Build;

void build_edge(Build *b, uint32_t from, uint32_t to, Span span, uint8_t flags);

typedef bool (*BuildStep)(Build *b);
#define STEP(name, doc) bool step_##name(Build *b);
#include "engine/graph/steps.def"
#undef STEP

#endif

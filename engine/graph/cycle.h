// Explains why a graph has no order: one error a cycle, the shortest through its first node, with every edge and the
// expression that makes it.
#ifndef INFRA_GRAPH_CYCLE_H
#define INFRA_GRAPH_CYCLE_H

#include "engine/graph/graph.h"

// order[0..ordered) are the nodes that could be ordered.
void cycle_report(Arena *arena, const Graph *g, const uint32_t *order, uint32_t ordered, Diags *diags);

#endif

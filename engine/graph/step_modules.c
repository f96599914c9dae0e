// A module's blocks need its call, which says how many instances there are; the module's end needs its blocks.
#include "engine/graph/build.h"

bool step_modules(Build *b) {
    const Config *config = b->config;
    for (uint32_t m = 0; m < config->node_count; m++) {
        const ModuleNode *node = &config->nodes[m];
        uint32_t end = config->block_count + m;
        for (uint32_t i = 0; i < node->def->nodes; i++) build_edge(b, end, node->base + i, SPAN_NONE, EDGE_ORDER);
        if (!node->parent) continue;
        const ModuleCall *call = &node->parent->def->calls.at[node->call];
        uint32_t call_id = node->parent->base + config_local_id(node->parent->def, BLOCK_MODULE, node->call);
        for (uint32_t i = 0; i < node->def->nodes; i++)
            build_edge(b, node->base + i, call_id, call->header_span, EDGE_ORDER);
        build_edge(b, config->block_count + node->parent->id, end, SPAN_NONE, EDGE_ORDER);
        build_edge(b, end, call_id, call->header_span, EDGE_ORDER);
    }
    return true;
}

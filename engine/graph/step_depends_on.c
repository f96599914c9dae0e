// A block needs what its depends_on names. On a module call it holds for everything in the module, which needs the
// call anyway.
#include "engine/graph/build.h"

static void depends_on(Build *b, const ModuleNode *node, uint32_t from, uint32_t slot, Span span) {
    const Config *config = b->config;
    uint32_t i = SLOT_INDEX(slot);
    switch (SLOT_KIND(slot)) {
    case SLOT_RESOURCE:
        build_edge(b, from, node->base + config_local_id(node->def, BLOCK_RESOURCE, i), span, EDGE_DEPENDS_ON);
        break;
    case SLOT_MODULE:
        build_edge(b, from, config->block_count + node->first_child + i, span, EDGE_DEPENDS_ON);
        break;
    case SLOT_VARIABLE:
        build_edge(b, from, node->base + config_local_id(node->def, BLOCK_VARIABLE, i), span, EDGE_DEPENDS_ON);
        break;
    case SLOT_LOCAL:
        build_edge(b, from, node->base + config_local_id(node->def, BLOCK_LOCAL, i), span, EDGE_DEPENDS_ON);
        break;
    default: break; // path, each and the like order nothing
    }
}

bool step_depends_on(Build *b) {
    for (uint32_t m = 0; m < b->config->node_count; m++) {
        const ModuleNode *node = &b->config->nodes[m];
        const ModuleDef *def = node->def;
        for (uint32_t i = 0; i < def->resources.n; i++) {
            const Resource *r = &def->resources.at[i];
            for (uint32_t k = 0; k < r->depends_on.n; k++)
                depends_on(b, node, node->base + config_local_id(def, BLOCK_RESOURCE, i), r->depends_on.at[k],
                           r->header_span);
        }
        for (uint32_t i = 0; i < def->calls.n; i++) {
            const ModuleCall *c = &def->calls.at[i];
            for (uint32_t k = 0; k < c->depends_on.n; k++)
                depends_on(b, node, node->base + config_local_id(def, BLOCK_MODULE, i), c->depends_on.at[k],
                           c->header_span);
        }
        for (uint32_t i = 0; i < def->outputs.n; i++) {
            const Output *o = &def->outputs.at[i];
            for (uint32_t k = 0; k < o->depends_on.n; k++)
                depends_on(b, node, node->base + config_local_id(def, BLOCK_OUTPUT, i), o->depends_on.at[k], o->span);
        }
    }
    return true;
}

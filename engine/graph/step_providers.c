// A resource needs its provider's configuration: a block, or an implied empty one per provider.
#include "engine/graph/build.h"

static uint32_t implicit_node(Build *b, StrMap *known, Str address) {
    bool added;
    uint64_t *slot = strmap_put(known, address, &added);
    if (added) {
        *slot = b->implicit.n;
        vec_push(b->arena, &b->implicit, (ImplicitProvider){address});
    }
    return b->config->block_count + b->config->node_count + (uint32_t)*slot;
}

bool step_providers(Build *b) {
    StrMap known = strmap_in(b->arena);
    for (uint32_t m = 0; m < b->config->node_count; m++) {
        const ModuleNode *node = &b->config->nodes[m];
        for (uint32_t i = 0; i < node->def->resources.n; i++) {
            const Resource *r = &node->def->resources.at[i];
            uint32_t id = node->base + config_local_id(node->def, BLOCK_RESOURCE, i), block;
            const ModuleNode *owner = config_provider_of(b->config, node, r->provider_name, r->provider_alias, &block);
            uint32_t to = owner && block != UINT32_MAX
                              ? owner->base + config_local_id(owner->def, BLOCK_PROVIDER, block)
                              : implicit_node(b, &known, r->provider_address);
            b->provider_of[id] = to;
            build_edge(b, id, to, r->header_span, EDGE_ORDER);
        }
    }
    for (uint32_t i = 0; i < b->also_count; i++) implicit_node(b, &known, b->also[i]);
    return true;
}

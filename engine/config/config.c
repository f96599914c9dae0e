#include "engine/config/loader.h"

static uint32_t list_size(const ModuleDef *def, BlockKind kind) {
    switch (kind) {
    case BLOCK_VARIABLE: return def->variables.n;
    case BLOCK_LOCAL: return def->locals.n;
    case BLOCK_PROVIDER: return def->providers.n;
    case BLOCK_RESOURCE: return def->resources.n;
    case BLOCK_MODULE: return def->calls.n;
    case BLOCK_OUTPUT: return def->outputs.n;
    case BLOCK_CHECK: return def->checks.n;
    }
    return 0;
}

uint32_t config_local_id(const ModuleDef *def, BlockKind kind, uint32_t index) {
    uint32_t id = index;
    for (uint32_t k = 0; k < (uint32_t)kind; k++) id += list_size(def, (BlockKind)k);
    return id;
}

BlockKind config_block(const ModuleDef *def, uint32_t local_id, uint32_t *index) {
    BlockKind kind = BLOCK_VARIABLE;
    while (kind < BLOCK_CHECK && local_id >= list_size(def, kind)) {
        local_id -= list_size(def, kind);
        kind = (BlockKind)(kind + 1);
    }
    *index = local_id;
    return kind;
}

const ModuleNode *config_node_of(const Config *config, uint32_t id) {
    uint32_t low = 0, high = config->node_count;
    while (high - low > 1) { // the last node whose base is not above id
        uint32_t middle = low + (high - low) / 2;
        if (config->nodes[middle].base <= id)
            low = middle;
        else
            high = middle;
    }
    return &config->nodes[low];
}

static const Def *inside(const ModuleDef *def) { return (const Def *)(const void *)def; }

static uint32_t find(const StrMap *names, Str name) {
    uint64_t *at = strmap_get(names, name);
    return at ? (uint32_t)*at : UINT32_MAX;
}

uint32_t config_find_resource(const ModuleDef *def, ResourceMode mode, Name type, Name name) {
    static const DeclKind kinds[] = {DECL_RESOURCE, DECL_DATA, DECL_EPHEMERAL};
    uint64_t *at = bind_find_resource(&inside(def)->decls[kinds[mode]], type, name);
    return at ? (uint32_t)*at : UINT32_MAX;
}

uint32_t config_find_variable(const ModuleDef *def, Name name) {
    return find(&inside(def)->decls[DECL_VARIABLE].index, name_str(name));
}

uint32_t config_find_output(const ModuleDef *def, Name name) {
    return find(&inside(def)->decls[DECL_OUTPUT].index, name_str(name));
}

uint32_t config_find_call(const ModuleDef *def, Name name) {
    return find(&inside(def)->decls[DECL_CALL].index, name_str(name));
}

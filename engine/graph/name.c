#include "engine/graph/graph.h"

static void name_resource(const Resource *r, Buf *out) {
    if (r->mode == MODE_DATA) buf_z(out, "data.");
    if (r->mode == MODE_EPHEMERAL) buf_z(out, "ephemeral.");
    buf_add(out, name_str(r->type));
    buf_char(out, '.');
    buf_add(out, name_str(r->name));
}

static void name_provider(const ProviderBlock *p, Buf *out) {
    buf_format(out, "provider[\"%.*s\"]", STR_ARG(p->address));
    if (p->alias) {
        buf_char(out, '.');
        buf_add(out, name_str(p->alias));
    }
}

static void name_block(const ModuleDef *def, uint32_t local, Buf *out) {
    uint32_t i;
    switch (config_block(def, local, &i)) {
    case BLOCK_VARIABLE: buf_format(out, "var.%s", def->variables.at[i].name->text); break;
    case BLOCK_LOCAL: buf_format(out, "local.%s", def->locals.at[i].name->text); break;
    case BLOCK_PROVIDER: name_provider(&def->providers.at[i], out); break;
    case BLOCK_RESOURCE: name_resource(&def->resources.at[i], out); break;
    case BLOCK_MODULE: buf_format(out, "module.%s", def->calls.at[i].name->text); break;
    case BLOCK_OUTPUT: buf_format(out, "output.%s", def->outputs.at[i].name->text); break;
    case BLOCK_CHECK: buf_format(out, "check.%s", def->checks.at[i].name->text); break;
    }
}

void graph_node_name(const Graph *g, uint32_t node, Buf *out) {
    const Config *config = g->config;
    switch (graph_node_kind(g, node)) {
    case NODE_BLOCK: {
        const ModuleNode *m = config_node_of(config, node);
        if (m->path.n) buf_format(out, "%.*s.", STR_ARG(m->path));
        name_block(m->def, node - m->base, out);
        break;
    }
    case NODE_MODULE_END: {
        const ModuleNode *m = &config->nodes[node - config->block_count];
        if (m->path.n) buf_add(out, m->path);
        else buf_z(out, "root");
        buf_z(out, " (close)");
        break;
    }
    case NODE_PROVIDER:
        buf_format(out, "provider[\"%.*s\"]",
                   STR_ARG(g->implicit[node - config->block_count - config->node_count].address));
        break;
    }
}

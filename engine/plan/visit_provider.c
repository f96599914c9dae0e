// A provider's configuration: evaluated, validated, configured; then all its objects are read.
#include "engine/plan/prior.h"
#include "engine/plan/visit.h"
#include "engine/value/marks.h"

typedef struct ConfigureOp {
    Walk *walk;
    ProviderUse *use;
    uint32_t node;
    Diags diags;
} ConfigureOp;

// The first resource that uses the provider: where a missing plugin is reported.
static Span provider_user(const Walk *w, uint32_t node, Buf *names) {
    Span first = SPAN_NONE;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < w->config->block_count; i++) {
        if (w->graph->provider_of[i] != node) continue;
        const ModuleNode *m = config_node_of(w->config, i);
        uint32_t k;
        config_block(m->def, i - m->base, &k);
        if (!span_known(first)) first = m->def->resources.at[k].header_span;
        if (shown++ < 5) {
            if (shown > 1) buf_z(names, ", ");
            graph_node_name(w->graph, i, names);
        }
    }
    if (shown > 5) buf_format(names, " and %u more", shown - 5);
    return first;
}

static bool provider_plugin_of(Walk *w, ProviderUse *use) {
    if (use->plugin) return true;
    Diags diags = diags_in(w->diags->arena);
    use->plugin = plugins_find(w->plugins, use->address, &diags);
    if (use->plugin) {
        diags_append(w->diags, &diags);
        return true;
    }
    Buf names = buf_in(w->scratch);
    Span span = provider_user(w, use->node, &names);
    if (diags_failed(&diags)) diags_append(w->diags, &diags);
    else
        diag_error(w->diags, "missing_provider", span, "Provider not available",
                   "There is no plugin for the provider %.*s%s%.*s. Put its plugin beside the program, into "
                   ".infra/providers/, or into a folder named by INFRA_PROVIDER_PATH.",
                   STR_ARG(use->address), names.n ? ", which is needed by " : "", STR_ARG(buf_str(&names)));
    return false;
}

static const ProviderBlock *provider_block(const Walk *w, uint32_t node) {
    if (graph_node_kind(w->graph, node) == NODE_PROVIDER) return NULL;
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t i;
    config_block(m->def, node - m->base, &i);
    return &m->def->providers.at[i];
}

static bool provider_config(Walk *w, ProviderUse *use, Value *out) {
    const ProviderBlock *block = provider_block(w, use->node);
    uint32_t flags, errors = w->diags->errors;
    const Schema *schema = plugin_schema(use->plugin, INFRA_PROVIDER_CONFIG, NULL, &flags);
    if (!block || !block->code) {
        *out = schema ? schema_empty(w->arena, schema->block) : value_null(w->process, type_dynamic(w->process));
        return true;
    }
    const ModuleNode *m = config_node_of(w->config, use->node);
    RowRange insts = walk_module_insts(w, m);
    if (insts.n == 0) {
        *out = schema_empty(w->arena, schema->block);
        return true;
    }
    WalkScope s;
    scope_init(&s, w, w->modules.at[insts.first], use->node - m->base, block->once_count, w->arena);
    *out = decode_eval(block->code, &s.scope, w->diags);
    return w->diags->errors == errors;
}

static void configure_done(void *ctx) {
    ConfigureOp *op = ctx;
    Walk *w = op->walk;
    op->use->failed = diags_failed(&op->diags);
    for (uint32_t i = 0; i < op->diags.list.n; i++) {
        Diag *d = &op->diags.list.at[i];
        const ProviderBlock *block = provider_block(w, op->node);
        if (!span_known(d->subject) && block) d->subject = block->span;
    }
    diags_append(w->diags, &op->diags);
    if (op->use->failed) {
        walk_node_done(w, op->node, true);
        return;
    }
    if (w->state && w->kind != WALK_VALIDATE && w->kind != WALK_APPLY) prior_read(w, op->use);
    else walk_node_done(w, op->node, false);
}

bool visit_provider(Walk *w, uint32_t node) {
    ProviderUse *use = walk_provider(w, node);
    if (!use || !w->provider_needed[node]) return true;
    if (!provider_plugin_of(w, use)) return visit_end(w, node, true);
    Value config;
    if (!provider_config(w, use, &config)) return visit_end(w, node, true);
    uint32_t errors = w->diags->errors;
    use->config = config;
    use->has_unknown = !value_is_whole(config);
    plugin_validate(use->plugin, INFRA_PROVIDER_CONFIG, NULL, use->address, w->arena, config, w->diags);
    if (w->diags->errors > errors) return visit_end(w, node, true);
    if (w->kind == WALK_VALIDATE) return true;
    if (!use->provider) use->provider = provider_open(w->plugins, use->plugin, w->arena);
    ConfigureOp *op = ARENA_NEW(w->arena, ConfigureOp);
    *op = (ConfigureOp){w, use, node, diags_in(w->arena)};
    provider_configure(use->provider, w->arena, config, w->config->root_dir, &op->diags, configure_done, op);
    return false;
}

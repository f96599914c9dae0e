#include "engine/plan/validate.h"

#include "engine/plan/visit.h"

static void validate_enter(WalkScope *s, const Resource *r) {
    Process *p = s->walk->process;
    s->has_each = r->repeat == REPEAT_FOR_EACH;
    s->has_count = r->repeat == REPEAT_COUNT;
    s->each_key = value_unknown(p, type_string(p));
    s->each_value = value_unknown(p, type_dynamic(p));
    s->count_index = value_unknown(p, type_number(p));
}

static bool validate_resource(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    (void)ctx;
    const Resource *r = &module->def->resources.at[resource];
    RowRange insts = walk_module_insts(w, module);
    uint32_t errors = w->diags->errors;
    if (!r->code) return true; // reported when the schemas were bound
    Plugin *plugin = plugins_find(w->plugins, r->provider_address, w->diags);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        WalkScope s;
        scope_init(&s, w, w->modules.at[i], config_local_id(module->def, BLOCK_RESOURCE, resource), r->once_count,
                   w->scratch);
        if (r->repeat_code) {
            const Type *want = r->repeat == REPEAT_COUNT     ? type_number(w->process)
                               : r->repeat == REPEAT_ENABLED ? type_bool(w->process)
                                                             : type_dynamic(w->process);
            code_eval_as(r->repeat_code, &s.scope, want, w->diags);
        }
        validate_enter(&s, r);
        Diags diags = diags_in(w->diags->arena);
        Value config = decode_eval(r->code, &s.scope, &diags);
        if (plugin && !diags_failed(&diags))
            plugin_validate(plugin, r->mode == MODE_DATA ? INFRA_DATA : INFRA_RESOURCE, r->type,
                            str_format(w->scratch, "%s.%s", r->type->text, r->name->text), w->scratch, config, &diags);
        for (uint32_t k = 0; k < diags.list.n; k++)
            if (!span_known(diags.list.at[k].subject)) diags.list.at[k].subject = r->header_span;
        diags_append(w->diags, &diags);
    }
    return w->diags->errors == errors || visit_end(w, node, true);
}

static bool validate_start(Walk *w, uint32_t node, void *ctx) { return visit_node(w, node, validate_resource, ctx); }

bool validate_run(Walk *w) {
    WalkVisitor visitor = {.start = validate_start};
    return walk_run(w, &visitor);
}

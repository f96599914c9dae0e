#include "engine/plan/visit.h"

#include "engine/plan/checks.h"
#include "engine/plan/expand.h"
#include "engine/value/marks.h"

bool visit_end(Walk *w, uint32_t node, bool failed) {
    walk_node_done(w, node, failed);
    return false;
}

static void visit_set(ModuleInst *m, uint32_t id, Value v) {
    m->values[id] = v;
    m->have[id] = 1;
}

// ---- variables ----

static Value variable_marked(const Walk *w, const Variable *v, Value value) {
    Marks marks = value.marks;
    if (v->sensitive) marks = marks_union(w->process, marks, MARK_SENSITIVE);
    if (v->ephemeral) marks = marks_union(w->process, marks, MARK_EPHEMERAL);
    return value_with_marks(value, marks);
}

// The value given by a call, brought to the variable's type; the default where nothing, or null, was given.
static bool variable_convert(Walk *w, const Variable *v, bool given, Value value, Span span, Value *out) {
    if (!given || (!v->nullable && value_is_null(value))) {
        if (!v->has_default && given)
            return diag_error(w->diags, "null_variable", span, "Invalid value for input variable",
                              "The variable \"%s\" must not be null.", v->name->text);
        *out = v->has_default ? v->default_value : value_unknown(w->process, v->type);
        return true;
    }
    ConvertError error;
    if (v->defaults) value = convert_defaults(w->arena, value, v->constraint, v->defaults);
    if (!convert_value(w->arena, value, v->constraint, out, &error)) {
        Buf path = buf_in(w->scratch);
        path_print(error.path, &path);
        return diag_error(w->diags, "bad_variable", span, "Invalid value for input variable",
                          "The given value is not suitable for the variable \"%s\"%s%.*s: %.*s.", v->name->text,
                          path.n ? " at " : "", STR_ARG(buf_str(&path)), STR_ARG(error.message));
    }
    return true;
}

static const struct ModuleInput *variable_input(const ModuleCall *c, uint32_t index) {
    for (uint32_t i = 0; i < c->input_count; i++)
        if (c->inputs[i].variable == index) return &c->inputs[i];
    return NULL;
}

static bool variable_of_call(Walk *w, const ModuleNode *module, uint32_t index, ModuleInst *m) {
    const Variable *v = &module->def->variables.at[index];
    const ModuleCall *c = &module->parent->def->calls.at[module->call];
    const struct ModuleInput *input = variable_input(c, index);
    Value value = {0}, out = {0};
    uint32_t errors = w->diags->errors;
    if (input) {
        WalkScope s;
        scope_init(&s, w, w->modules.at[m->parent], config_local_id(module->parent->def, BLOCK_MODULE, module->call),
                   c->once_count, w->arena);
        s.has_each = c->repeat == REPEAT_FOR_EACH;
        s.has_count = c->repeat == REPEAT_COUNT;
        if (w->kind == WALK_VALIDATE) {
            s.each_key = value_unknown(w->process, type_string(w->process));
            s.each_value = value_unknown(w->process, type_dynamic(w->process));
            s.count_index = value_unknown(w->process, type_number(w->process));
        } else {
            if (s.has_each) s.each_key = value_string_raw(w->arena, m->key.s);
            s.each_value = m->each_value;
            if (s.has_count) s.count_index = value_int_prec(m->key.i, NUM_PRECISION_COUNT);
        }
        value = code_eval(input->code, &s.scope, w->diags);
    }
    if (w->diags->errors > errors) return false;
    if (!variable_convert(w, v, input != NULL, value, input ? input->span : v->span, &out)) return false;
    visit_set(m, config_local_id(module->def, BLOCK_VARIABLE, index), variable_marked(w, v, out));
    return true;
}

bool visit_variable(Walk *w, const ModuleNode *module, uint32_t index) {
    const Variable *v = &module->def->variables.at[index];
    RowRange insts = walk_module_insts(w, module);
    bool ok = true;
    if (!module->parent) {
        Value value = w->root_values ? w->root_values[index] : value_unknown(w->process, v->type);
        visit_set(w->modules.at[0], config_local_id(module->def, BLOCK_VARIABLE, index), variable_marked(w, v, value));
        return true;
    }
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++)
        ok &= variable_of_call(w, module, index, w->modules.at[i]);
    return ok;
}

// Validation rules run when all that they may mention is known.
static bool visit_module_end(Walk *w, const ModuleNode *module) {
    RowRange insts = walk_module_insts(w, module);
    bool ok = true;
    for (uint32_t k = insts.first; k < insts.first + insts.n; k++) {
        ModuleInst *m = w->modules.at[k];
        for (uint32_t i = 0; i < module->def->variables.n; i++) {
            const Variable *v = &module->def->variables.at[i];
            if (v->validations.list.n == 0) continue;
            WalkScope s;
            scope_init(&s, w, m, config_local_id(module->def, BLOCK_VARIABLE, i), 0, w->arena);
            CheckObject object = {"var",
                                  str_format(w->arena, "%.*s%svar.%s", STR_ARG(module->path), module->path.n ? "." : "",
                                             v->name->text),
                                  str_format(w->arena, "%.*s%svar.%s", STR_ARG(m->path), m->path.n ? "." : "",
                                             v->name->text)};
            ok &= checks_run(&s, &v->validations, &object, SEV_ERROR, "Invalid value for variable");
        }
    }
    return ok;
}

// ---- locals, outputs, checks ----

static bool visit_local(Walk *w, const ModuleNode *module, uint32_t index) {
    const Local *l = &module->def->locals.at[index];
    uint32_t id = config_local_id(module->def, BLOCK_LOCAL, index), errors = w->diags->errors;
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        WalkScope s;
        scope_init(&s, w, w->modules.at[i], id, 0, w->arena);
        visit_set(w->modules.at[i], id, code_eval(l->code, &s.scope, w->diags));
    }
    return w->diags->errors == errors;
}

static bool output_value(Walk *w, ModuleInst *m, uint32_t index, uint32_t id) {
    const ModuleDef *def = m->node->def;
    const Output *o = &def->outputs.at[index];
    uint32_t errors = w->diags->errors;
    WalkScope s;
    scope_init(&s, w, m, id, 0, w->arena);
    CheckObject object = {
        "output_value",
        str_format(w->arena, "%.*s%soutput.%s", STR_ARG(m->node->path), m->node->path.n ? "." : "", o->name->text),
        str_format(w->arena, "%.*s%soutput.%s", STR_ARG(m->path), m->path.n ? "." : "", o->name->text)};
    if (o->preconditions.list.n &&
        !checks_run(&s, &o->preconditions, &object, checks_severity(w), "Module output value precondition failed"))
        return false;
    Value v = code_eval(o->code, &s.scope, w->diags);
    if (w->diags->errors > errors) return false;
    Marks deep = marks_deep(w->process, v);
    if (!m->node->parent && (deep & MARK_SENSITIVE) && !o->sensitive)
        return diag_error(w->diags, "sensitive_output", code_span(o->code), "Output refers to sensitive values",
                          "The value of the root output \"%s\" is sensitive, so it would be shown by mistake. Add "
                          "sensitive = true to the output, or use nonsensitive() if it may be seen.",
                          o->name->text);
    if ((deep & MARK_EPHEMERAL) && !o->ephemeral)
        return diag_error(w->diags, "ephemeral_output", code_span(o->code), "Output refers to ephemeral values",
                          "The value of the output \"%s\" is ephemeral. Add ephemeral = true; this is possible in child "
                          "modules only.",
                          o->name->text);
    if (o->sensitive) v = value_with_marks(v, marks_union(w->process, v.marks, MARK_SENSITIVE));
    if (o->ephemeral) v = value_with_marks(v, marks_union(w->process, v.marks, MARK_EPHEMERAL));
    if (o->deprecated.n) v = value_with_marks(v, marks_union(w->process, v.marks, marks_deprecated(w->process, o->deprecated)));
    visit_set(m, id, v);
    return true;
}

bool visit_output(Walk *w, const ModuleNode *module, uint32_t index) {
    uint32_t id = config_local_id(module->def, BLOCK_OUTPUT, index);
    RowRange insts = walk_module_insts(w, module);
    bool ok = true;
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) ok &= output_value(w, w->modules.at[i], index, id);
    return ok;
}

static bool visit_check(Walk *w, const ModuleNode *module, uint32_t index) {
    const Check *c = &module->def->checks.at[index];
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n && w->kind != WALK_VALIDATE; i++) {
        WalkScope s;
        scope_init(&s, w, w->modules.at[i], config_local_id(module->def, BLOCK_CHECK, index), c->once_count, w->arena);
        checks_block(&s, index);
    }
    return true;
}

static bool visit_block(Walk *w, uint32_t node, VisitResource resource, void *ctx) {
    const ModuleNode *module = config_node_of(w->config, node);
    uint32_t i;
    bool ok = false;
    switch (config_block(module->def, node - module->base, &i)) {
    case BLOCK_RESOURCE: return resource(w, node, module, i, ctx);
    case BLOCK_PROVIDER: return visit_provider(w, node);
    case BLOCK_VARIABLE: ok = visit_variable(w, module, i); break;
    case BLOCK_LOCAL: ok = visit_local(w, module, i); break;
    case BLOCK_MODULE: ok = expand_module(w, module, i); break;
    case BLOCK_OUTPUT: ok = visit_output(w, module, i); break;
    case BLOCK_CHECK: ok = visit_check(w, module, i); break;
    }
    return ok || visit_end(w, node, true);
}

bool visit_node(Walk *w, uint32_t node, VisitResource resource, void *ctx) {
    arena_reset(w->scratch);
    switch (graph_node_kind(w->graph, node)) {
    case NODE_BLOCK: return visit_block(w, node, resource, ctx);
    case NODE_PROVIDER: return visit_provider(w, node);
    case NODE_MODULE_END:
        return visit_module_end(w, &w->config->nodes[node - w->config->block_count]) || visit_end(w, node, true);
    }
    return true;
}

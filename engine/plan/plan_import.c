#include "engine/plan/plan_import.h"

#include "engine/value/marks.h"

// The block that an import is for: modules without keys, type and name.
static bool import_is_for(const Walk *w, const Import *i, uint32_t node) {
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t r;
    config_block(m->def, node - m->base, &r);
    const Resource *res = &m->def->resources.at[r];
    return res->mode == MODE_MANAGED && address_covers_block(&i->to, m, res) && i->to.type;
}

static Str import_module(Arena *arena, const Address *to) {
    Address module = *to;
    module.type = NULL;
    Buf b = buf_in(arena);
    address_print(&module, &b);
    return buf_str(&b);
}

static bool import_evaluate(WalkScope *s, const Import *in, ImportTarget *out) {
    Walk *w = s->walk;
    uint32_t errors = w->diags->errors;
    *out = (ImportTarget){.module = import_module(w->arena, &in->to), .key = INSTANCE_NO_KEY, .span = in->span};
    out->id = out->identity = value_null(w->process, type_dynamic(w->process));
    if (in->to.key.kind != TYPE_DYNAMIC) key_of_value(in->to.key, &out->key);
    if (in->to_key) {
        Value key = code_eval(in->to_key, &s->scope, w->diags);
        if (w->diags->errors > errors) return false;
        if (!value_is_set(key) || !key_of_value(key, &out->key))
            return diag_error(w->diags, "import_key", code_span(in->to_key), "Invalid import address",
                              "The key of the import's target must be a string or a number that is known while planning.");
    }
    const Code *code = in->id ? in->id : in->identity;
    Value v = in->id ? code_eval_as(in->id, &s->scope, type_string(w->process), w->diags)
                     : code_eval(in->identity, &s->scope, w->diags);
    if (w->diags->errors > errors) return false;
    if (value_is_null(v) || !value_is_whole(v) || (in->id && v.n == 0))
        return diag_error(w->diags, "import_id", code_span(code), "Invalid import id",
                          "What to import must be known while planning, and be neither null nor empty.");
    if (marks_deep(w->process, v) & (MARK_SENSITIVE | MARK_EPHEMERAL))
        return diag_error(w->diags, "import_id", code_span(code), "Invalid import id",
                          "A sensitive or ephemeral value cannot name what to import: it is shown in the plan.");
    if (in->id) out->id = v;
    else out->identity = v;
    return true;
}

bool plan_import_targets(Walk *w, uint32_t node, ImportTargets *out) {
    const ModuleDef *root = w->config->nodes[0].def;
    bool ok = true;
    *out = (ImportTargets){0};
    for (uint32_t i = 0; i < root->imports.n; i++) {
        const Import *in = &root->imports.at[i];
        if (!import_is_for(w, in, node)) continue;
        WalkScope s;
        Expansion e = {.n = 1, .repeat = REPEAT_NONE};
        scope_init(&s, w, w->modules.at[0], 0, 0, w->arena);
        if (in->for_each && !expand_repeat(&s, REPEAT_FOR_EACH, in->for_each, &e, w->diags)) {
            ok = false;
            continue;
        }
        for (uint32_t k = 0; k < e.n; k++) {
            ImportTarget t;
            expand_enter(&s, &e, k);
            ok &= import_evaluate(&s, in, &t);
            vec_push(w->arena, &out->list, t);
        }
    }
    return ok;
}

static bool import_is_of(const ImportTarget *t, const ModuleInst *m, const Row *row) {
    InstanceKey key = INSTANCE_NO_KEY;
    if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
    return str_eq(t->module, m->path) && key_equal(t->key, key);
}

bool plan_import_all_found(const ImportTargets *targets, Walk *w, uint32_t node) {
    const ModuleNode *module = config_node_of(w->config, node);
    RowRange insts = walk_module_insts(w, module);
    uint32_t r;
    bool ok = true;
    config_block(module->def, node - module->base, &r);
    for (uint32_t i = 0; i < targets->list.n; i++) {
        const ImportTarget *t = &targets->list.at[i];
        bool found = false;
        for (uint32_t k = insts.first; k < insts.first + insts.n && !found; k++)
            found = str_eq(t->module, w->modules.at[k]->path) && walk_find_row(w, w->modules.at[k], r, t->key) != ROW_NONE;
        if (!found)
            ok = diag_error(w->diags, "import_undeclared", t->span, "Import target is not declared",
                            "The block that this import is for has no such instance.");
    }
    return ok;
}

void plan_import_undeclared(Walk *w) {
    const ModuleDef *root = w->config->nodes[0].def;
    for (uint32_t i = 0; i < root->imports.n; i++) {
        const Import *in = &root->imports.at[i];
        const ModuleNode *m = &w->config->nodes[0];
        for (uint32_t k = 0; m && k < in->to.module_count; k++) {
            uint32_t call = config_find_call(m->def, in->to.modules[k].module);
            m = call == UINT32_MAX ? NULL : &w->config->nodes[m->first_child + call];
        }
        if (m && config_find_resource(m->def, MODE_MANAGED, in->to.type, in->to.name) != UINT32_MAX) continue;
        diag_error(w->diags, "import_undeclared", in->span, "Import target is not declared",
                   "There is no resource \"%s\" \"%s\" to import into. Declare it first.", in->to.type->text,
                   in->to.name->text);
    }
}

const ImportTarget *plan_import_of(const ImportTargets *targets, const Walk *w, const Row *row) {
    if (targets->list.n == 0 || row->object) return NULL;
    for (uint32_t i = 0; i < targets->list.n; i++)
        if (import_is_of(&targets->list.at[i], w->modules.at[row->module], row)) return &targets->list.at[i];
    return NULL;
}

typedef struct ImportOp {
    RowOp *op;
    const ImportTarget *target;
    ProviderRead request;
    void (*next)(RowOp *op);
} ImportOp;

static void import_done(void *ctx) {
    ImportOp *i = ctx;
    RowOp *op = i->op;
    Walk *w = op->block->planner->walk;
    Row *row = row_at(&w->rows, op->row);
    if (!diags_failed(&op->diags) && !value_is_set(i->request.result)) {
        Str id = value_is_set(i->target->id) ? value_str(i->target->id) : STR("that identity");
        diag_error(&op->diags, "import_missing", i->target->span, "Cannot import what is not there",
                   "The provider finds no object with the id \"%.*s\". If there is none yet, take the import block out and "
                   "let apply create it.",
                   STR_ARG(id));
    }
    if (diags_failed(&op->diags)) {
        for (uint32_t k = 0; k < op->diags.list.n; k++)
            if (!span_known(op->diags.list.at[k].subject)) op->diags.list.at[k].subject = i->target->span;
        plan_row_done(op, true);
        return;
    }
    row->prior = value_copy(w->arena, schema_mark(op->scratch, op->block->resource->schema->block, i->request.result));
    RowExtra *x = row_extra(&w->rows, row);
    x->import_id = value_is_set(i->target->id) ? value_str(i->target->id) : STR("");
    x->import_identity = i->target->identity;
    x->imported = true;
    Str bytes = str_copy(w->arena, str_make(i->request.private_bytes.p, i->request.private_bytes.n));
    x->imported_private = (Str){bytes.p, bytes.n};
    i->next(op);
}

void plan_import_start(RowOp *op, const ImportTarget *target, void (*next)(RowOp *op)) {
    Walk *w = op->block->planner->walk;
    ImportOp *i = ARENA_NEW(op->scratch, ImportOp);
    *i = (ImportOp){.op = op, .target = target, .next = next};
    i->request = (ProviderRead){.arena = op->scratch,
                                .diags = &op->diags,
                                .type = op->block->resource->type,
                                .address = walk_row_address_str(op->scratch, w, row_at(&w->rows, op->row)),
                                .prior = value_null(w->process, op->block->resource->schema->block->type),
                                .id = value_is_set(target->id) ? value_str(target->id) : STR(""),
                                .identity = target->identity};
    provider_import(op->block->use->provider, &i->request, import_done, i);
}

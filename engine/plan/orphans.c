#include "engine/plan/orphans.h"

#include "engine/plan/module_path.h"
#include "engine/plan/prior.h"
#include "engine/plan/targets.h"

typedef struct OrphanOps {
    Planner *planner;
    uint32_t pending;
    bool finished, starting;
} OrphanOps;

typedef struct OrphanOp {
    OrphanOps *ops;
    uint32_t row;
    Diags diags;
    ProviderPlan request;
} OrphanOp;

// The resource block in the configuration that the object once belonged to, keys aside.
static const Resource *orphan_block(const Walk *w, const StateResource *r, const ModuleNode **module) {
    Name type = name_find(w->process, r->type), name = name_find(w->process, r->name);
    if (!type || !name) return NULL; // no block mentions them
    for (uint32_t i = 0; i < w->config->node_count; i++) {
        const ModuleNode *m = &w->config->nodes[i];
        if (!module_path_is(m->path, r->module)) continue;
        uint32_t k = config_find_resource(m->def, r->data ? MODE_DATA : MODE_MANAGED, type, name);
        if (k == UINT32_MAX) return NULL;
        *module = m;
        return &m->def->resources.at[k];
    }
    return NULL;
}

// A block that could not be planned says nothing about its objects: they are not to go because of that.
static bool orphan_undecided(const Walk *w, const PriorObject *p) {
    const ModuleNode *m;
    const Resource *r = w->kind == WALK_PLAN_DESTROY ? NULL : orphan_block(w, p->resource, &m);
    if (!r) return false;
    uint32_t k = (uint32_t)(r - m->def->resources.at);
    return w->node_state[m->base + config_local_id(m->def, BLOCK_RESOURCE, k)] != NODE_DONE;
}

const Resource *orphans_block(const Walk *w, const StateResource *r) {
    const ModuleNode *ignored;
    return orphan_block(w, r, &ignored);
}

static ModuleInst *module_inst_by_path(const Walk *w, const ModuleNode *m, Str path) {
    RowRange range = walk_module_insts(w, m);
    for (uint32_t i = range.first; i < range.first + range.n; i++)
        if (str_eq(w->modules.at[i]->path, path)) return w->modules.at[i];
    return NULL;
}

static Reason orphan_reason(const Walk *w, const PriorObject *p, bool moved) {
    const ModuleNode *m;
    const Resource *r = orphan_block(w, p->resource, &m);
    if (!r) return moved ? REASON_DELETE_NO_MOVE_TARGET : REASON_DELETE_NO_RESOURCE_CONFIG;
    if (!module_inst_by_path(w, m, p->resource->module)) return REASON_DELETE_NO_MODULE;
    KeyKind key = p->object->key.kind;
    switch (r->repeat) {
    case REPEAT_NONE: return key == KEY_NONE ? REASON_NONE : REASON_DELETE_WRONG_REPETITION;
    case REPEAT_ENABLED: return key == KEY_NONE ? REASON_DELETE_ENABLED_FALSE : REASON_DELETE_WRONG_REPETITION;
    case REPEAT_COUNT: return key == KEY_INT ? REASON_DELETE_COUNT_INDEX : REASON_DELETE_WRONG_REPETITION;
    case REPEAT_FOR_EACH: return key == KEY_STRING ? REASON_DELETE_EACH_KEY : REASON_DELETE_WRONG_REPETITION;
    }
    return REASON_NONE;
}

static void orphan_planned(void *ctx) {
    OrphanOp *op = ctx;
    Walk *w = op->ops->planner->walk;
    Row *row = row_at(&w->rows, op->row);
    Str address = walk_row_address_str(w->diags->arena, w, row);
    for (uint32_t i = 0; i < op->diags.list.n; i++) op->diags.list.at[i].address = address;
    if (diags_failed(&op->diags)) row->flags |= ROW_FAILED;
    diags_append(w->diags, &op->diags);
    if (op->request.note.n) row_extra(&w->rows, row)->note = str_copy(w->arena, op->request.note);
    if (op->request.private_bytes.n) {
        Str bytes = str_copy(w->arena, str_make(op->request.private_bytes.p, op->request.private_bytes.n));
        RowExtra *x = row_extra(&w->rows, row);
        x->private_bytes = bytes.p;
        x->private_n = bytes.n;
    }
    op->ops->pending--;
    if (!op->ops->starting && op->ops->pending == 0) op->ops->finished = true;
}

// The provider is told of the destruction before it happens and may refuse.
static void orphan_start(OrphanOps *ops, uint32_t index, PriorObject *p) {
    Walk *w = ops->planner->walk;
    Row *row = row_at(&w->rows, index);
    ProviderUse *use = walk_provider(w, p->provider);
    const Schema *schema = prior_schema(w, p);
    uint32_t flags;
    Name type = name_of(w->process, p->resource->type);
    plugin_schema(use->plugin, INFRA_RESOURCE, type, &flags);
    if (flags & INFRA_TYPE_NO_EFFECT) {
        row->flags |= ROW_NO_EFFECT;
        return;
    }
    OrphanOp *op = ARENA_NEW(w->arena, OrphanOp);
    op->ops = ops;
    op->row = index;
    op->diags = diags_in(w->arena);
    Value null = value_null(w->process, schema->block->type);
    op->request = (ProviderPlan){.arena = w->arena,
                                 .diags = &op->diags,
                                 .type = type,
                                 .address = walk_row_address_str(w->arena, w, row),
                                 .prior = p->current,
                                 .config = null,
                                 .proposed = null,
                                 .prior_private = p->private_bytes};
    ops->pending++;
    provider_plan(use->provider, &op->request, orphan_planned, op);
}

// The removed block that is about the object, or NULL.
static const Removed *orphan_removed(const Walk *w, const PriorObject *p) {
    const StateResource *r = p->resource;
    for (uint32_t i = 0; i < w->config->node_count; i++) {
        const ModuleNode *m = &w->config->nodes[i];
        for (uint32_t k = 0; k < m->def->removed.n; k++) {
            const Removed *removed = &m->def->removed.at[k];
            if (address_covers_below(&removed->from, m, r->module, r->data, r->type, r->name)) return removed;
        }
    }
    return NULL;
}

// Is the object forgotten instead of destroyed? The configuration decides while it has the block, then the state.
static bool orphan_stays(const Walk *w, const PriorObject *p, Row *row) {
    const ModuleNode *m;
    const Resource *r = orphan_block(w, p->resource, &m);
    const Removed *removed = orphan_removed(w, p);
    if (r && !r->lifecycle.destroy) {
        row->reason = REASON_FORGET_IN_CONFIG;
        return true;
    }
    if (!r && !removed && p->object->skip_destroy) {
        row->reason = REASON_FORGET_IN_STATE;
        return true;
    }
    return !r && removed && !removed->destroy;
}

static void orphan_add(OrphanOps *ops, uint32_t index) {
    Walk *w = ops->planner->walk;
    PriorObject *p = &w->prior.at[index];
    const Schema *schema = prior_schema(w, p);
    ProviderUse *use = p->provider == UINT32_MAX ? NULL : walk_provider(w, p->provider);
    if (!schema || !use || !use->provider) {
        if (!diags_failed(w->diags))
            diag_error(w->diags, "no_provider", SPAN_NONE, "Provider configuration not present",
                       "%.*s is in the state but not in the configuration, and destroying it needs its provider "
                       "configuration %.*s, which is gone too. Add the provider block again until it is destroyed, or "
                       "forget the object with a removed block.",
                       STR_ARG(p->resource->address), STR_ARG(p->resource->provider));
        return;
    }
    uint32_t i = row_add(&w->rows, 1);
    Row *row = row_at(&w->rows, i);
    Value null = value_null(w->process, schema->block->type);
    *row = (Row){.prior = p->current, .planned = null, .block = UINT32_MAX, .object = index + 1};
    p->row = i + 1;
    row->flags = (uint16_t)(ROW_PLANNED | (p->object->deposed.n ? ROW_DEPOSED : 0) |
                           (value_identical(p->stored, p->current) ? 0 : ROW_DRIFTED));
    if (p->object->key.kind != KEY_NONE) row->key = key_value(w->arena, p->object->key);
    plan_row_moved(w, row);
    if (w->kind != WALK_PLAN_DESTROY && p->object->deposed.n == 0)
        row->reason = (uint8_t)orphan_reason(w, p, row->extra != 0);
    if (value_is_null(p->current)) { // gone already: only the state has to learn it
        row->action = ACTION_NOOP;
        return;
    }
    if (orphan_stays(w, p, row)) row->action = ACTION_FORGET;
    else {
        row->action = ACTION_DELETE;
        orphan_start(ops, i, p);
    }
}

static bool orphan_protected(Walk *w, const PriorObject *p) {
    const ModuleNode *m;
    const Resource *r = orphan_block(w, p->resource, &m);
    if (!r || !r->lifecycle.prevent_destroy) return false;
    ModuleInst *inst = module_inst_by_path(w, m, p->resource->module);
    WalkScope s;
    if (!inst) return false; // its variables are gone with the module's instance
    scope_init(&s, w, inst, config_local_id(m->def, BLOCK_RESOURCE, (uint32_t)(r - m->def->resources.at)), r->once_count,
               w->scratch);
    Value v = code_eval_as(r->lifecycle.prevent_destroy, &s.scope, type_bool(w->process), w->diags);
    if (!value_true(v)) return false;
    diag_error(w->diags, "prevent_destroy", r->header_span, "Instance cannot be destroyed",
               "The plan would destroy %.*s, which has lifecycle.prevent_destroy set.", STR_ARG(p->resource->address));
    return true;
}

void orphans_plan(Planner *planner) {
    Walk *w = planner->walk;
    OrphanOps ops = {.planner = planner, .starting = true};
    const PlanOptions *o = &planner->plan->options;
    for (uint32_t i = 0; i < w->prior.n; i++) {
        PriorObject *p = &w->prior.at[i];
        const StateResource *r = p->resource;
        if (r->data || p->row) continue;
        if (planner->plan->goes ? !planner->plan->goes[i]
                                : !targets_object(o, r->module, false, r->type, r->name, p->object->key))
            continue;
        if (p->provider != UINT32_MAX && w->node_state[p->provider] != NODE_DONE) continue;
        if (orphan_undecided(w, p)) continue;
        if (!orphan_protected(w, p)) orphan_add(&ops, i);
    }
    ops.starting = false;
    if (ops.pending > 0) loop_run_until(w->loop, &ops.finished);
}

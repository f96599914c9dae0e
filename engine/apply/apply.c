#include "engine/apply/applier.h"

#include "engine/plan/prior.h"
#include "engine/plan/visit.h"

static bool resource_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx);

// ---- the schedule ----

static void node_finish(Applier *a, uint32_t node, uint32_t cause) {
    const OpGraph *g = a->graph;
    a->finished++;
    for (uint32_t j = g->user_start[node]; j < g->user_start[node + 1]; j++) {
        uint32_t user = g->user[j];
        if (cause && !a->cause[user]) a->cause[user] = cause;
        if (--a->left[user] > 0) continue;
        bool op = user >= g->first_op && user < g->first_op + g->ops.n;
        heap_push(op ? &a->ops : &a->nodes, user);
    }
}

static void visit_finish(Walk *w, uint32_t node, bool failed) {
    Applier *a = w->finish_ctx;
    a->running--;
    a->changed = true;
    node_finish(a, node, failed ? CAUSE_EVALUATION : 0);
}

// Everything that the block gave to others was known when the plan was made.
static bool visit_is_known(const Walk *w, uint32_t node) {
    if (graph_node_kind(w->graph, node) == NODE_MODULE_END) return false;
    if (graph_node_kind(w->graph, node) == NODE_PROVIDER) return true;
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t i, id = node - m->base;
    BlockKind kind = config_block(m->def, id, &i);
    if (kind == BLOCK_MODULE) return true;
    if (kind == BLOCK_PROVIDER) {
        const ProviderUse *use = walk_provider(w, node);
        return !use || !use->has_unknown;
    }
    if (kind != BLOCK_VARIABLE && kind != BLOCK_LOCAL && kind != BLOCK_OUTPUT) return false;
    RowRange insts = walk_module_insts(w, m);
    for (uint32_t k = insts.first; k < insts.first + insts.n; k++) {
        const ModuleInst *inst = w->modules.at[k];
        if (!inst->have[id] || !value_is_whole(inst->values[id])) return false;
    }
    return true;
}

static void visit_start(Applier *a, uint32_t node) {
    Walk *w = a->walk;
    if (node >= w->graph->n || a->cause[node] || w->kind == WALK_PLAN_DESTROY || visit_is_known(w, node) ||
        (a->plan->wanted && !a->plan->wanted[node])) {
        node_finish(a, node, a->cause[node]);
        return;
    }
    a->running++;
    if (visit_node(w, node, resource_visit, a)) visit_finish(w, node, false);
}

// A resource block can be evaluated: for_each values that the plan did not know are looked at again.
static bool resource_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    (void)ctx;
    const Resource *r = &module->def->resources.at[resource];
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        ModuleInst *m = w->modules.at[i];
        Expansion *e = m->expansions[resource], again;
        if (!e || e->repeat != REPEAT_FOR_EACH || value_is_whole(e->collection)) continue;
        WalkScope s;
        scope_init(&s, w, m, config_local_id(module->def, BLOCK_RESOURCE, resource), 0, w->arena);
        if (!expand_repeat(&s, r->repeat, r->repeat_code, &again, w->diags)) return visit_end(w, node, true);
        if (again.n != e->n) {
            diag_error(w->diags, "keys_changed", code_span(r->repeat_code), "Instances changed during apply",
                       "The plan had %u instances, but now \"for_each\" gives %u. Make a new plan.", e->n, again.n);
            return visit_end(w, node, true);
        }
        *e = again;
    }
    return true;
}

static void op_skip(Applier *a, uint32_t node) {
    const Op *op = &a->graph->ops.at[node - a->graph->first_op];
    Row *row = row_at(&a->walk->rows, op->row);
    uint32_t cause = a->cause[node];
    row->flags |= ROW_FAILED;
    a->result->skipped++;
    if (a->options->hook) {
        ApplyHook h = {.event = APPLY_SKIPPED, .row = op->row, .cause = ROW_NONE};
        h.action = op->kind == OP_DESTROY ? ACT_DELETE : op->kind == OP_FORGET ? ACT_FORGET : ACT_CREATE;
        if (cause && cause != CAUSE_STOPPED && cause != CAUSE_EVALUATION) h.cause = cause - 1;
        a->options->hook(a->options->hook_ctx, a->walk, &h);
    }
    node_finish(a, node, cause);
}

void change_end(Change *c, bool failed) {
    Applier *a = c->applier;
    Row *row = row_at(&a->walk->rows, c->op.row);
    for (uint32_t i = 0; i < c->diags.list.n; i++) {
        Diag *d = &c->diags.list.at[i];
        if (d->address.n == 0) d->address = str_copy(a->diags->arena, c->address);
        if (!span_known(d->subject) && c->resource) d->subject = c->resource->header_span;
    }
    diags_append(a->diags, &c->diags);
    if (failed) {
        row->flags |= ROW_FAILED;
        a->result->failed++;
    }
    change_hook(c, failed ? APPLY_FAILED : APPLY_DONE, STR(""));
    a->running--;
    a->changed = true;
    a->active.at[c->active] = a->active.at[--a->active.n];
    a->active.at[c->active]->active = c->active;
    uint32_t node = c->node, cause = failed ? c->op.row + 1 : 0;
    Arena *arena = c->arena; // c lives in it
    arena_reset(arena);
    vec_push(a->walk->arena, &a->spare, arena);
    node_finish(a, node, cause);
}

static void op_start(Applier *a, uint32_t node) {
    if (!a->cause[node] && (a->walk->stop || a->journal_failed)) a->cause[node] = CAUSE_STOPPED;
    if (a->cause[node]) {
        op_skip(a, node);
        return;
    }
    a->running++;
    change_start(a, node);
}

static void persist_sometimes(Applier *a) {
    int64_t every = a->options->persist_ns ? a->options->persist_ns : 20 * NS_PER_S, now = loop_now(a->walk->loop);
    if (now - a->last_persist < every) return;
    a->last_persist = now;
    manager_persist_start(a->manager);
}

static void schedule_run(Applier *a) {
    const OpGraph *g = a->graph;
    uint32_t limit = a->options->parallelism ? a->options->parallelism : 64;
    int64_t slice = loop_now(a->walk->loop);
    for (uint32_t i = 0; i < g->n; i++) {
        a->left[i] = g->dep_start[i + 1] - g->dep_start[i];
        bool op = i >= g->first_op && i < g->first_op + g->ops.n;
        if (a->left[i] == 0) heap_push(op ? &a->ops : &a->nodes, i);
    }
    while (a->finished < g->n) {
        if (a->nodes.n > 0) visit_start(a, heap_pop(&a->nodes));
        else if (a->ops.n > 0 && a->running < limit) op_start(a, heap_pop(&a->ops));
        else {
            a->changed = false;
            if (!loop_run_until(a->walk->loop, &a->changed)) break;
            slice = loop_now(a->walk->loop);
            persist_sometimes(a);
            continue;
        }
        if (loop_now(a->walk->loop) - slice < 5 * NS_PER_MS) continue;
        loop_poll(a->walk->loop);
        slice = loop_now(a->walk->loop);
        persist_sometimes(a);
    }
}

// ---- the whole ----

Journal *applier_journal(Applier *a) {
    if (a->journal || a->journal_failed) return a->journal;
    a->journal = manager_journal(a->manager, a->diags);
    a->journal_failed = !a->journal;
    return a->journal;
}

void applier_row_changed(Applier *a, const Row *row) {
    if (row->block == UINT32_MAX) return;
    ModuleInst *m = a->walk->modules.at[row->module];
    m->have[row->block - m->node->base] = 0;
}

Arena *applier_arena(Applier *a) {
    if (a->spare.n > 0) return a->spare.at[--a->spare.n];
    return arena_new(a->walk->process, LIFE_OP, "operation");
}

// Whole-resource and whole-module values built while planning hold what was planned then.
static void forget_whole_values(Walk *w) {
    for (uint32_t i = 0; i < w->modules.n; i++) {
        ModuleInst *m = w->modules.at[i];
        const ModuleDef *def = m->node->def;
        for (uint32_t k = 0; k < def->resources.n; k++) m->have[config_local_id(def, BLOCK_RESOURCE, k)] = 0;
        for (uint32_t k = 0; k < def->calls.n; k++) m->have[config_local_id(def, BLOCK_MODULE, k)] = 0;
        for (uint32_t k = 0; k < def->nodes; k++)
            if (m->once[k]) m->once[k] = NULL;
    }
}

bool apply_plan(Plan *plan, StateManager *manager, const ApplyOptions *options, ApplyResult *out, Diags *diags) {
    Walk *w = plan->walk;
    uint32_t errors = diags->errors;
    *out = (ApplyResult){0};
    Applier a = {.plan = plan, .walk = w, .manager = manager, .options = options, .result = out, .diags = diags};
    a.state = manager_snapshot(manager);
    a.last_persist = loop_now(w->loop);
    a.last_block = UINT32_MAX;
    a.graph = ops_build(w->arena, plan, diags);
    if (!a.graph) return false;
    a.depends = w->kind == WALK_PLAN_DESTROY ? NULL : depends_all(w->arena, w);
    a.left = ARENA_ARRAY(w->arena, uint32_t, a.graph->n + 1);
    a.cause = ARENA_ARRAY(w->arena, uint32_t, a.graph->n + 1);
    a.nodes = (Heap){ARENA_ARRAY(w->arena, uint32_t, a.graph->n + 1), 0, a.graph->rank};
    a.ops = (Heap){ARENA_ARRAY(w->arena, uint32_t, a.graph->n + 1), 0, a.graph->rank};
    prior_detach(w);
    edit_refreshed(&a);
    forget_whole_values(w);
    if (w->kind == WALK_PLAN) w->kind = WALK_APPLY;
    w->funcs.pure = false;
    w->diags = diags;
    w->finish = visit_finish;
    w->finish_ctx = &a;
    w->applier = &a;
    schedule_run(&a);
    w->applier = NULL;
    edit_outputs(&a);
    edit_checks(&a);
    out->interrupted = w->stop;
    bool written = manager_persist(manager, options->dir, diags);
    while (a.spare.n > 0) arena_free(a.spare.at[--a.spare.n]);
    return written && diags->errors == errors && out->failed == 0 && out->skipped == 0;
}

void apply_stop(Walk *w, bool hard) {
    w->stop = true;
    Applier *a = w->applier;
    if (!hard || !a) return;
    // A cancelled operation may end at once, and with it its place in the list.
    for (uint32_t i = 0; i < a->active.n;) {
        Change *c = a->active.at[i];
        if (c->cancelled || !c->use || !c->use->provider) {
            i++;
            continue;
        }
        c->cancelled = true;
        provider_cancel(c->use->provider, &c->request);
        i = 0;
    }
}

#include "engine/plan/plan.h"

#include <stdlib.h>

#include "engine/plan/checks.h"
#include "engine/plan/orphans.h"
#include "engine/plan/plan_import.h"
#include "engine/plan/plan_resource.h"
#include "engine/plan/prior.h"
#include "engine/plan/refactor_check.h"
#include "engine/plan/targets.h"
#include "engine/plan/visit.h"
#include "engine/value/marks.h"

// Every resource that a create-before-destroy one needs must outlive it too.
static const uint8_t *plan_cbd(Walk *w) {
    const Graph *g = w->graph;
    uint32_t *from = ARENA_ARRAY(w->arena, uint32_t, w->config->block_count + 1), n = 0;
    uint8_t *cbd = ARENA_ARRAY(w->arena, uint8_t, g->n + 1);
    for (uint32_t k = 0; k < w->config->node_count; k++) {
        const ModuleNode *m = &w->config->nodes[k];
        for (uint32_t i = 0; i < m->def->resources.n; i++)
            if (m->def->resources.at[i].lifecycle.create_before_destroy)
                from[n++] = m->base + config_local_id(m->def, BLOCK_RESOURCE, i);
    }
    graph_reach(g, from, n, cbd);
    return cbd;
}

// Conditions are looked at with what is there; none of them stops the plan.
static void refresh_checks(Walk *w, ModuleInst *m, uint32_t resource, const Expansion *e) {
    const Resource *r = &m->node->def->resources.at[resource];
    const Lifecycle *l = &r->lifecycle;
    if (l->preconditions.list.n == 0 && l->postconditions.list.n == 0) return;
    WalkScope s;
    scope_init(&s, w, m, config_local_id(m->node->def, BLOCK_RESOURCE, resource), r->once_count, w->arena);
    for (uint32_t i = 0; i < e->n; i++) {
        const Row *row = row_at(&w->rows, m->rows[resource].first + i);
        CheckObject object = {"resource",
                              str_format(w->arena, "%.*s%s%s.%s", STR_ARG(m->node->path), m->node->path.n ? "." : "",
                                         r->type->text, r->name->text),
                              walk_row_address_str(w->arena, w, row)};
        expand_enter(&s, e, i);
        s.has_self = false;
        checks_run(&s, &l->preconditions, &object, SEV_WARNING, "Resource precondition failed");
        if (!value_is_set(row->prior)) continue;
        s.self = row->prior;
        s.has_self = true;
        checks_run(&s, &l->postconditions, &object, SEV_WARNING, "Resource postcondition failed");
    }
}

// refresh-only: what is there now is what stays; data sources are read again.
static bool refresh_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    const Resource *r = &module->def->resources.at[resource];
    if (r->mode != MODE_MANAGED) return plan_resource_visit(w, node, module, resource, ctx);
    RowRange insts = walk_module_insts(w, module);
    bool ok = true;
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        Expansion e;
        ok &= plan_rows_make(w, w->modules.at[i], resource, node, &e);
        RowRange range = w->modules.at[i]->rows[resource];
        for (uint32_t k = 0; k < range.n; k++) {
            Row *row = row_at(&w->rows, range.first + k);
            if (!row->object || value_is_null(row->prior)) continue; // not there: unknown to others
            row->planned = row->prior;
            row->flags |= ROW_PLANNED;
        }
        if (ok) refresh_checks(w, w->modules.at[i], resource, &e);
    }
    return ok || visit_end(w, node, true);
}

// A destroy plan evaluates only what provider configurations need; objects are as the state has them.
static bool destroy_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    const Resource *r = &module->def->resources.at[resource];
    if (r->mode != MODE_MANAGED) return plan_resource_visit(w, node, module, resource, ctx);
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        Expansion e;
        ModuleInst *m = w->modules.at[i];
        if (!plan_rows_make(w, m, resource, node, &e)) return visit_end(w, node, true);
        for (uint32_t k = 0; k < m->rows[resource].n; k++) {
            Row *row = row_at(&w->rows, m->rows[resource].first + k);
            if (row->object) w->prior.at[row->object - 1].row = 0; // the object itself becomes a row of its own
        }
    }
    return true;
}

static bool plan_start(Walk *w, uint32_t node, void *ctx) { return visit_node(w, node, plan_resource_visit, ctx); }

static bool plan_refresh_start(Walk *w, uint32_t node, void *ctx) { return visit_node(w, node, refresh_visit, ctx); }

static bool plan_destroy_start(Walk *w, uint32_t node, void *ctx) { return visit_node(w, node, destroy_visit, ctx); }

static const uint8_t *destroy_nodes(Walk *w, const uint8_t *goes) {
    const Graph *g = w->graph;
    uint32_t *from = ARENA_ARRAY(w->arena, uint32_t, g->n + 1), n = 0;
    uint8_t *wanted = ARENA_ARRAY(w->arena, uint8_t, g->n + 1);
    memset(w->provider_needed, 0, g->n);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        if (p->provider == UINT32_MAX || p->resource->data || w->provider_needed[p->provider]) continue;
        if (goes && !goes[i]) continue;
        w->provider_needed[p->provider] = 1;
        from[n++] = p->provider;
    }
    graph_reach(g, from, n, wanted);
    for (uint32_t i = 0; i < g->n; i++) // data sources and others on the way need their providers too
        if (wanted[i] && i < w->config->block_count && g->provider_of[i] != UINT32_MAX)
            w->provider_needed[g->provider_of[i]] = 1;
    return wanted;
}

// ---- the list of changes ----

static int module_cmp(Str a, Str b) {
    // Shorter paths first: a module comes before what it calls.
    uint32_t da = 0, db = 0;
    for (size_t i = 0; i + 7 <= a.n; i++) da += memcmp(a.p + i, "module.", 7) == 0;
    for (size_t i = 0; i + 7 <= b.n; i++) db += memcmp(b.p + i, "module.", 7) == 0;
    if (da != db) return da < db ? -1 : 1;
    return str_cmp(a, b);
}

typedef struct SortRow {
    Str module, type, name;
    bool data;
    InstanceKey key;
    Str deposed;
    uint32_t row;
} SortRow;

static int sort_cmp(const void *pa, const void *pb) {
    const SortRow *a = pa, *b = pb;
    int c;
    if (!str_eq(a->module, b->module)) return module_cmp(a->module, b->module);
    if (a->data != b->data) return a->data ? -1 : 1;
    if ((c = str_cmp(a->type, b->type)) != 0) return c;
    if ((c = str_cmp(a->name, b->name)) != 0) return c;
    if ((c = key_cmp(a->key, b->key)) != 0) return c;
    if ((c = str_cmp(a->deposed, b->deposed)) != 0) return c;
    return a->row < b->row ? -1 : a->row > b->row;
}

static SortRow sort_row(const Walk *w, uint32_t i) {
    const Row *row = row_at(&w->rows, i);
    const Resource *r = walk_resource(w, row);
    SortRow s = {.row = i, .key = INSTANCE_NO_KEY};
    if (r) {
        s.module = w->modules.at[row->module]->path;
        s.type = name_str(r->type);
        s.name = name_str(r->name);
        s.data = r->mode == MODE_DATA;
        if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &s.key);
    } else {
        const PriorObject *p = &w->prior.at[row->object - 1];
        s.module = p->resource->module;
        s.type = p->resource->type;
        s.name = p->resource->name;
        s.data = p->resource->data;
        s.key = p->object->key;
        s.deposed = p->object->deposed;
    }
    return s;
}

static void plan_count(Plan *plan, const Row *row) {
    const RowExtra *x = row_has_extra(&plan->walk->rows, row);
    if (x && x->moved_from.n && !plan->options.refresh_only) plan->changes_any = true;
    if (x && x->imported) {
        plan->import++;
        plan->changes_any = true;
    }
    switch ((Action)row->action) {
    case ACTION_CREATE: plan->create++; break;
    case ACTION_UPDATE: plan->update++; break;
    case ACTION_DELETE: plan->destroy++; break;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
        plan->create++;
        plan->destroy++;
        break;
    case ACTION_FORGET: plan->forget++; break;
    case ACTION_FORGET_THEN_CREATE:
        plan->forget++;
        plan->create++;
        break;
    case ACTION_NOOP: return;
    case ACTION_READ: break;
    }
    plan->changes_any = true;
}

// What nothing configures any more and is gone already is no news.
static bool prior_is_orphan(const Walk *w, const PriorObject *p) {
    return !p->row || row_at(&w->rows, p->row - 1)->block == UINT32_MAX;
}

static void plan_collect(Plan *plan) {
    Walk *w = plan->walk;
    Arena *arena = arena_new(w->process, LIFE_OP, "plan order");
    SortRow *rows = ARENA_ARRAY(arena, SortRow, w->rows.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->rows.n; i++) {
        const Row *row = row_at(&w->rows, i);
        if (!(row->flags & ROW_PLANNED) || (row->flags & ROW_FAILED)) continue;
        const Resource *r = walk_resource(w, row);
        if (r && r->mode == MODE_DATA && row->action == ACTION_NOOP) continue;
        if (w->kind == WALK_PLAN_DESTROY && row->block != UINT32_MAX && r && r->mode == MODE_MANAGED) continue;
        rows[n++] = sort_row(w, i);
    }
    if (n > 1) qsort(rows, n, sizeof *rows, sort_cmp);
    vec_reserve(w->arena, &plan->changes, n);
    for (uint32_t i = 0; i < n; i++) {
        vec_push(w->arena, &plan->changes, rows[i].row);
        plan_count(plan, row_at(&w->rows, rows[i].row));
    }
    arena_free(arena);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        if (!p->read || p->resource->data || value_same(p->stored, p->current)) continue;
        bool news = w->kind == WALK_REFRESH_ONLY || value_is_set(p->current) || !prior_is_orphan(w, p);
        if (p->object->deposed.n || !news) continue;
        vec_push(w->arena, &plan->drift, i);
        if (w->kind == WALK_REFRESH_ONLY) plan->changes_any = true;
    }
}

// ---- root outputs ----

static bool output_before(Plan *plan, const StateOutput *s, Value *out) {
    Walk *w = plan->walk;
    const Type *type = type_from_json(w->process, s->type);
    JsonReader r = json_reader(w->scratch, s->value);
    JsonError error;
    if (!type || !json_read_value(w->arena, &r, type, JSON_IMPLIED, out, &error)) {
        diag_warn(w->diags, "bad_output", SPAN_NONE, "Unreadable output in the state",
                  "The stored value of the output \"%.*s\" cannot be read; it counts as absent.", STR_ARG(s->name));
        return false;
    }
    if (s->sensitive) *out = value_with_marks(*out, MARK_SENSITIVE);
    return true;
}

static void output_change(Plan *plan, const Output *o, uint32_t index, const StateOutput *before) {
    Walk *w = plan->walk;
    ModuleInst *root = w->modules.at[0];
    uint32_t id = o ? config_local_id(root->node->def, BLOCK_OUTPUT, index) : 0;
    Value null = value_null(w->process, type_dynamic(w->process));
    OutputChange c = {.before = null, .after = null};
    bool had = before && output_before(plan, before, &c.before);
    bool has = o && w->kind != WALK_PLAN_DESTROY && root->have[id] && !o->ephemeral;
    if (o && w->kind != WALK_PLAN_DESTROY && !has) return; // not evaluated: a target leaves it alone, or it failed
    if (has) c.after = root->values[id];
    c.name = o ? o->name : name_of(w->process, before->name);
    c.sensitive = (o && o->sensitive) || (before && before->sensitive);
    if (has && value_is_null(c.after)) {
        has = false;
        if (!had) {
            c.action = ACTION_NOOP;
            vec_push(w->arena, &plan->outputs, c);
            return;
        }
    }
    c.action = (uint8_t)(!had && has ? ACTION_CREATE : had && !has ? ACTION_DELETE : ACTION_UPDATE);
    if (had && has && value_is_whole(c.after) && value_same(c.before, c.after) &&
        before->sensitive == o->sensitive)
        c.action = ACTION_NOOP;
    if (!had && !has) return;
    if (c.action != ACTION_NOOP) plan->changes_any = true;
    vec_push(w->arena, &plan->outputs, c);
}

static int output_cmp(const void *a, const void *b) {
    return str_cmp(name_str(((const OutputChange *)a)->name), name_str(((const OutputChange *)b)->name));
}

static void plan_outputs(Plan *plan) {
    Walk *w = plan->walk;
    const ModuleDef *def = w->config->nodes[0].def;
    if (plan->goes) return; // only part of what is there goes: outputs stay
    StrMap known = strmap_in(w->scratch);
    for (uint32_t i = 0; w->state && i < w->state->output_count; i++)
        strmap_put_ptr(&known, w->state->outputs[i].name, &w->state->outputs[i]);
    for (uint32_t i = 0; i < def->outputs.n; i++) {
        const StateOutput *before = strmap_get_ptr(&known, name_str(def->outputs.at[i].name));
        output_change(plan, &def->outputs.at[i], i, before);
        if (before) strmap_put_ptr(&known, before->name, NULL);
    }
    for (uint32_t i = 0; w->state && i < w->state->output_count; i++)
        if (strmap_get_ptr(&known, w->state->outputs[i].name)) output_change(plan, NULL, 0, &w->state->outputs[i]);
    if (plan->outputs.n > 1) qsort(plan->outputs.at, plan->outputs.n, sizeof *plan->outputs.at, output_cmp);
}

bool plan_configure(Walk *w, const uint32_t *providers, uint32_t n) {
    Plan none = {.walk = w};
    Planner planner = {.plan = &none, .walk = w};
    planner.cbd = ARENA_ARRAY(w->arena, uint8_t, w->graph->n + 1);
    uint8_t *wanted = ARENA_ARRAY(w->arena, uint8_t, w->graph->n + 1);
    w->refresh = false;
    for (uint32_t i = 0; i < n; i++) w->provider_needed[providers[i]] = 1;
    graph_reach(w->graph, providers, n, wanted);
    WalkVisitor visitor = {.start = plan_destroy_start, .wanted = wanted, .ctx = &planner};
    return walk_run(w, &visitor);
}

Plan *plan_new(Walk *w, const PlanOptions *options) {
    Plan *plan = ARENA_NEW(w->arena, Plan);
    plan->walk = w;
    plan->options = *options;
    plan->timestamp_ns = w->funcs.now_ns;
    plan->cbd = plan_cbd(w);
    w->refresh = !options->no_refresh;
    w->hooks = options->hooks;
    const uint8_t *targets = targets_nodes(w->arena, w, options);
    if (options->destroy) plan->goes = targets_destroyed(w->arena, w, options);
    plan->wanted = options->destroy ? destroy_nodes(w, plan->goes) : targets;
    w->unread = targets_unread(w->arena, w, plan);
    return plan;
}

// A -replace that names no instance is a slip of the pen that should not pass unsaid.
static void replaces_unused(const Plan *plan) {
    const Walk *w = plan->walk;
    for (uint32_t i = 0; i < plan->options.replace_count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < w->rows.n && !found; k++) {
            const Row *row = row_at(&w->rows, k);
            const Resource *r = walk_resource(w, row);
            InstanceKey key = INSTANCE_NO_KEY;
            if (!r || r->mode != MODE_MANAGED) continue;
            if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
            found = address_is_instance(&plan->options.replaces[i], w, w->modules.at[row->module], r, key);
        }
        if (found) continue;
        Buf b = buf_in(w->scratch);
        address_print(&plan->options.replaces[i], &b);
        diag_warn(w->diags, "unused_replace", SPAN_NONE, "Address names nothing",
                  "-replace=%.*s names no instance of a resource in the configuration.", STR_ARG(buf_str(&b)));
    }
}

void plan_finish(Plan *plan) {
    plan_collect(plan);
    plan_outputs(plan);
}

Plan *plan_make(Walk *w, const PlanOptions *options) {
    Plan *plan = plan_new(w, options);
    Planner planner = {.plan = plan, .walk = w, .cbd = plan->cbd};
    WalkVisitor visitor = {.start = plan_start, .wanted = plan->wanted, .ctx = &planner};
    if (options->destroy) visitor.start = plan_destroy_start;
    else if (options->refresh_only) visitor.start = plan_refresh_start;
    uint32_t errors = w->diags->errors;
    bool whole = refactor_check_targets(w, options) && walk_run(w, &visitor);
    if (whole && !options->destroy) {
        refactor_check(w);
        plan_import_undeclared(w);
    }
    if (!options->refresh_only && !w->stop) orphans_plan(&planner);
    plan->errored = !whole || w->diags->errors > errors;
    if (whole) replaces_unused(plan);
    plan_finish(plan);
    return plan;
}

void plan_summary(const Plan *plan, Buf *out) {
    buf_z(out, "Plan: ");
    if (plan->import) buf_format(out, "%u to import, ", plan->import);
    buf_format(out, "%u to add, %u to change, %u to destroy", plan->create, plan->update, plan->destroy);
    if (plan->forget) buf_format(out, ", %u to forget", plan->forget);
    buf_char(out, '.');
}

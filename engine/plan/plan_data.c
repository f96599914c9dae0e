// Data sources: read while planning when everything they need is known, else during apply.
#include "engine/plan/checks.h"
#include "engine/plan/plan_resource.h"
#include "engine/value/marks.h"

typedef struct DataOp {
    RowOp *row;
    ProviderData request;
} DataOp;

static bool rows_pending(const Walk *w, const ModuleInst *m, uint32_t resource) {
    RowRange range = m->rows[resource];
    for (uint32_t r = 0; r < range.n; r++)
        if (row_at(&w->rows, range.first + r)->action != ACTION_NOOP) return true;
    return false;
}

// Is there a change of a managed resource behind the node? Of the data source's own module only its own instance counts.
static bool block_has_pending(const Walk *w, const ModuleInst *from, uint32_t node) {
    if (graph_node_kind(w->graph, node) == NODE_MODULE_END) {
        const ModuleNode *m = &w->config->nodes[node - w->config->block_count];
        for (uint32_t i = 0; i < m->def->resources.n; i++)
            if (block_has_pending(w, from, m->base + config_local_id(m->def, BLOCK_RESOURCE, i))) return true;
        for (uint32_t i = 0; i < m->def->calls.n; i++)
            if (block_has_pending(w, from, graph_module_end(w->graph, m->first_child + i))) return true;
        return false;
    }
    if (graph_node_kind(w->graph, node) != NODE_BLOCK) return false;
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t k;
    if (config_block(m->def, node - m->base, &k) != BLOCK_RESOURCE) return false;
    if (m->def->resources.at[k].mode != MODE_MANAGED) return false;
    if (m == from->node) return rows_pending(w, from, k);
    RowRange insts = walk_module_insts(w, m);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++)
        if (rows_pending(w, w->modules.at[i], k)) return true;
    return false;
}

// With conditions everything behind the data source counts: it may be what makes them pass.
static bool anything_pending(const Walk *w, const ModuleInst *from, uint32_t node) {
    uint8_t *reached = ARENA_ARRAY(w->scratch, uint8_t, w->graph->n + 1);
    graph_reach(w->graph, &node, 1, reached);
    for (uint32_t i = 0; i < w->config->block_count; i++)
        if (reached[i] && i != node && block_has_pending(w, from, i)) return true;
    return false;
}

// A change that the data source waits for: of a managed resource that it mentions itself, or of what an explicit
// depends_on names, of the block or of a module call around it.
static bool data_waits(const Walk *w, const BlockOp *b, const ModuleInst *from) {
    const ModuleNode *m = config_node_of(w->config, b->node);
    const Graph *g = w->graph;
    uint32_t node = b->node;
    const Lifecycle *l = &b->resource->lifecycle;
    if ((l->preconditions.list.n || l->postconditions.list.n) && anything_pending(w, from, node)) return true;
    for (uint32_t j = g->dep_start[node]; j < g->dep_start[node + 1]; j++)
        if (g->dep[j] < w->config->block_count && block_has_pending(w, from, g->dep[j])) return true;
    for (;;) {
        for (uint32_t j = g->dep_start[node]; j < g->dep_start[node + 1]; j++)
            if ((g->dep_flags[j] & EDGE_DEPENDS_ON) && block_has_pending(w, from, g->dep[j])) return true;
        if (!m->parent) return false;
        node = m->parent->base + config_local_id(m->parent->def, BLOCK_MODULE, m->call);
        m = m->parent;
    }
}

// The same for all instances of the block in one module instance.
static bool data_must_wait(const Walk *w, BlockOp *b, const ModuleInst *m) {
    if (b->waits_of != m->index + 1) b->waits = data_waits(w, b, m);
    b->waits_of = m->index + 1;
    return b->waits;
}

static Value data_unknown(RowOp *op) {
    // What the configuration says is known; the rest will be after reading.
    const SchemaBlock *block = op->block->resource->schema->block;
    Walk *w = op->block->planner->walk;
    ObjectData *out = value_object_data(op->scratch, block->shape);
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Value c = op->config.obj->at[a->field];
        out->at[a->field] =
            (a->flags & ATTR_COMPUTED) && value_is_null(c) ? value_unknown(w->process, a->type) : c;
    }
    for (uint32_t i = 0; i < block->block_count; i++)
        out->at[block->blocks[i].field] = op->config.obj->at[block->blocks[i].field];
    return value_finish_object(op->scratch, out);
}

static void data_set(RowOp *op, Action action, Reason reason, Value planned) {
    Walk *w = op->block->planner->walk;
    Row *row = row_at(&w->rows, op->row);
    const Resource *r = op->block->resource;
    row->planned = value_copy(w->arena, schema_mark(op->scratch, r->schema->block, planned));
    row->action = (uint8_t)action;
    row->reason = (uint8_t)reason;
    row->flags |= ROW_PLANNED;
    op->scope.self = row->planned;
    op->scope.has_self = true;
    bool ok = true;
    if (r->lifecycle.postconditions.list.n) {
        CheckObject object = {"resource", walk_row_address_str(op->scratch, w, row),
                              walk_row_address_str(op->scratch, w, row)};
        ok = checks_run(&op->scope, &r->lifecycle.postconditions, &object, checks_severity(w), "Resource postcondition failed");
    }
    plan_row_done(op, !ok);
}

// Data of a check block is read again during apply, so that the check is about what is there then.
static void data_set_nested(RowOp *op, Value v) {
    bool again = op->block->planner->walk->kind == WALK_PLAN;
    data_set(op, again ? ACTION_READ : ACTION_NOOP, again ? REASON_READ_CHECK_NESTED : REASON_NONE, v);
}

static void data_read_done(void *ctx) {
    DataOp *d = ctx;
    RowOp *op = d->row;
    Walk *w = op->block->planner->walk;
    if (diags_failed(&op->diags)) row_at(&w->rows, op->row)->flags |= ROW_FAILED;
    if (w->hooks && w->hooks->read_done) w->hooks->read_done(w->hooks->ctx, w, op->row);
    if (diags_failed(&op->diags)) {
        // Inside a check block a failing read is a warning, like everything there.
        bool nested = op->block->resource->check != 0;
        for (uint32_t i = 0; i < op->diags.list.n; i++) {
            Diag *x = &op->diags.list.at[i];
            if (!span_known(x->subject)) x->subject = op->block->resource->header_span;
            if (nested) x->severity = SEV_WARNING;
        }
        if (nested) {
            op->diags.errors = 0;
            row_at(&w->rows, op->row)->flags &= (uint16_t)~ROW_FAILED;
            checks_data_failed(&op->scope, op->block->resource, &op->diags);
            data_set_nested(op, data_unknown(op));
        } else {
            plan_row_done(op, true);
        }
        return;
    }
    if (op->block->resource->check) data_set_nested(op, d->request.result);
    else data_set(op, ACTION_NOOP, REASON_NONE, d->request.result);
}

void plan_data_start(RowOp *op) {
    Walk *w = op->block->planner->walk;
    const Resource *r = op->block->resource;
    if (!value_is_whole(op->config)) {
        data_set(op, ACTION_READ, REASON_READ_CONFIG_UNKNOWN, data_unknown(op));
        return;
    }
    if (op->block->use->has_unknown || data_must_wait(w, op->block, op->scope.module)) {
        data_set(op, ACTION_READ, REASON_READ_DEPENDENCY_PENDING, data_unknown(op));
        return;
    }
    DataOp *d = ARENA_NEW(op->scratch, DataOp);
    d->row = op;
    d->request = (ProviderData){.arena = op->scratch,
                                .diags = &op->diags,
                                .type = r->type,
                                .address = op->request.address,
                                .config = op->config};
    if (w->hooks && w->hooks->read_start) w->hooks->read_start(w->hooks->ctx, w, op->row);
    provider_read_data(op->block->use->provider, &d->request, data_read_done, d);
}

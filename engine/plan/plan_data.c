// Data sources: read while planning when everything they need is known, else during apply.
#include "engine/plan/checks.h"
#include "engine/plan/plan_resource.h"
#include "engine/value/marks.h"

typedef struct DataOp {
    RowOp *row;
    ProviderData request;
} DataOp;

static bool block_has_pending(const Walk *w, uint32_t node) {
    if (graph_node_kind(w->graph, node) == NODE_MODULE_END) {
        const ModuleNode *m = &w->config->nodes[node - w->config->block_count];
        for (uint32_t i = 0; i < m->def->resources.n; i++)
            if (block_has_pending(w, m->base + config_local_id(m->def, BLOCK_RESOURCE, i))) return true;
        for (uint32_t i = 0; i < m->def->calls.n; i++)
            if (block_has_pending(w, graph_module_end(w->graph, m->first_child + i))) return true;
        return false;
    }
    if (graph_node_kind(w->graph, node) != NODE_BLOCK) return false;
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t k;
    if (config_block(m->def, node - m->base, &k) != BLOCK_RESOURCE) return false;
    RowRange insts = walk_module_insts(w, m);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        RowRange range = w->modules.at[i]->rows[k];
        for (uint32_t r = 0; r < range.n; r++)
            if (row_at(&w->rows, range.first + r)->action != ACTION_NOOP) return true;
    }
    return false;
}

// A change that an explicit depends_on, of the block or of a module call around it, waits for.
static bool data_must_wait(const Walk *w, uint32_t node) {
    const ModuleNode *m = config_node_of(w->config, node);
    for (;;) {
        for (uint32_t j = w->graph->dep_start[node]; j < w->graph->dep_start[node + 1]; j++)
            if ((w->graph->dep_flags[j] & EDGE_DEPENDS_ON) && block_has_pending(w, w->graph->dep[j])) return true;
        if (!m->parent) return false;
        node = m->parent->base + config_local_id(m->parent->def, BLOCK_MODULE, m->call);
        m = m->parent;
    }
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
        ok = checks_run(&op->scope, &r->lifecycle.postconditions, &object, SEV_ERROR, "Resource postcondition failed");
    }
    plan_row_done(op, !ok);
}

static void data_read_done(void *ctx) {
    DataOp *d = ctx;
    RowOp *op = d->row;
    Walk *w = op->block->planner->walk;
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
            data_set(op, ACTION_NOOP, REASON_NONE, data_unknown(op));
        } else {
            plan_row_done(op, true);
        }
        return;
    }
    data_set(op, ACTION_NOOP, REASON_NONE, d->request.result);
}

void plan_data_start(RowOp *op) {
    Walk *w = op->block->planner->walk;
    const Resource *r = op->block->resource;
    if (!value_is_whole(op->config)) {
        data_set(op, ACTION_READ, REASON_READ_CONFIG_UNKNOWN, data_unknown(op));
        return;
    }
    if (op->block->use->has_unknown || data_must_wait(w, op->block->node)) {
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

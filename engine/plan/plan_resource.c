#include "engine/plan/plan_resource.h"

#include "engine/plan/checks.h"
#include "engine/plan/plan_import.h"
#include "engine/plan/prior.h"
#include "engine/plan/targets.h"
#include "engine/plan/visit.h"
#include "engine/value/marks.h"

static void row_planned(void *ctx);

static Row *op_row(RowOp *op) { return row_at(&op->block->planner->walk->rows, op->row); }

static void block_check(BlockOp *b) {
    if (b->starting || b->pending > 0) return;
    walk_node_done(b->planner->walk, b->node, b->failed);
}

void plan_row_done(RowOp *op, bool failed) {
    Walk *w = op->block->planner->walk;
    Row *row = op_row(op);
    if (op->diags.list.n) {
        Str address = walk_row_address_str(w->diags->arena, w, row);
        for (uint32_t i = 0; i < op->diags.list.n; i++)
            if (op->diags.list.at[i].address.n == 0) op->diags.list.at[i].address = address;
        diags_append(w->diags, &op->diags);
    }
    if (failed) {
        row->flags |= ROW_FAILED;
        op->block->failed = true;
    }
    op->done = true;
    BlockOp *block = op->block;
    block->pending--;
    if (op->scratch != w->scratch) arena_free(op->scratch); // and with it the operation
    block_check(block);
}

static CheckObject row_check_object(RowOp *op) {
    Walk *w = op->block->planner->walk;
    const ModuleInst *m = w->modules.at[op_row(op)->module];
    const Resource *r = op->block->resource;
    return (CheckObject){"resource",
                         str_format(op->scratch, "%.*s%s%s%s.%s", STR_ARG(m->node->path), m->node->path.n ? "." : "",
                                    r->mode == MODE_DATA ? "data." : "", r->type->text, r->name->text),
                         walk_row_address_str(op->scratch, w, op_row(op))};
}

// Where the user wrote what the diagnostics of a provider are about.
static void op_locate(RowOp *op) {
    const Resource *r = op->block->resource;
    for (uint32_t i = 0; i < op->diags.list.n; i++) {
        Diag *d = &op->diags.list.at[i];
        if (!span_known(d->subject)) d->subject = r->header_span;
        if (!span_known(d->context)) d->context = r->header_span;
    }
}

bool plan_row_may_destroy(RowOp *op) {
    const Lifecycle *l = &op->block->resource->lifecycle;
    if (!l->prevent_destroy) return true;
    Value v = code_eval_as(l->prevent_destroy, &op->scope.scope, type_bool(op->block->planner->walk->process), &op->diags);
    if (diags_failed(&op->diags)) return false;
    if (!value_true(v)) return true;
    Str address = walk_row_address_str(op->scratch, op->block->planner->walk, op_row(op));
    return diag_error(&op->diags, "prevent_destroy", op->block->resource->header_span, "Instance cannot be destroyed",
                      "The plan would destroy %.*s, which has lifecycle.prevent_destroy set. Take that out, change what "
                      "makes the destruction necessary, or leave the object out with -exclude.",
                      STR_ARG(address));
}

// planned as it goes into the row: marks of the schema, shared with the prior object when nothing changed.
static Value op_final(RowOp *op, Value planned) {
    Walk *w = op->block->planner->walk;
    Row *row = op_row(op);
    planned = schema_mark(op->scratch, op->block->resource->schema->block, planned);
    if (value_identical(planned, row->prior)) return row->prior;
    return value_copy(w->arena, planned);
}

static void op_extra(RowOp *op) {
    Walk *w = op->block->planner->walk;
    const ProviderPlan *q = &op->request;
    if (op->replace.list.n == 0 && q->private_bytes.n == 0 && q->note.n == 0) return;
    RowExtra *x = row_extra(&w->rows, op_row(op));
    for (uint32_t i = 0; i < op->replace.list.n; i++)
        vec_push(w->arena, &x->replace.list, path_copy(w->arena, op->replace.list.at[i]));
    Str bytes = str_copy(w->arena, str_make(q->private_bytes.p, q->private_bytes.n));
    x->private_bytes = bytes.p;
    x->private_n = bytes.n;
    x->note = str_copy(w->arena, q->note);
}

static void op_set(RowOp *op, Action action, Reason reason, Value planned) {
    Row *row = op_row(op);
    const Resource *r = op->block->resource;
    Planner *planner = op->block->planner;
    row->planned = op_final(op, planned);
    row->action = (uint8_t)action;
    row->reason = (uint8_t)reason;
    row->flags |= ROW_PLANNED;
    if (op->block->type_flags & INFRA_TYPE_NO_EFFECT) row->flags |= ROW_NO_EFFECT;
    if (action != ACTION_NOOP) op_extra(op);
    bool destroys = action == ACTION_DELETE_THEN_CREATE || action == ACTION_CREATE_THEN_DELETE;
    if (destroys && !plan_row_may_destroy(op)) {
        plan_row_done(op, true);
        return;
    }
    op->scope.self = row->planned;
    op->scope.has_self = true;
    bool ok = true;
    if (r->lifecycle.postconditions.list.n) {
        CheckObject object = row_check_object(op);
        ok = checks_run(&op->scope, &r->lifecycle.postconditions, &object, SEV_ERROR, "Resource postcondition failed");
    }
    (void)planner;
    plan_row_done(op, !ok);
}

static Action replace_action(const RowOp *op) {
    if (!op->block->resource->lifecycle.destroy) return ACTION_FORGET_THEN_CREATE;
    return op->block->planner->cbd[op->block->node] ? ACTION_CREATE_THEN_DELETE : ACTION_DELETE_THEN_CREATE;
}

PrivateBytes plan_row_private(const Walk *w, const Row *row) {
    if (row->object) return w->prior.at[row->object - 1].private_bytes;
    const RowExtra *x = row_has_extra(&w->rows, row);
    return x && x->imported ? (PrivateBytes){x->imported_private.p, x->imported_private.n} : (PrivateBytes){NULL, 0};
}

static void op_request(RowOp *op, Value prior) {
    Walk *w = op->block->planner->walk;
    const Resource *r = op->block->resource;
    Row *row = op_row(op);
    Value config = ignore_apply(op->scratch, &r->lifecycle, r->schema->block, prior, op->config);
    op->request.arena = op->scratch;
    op->request.diags = &op->diags;
    op->request.type = r->type;
    op->request.prior = prior;
    op->request.config = config;
    op->request.proposed = propose_object(op->scratch, r->schema->block, prior, config);
    op->request.prior_private = value_is_set(prior) ? plan_row_private(w, row) : (PrivateBytes){NULL, 0};
    op->request.replace = (PathList){0};
    provider_plan(op->block->use->provider, &op->request, row_planned, op);
}

static void op_replace(RowOp *op, Reason reason) {
    Row *row = op_row(op);
    op->replacing = true;
    op->reason = reason;
    op->replace = op->request.replace;
    op_request(op, value_null(op->block->planner->walk->process, op->block->resource->schema->block->type));
    (void)row;
}

static bool op_forced(RowOp *op) {
    const Plan *plan = op->block->planner->plan;
    if (plan->options.replace_count == 0) return false;
    InstanceKey key = INSTANCE_NO_KEY;
    Row *row = op_row(op);
    const ModuleInst *m = op->block->planner->walk->modules.at[row->module];
    if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
    for (uint32_t i = 0; i < plan->options.replace_count; i++)
        if (address_is_instance(&plan->options.replaces[i], op->block->planner->walk, m, op->block->resource, key))
            return true;
    return false;
}

static void row_planned(void *ctx) {
    RowOp *op = ctx;
    Walk *w = op->block->planner->walk;
    Row *row = op_row(op);
    if (diags_failed(&op->diags)) {
        op_locate(op);
        plan_row_done(op, true);
        return;
    }
    if (op->replacing) {
        op_set(op, replace_action(op), op->reason, op->request.planned);
        return;
    }
    if (value_is_null(row->prior)) {
        op_set(op, ACTION_CREATE, REASON_NONE, op->request.planned);
        return;
    }
    if (row->flags & ROW_TAINTED) {
        op_set(op, replace_action(op), REASON_REPLACE_TAINTED, op->request.planned);
        return;
    }
    if (op_forced(op)) op_replace(op, REASON_REPLACE_BY_REQUEST);
    else if (op->request.replace.list.n) op_replace(op, REASON_REPLACE_CANNOT_UPDATE);
    else if (plan_row_triggered(op)) op_replace(op, REASON_REPLACE_BY_TRIGGERS);
    else if (value_same(op->request.planned, row->prior)) {
        // Only marks differ: what the state says is sensitive changes, which is an update of the state alone.
        Value final = op_final(op, op->request.planned);
        op_set(op, value_identical(final, row->prior) ? ACTION_NOOP : ACTION_UPDATE, REASON_NONE, final);
    } else {
        op_set(op, ACTION_UPDATE, REASON_NONE, op->request.planned);
    }
    (void)w;
}

// Ephemeral values may only go where nothing keeps them. Recursion is over the schema's nesting.
static bool keeps_ephemeral(Process *p, const SchemaBlock *block, Value v) {
    if (!(marks_deep(p, v) & MARK_EPHEMERAL)) return false;
    if (!block->has_write_only || !value_is_set(v)) return true;
    if (v.kind != TYPE_OBJECT || v.obj->shape != block->shape) {
        for (uint32_t i = 0; i < value_parts(v); i++)
            if (keeps_ephemeral(p, block, value_part(v, i))) return true;
        return false;
    }
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        if (a->flags & ATTR_WRITE_ONLY) continue;
        Value x = v.obj->at[a->field];
        if (a->nested ? keeps_ephemeral(p, a->nested, x) : (marks_deep(p, x) & MARK_EPHEMERAL) != 0) return true;
    }
    for (uint32_t i = 0; i < block->block_count; i++)
        if (keeps_ephemeral(p, block->blocks[i].block, v.obj->at[block->blocks[i].field])) return true;
    return false;
}

static void row_start(RowOp *op) {
    Walk *w = op->block->planner->walk;
    const Resource *r = op->block->resource;
    const Row *row = op_row(op);
    if (r->lifecycle.preconditions.list.n) {
        CheckObject object = row_check_object(op);
        if (!checks_run(&op->scope, &r->lifecycle.preconditions, &object, checks_severity(w), "Resource precondition failed")) {
            plan_row_done(op, true);
            return;
        }
    }
    op->config = decode_eval(r->code, &op->scope.scope, &op->diags);
    if (keeps_ephemeral(w->process, r->schema->block, op->config))
        diag_error(&op->diags, "ephemeral_value", r->header_span, "Ephemeral value in a place that keeps it",
                   "An argument has an ephemeral value, which must not be stored in plans and states. It can be given to "
                   "write-only arguments and in provider blocks.");
    if (diags_failed(&op->diags)) {
        plan_row_done(op, true);
        return;
    }
    op->request.address = walk_row_address_str(op->scratch, w, row);
    plugin_validate(op->block->use->plugin, r->mode == MODE_DATA ? INFRA_DATA : INFRA_RESOURCE, r->type,
                    op->request.address, op->scratch, op->config, &op->diags);
    if (diags_failed(&op->diags)) {
        op_locate(op);
        plan_row_done(op, true);
        return;
    }
    if (r->mode == MODE_DATA) {
        plan_data_start(op);
        return;
    }
    Value prior = row->flags & ROW_TAINTED ? value_null(w->process, r->schema->block->type) : row->prior;
    op_request(op, prior);
}

// An instance that -target or -exclude leaves alone stays as it is. A block that is only needed by a target is planned
// whole.
static bool row_targeted(BlockOp *b, const ModuleInst *m, const Row *row) {
    const PlanOptions *o = &b->planner->plan->options;
    const Resource *r = b->resource;
    if (o->target_count == 0 && o->exclude_count == 0) return true;
    InstanceKey key = INSTANCE_NO_KEY;
    if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
    bool named = false;
    for (uint32_t i = 0; i < o->target_count; i++) named |= address_covers_block(&o->targets[i], m->node, r);
    if (o->target_count && !named) return true;
    return targets_object(o, m->path, r->mode == MODE_DATA, name_str(r->type), name_str(r->name), key);
}

static void rows_start(BlockOp *b, ModuleInst *m, uint32_t resource, const Expansion *e) {
    Walk *w = b->planner->walk;
    RowRange range = m->rows[resource];
    for (uint32_t i = 0; i < range.n && !w->stop; i++) {
        arena_reset(w->scratch);
        Row *row = row_at(&w->rows, range.first + i);
        if (!row_targeted(b, m, row)) {
            row->planned = row->prior;
            row->flags |= ROW_UNTARGETED;
            continue;
        }
        RowOp *op = ARENA_NEW(w->scratch, RowOp);
        op->block = b;
        op->scratch = w->scratch;
        op->row = range.first + i;
        op->diags = diags_in(w->diags->arena);
        scope_init(&op->scope, w, m, config_local_id(m->node->def, BLOCK_RESOURCE, resource), b->resource->once_count,
                   op->scratch);
        expand_enter(&op->scope, e, i);
        b->pending++;
        const ImportTarget *import = plan_import_of(b->imports, w, row);
        if (import) plan_import_start(op, import, row_start);
        else row_start(op);
        // Not answered yet: the instance keeps its scratch memory, the next one gets its own.
        if (!op->done) w->scratch = arena_new(w->process, LIFE_OP, "walk scratch");
    }
}

// What would not be run is refused now, not passed over silently.
static bool provisioners_known(BlockOp *b) {
    bool ok = true;
    for (uint32_t i = 0; i < b->resource->provisioners.n; i++) {
        const Provisioner *p = &b->resource->provisioners.at[i];
        if (str_eqz(name_str(p->type), "local-exec")) continue;
        ok = diag_error(b->planner->walk->diags, "provisioner", p->span, "Provisioner not supported",
                        "The provisioner \"%s\" is not run by this program. \"local-exec\" is, and can call ssh or scp.",
                        p->type->text);
    }
    return ok;
}

static bool plan_resource_defined(BlockOp *b) {
    Walk *w = b->planner->walk;
    const Resource *r = b->resource;
    InfraTypeKind kind = r->mode == MODE_DATA ? INFRA_DATA : INFRA_RESOURCE;
    plugin_schema(b->use->plugin, kind, r->type, &b->type_flags);
    if (!(b->type_flags & INFRA_TYPE_UNDEFINED)) return true;
    return diag_error(w->diags, "undefined_type", r->header_span, "Type without a definition",
                      "The %s \"%s\" is known to the provider %.*s, but there is no definition of it yet, so it cannot "
                      "be planned. A definition can be added in infra.types/.",
                      r->mode == MODE_DATA ? "data source" : "resource type", r->type->text,
                      STR_ARG(b->use->address));
}

bool plan_resource_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    Planner *planner = ctx;
    const Resource *r = &module->def->resources.at[resource];
    if (r->mode == MODE_EPHEMERAL) {
        diag_error(w->diags, "ephemeral_resource", r->header_span, "Ephemeral resources cannot be opened",
                   "This program does not open ephemeral resources.");
        return visit_end(w, node, true);
    }
    BlockOp *b = ARENA_NEW(w->arena, BlockOp);
    *b = (BlockOp){.planner = planner, .node = node, .resource = r, .starting = true};
    b->use = walk_provider(w, w->graph->provider_of[node]);
    ImportTargets *imports = ARENA_NEW(w->arena, ImportTargets);
    b->imports = imports;
    b->failed = !plan_import_targets(w, node, imports);
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        Expansion e;
        if (!plan_rows_make(w, w->modules.at[i], resource, node, &e)) {
            b->failed = true;
            continue;
        }
        if (e.n == 0) continue;
        if (!plan_resource_defined(b) || !provisioners_known(b)) {
            b->failed = true;
            break;
        }
        rows_start(b, w->modules.at[i], resource, &e);
    }
    if (!b->failed) b->failed = !plan_import_all_found(imports, w, node);
    b->starting = false;
    if (b->pending > 0) return false;
    return visit_end(w, node, b->failed);
}

// Creating or updating an object: evaluate, plan again with what is known now, hold it against the plan, call.
#include "engine/apply/applier.h"
#include "engine/apply/promise.h"
#include "engine/apply/provision.h"
#include "engine/plan/checks.h"
#include "engine/plan/plan_resource.h"
#include "engine/value/marks.h"

static Row *change_row(const Change *c) { return row_at(&c->applier->walk->rows, c->op.row); }

static bool change_replaces(const Row *row) {
    return row->action == ACTION_DELETE_THEN_CREATE || row->action == ACTION_CREATE_THEN_DELETE ||
           row->action == ACTION_FORGET_THEN_CREATE;
}

static CheckObject change_check_object(const Change *c) {
    const ModuleInst *m = c->scope.module;
    return (CheckObject){"resource",
                         str_format(c->arena, "%.*s%s%s.%s", STR_ARG(m->node->path), m->node->path.n ? "." : "",
                                    c->resource->type->text, c->resource->name->text),
                         c->address};
}

static void object_finish(Change *c, bool failed) {
    Row *row = change_row(c);
    bool created = c->request.action == INFRA_CREATE;
    if (!failed && c->resource->lifecycle.postconditions.list.n) {
        CheckObject object = change_check_object(c);
        c->scope.self = row->planned;
        c->scope.has_self = true;
        failed = !checks_run(&c->scope, &c->resource->lifecycle.postconditions, &object, SEV_ERROR,
                             "Resource postcondition failed");
    }
    if (!failed) {
        if (created) c->applier->result->added++;
        else c->applier->result->changed++;
    }
    change_end(c, failed);
}

// An object whose provisioners failed is there, but not as it should be.
static void object_provisioned(Change *c, bool failed) {
    if (failed) edit_object(c, change_row(c)->planned, c->request.private_bytes, true);
    object_finish(c, failed);
}

static void object_applied(void *ctx) {
    Change *c = ctx;
    Walk *w = c->applier->walk;
    Row *row = change_row(c);
    bool failed = diags_failed(&c->diags), created = c->request.action == INFRA_CREATE;
    bool there = value_is_set(c->request.result);
    if (failed && c->request.outcome_unknown && !there) {
        // The intent stays open: the next run asks the provider what became of it.
        change_end(c, true);
        return;
    }
    if (!there && !failed)
        failed = !diag_error(&c->diags, "no_object", SPAN_NONE, "Provider gave no object",
                             "The provider says that the operation succeeded, but gave no object for it.");
    if (!there) {
        edit_unchanged(c);
        change_end(c, true);
        return;
    }
    Value v = schema_mark(c->arena, c->schema->block, c->request.result);
    edit_depose(c);
    edit_object(c, v, c->request.private_bytes, failed && created);
    row->planned = value_copy(w->arena, v);
    row->flags |= ROW_APPLIED;
    applier_row_changed(c->applier, row);
    if (!failed && created && provision_wanted(c->resource, false))
        provision_run(c, c->resource, false, row->planned, object_provisioned);
    else object_finish(c, failed);
}

static void object_planned(void *ctx) {
    Change *c = ctx;
    Row *row = change_row(c);
    if (diags_failed(&c->diags)) {
        change_end(c, true);
        return;
    }
    if (!promise_kept(c->arena, row->planned, c->plan.planned, "Provider produced inconsistent final plan", &c->diags)) {
        change_end(c, true);
        return;
    }
    bool update = row->action == ACTION_UPDATE;
    if (update && c->plan.replace.list.n) {
        diag_error(&c->diags, "late_replace", SPAN_NONE, "Replacement needed after all",
                   "The plan was an update in place, but with the values known now the provider has to replace the "
                   "object. Make a new plan.");
        change_end(c, true);
        return;
    }
    if (update && value_same(c->plan.planned, row->prior)) { // only marks: nothing to call
        Value v = schema_mark(c->arena, c->schema->block, c->plan.planned);
        edit_object(c, v, c->plan.prior_private, false);
        row->planned = value_copy(c->applier->walk->arena, v);
        row->flags |= ROW_APPLIED;
        applier_row_changed(c->applier, row);
        c->applier->result->changed++;
        change_end(c, false);
        return;
    }
    c->request.action = update ? INFRA_UPDATE : INFRA_CREATE;
    c->request.prior = c->plan.prior;
    c->request.config = c->plan.config;
    c->request.planned = c->plan.planned;
    c->request.planned_private = c->plan.private_bytes;
    change_call(c, object_applied);
}

void change_object(Change *c) {
    Walk *w = c->applier->walk;
    Row *row = change_row(c);
    const Resource *r = c->resource;
    if (r->lifecycle.preconditions.list.n) {
        CheckObject object = change_check_object(c);
        if (!checks_run(&c->scope, &r->lifecycle.preconditions, &object, SEV_ERROR, "Resource precondition failed")) {
            change_end(c, true);
            return;
        }
    }
    c->config = decode_eval(r->code, &c->scope.scope, &c->diags);
    if (diags_failed(&c->diags)) {
        change_end(c, true);
        return;
    }
    bool fresh = change_replaces(row) || (row->flags & ROW_TAINTED) || value_is_null(row->prior);
    Value prior = fresh ? value_null(w->process, c->schema->block->type) : row->prior;
    Value config = ignore_apply(c->arena, &r->lifecycle, c->schema->block, fresh ? row->prior : prior, c->config);
    c->plan = (ProviderPlan){.arena = c->arena,
                             .diags = &c->diags,
                             .type = c->type,
                             .address = c->address,
                             .prior = prior,
                             .config = fresh ? c->config : config,
                             .proposed = propose_object(c->arena, c->schema->block, prior, fresh ? c->config : config)};
    if (!fresh) c->plan.prior_private = plan_row_private(w, row);
    provider_plan(c->use->provider, &c->plan, object_planned, c);
}

// ---- data sources ----

static void data_read(void *ctx) {
    Change *c = ctx;
    Row *row = change_row(c);
    if (diags_failed(&c->diags) && c->resource->check) { // the check has failed, nothing else has
        for (uint32_t i = 0; i < c->diags.list.n; i++) c->diags.list.at[i].severity = SEV_WARNING;
        c->diags.errors = 0;
        checks_data_failed(&c->scope, c->resource, &c->diags);
        change_end(c, false);
        return;
    }
    if (diags_failed(&c->diags)) {
        change_end(c, true);
        return;
    }
    row->planned = value_copy(c->applier->walk->arena, schema_mark(c->arena, c->schema->block, c->data.result));
    row->flags |= ROW_APPLIED;
    applier_row_changed(c->applier, row);
    edit_data(c->applier, row);
    change_end(c, false);
}

void change_read(Change *c) {
    c->config = decode_eval(c->resource->code, &c->scope.scope, &c->diags);
    if (diags_failed(&c->diags)) {
        change_end(c, true);
        return;
    }
    c->data = (ProviderData){
        .arena = c->arena, .diags = &c->diags, .type = c->type, .address = c->address, .config = c->config};
    provider_read_data(c->use->provider, &c->data, data_read, c);
}

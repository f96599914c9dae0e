// Destroying an object, or forgetting it.
#include "engine/apply/applier.h"
#include "engine/apply/provision.h"
#include "engine/plan/orphans.h"
#include "engine/plan/plan_resource.h"
#include "engine/value/marks.h"

static void object_destroyed(void *ctx) {
    Change *c = ctx;
    Row *row = row_at(&c->applier->walk->rows, c->op.row);
    bool failed = diags_failed(&c->diags);
    if (failed && c->request.outcome_unknown) { // the intent stays open
        change_end(c, true);
        return;
    }
    if (!failed && value_is_set(c->request.result))
        failed = !diag_error(&c->diags, "still_there", SPAN_NONE, "Provider left the object",
                             "The provider says that the object was destroyed, but gave one back.");
    if (failed) {
        // Part of it may be gone: what the provider says is there is what the state says.
        if (value_is_set(c->request.result))
            edit_object(c, schema_mark(c->arena, c->schema->block, c->request.result), c->request.private_bytes,
                        row->flags & ROW_TAINTED);
        else edit_unchanged(c);
        change_end(c, true);
        return;
    }
    edit_gone(c);
    if (row->action == ACTION_DELETE) row->flags |= ROW_APPLIED;
    c->applier->result->destroyed++;
    change_end(c, false);
}

static void destroy_provisioned(Change *c, bool failed);

void change_destroy(Change *c) {
    Walk *w = c->applier->walk;
    const Row *row = row_at(&w->rows, c->op.row);
    const Resource *r = c->resource ? c->resource : orphans_block(w, w->prior.at[row->object - 1].resource);
    // As with the peers: not for what a replacement left, nor for objects that were never finished.
    bool runs = r && row->action != ACTION_CREATE_THEN_DELETE && !(row->flags & (ROW_TAINTED | ROW_DEPOSED));
    if (runs && provision_wanted(r, true)) provision_run(c, r, true, row->prior, destroy_provisioned);
    else destroy_provisioned(c, false);
}

static void destroy_provisioned(Change *c, bool failed) {
    Walk *w = c->applier->walk;
    const Row *row = row_at(&w->rows, c->op.row);
    if (failed) {
        change_end(c, true);
        return;
    }
    Value null = value_null(w->process, c->schema->block->type);
    const RowExtra *extra = row_has_extra(&w->rows, row);
    c->request.action = INFRA_DELETE;
    c->request.prior = row->prior;
    c->request.config = null;
    c->request.planned = null;
    c->request.planned_private = plan_row_private(w, row);
    if (row->action == ACTION_DELETE && extra && extra->private_n)
        c->request.planned_private = (PrivateBytes){extra->private_bytes, extra->private_n};
    change_call(c, object_destroyed);
}

void change_forget(Change *c) {
    edit_gone(c);
    c->applier->result->forgotten++;
    change_end(c, false);
}

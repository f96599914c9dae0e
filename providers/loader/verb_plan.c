// Planning one object. The common case, a plan of the schema's own shape without marks, allocates nothing here.
#include "providers/loader/running.h"

#include <assert.h>

// A path counts when the values under it differ, or when it exists on one side only.
static bool replaces(Value prior, Value planned, Path path, bool *nowhere) {
    Value was, now;
    bool had = path_get(prior, path, &was), has = path_get(planned, path, &now);
    *nowhere = !had && !has;
    if (!had || !has) return had || has;
    return !value_is_whole(now) || !value_same(was, now);
}

static void plan_replace(Running *r, ProviderPlan *q, Value planned) {
    q->replace = (PathList){{NULL, 0, 0}};
    if (!value_is_set(r->prior) || !value_is_set(planned)) return;
    for (size_t i = 0; i < r->plan.replace_count; i++) {
        Path path = host_path(q->arena, r->plan.replace[i]);
        bool nowhere;
        if (replaces(r->prior, planned, path, &nowhere)) vec_push(q->arena, &q->replace.list, path);
        if (!nowhere) continue;
        Buf where = buf_in(q->arena);
        path_print(path, &where);
        diag_error(&r->diags, "provider_bug", SPAN_NONE, "Provider produced invalid plan",
                   "The provider says that a change of %.*s needs a replacement of %.*s, which has no such "
                   "attribute. This is a bug in the provider.",
                   STR_ARG(buf_str(&where)), STR_ARG(q->address));
    }
}

static void plan_check(Running *r, ProviderPlan *q) {
    const SchemaBlock *block = r->type->schema.block;
    Value planned = provider_value(r->plan.planned);
    if (!running_conform(q->arena, r->type, planned, &r->diags, "Provider produced invalid plan", &planned)) return;
    planned = write_only_strip(q->arena, block, planned);
    if (value_is_null(r->planned)) { // a destroy was proposed
        if (!value_is_null(planned))
            diag_error(&r->diags, "provider_bug", SPAN_NONE, "Provider produced invalid plan",
                       "The provider planned to keep %.*s, which is to be destroyed. This is a bug in the provider.",
                       STR_ARG(q->address));
        return;
    }
    check_plan(r, r->prior, r->config, planned);
    plan_replace(r, q, planned);
    q->planned = running_out(q->arena, r->type, &r->marks, planned);
}

static void plan_finish(Running *r) {
    ProviderPlan *q = r->request;
    Value none = value_null(arena_process(q->arena), r->type->schema.block->type);
    q->planned = none;
    if (!r->diags.errors) plan_check(r, q);
    if (r->diags.errors) q->planned = none;
    q->private_bytes = bytes_out(r->plan.private_bytes);
    q->note = host_str(r->plan.note);
    running_messages(q->diags, &r->diags, q->address);
}

void provider_plan(Provider *p, ProviderPlan *q, ProviderDone done, void *ctx) {
    const PluginType *type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
    assert(type->known);
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->plan.base, &r->diags);
    r->prior = running_in(q->arena, q->prior, NULL);
    r->config = running_in(q->arena, q->config, &r->marks);
    // What the proposed object takes over from the prior one keeps its marks too.
    r->planned = running_in(q->arena, q->proposed, &r->marks);
    r->plan.prior = provider_handle(r->prior);
    r->plan.config = provider_handle(r->config);
    r->plan.proposed = r->plan.planned = provider_handle(r->planned);
    r->plan.prior_private = r->plan.private_bytes = bytes_in(q->prior_private);
    running_begin(r, q, plan_finish, done, ctx);
    p->plugin->table.plan(p->handle, &r->plan, running_call(r));
    running_leave(r);
}

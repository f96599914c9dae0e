// Changes: preparing, applying, recovering. Whatever a provider says is there is kept, also when it breaks a rule.
#include "providers/loader/running.h"

#include <assert.h>

// v with every unknown part null: an object that was made must be kept, even when the provider left holes in it.
static Value without_unknown(Arena *arena, Value v) {
    if (value_is_whole(v)) return v;
    if (value_is_unknown(v)) return value_null(arena_process(arena), v.unk->type);
    Value *parts = ARENA_ARRAY(arena, Value, value_parts(v));
    for (uint32_t i = 0; i < value_parts(v); i++) parts[i] = without_unknown(arena, value_part(v, i));
    return value_with_parts(arena, v, parts);
}

// What is there when the provider's own words cannot be used.
static Value fallback(Running *r, InfraAction action) {
    if (action == INFRA_CREATE) return without_unknown(r->arena, r->planned);
    return r->prior;
}

static const char *const INCONSISTENT = "Provider produced inconsistent result after apply";

static Value usable_result(Running *r, InfraAction action, InfraValue from) {
    Value result;
    if (!running_conform(r->arena, r->type, provider_value(from), &r->diags, INCONSISTENT, &result))
        return fallback(r, action);
    result = write_only_strip(r->arena, r->type->schema.block, result);
    if (value_is_whole(result)) return result;
    diag_error(&r->diags, "provider_bug", SPAN_NONE, INCONSISTENT,
               "After the change of %.*s the provider gave an object that is not wholly known. What is known of it was "
               "kept. This is a bug in the provider.",
               STR_ARG(r->address));
    return value_is_unknown(result) ? fallback(r, action) : without_unknown(r->arena, result);
}

static void check_applied(Running *r, InfraAction action, Value result) {
    if (action == INFRA_DELETE) {
        if (!value_is_null(result))
            diag_error(&r->diags, "provider_bug", SPAN_NONE, INCONSISTENT,
                       "The provider did not delete %.*s, but says nothing of an error. This is a bug in the provider.",
                       STR_ARG(r->address));
    } else if (value_is_null(result)) {
        diag_error(&r->diags, "provider_bug", SPAN_NONE, INCONSISTENT,
                   "After the change of %.*s the provider says that there is no object, but nothing of an error. This "
                   "is a bug in the provider.",
                   STR_ARG(r->address));
    } else {
        check_result(r, r->planned, result);
    }
}

static void apply_finish(Running *r) {
    ProviderApply *q = r->request;
    bool failed = r->diags.errors > 0;
    Value result = usable_result(r, q->action, r->apply.result);
    if (!failed && !r->diags.errors) check_applied(r, q->action, result);
    q->result = running_out(q->arena, r->type, &r->marks, result);
    q->private_bytes = bytes_out(r->apply.private_bytes);
    q->outcome_unknown = failed && r->apply.outcome_unknown;
    q->running = NULL;
    running_messages(q->diags, &r->diags, q->address);
}

static Running *apply_new(Provider *p, ProviderApply *q) {
    const PluginType *type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
    assert(type->known);
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->apply.base, &r->diags);
    PathMarksList *marks = &r->marks;
    r->prior = running_in(q->arena, q->prior, q->action == INFRA_DELETE ? marks : NULL);
    r->planned = running_in(q->arena, q->planned, marks);
    r->config = running_in(q->arena, q->config, NULL);
    r->apply.action = q->action;
    r->apply.prior = provider_handle(r->prior);
    r->apply.config = provider_handle(r->config);
    r->apply.planned = provider_handle(r->planned);
    r->apply.planned_private = r->apply.private_bytes = bytes_in(q->planned_private);
    r->apply.intent = (InfraIntent){host_text(q->token), host_text(q->note)};
    // A verb that fails early has changed nothing.
    r->apply.result = r->apply.prior;
    return r;
}

void provider_apply(Provider *p, ProviderApply *q, ProviderDone done, void *ctx) {
    Running *r = apply_new(p, q);
    q->outcome_unknown = false;
    q->running = r;
    running_begin(r, q, apply_finish, done, ctx);
    p->plugin->table.apply(p->handle, &r->apply, running_call(r));
    running_leave(r);
}

static void prepare_finish(Running *r) {
    ProviderApply *q = r->request;
    q->token = host_str(r->apply.intent.token);
    q->note = host_str(r->apply.intent.note);
    q->running = NULL;
    running_messages(q->diags, &r->diags, q->address);
}

void provider_prepare(Provider *p, ProviderApply *q, ProviderDone done, void *ctx) {
    if (!p->plugin->table.prepare) {
        done(ctx);
        return;
    }
    Running *r = apply_new(p, q);
    q->running = r;
    running_begin(r, q, prepare_finish, done, ctx);
    p->plugin->table.prepare(p->handle, &r->apply, running_call(r));
    running_leave(r);
}

void provider_cancel(Provider *p, ProviderApply *q) {
    if (q->running && p->plugin->table.cancel) p->plugin->table.cancel(p->handle, running_call(q->running));
}

void apply_progress(InfraCall *call, InfraValue partial, InfraBytes private_bytes, void (*saved)(void *ctx),
                    void *ctx) {
    Running *r = (Running *)call;
    ProviderApply *q = r->request;
    Value so_far = usable_result(r, q->action, partial);
    // From here on an error without words of its own leaves this.
    r->apply.result = provider_handle(so_far);
    r->apply.private_bytes = private_bytes;
    if (!q->progress) {
        loop_post(r->plugins->loop, saved, ctx);
        return;
    }
    q->progress(q, running_out(q->arena, r->type, &r->marks, so_far), bytes_out(private_bytes), saved, ctx);
}

void apply_status(InfraCall *call, InfraText words) {
    Running *r = (Running *)call;
    ProviderApply *q = r->finish == apply_finish ? r->request : NULL;
    if (q && q->status) q->status(q, host_str(words));
}

// ---- recovery ----

static void recover_finish(Running *r) {
    ProviderRecover *q = r->request;
    q->outcome = r->diags.errors ? INFRA_ASK : r->recover.outcome;
    q->result = value_null(arena_process(q->arena), r->type->schema.block->type);
    if (q->outcome == INFRA_IS_DONE) {
        Value result = usable_result(r, q->action, r->recover.result);
        q->result = running_out(q->arena, r->type, &r->marks, result);
    }
    q->private_bytes = bytes_out(r->recover.private_bytes);
    running_messages(q->diags, &r->diags, q->address);
}

void provider_recover(Provider *p, ProviderRecover *q, ProviderDone done, void *ctx) {
    const PluginType *type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
    assert(type->known);
    if (!p->plugin->table.recover) {
        q->outcome = INFRA_ASK;
        q->result = value_null(arena_process(q->arena), type->schema.block->type);
        done(ctx);
        return;
    }
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->recover.base, &r->diags);
    r->prior = running_in(q->arena, q->prior, NULL);
    r->planned = running_in(q->arena, q->planned, &r->marks);
    r->recover.action = q->action;
    r->recover.prior = provider_handle(r->prior);
    r->recover.planned = provider_handle(r->planned);
    r->recover.intent = (InfraIntent){host_text(q->token), host_text(q->note)};
    r->recover.outcome = INFRA_ASK;
    r->recover.result = r->plugins->host.null;
    running_begin(r, q, recover_finish, done, ctx);
    p->plugin->table.recover(p->handle, &r->recover, running_call(r));
    running_leave(r);
}

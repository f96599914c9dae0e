/* Creating, updating and deleting, with the delays, steps and mishaps of the script. */
#include "providers/tfcoremock/mock.h"

#include <signal.h>

struct Op { /* a change that is under way; lives in its call's arena */
    InfraProvider *provider;
    const InfraHost *host;
    InfraApply *request;
    InfraCall *call;
    const MockType *type;
    const char *verb;
    InfraText id;
    InfraValue object; /* what there will be */
    Rule *rule;
    InfraTimer *timer;
    int64_t step, steps;
    int done_outside; /* its effect is there */
    Op *next;
};

static void op_end(Op *op) {
    Op **at = &op->provider->running;
    while (*at != op) at = &(*at)->next;
    *at = op->next;
    op->host->done(op->call);
}

static void op_fail(Op *op, const char *why) {
    InfraText said = op->rule->message.n ? op->rule->message : text_of(why);
    mock_error(&op->request->base, op->host->format(op->request->base.arena, "failed to %s resource", op->verb), said);
    op_end(op);
}

/* What is true now goes into the answer. */
static void op_result(Op *op) {
    InfraApply *q = op->request;
    q->result = q->action == INFRA_DELETE ? op->host->null
                                          : script_merge(op->host, q->base.arena, op->object, op->rule->answer);
}

static const char *op_effect(Op *op) {
    InfraApply *q = op->request;
    const Store *store = &op->provider->store;
    InfraArena *arena = q->base.arena;
    const char *error;
    if (q->action == INFRA_DELETE)
        error = store_remove(store, arena, op->id);
    else if (q->action == INFRA_UPDATE)
        error = store_write(store, arena, op->type, op->id, op->object, 0);
    else {
        error = store_keep_token(store, arena, q->intent.token, op->id);
        if (!error) error = store_write(store, arena, op->type, op->id, op->object, op->step == 1);
    }
    if (error) return error;
    op->done_outside = 1;
    InfraText words = TEXT("");
    if (op->steps > 1) words = op->host->format(arena, "%d/%d", (int)op->step, (int)op->steps);
    script_log(&op->provider->script, op->verb, q->base.type, op->id, words);
    return NULL;
}

static void op_lost(void *ctx) {
    Op *op = ctx;
    op->timer = NULL;
    op->request->outcome_unknown = 1;
    op_fail(op, "the answer was lost");
}

static const int64_t A_YEAR = INT64_C(365) * 86400 * 1000000000;

static void op_finish(Op *op) {
    const char *error = op_effect(op);
    if (error) {
        op_fail(op, error);
        return;
    }
    switch (op->rule->mishap) {
    case FAIL_AFTER:
        op_result(op);
        op_fail(op, "forced failure after the effect");
        return;
    case LOSE_AFTER: op_lost(op); return;
    case NEVER_ANSWER: op->timer = op->host->timer(op->host, A_YEAR, op_lost, op); return;
    case KILL_AFTER: raise(SIGKILL); return;
    default: op_result(op); op_end(op);
    }
}

static void op_step(void *ctx);

/* The object as it is after a step that is not the last: its id and nothing else that is optional. */
static InfraValue partial_object(Op *op) {
    const InfraHost *host = op->host;
    InfraValue v = op->object;
    for (size_t i = 0; i < op->type->body.attr_count; i++)
        if (!(op->type->body.attrs[i].flags & INFRA_REQUIRED))
            v = host->with(op->request->base.arena, v, op->type->body.attrs[i].name, host->null);
    return v;
}

static void op_partial(Op *op) {
    InfraValue whole = op->object;
    op->object = partial_object(op);
    const char *error = op_effect(op);
    InfraValue partial = op->object;
    op->object = whole;
    if (error)
        op_fail(op, error);
    else
        op->host->progress(op->call, partial, (InfraBytes){NULL, 0}, op_step, op);
}

/* Takes the next step: at the start, and after each one's progress was saved. */
static void op_step(void *ctx) {
    Op *op = ctx;
    op->step++;
    if (op->step == op->rule->step && op->rule->mishap == FAIL_STEP) {
        op_fail(op, "forced failure of a step");
        return;
    }
    if (op->step < op->steps)
        op_partial(op);
    else
        op_finish(op);
}

static void op_run(void *ctx) {
    Op *op = ctx;
    op->timer = NULL;
    if (mock_fails_on(op->provider, op->verb, op->id)) {
        op_fail(op, "forced failure");
        return;
    }
    switch (op->rule->mishap) {
    case FAIL_BEFORE: op_fail(op, "forced failure before the effect"); return;
    case LOSE_BEFORE:
        op->request->outcome_unknown = 1;
        op_fail(op, "the connection was lost");
        return;
    case KILL_BEFORE: raise(SIGKILL); return;
    default: op_step(op);
    }
}

/* The id: configured, chosen in the intent, or made now. */
static InfraText op_id(InfraProvider *p, const InfraApply *q) {
    const InfraHost *host = p->host;
    InfraValue of = q->action == INFRA_CREATE ? q->planned : q->prior;
    InfraText id = host->text(host->get(host, of, "id"));
    InfraValue note;
    if (!id.n && q->intent.note.n && host->from_json(q->base.arena, q->intent.note, &note))
        id = host->text(host->get(host, note, "id"));
    return id.n ? id : text_uuid(host, q->base.arena);
}

/* A create that is repeated with its token, and was done before, changes nothing. */
static int op_repeated(Op *op) {
    InfraApply *q = op->request;
    const Store *store = &op->provider->store;
    if (q->action != INFRA_CREATE || !q->intent.token.n) return 0;
    InfraText made = store_token(store, q->base.arena, q->intent.token), error;
    if (!made.n || store_read(store, q->base.arena, op->type, made, &q->result, &error) != FOUND) return 0;
    op->host->done(op->call);
    return 1;
}

void apply_start(InfraProvider *p, InfraApply *q, InfraCall *call) {
    static const char *const verbs[] = {
        [INFRA_CREATE] = "create", [INFRA_UPDATE] = "update", [INFRA_DELETE] = "delete"};
    Op *op = p->host->alloc(q->base.arena, sizeof *op);
    *op = (Op){.provider = p, .host = p->host, .request = q, .call = call, .verb = verbs[q->action]};
    op->type = types_find(p->mock, q->base.type);
    op->id = op_id(p, q);
    op->steps = q->action == INFRA_CREATE ? p->script.steps : 1;
    if (op_repeated(op)) return;
    if (q->action != INFRA_DELETE) op->object = plan_fill(p->host, q->base.arena, op->type, q->planned, op->id);
    op->rule = script_rule(&p->script, op->verb, q->base.type, op->id);
    op->next = p->running;
    p->running = op;
    int64_t delay = script_delay(&p->script, op->rule, op->verb);
    if (delay > 0)
        op->timer = p->host->timer(p->host, delay, op_run, op);
    else
        op_run(op);
}

void apply_cancel(InfraProvider *p, InfraCall *call) {
    for (Op *op = p->running; op; op = op->next) {
        if (op->call != call) continue;
        if (!op->timer) return; /* it is about to answer */
        p->host->timer_cancel(op->timer);
        op->request->outcome_unknown = op->done_outside;
        op_fail(op, "cancelled");
        return;
    }
}

/* ---- the intent ---- */

static InfraText before_note(InfraProvider *p, InfraArena *arena) {
    size_t n;
    const InfraText *ids = store_ids(&p->store, arena, &n);
    Text note = {p->host, arena, NULL, 0, 0};
    text_z(&note, "{\"before\":[");
    for (size_t i = 0; i < n; i++) {
        if (i) text_z(&note, ",");
        text_json(&note, ids[i]);
    }
    text_z(&note, "]}");
    return (InfraText){note.p, note.n};
}

void apply_prepare(InfraProvider *p, InfraApply *q, InfraCall *call) {
    const InfraHost *host = p->host;
    InfraText how = p->script.recover;
    if (q->action == INFRA_CREATE) {
        int by_token = text_is(how, "token") || text_is(how, "repeat");
        if (by_token) q->intent.token = text_uuid(host, q->base.arena);
        if (text_is(how, "before")) {
            q->intent.note = before_note(p, q->base.arena);
        } else if (!by_token && host->is_unknown(host->get(host, q->planned, "id"))) {
            InfraText id = text_uuid(host, q->base.arena);
            q->intent.note = host->format(q->base.arena, "{\"id\":\"%.*s\"}", (int)id.n, id.p);
        }
    }
    host->done(call);
}

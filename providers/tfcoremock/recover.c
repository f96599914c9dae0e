/* What became of a change whose answer nobody has. */
#include "providers/tfcoremock/mock.h"

/* Whether the object is as planned, wherever the plan knew. */
static int as_planned(const InfraHost *host, InfraValue object, InfraValue planned) {
    for (size_t i = 0; i < host->length(planned); i++) {
        InfraText key = host->key(planned, i);
        InfraValue want = host->element(planned, i);
        if (host->has_unknown(want)) continue;
        for (size_t a = 0; a < host->length(object); a++) {
            if (!text_same(host->key(object, a), key)) continue;
            InfraValue have = host->element(object, a);
            /* The file's form has no types of its own: null and empty, tuple and list are alike here. */
            if (host->is_null(want) != host->is_null(have) && host->length(want) + host->length(have) > 0) return 0;
            if (host->kind(want) <= INFRA_BOOL && !host->is_null(want) && !host->equal(want, have)) return 0;
            if (host->length(want) != host->length(have)) return 0;
        }
    }
    return 1;
}

static int listed(const InfraHost *host, InfraValue list, InfraText id) {
    for (size_t i = 0; host->kind(list) == INFRA_TUPLE && i < host->length(list); i++)
        if (text_same(host->text(host->element(list, i)), id)) return 1;
    return 0;
}

/* Exactly one object that was not there before and looks as planned is the one. */
static void recover_new(InfraProvider *p, InfraRecover *q, const MockType *type, InfraValue note) {
    const InfraHost *host = p->host;
    InfraValue before = host->get(host, note, "before"), one = host->null;
    size_t n, found = 0;
    const InfraText *ids = store_ids(&p->store, q->base.arena, &n);
    for (size_t i = 0; i < n; i++) {
        InfraValue object;
        InfraText error;
        if (listed(host, before, ids[i])) continue;
        if (store_read(&p->store, q->base.arena, type, ids[i], &object, &error) != FOUND) continue;
        if (!as_planned(host, object, q->planned)) continue;
        one = object;
        found++;
    }
    q->outcome = found == 1 ? INFRA_IS_DONE : found == 0 ? INFRA_NOT_DONE : INFRA_ASK;
    q->result = one;
    if (found > 1)
        mock_error(&q->base, TEXT("Cannot tell which object was created"),
                   host->format(q->base.arena, "%d objects appeared that look as planned; remove or import them.",
                                (int)found));
}

static InfraText recover_id(InfraProvider *p, InfraRecover *q, InfraValue note) {
    const InfraHost *host = p->host;
    InfraText id = host->text(host->get(host, q->action == INFRA_CREATE ? q->planned : q->prior, "id"));
    if (!id.n) id = host->text(host->get(host, note, "id"));
    if (q->intent.token.n) id = store_token(&p->store, q->base.arena, q->intent.token);
    return id;
}

static void recover_known(InfraProvider *p, InfraRecover *q, const MockType *type, InfraText id) {
    InfraText error;
    InfraValue object;
    Found found = id.n ? store_read(&p->store, q->base.arena, type, id, &object, &error) : MISSING;
    q->outcome = INFRA_NOT_DONE;
    if (q->action == INFRA_DELETE) {
        if (found == MISSING) q->outcome = INFRA_IS_DONE;
    } else if (found == FOUND && (q->action == INFRA_CREATE || as_planned(p->host, object, q->planned))) {
        q->outcome = INFRA_IS_DONE;
        q->result = object;
    }
}

void recover_start(InfraProvider *p, InfraRecover *q, InfraCall *call) {
    const InfraHost *host = p->host;
    const MockType *type = types_find(p->mock, q->base.type);
    InfraValue note = host->null;
    if (q->intent.note.n && !host->from_json(q->base.arena, q->intent.note, &note)) note = host->null;
    InfraText id = recover_id(p, q, note);
    script_log(&p->script, "recover", q->base.type, id, TEXT(""));
    if (text_is(p->script.recover, "ask")) {
        q->outcome = INFRA_ASK;
        mock_error(&q->base, TEXT("Cannot tell what became of the object"), TEXT("Look at it and decide."));
    } else if (text_is(p->script.recover, "repeat") && q->action == INFRA_CREATE) {
        q->outcome = INFRA_REPEAT;
    } else if (!host->is_null(host->get(host, note, "before"))) {
        recover_new(p, q, type, note);
    } else {
        recover_known(p, q, type, id);
    }
    host->done(call);
}

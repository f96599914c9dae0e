/* Reading: one by one, or in batches. A batch that fails is read again one by one. */
#include "providers/tfcoremock/mock.h"

typedef struct ReadAll {
    InfraProvider *provider;
    const InfraHost *host;
    InfraCall *call;
    InfraArena *arena; /* its own */
    size_t open;       /* units without an answer, and one while they are being started */
} ReadAll;

typedef struct ReadUnit { /* one call to the outside */
    ReadAll *all;
    InfraRead **at;
    size_t n;
    Rule *rule;
} ReadUnit;

static InfraText id_of(const InfraHost *host, InfraValue object) { return host->text(host->get(host, object, "id")); }

static void all_close(ReadAll *all) {
    if (--all->open) return;
    const InfraHost *host = all->host;
    InfraCall *call = all->call;
    host->arena_free(all->arena);
    host->done(call);
}

static void read_one(InfraProvider *p, InfraRead *q) {
    InfraText id = id_of(p->host, q->prior), error;
    q->result = q->prior;
    if (mock_fails_on(p, "read", id)) {
        mock_error(&q->base, TEXT("failed to read resource"), TEXT("forced failure"));
        return;
    }
    if (!p->store.only_state) {
        InfraValue object;
        switch (store_read(&p->store, q->base.arena, types_find(p->mock, q->base.type), id, &object, &error)) {
        case FOUND: q->result = object; break;
        case MISSING: q->result = p->host->null; break;
        case BROKEN: mock_error(&q->base, TEXT("failed to read resource"), error); return;
        }
    }
    q->result = script_drift(&p->script, q->base.arena, id, q->result);
}

static void unit_start(ReadAll *all, InfraRead **at, size_t n);

static void unit_log(const ReadUnit *u) {
    Text ids = {u->all->host, u->all->arena, NULL, 0, 0};
    for (size_t i = 0; i < u->n; i++) {
        if (i) text_z(&ids, ",");
        text_add(&ids, id_of(u->all->host, u->at[i]->prior));
    }
    script_log(&u->all->provider->script, u->n > 1 ? "batch" : "read", u->at[0]->base.type, (InfraText){ids.p, ids.n},
               TEXT(""));
}

static int unit_fails(const ReadUnit *u) {
    int fails = u->rule->mishap != NO_MISHAP;
    for (size_t i = 0; u->n > 1 && i < u->n; i++)
        fails |= script_fails_batch(&u->all->provider->script, id_of(u->all->host, u->at[i]->prior));
    return fails;
}

static void unit_run(void *ctx) {
    ReadUnit *u = ctx;
    ReadAll *all = u->all;
    unit_log(u);
    if (!unit_fails(u)) {
        for (size_t i = 0; i < u->n; i++) read_one(all->provider, u->at[i]);
    } else if (u->n > 1) {
        for (size_t i = 0; i < u->n; i++) unit_start(all, &u->at[i], 1);
    } else {
        InfraText said = u->rule->message.n ? u->rule->message : TEXT("forced failure");
        mock_error(&u->at[0]->base, TEXT("failed to read resource"), said);
    }
    all_close(all);
}

static void unit_start(ReadAll *all, InfraRead **at, size_t n) {
    InfraProvider *p = all->provider;
    ReadUnit *u = all->host->alloc(all->arena, sizeof *u);
    const char *verb = n > 1 ? "batch" : "read";
    *u = (ReadUnit){all, at, n,
                    script_rule(&p->script, verb, at[0]->base.type, n > 1 ? TEXT("") : id_of(p->host, at[0]->prior))};
    int64_t delay = script_delay(&p->script, u->rule, "read");
    all->open++;
    if (delay > 0)
        p->host->timer(p->host, delay, unit_run, u);
    else
        unit_run(u);
}

/* Requests of one type next to each other go into one batch. */
void read_many(InfraProvider *p, InfraRead **requests, size_t n, InfraCall *call) {
    InfraArena *arena = p->host->arena_new(p->host);
    ReadAll *all = p->host->alloc(arena, sizeof *all);
    *all = (ReadAll){p, p->host, call, arena, 1};
    size_t max = p->script.batch > 0 ? (size_t)p->script.batch : 1;
    for (size_t from = 0, to; from < n; from = to) {
        to = from + 1;
        while (to < n && to - from < max && text_same(requests[to]->base.type, requests[from]->base.type)) to++;
        unit_start(all, &requests[from], to - from);
    }
    all_close(all);
}

void read_import(InfraProvider *p, InfraRead *q, InfraCall *call) {
    const MockType *type = types_find(p->mock, q->base.type);
    InfraText error, name = TEXT("id");
    InfraValue id = p->host->make_text(q->base.arena, q->id);
    script_log(&p->script, "import", q->base.type, q->id, TEXT(""));
    if (p->store.only_state)
        q->result = p->host->make_object(q->base.arena, &name, &id, 1);
    else if (store_read(&p->store, q->base.arena, type, q->id, &q->result, &error) == BROKEN)
        mock_error(&q->base, TEXT("failed to read resource"), error);
    p->host->done(call);
}

typedef struct DataOp {
    InfraProvider *provider;
    InfraDataRead *request;
    InfraCall *call;
    Rule *rule;
} DataOp;

static void data_run(void *ctx) {
    DataOp *op = ctx;
    InfraDataRead *q = op->request;
    InfraProvider *p = op->provider;
    InfraText id = id_of(p->host, q->config), error = TEXT("forced failure");
    script_log(&p->script, "data", q->base.type, id, TEXT(""));
    int failed = op->rule->mishap != NO_MISHAP;
    if (!failed)
        failed = store_read_data(&p->store, q->base.arena, types_find(p->mock, q->base.type), id, &q->result, &error) !=
                 FOUND;
    if (failed)
        mock_error(&q->base, TEXT("failed to read data source"), op->rule->message.n ? op->rule->message : error);
    p->host->done(op->call);
}

void read_data(InfraProvider *p, InfraDataRead *q, InfraCall *call) {
    DataOp *op = p->host->alloc(q->base.arena, sizeof *op);
    *op = (DataOp){p, q, call, script_rule(&p->script, "data", q->base.type, id_of(p->host, q->config))};
    int64_t delay = script_delay(&p->script, op->rule, "data");
    if (delay > 0)
        p->host->timer(p->host, delay, data_run, op);
    else
        data_run(op);
}

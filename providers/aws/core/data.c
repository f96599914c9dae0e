#include "providers/aws/core/data.h"

#include "providers/aws/core/handle.h"
#include "providers/aws/core/plan.h"

typedef struct DataRead {
    struct InfraProvider *provider;
    Def *def;
    InfraDataRead *q;
    InfraCall *call;
} DataRead;

static void data_done(void *ctx, Reader *r) {
    DataRead *d = ctx;
    aws_report(&d->q->base, &r->diags);
    if (r->gone)
        aws_error(&d->q->base, STR("No such object"),
                  str_format(frame_arena(r->f), "AWS has no %s that fits.", d->def->type->text), NULL);
    else if (!r->failed)
        d->q->result = handle_of(r->result);
    d->provider->host->done(d->call);
}

static void data_ready(void *ctx, Str problem) {
    DataRead *d = ctx;
    if (problem.n) {
        aws_error(&d->q->base, STR("Cannot read from AWS"), problem, NULL);
        d->provider->host->done(d->call);
        return;
    }
    Value config = handle_value(d->q->config);
    Frame *f = frame_new(handle_arena(d->q->base.arena), d->def, d->provider);
    f->roots[SLOT_CONFIG] = config;
    frame_self(f, config);
    Reader *r = reader_new(d->provider, f, &d->q->base, config);
    r->done = data_done;
    r->ctx = d;
    reader_start(r);
}

void aws_read_data(InfraProvider *p, InfraDataRead *q, InfraCall *call) {
    Def *def = aws_def(p->core, 'd', &q->base);
    q->result = q->config;
    if (!def) {
        p->host->done(call);
        return;
    }
    DataRead *d = ARENA_NEW(handle_arena(q->base.arena), DataRead);
    *d = (DataRead){p, def, q, call};
    aws_when_ready(p, def, data_ready, d);
}

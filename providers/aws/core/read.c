#include "providers/aws/core/read.h"

#include "engine/value/json.h"
#include "providers/aws/core/apply.h"
#include "providers/aws/core/copy.h"
#include "providers/aws/core/errors.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/mapping.h"
#include "providers/aws/core/plan.h"
#include "providers/aws/core/same.h"
#include "providers/aws/core/tags.h"

Reader *reader_new(struct InfraProvider *provider, Frame *f, const InfraRequest *base, Value was) {
    Arena *arena = frame_arena(f);
    Reader *r = ARENA_NEW(arena, Reader);
    r->provider = provider;
    r->def = f->def;
    r->f = f;
    r->base = base;
    r->was = was;
    r->diags = diags_in(arena);
    r->wants = ARENA_ARRAY(arena, Want, f->def->read.steps.n + 1);
    r->tags_read = frame_null(f);
    return r;
}

void reader_error(Reader *r, const Want *w) {
    r->failed = true;
    r->error = w->error;
    Buf text = buf_in(frame_arena(r->f));
    if (w->error)
        aws_error_print(w->error, &text);
    else
        buf_add(&text, w->problem);
    diag_error(&r->diags, "aws_read", SPAN_NONE, "Cannot read from AWS", "%.*s", STR_ARG(buf_str(&text)));
}

static void advance(Reader *r);

// A call per element: the results are a tuple, in order.
typedef struct EachCall {
    Reader *r;
    const Step *step;
    Want *wants;
    uint32_t n, left;
} EachCall;

static void each_called(void *ctx, Want *w) {
    EachCall *e = ctx;
    Reader *r = e->r;
    if (w->failed && !r->failed) reader_error(r, w);
    if (--e->left) return;
    Value *at = ARENA_ARRAY(frame_arena(r->f), Value, e->n + 1);
    for (uint32_t i = 0; i < e->n; i++)
        at[i] = e->wants[i].failed || e->wants[i].absent ? frame_null(r->f) : e->wants[i].result;
    r->f->steps[e->step->index] = value_tuple(frame_arena(r->f), at, e->n);
    r->pending--;
    advance(r);
}

// Each element has a frame of its own, alike but for `each`.
static void ask_each(Reader *r, const Step *s, Value list) {
    Arena *arena = frame_arena(r->f);
    Process *p = r->def->core->process;
    EachCall *e = ARENA_NEW(arena, EachCall);
    *e = (EachCall){r, s, ARENA_ARRAY(arena, Want, list.n), list.n, list.n};
    Name names[2] = {name_of(p, STR("key")), name_of(p, STR("value"))};
    r->pending++;
    for (uint32_t i = 0; i < list.n; i++) {
        Frame *f = ARENA_NEW(arena, Frame);
        *f = *r->f;
        f->roots[SLOT_EACH] = value_object_of(arena, names, (Value[]){value_int(i), value_part(list, i)}, 2);
        e->wants[i] = (Want){.frame = f, .step = s, .by = frame_null(f), .done = each_called, .ctx = e};
        batch_want(r->provider->batcher, &e->wants[i]);
    }
}

static void called(void *ctx, Want *w) {
    Reader *r = ctx;
    r->pending--;
    if (w->failed && !r->failed) {
        reader_error(r, w);
    } else if (!w->failed) {
        r->f->steps[w->step->index] = w->result;
        r->f->caught[w->step->index] = w->caught ? error_value(frame_arena(r->f), w->caught) : frame_null(r->f);
        // Below an object that is gone everything is.
        if (w->absent) r->f->steps[w->step->index] = frame_null(r->f);
    }
    advance(r);
}

static void found(void *ctx, Want *w) {
    Reader *r = ctx;
    r->pending--;
    if (w->failed && !r->failed)
        reader_error(r, w);
    else if (w->absent)
        r->gone = true;
    else if (!w->failed) {
        r->f->roots[SLOT_ITEM] = r->f->steps[w->step->index] = w->result;
        if (frame_true(r->f, w->step->gone, false, &r->diags)) r->gone = true;
    }
    advance(r);
}

static Value by_of(Reader *r, const Step *s, const Code *otherwise) {
    Value by = s->by       ? frame_eval(r->f, s->by, &r->diags)
               : otherwise ? frame_eval(r->f, otherwise, &r->diags)
                           : r->f->roots[SLOT_ID];
    Value text;
    ConvertError error;
    if (!value_is_set(by) || !convert_value(frame_arena(r->f), by, type_string(r->def->core->process), &text, &error))
        return frame_null(r->f);
    return text;
}

static void ask(Reader *r, Want *w, const Step *s, void (*done)(void *, Want *), const Code *otherwise) {
    *w = (Want){.frame = r->f, .step = s, .by = frame_null(r->f), .done = done, .ctx = r};
    if (s->batched) w->by = by_of(r, s, otherwise);
    r->pending++;
    batch_want(r->provider->batcher, w);
}

// Whether the step needs what other steps found out.
static bool waits(const Reader *r, const Step *s) {
    const Code *codes[] = {s->send, s->when, s->by, s->group, s->for_each};
    Arena *arena = frame_arena(r->f);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (!codes[i]) continue;
        if (code_mentions(arena, r->def, codes[i], SLOT_ITEM, 0)) return true;
        for (uint32_t k = 0; k < r->def->read.steps.n; k++)
            if (code_mentions(arena, r->def, codes[i], SLOT_STEP + r->def->read.steps.at[k].index, 0)) return true;
    }
    return false;
}

static void start_call(Reader *r, uint32_t i) {
    const Step *s = &r->def->read.steps.at[i];
    if (s->when && !frame_true(r->f, s->when, false, &r->diags)) return;
    Value list = s->for_each ? frame_eval(r->f, s->for_each, &r->diags) : frame_null(r->f);
    if (value_parts(list))
        ask_each(r, s, list);
    else if (!s->for_each)
        ask(r, &r->wants[i], s, called, NULL);
}

static void tags_listed(void *ctx, Want *w) {
    Reader *r = ctx;
    r->pending--;
    if (w->failed)
        reader_error(r, w);
    else if (!w->absent) {
        Value before = r->f->roots[SLOT_ITEM];
        r->f->roots[SLOT_ITEM] = w->result;
        r->f->roots[SLOT_RESULT] = w->result;
        Frame *f = r->f;
        r->tags_read = frame_eval(f, r->def->service->tags.tags, &r->diags);
        r->f->roots[SLOT_ITEM] = before;
    }
    advance(r);
}

static Value settled(Reader *r, const Attr *a, Value set, const Value *at) {
    Frame *f = r->f;
    Arena *arena = frame_arena(f);
    Value was = frame_get(f, r->was, a->name);
    const Value *given = value_get(set, a->name);
    if (a->alias || a->dropped) return value_null(r->def->core->process, a->type);
    if (r->def->has_tags && a->name == r->def->tags_all_name) {
        Value all = tags_seen(arena, r->provider, given ? *given : r->tags_read);
        return value_is_null(was) && all.n == 0 && !value_is_unknown(was) && !r->importing ? all
                                                                                           : same_keep(f, a, was, all);
    }
    if (r->def->has_tags && a->name == r->def->tags_name) {
        Value own =
            tags_own(arena, r->provider, at[attrs_find(r->def->attrs, r->def->tags_all_name) - r->def->attrs->at], was);
        return same_keep(f, a, value_is_unknown(was) ? frame_null(f) : was, own);
    }
    if (a->newer && a->name == r->def->region_name && !given) {
        // A state of version 5 has no region: it stays so, since nothing has changed.
        bool old = value_is_null(was) && value_is_set(r->was) && !r->importing && !r->def->data;
        if (value_is_set(was) || old) return was;
        return value_string(arena, r->provider->region);
    }
    if (!given) {
        if (a->name == r->def->id_name) return f->roots[SLOT_ID];
        return value_is_unknown(was) || value_is_null(was) ? mapping_receive(f, a, frame_null(f)) : was;
    }
    Value got = mapping_receive(f, a, *given);
    if (!a->drifts) return same_settle(f, a, was, got);
    return got;
}

static void conclude(Reader *r) {
    Frame *f = r->f;
    const Attrs *attrs = r->def->attrs;
    Arena *arena = frame_arena(f);
    Value set = r->def->set ? frame_eval(f, r->def->set, &r->diags) : mapping_output(f, attrs, f->roots[SLOT_ITEM]);
    if (diags_failed(&r->diags)) return;
    const Value *id = value_get(set, r->def->id_name);
    if (id && value_is_set(*id)) f->roots[SLOT_ID] = mapping_receive(f, attrs_find(attrs, r->def->id_name), *id);
    ObjectData *data = value_object_data(arena, attrs->shape);
    for (uint32_t i = 0; i < attrs->n; i++) data->at[i] = value_null(r->def->core->process, attrs->at[i].type);
    Attr *all = attrs_find(attrs, r->def->tags_all_name);
    if (all) data->at[all - attrs->at] = settled(r, all, set, data->at);
    for (uint32_t i = 0; i < attrs->n; i++)
        if (&attrs->at[i] != all) data->at[i] = settled(r, &attrs->at[i], set, data->at);
    Value object = value_finish_object(arena, data);
    frame_self(f, object);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < attrs->n; i++) {
            const Attr *a = &attrs->at[i];
            if (!a->value || value_get(set, a->name)) continue;
            Value v = frame_eval(f, a->value, &r->diags);
            if (value_is_whole(v))
                object = copy_with(arena, object, a->name,
                                   same_keep(f, a, frame_get(f, r->was, a->name), mapping_receive(f, a, v)));
        }
        frame_self(f, object);
    }
    r->result = copy_known(arena, object);
    if (!r->importing) return;
    r->importing = false;
    r->was = r->result;
    conclude(r);
}

// Tags may be asked for by an attribute that this read has found out.
static void ask_tags(Reader *r) {
    Frame *f = r->f;
    Value self = f->roots[SLOT_SELF];
    Value set =
        r->def->set ? frame_eval(f, r->def->set, &r->diags) : mapping_output(f, r->def->attrs, f->roots[SLOT_ITEM]);
    f->roots[SLOT_SELF] = apply_over(f, self, set);
    ask(r, &r->wants[r->def->read.steps.n], r->def->service->tags.list, tags_listed, r->def->tags_by);
    f->roots[SLOT_SELF] = self;
}

static bool wants_tags(const Reader *r) {
    return r->def->has_tags && r->def->service->tags.list && !r->def->reads_tags;
}

static void advance(Reader *r) {
    if (r->pending) return;
    Steps steps = r->def->read.steps;
    if (r->gone) { // then whatever else was asked has failed
        r->failed = false;
        r->diags = diags_in(frame_arena(r->f));
    }
    if (!r->gone && !r->failed) {
        for (; r->next < steps.n; r->next++) {
            const Step *s = &steps.at[r->next];
            if (s->kind != STEP_CALL || !waits(r, s)) continue;
            start_call(r, r->next++);
            if (r->pending) return;
            r->next--;
        }
        if (r->next == steps.n && wants_tags(r)) {
            r->next++;
            ask_tags(r);
            return;
        }
        conclude(r);
    }
    if (diags_failed(&r->diags)) r->failed = true;
    r->done(r->ctx, r);
}

void reader_start(Reader *r) {
    Steps steps = r->def->read.steps;
    r->pending = 1;
    if (r->def->find) ask(r, &r->find, r->def->find, found, NULL);
    for (uint32_t i = 0; i < steps.n; i++)
        if (steps.at[i].kind == STEP_CALL && !waits(r, &steps.at[i])) start_call(r, i);
    r->pending--;
    advance(r);
}

// ---- read_many, import ----

typedef struct Many {
    struct InfraProvider *provider;
    InfraRead **requests;
    size_t n, left;
    InfraCall *call;
    const InfraHost *host;
} Many;

typedef struct One {
    Many *many;
    InfraRead *q;
} One;

static void one_over(Many *m) {
    if (--m->left == 0) m->host->done(m->call);
}

static void one_read(void *ctx, Reader *r) {
    One *o = ctx;
    aws_report(&o->q->base, &r->diags);
    o->q->private_bytes = o->q->prior_private;
    if (r->failed)
        o->q->result = o->q->prior;
    else if (r->gone)
        o->q->result = o->many->host->null;
    else if (!o->q->id.n && value_is_set(r->was) && value_same(r->result, r->was))
        o->q->result = o->q->prior;
    else
        o->q->result = handle_of(r->result);
    one_over(o->many);
}

static Value null_object(Frame *f) {
    const Attrs *attrs = f->def->attrs;
    ObjectData *data = value_object_data(frame_arena(f), attrs->shape);
    for (uint32_t i = 0; i < attrs->n; i++) {
        Attr *a = &attrs->at[i];
        data->at[i] = a->block ? mapping_receive(f, a, frame_null(f)) : value_null(f->def->core->process, a->type);
    }
    return value_finish_object(frame_arena(f), data);
}

// What import knows: the text, and what the definition makes of it.
static bool import_start(One *o, Frame *f, Value *was) {
    Arena *arena = frame_arena(f);
    Diags diags = diags_in(arena);
    f->roots[SLOT_ID] = value_string(arena, handle_str(o->q->id));
    *was = copy_with(arena, null_object(f), f->def->id_name, f->roots[SLOT_ID]);
    f->roots[SLOT_SELF] = *was;
    if (!f->def->import_set) return true;
    Value set = frame_eval(f, f->def->import_set, &diags);
    for (uint32_t i = 0; i < value_parts(set) && set.kind == TYPE_OBJECT; i++) {
        const Attr *a = attrs_find(f->def->attrs, set.obj->shape->names[i]);
        if (a) *was = copy_with(arena, *was, a->name, mapping_receive(f, a, value_part(set, i)));
    }
    if (!diags_failed(&diags)) {
        frame_self(f, *was);
        return true;
    }
    aws_error(&o->q->base, STR("Invalid import id"),
              str_format(arena, "\"%.*s\" is not the id of a %s, which is written like \"%.*s\".",
                         STR_ARG(handle_str(o->q->id)), f->def->type->text, STR_ARG(f->def->import_example)),
              NULL);
    return false;
}

static void one_start(One *o) {
    struct InfraProvider *p = o->many->provider;
    Def *def = aws_def(p->core, 'r', &o->q->base);
    Arena *arena = handle_arena(o->q->base.arena);
    o->q->result = o->q->prior;
    if (!def) {
        one_over(o->many);
        return;
    }
    Frame *f = frame_new(arena, def, p);
    Value was = handle_value(o->q->prior);
    bool importing = o->q->id.n > 0;
    if (importing && !import_start(o, f, &was)) {
        one_over(o->many);
        return;
    }
    if (!importing) frame_self(f, was);
    if (!importing) f->roots[SLOT_PRIOR] = was;
    JsonError error;
    Str kept = {o->q->prior_private.p, o->q->prior_private.n};
    if (kept.n) (void)json_decode(arena, kept, &f->roots[SLOT_PRIVATE], &error);
    Reader *r = reader_new(p, f, &o->q->base, was);
    r->importing = importing;
    r->done = one_read;
    r->ctx = o;
    reader_start(r);
}

static void many_ready(void *ctx, Str problem) {
    Many *m = ctx;
    m->left = m->n + 1;
    for (size_t i = 0; i < m->n; i++) {
        InfraRead *q = m->requests[i];
        One *o = ARENA_NEW(handle_arena(q->base.arena), One);
        *o = (One){m, q};
        if (!problem.n) {
            one_start(o);
            continue;
        }
        aws_error(&q->base, STR("Cannot read from AWS"), problem, NULL);
        q->result = q->prior;
        one_over(m);
    }
    one_over(m);
}

void aws_read_many(InfraProvider *p, InfraRead **requests, size_t n, InfraCall *call) {
    if (n == 0) {
        p->host->done(call);
        return;
    }
    Arena *arena = handle_arena(requests[0]->base.arena);
    Many *m = ARENA_NEW(arena, Many);
    *m = (Many){.provider = p, .requests = requests, .n = n, .call = call, .host = p->host};
    const Def *asks = NULL;
    for (size_t i = 0; i < n && !asks; i++) {
        const Def *def = core_def(p->core, 'r', handle_str(requests[i]->base.type));
        if (def && def->needs_account) asks = def;
    }
    aws_when_ready(p, asks, many_ready, m);
}

void aws_import(InfraProvider *p, InfraRead *q, InfraCall *call) {
    Arena *arena = handle_arena(q->base.arena);
    InfraRead **list = ARENA_ARRAY(arena, InfraRead *, 1);
    list[0] = q;
    aws_read_many(p, list, 1, call);
}

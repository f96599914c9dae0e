#include "providers/aws/core/batch.h"

#include <stdlib.h>

#include "engine/value/json.h"
#include "providers/aws/core/batch_list.h"
#include "providers/aws/core/copy.h"
#include "providers/aws/core/errors.h"
#include "providers/aws/core/mapping.h"

typedef struct Group {
    const Step *step;
    Str region;
    VEC(Want *) wants;
} Group;

struct Batcher {
    struct InfraProvider *provider;
    VEC(Want *) pending; // asked for since the last turn
    bool posted;
    StrMap unlisted; // types whose lists were refused
};

// One call, and the wants that it serves.
typedef struct Job {
    Batcher *b;
    Arena *arena;
    const Step *step;
    Str region;
    Want **wants;
    uint32_t n;
    bool alone; // for one object, with the request for one
} Job;

Batcher *batcher_new(struct InfraProvider *provider) {
    Batcher *b = ARENA_NEW(provider->arena, Batcher);
    b->provider = provider;
    b->unlisted = strmap_in(provider->arena);
    return b;
}

static void job_start(Batcher *b, const Step *step, Str region, Want *const *wants, uint32_t n, bool alone);

static void finish(Want *w) { w->done(w->ctx, w); }

static void fail_all(Job *job, const AwsError *error, Str problem) {
    for (uint32_t i = 0; i < job->n; i++) {
        Want *w = job->wants[i];
        Arena *arena = frame_arena(w->frame);
        w->failed = true;
        w->error = error ? error_copy(arena, error) : NULL;
        w->problem = str_copy(arena, problem);
        finish(w);
    }
}

static Str diags_text(Arena *arena, const Diags *diags) {
    return diags->list.n
               ? str_format(arena, "%.*s: %.*s", STR_ARG(diags->list.at[0].summary), STR_ARG(diags->list.at[0].detail))
               : STR("an expression of the type's definition cannot be evaluated");
}

static bool same_key(Value a, Value b) { return value_same(a, b); }

// The wants' distinct keys.
static Value keys_of(Job *job) {
    Value *at = ARENA_ARRAY(job->arena, Value, job->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < job->n; i++)
        if (i == 0 || !same_key(job->wants[i]->by, job->wants[i - 1]->by)) at[n++] = job->wants[i]->by;
    return value_tuple(job->arena, at, n);
}

static void deliver(Want *w, Value item) {
    w->result = copy_value(frame_arena(w->frame), item);
    finish(w);
}

static bool is_single(const Job *job) {
    for (uint32_t i = 1; i < job->n; i++)
        if (!same_key(job->wants[i]->by, job->wants[0]->by)) return false;
    return true;
}

// Those without an item: absent when they were looked for alone, else they are.
static void absent_or_again(Job *job, Want **missing, uint32_t n, bool sure) {
    for (uint32_t i = 0; i < n;) {
        uint32_t end = i + 1;
        while (end < n && same_key(missing[end]->by, missing[i]->by)) end++;
        if (!sure) job_start(job->b, job->step, job->region, &missing[i], end - i, true);
        for (uint32_t k = i; sure && k < end; k++) {
            missing[k]->absent = true;
            finish(missing[k]);
        }
        i = end;
    }
}

// The item of each want, in the job's arena. False after a definition's error.
static bool find_items(Job *job, Value output, const Value **found, Diags *diags) {
    const Step *step = job->step;
    Frame *f = job->wants[0]->frame;
    Value result = f->roots[SLOT_RESULT], before = f->roots[SLOT_ITEM];
    Arena *outer = f->scope.arena;
    f->scope.arena = job->arena;
    f->roots[SLOT_RESULT] = output;
    f->roots[SLOT_KEYS] = keys_of(job);
    Value items = frame_eval(f, step->items, diags);
    StrMap by_key = strmap_in(job->arena);
    for (uint32_t i = 0; i < value_parts(items); i++) {
        f->roots[SLOT_ITEM] = value_part(items, i);
        Str key = step->key ? frame_text(f, step->key, diags) : value_str(job->wants[0]->by);
        if (key.n) strmap_put_ptr(&by_key, key, &items.list->at[i]);
    }
    f->roots[SLOT_RESULT] = result;
    f->roots[SLOT_ITEM] = before;
    f->roots[SLOT_KEYS] = frame_null(f);
    f->scope.arena = outer;
    for (uint32_t i = 0; i < job->n; i++) found[i] = strmap_get_ptr(&by_key, value_str(job->wants[i]->by));
    return !diags_failed(diags);
}

// A want that is finished may be gone with its arena: nothing of it is looked at any more.
static void answered(Job *job, Value output) {
    const Step *step = job->step;
    if (!step->batched || !step->items) {
        for (uint32_t i = 0; i < job->n; i++) deliver(job->wants[i], output);
        return;
    }
    Diags diags = diags_in(job->arena);
    const Value **found = ARENA_ARRAY(job->arena, const Value *, job->n + 1);
    if (!find_items(job, output, found, &diags)) {
        fail_all(job, NULL, diags_text(job->arena, &diags));
        return;
    }
    Want **missing = ARENA_ARRAY(job->arena, Want *, job->n + 1);
    bool sure = is_single(job) && (job->alone || !step->one);
    uint32_t n = 0;
    for (uint32_t i = 0; i < job->n; i++) {
        if (found[i])
            deliver(job->wants[i], *found[i]);
        else
            missing[n++] = job->wants[i];
    }
    absent_or_again(job, missing, n, sure);
}

static void refused(Job *job, const AwsError *error) {
    Frame *f = job->wants[0]->frame;
    Diags quiet = diags_in(job->arena);
    if (is_single(job)) {
        bool caught = error_in(error, frame_eval(f, job->step->catches, &quiet));
        bool absent = !caught && error_not_found(f, error);
        if (!caught && !absent) {
            // A request for many that a policy forbids may be allowed for one.
            bool other = !job->alone && job->step->one && !error_is_general(error);
            if (other)
                job_start(job->b, job->step, job->region, job->wants, job->n, true);
            else
                fail_all(job, error, STR_NONE);
            return;
        }
        for (uint32_t i = 0; i < job->n; i++) {
            Want *w = job->wants[i];
            w->result = frame_null(w->frame);
            w->absent = absent;
            if (caught) w->caught = error_copy(frame_arena(w->frame), error);
            finish(w);
        }
        return;
    }
    if (error_is_general(error)) {
        fail_all(job, error, STR_NONE);
        return;
    }
    uint32_t half = job->n / 2; // not through the middle of equal keys
    while (half > 0 && half < job->n && same_key(job->wants[half]->by, job->wants[half - 1]->by)) half++;
    if (half >= job->n)
        for (half = job->n / 2; same_key(job->wants[half]->by, job->wants[half - 1]->by);) half--;
    job_start(job->b, job->step, job->region, job->wants, half, false);
    job_start(job->b, job->step, job->region, job->wants + half, job->n - half, false);
}

static void job_done(void *ctx, const AwsResult *result) {
    Job *job = ctx;
    if (result->ok)
        answered(job, result->output);
    else
        refused(job, &result->error);
    arena_free(job->arena);
}

static void job_start(Batcher *b, const Step *step, Str region, Want *const *wants, uint32_t n, bool alone) {
    Arena *arena = arena_new(b->provider->core->process, LIFE_OP, "read");
    Job *job = ARENA_NEW(arena, Job);
    *job = (Job){b, arena, step, str_copy(arena, region), ARENA_ARRAY(arena, Want *, n), n, alone};
    memcpy(job->wants, wants, sizeof *wants * n);
    Frame *f = wants[0]->frame;
    const Step *outer = f->step;
    Diags diags = diags_in(arena);
    Value input = wants[0]->by;
    f->step = step;
    if (step->batched) {
        f->roots[SLOT_KEYS] = keys_of(job);
        input = frame_eval(f, alone && step->one ? step->one : step->send ? step->send : step->one, &diags);
    }
    if (step->batched) input = copy_value(arena, input);
    f->roots[SLOT_KEYS] = frame_null(f);
    f->step = outer;
    Name none[1];
    if (!value_is_set(input)) input = value_object_of(arena, none, NULL, 0);
    if (diags_failed(&diags) || !value_is_whole(input)) {
        fail_all(job, NULL,
                 diags_failed(&diags) ? diags_text(arena, &diags) : STR("the request depends on what is not known"));
        arena_free(arena);
        return;
    }
    AwsRequest request = {.model = step->model,
                          .operation = name_str(step->op->name),
                          .input = step->op->input ? mapping_send(arena, step->op->input, input, STR_NONE) : input,
                          .region = step->service->global ? STR_NONE : job->region,
                          .all_pages = !step->single_page};
    if (!value_is_set(request.input)) request.input = value_object_of(arena, none, NULL, 0);
    (void)aws_call(b->provider->client, arena, &request, job_done, job);
}

static int by_key(const void *a, const void *b) {
    const Want *x = *(Want *const *)a, *y = *(Want *const *)b;
    return x->by.kind == TYPE_STRING && y->by.kind == TYPE_STRING ? str_cmp(value_str(x->by), value_str(y->by)) : 0;
}

// Wants sorted by key, as many distinct keys a call as the step allows.
static void start_chunks(Batcher *b, const Step *step, Str region, Want **wants, uint32_t n) {
    uint32_t start = 0, distinct = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool other = i == start || !same_key(wants[i]->by, wants[i - 1]->by);
        if (other && distinct == step->max) {
            job_start(b, step, region, wants + start, i - start, step->max == 1);
            start = i;
            distinct = 0;
        }
        distinct += other;
    }
    job_start(b, step, region, wants + start, n - start, step->max == 1);
}

static void after_list(void *ctx, const Step *find, Str region, Want **wants, uint32_t n, bool refused) {
    Batcher *b = ctx;
    if (refused) strmap_put_ptr(&b->unlisted, name_str(wants[0]->frame->def->type), b);
    start_chunks(b, find, region, wants, n);
}

static void start_group(Batcher *b, Group *g) {
    if (!g->step->batched) {
        job_start(b, g->step, g->region, g->wants.at, g->wants.n, false);
        return;
    }
    qsort(g->wants.at, g->wants.n, sizeof *g->wants.at, by_key);
    const Def *def = g->wants.at[0]->frame->def;
    bool lists = g->step == def->find && list_pays(def, g->wants.n) && !strmap_get(&b->unlisted, name_str(def->type));
    if (lists)
        list_start(b->provider, g->step, g->region, g->wants.at, g->wants.n, after_list, b);
    else
        start_chunks(b, g->step, g->region, g->wants.at, g->wants.n);
}

// What tells groups apart: step, region, and the step's group or the whole request.
static bool group_key(Want *w, Str region, Buf *key) {
    const Step *step = w->step;
    Diags diags = diags_in(frame_arena(w->frame));
    const Step *outer = w->frame->step;
    w->frame->step = step;
    Value distinct =
        step->batched ? frame_eval(w->frame, step->group, &diags) : frame_eval(w->frame, step->send, &diags);
    w->frame->step = outer;
    if (!step->batched) w->by = distinct;
    if (diags_failed(&diags) || !value_is_whole(distinct) || (step->batched && !value_is_set(w->by))) {
        w->failed = true;
        w->problem = diags_failed(&diags) ? diags_text(frame_arena(w->frame), &diags)
                                          : STR("the request depends on what is not known");
        finish(w);
        return false;
    }
    buf_format(key, "%p %.*s ", (const void *)step, STR_ARG(region));
    JsonWriter json = json_writer(key, 0);
    json_value(&json, distinct, NULL, JSON_IMPLIED);
    return true;
}

static void flush(void *ctx) {
    Batcher *b = ctx;
    Arena *arena = arena_new(b->provider->core->process, LIFE_OP, "batch");
    uint32_t n = b->pending.n;
    Want **wants = ARENA_ARRAY(arena, Want *, n + 1);
    memcpy(wants, b->pending.at, sizeof *wants * n);
    b->pending.n = 0;
    b->posted = false;
    StrMap groups = strmap_in(arena);
    VEC(Group *) list = {0};
    for (uint32_t i = 0; i < n; i++) {
        Str region = aws_region_of(wants[i]->frame);
        Buf key = buf_in(arena);
        if (!group_key(wants[i], region, &key)) continue;
        Group *g = strmap_get_ptr(&groups, buf_str(&key));
        if (!g) {
            g = ARENA_NEW(arena, Group);
            *g = (Group){.step = wants[i]->step, .region = region};
            strmap_put_ptr(&groups, buf_str(&key), g);
            vec_push(arena, &list, g);
        }
        vec_push(arena, &g->wants, wants[i]);
    }
    for (uint32_t i = 0; i < list.n; i++) start_group(b, list.at[i]);
    arena_free(arena);
}

void batch_want(Batcher *b, Want *want) {
    want->absent = want->failed = false;
    want->caught = want->error = NULL;
    want->problem = STR_NONE;
    vec_push(b->provider->arena, &b->pending, want);
    if (b->posted) return;
    b->posted = true;
    loop_post(b->provider->core->loop, flush, b);
}

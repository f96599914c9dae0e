#include "providers/aws/core/run.h"

#include "engine/base/clock.h"

#include "providers/aws/core/copy.h"
#include "providers/aws/core/errors.h"
#include "providers/aws/core/mapping.h"

static const int64_t DEFAULT_TIMEOUT_NS = 30 * 60 * NS_PER_S;

Runner *runner_new(struct InfraProvider *provider, Frame *f) {
    Runner *r = ARENA_NEW(frame_arena(f), Runner);
    r->provider = provider;
    r->f = f;
    r->arena = frame_arena(f);
    r->diags = diags_in(r->arena);
    r->private_value = frame_null(f);
    r->deadline = loop_now(provider->core->loop) + DEFAULT_TIMEOUT_NS;
    return r;
}

static int64_t now(const Runner *r) { return loop_now(r->provider->core->loop); }
static int64_t left(const Runner *r) { return r->deadline - now(r); }

void runner_fail(Runner *r, const char *summary, Str detail) {
    r->failed = true;
    diag_error(&r->diags, "aws_call", SPAN_NONE, summary, "%.*s", STR_ARG(detail));
}

static void advance(Runner *r);

// Continues from the loop, so that long chains of steps do not nest.
static void go_on(Runner *r) {
    if (r->running) {
        r->again = true;
        return;
    }
    r->running = true;
    do {
        r->again = false;
        advance(r);
    } while (r->again);
    r->running = false;
    bool over = r->depth == 0 && !r->call && !r->timer && r->step == NULL;
    if (over) r->done(r);
}

static void finish(Runner *r) {
    r->depth = 0;
    r->step = NULL;
    go_on(r);
}

static void start_call(Runner *r);

static void step_over(Runner *r) {
    r->first_error = 0;
    r->tries = 0;
    if (value_is_set(r->each) && ++r->each_at < value_parts(r->each)) {
        start_call(r);
        return;
    }
    r->each = frame_null(r->f);
    r->step = NULL;
    go_on(r);
}

static void evaluation_failed(Runner *r) {
    r->failed = true;
    finish(r);
}

static Str first_problem(Runner *r, const Code *code) {
    if (!code) return STR_NONE;
    return frame_text(r->f, code, &r->diags);
}

// What the answer makes known of the object.
static void take_known(Runner *r, const Code *code) {
    Value set = code ? frame_eval(r->f, code, &r->diags) : frame_null(r->f);
    Frame *f = r->f;
    for (uint32_t i = 0; i < value_parts(set) && set.kind == TYPE_OBJECT; i++) {
        const Attr *a = attrs_find(f->def->attrs, set.obj->shape->names[i]);
        if (a)
            f->roots[SLOT_SELF] =
                copy_with(r->arena, f->roots[SLOT_SELF], a->name, mapping_receive(f, a, value_part(set, i)));
    }
}

// True when the object exists from now on.
static bool take_id(Runner *r) {
    Frame *f = r->f;
    bool first = r->creating && !r->exists;
    if (!r->step->id) {
        r->exists |= first && f->def->create.id;
        return first && f->def->create.id;
    }
    Value id = frame_eval(f, r->step->id, &r->diags);
    if (!value_is_set(id)) {
        if (!diags_failed(&r->diags))
            runner_fail(r, "No id in AWS's answer",
                        STR("The call succeeded, but its answer does not name the object."));
        return false;
    }
    const Attr *a = attrs_find(f->def->attrs, f->def->id_name);
    f->roots[SLOT_ID] = mapping_receive(f, a, id);
    f->roots[SLOT_SELF] = copy_with(r->arena, f->roots[SLOT_SELF], a->name, f->roots[SLOT_ID]);
    r->exists = r->creating;
    return first;
}

static void call_succeeded(Runner *r, Value output) {
    Frame *f = r->f;
    const Step *s = r->step;
    Value result = copy_value(r->arena, output);
    f->roots[SLOT_RESULT] = f->steps[s->index] = result;
    f->caught[s->index] = frame_null(f);
    Str problem = first_problem(r, s->fail);
    if (problem.n) runner_fail(r, "The call to AWS failed", problem);
    bool born = !r->failed && take_id(r);
    if (!r->failed) take_known(r, s->set);
    if (s->keep) r->private_value = f->roots[SLOT_PRIVATE] = frame_eval(f, s->keep, &r->diags);
    if (r->failed || diags_failed(&r->diags))
        evaluation_failed(r);
    else if (born && r->born)
        r->born(r);
    else
        step_over(r);
}

void runner_resume(Runner *r) { step_over(r); }

static void retry(void *ctx) {
    Runner *r = ctx;
    r->timer = NULL;
    start_call(r);
}

static int64_t backoff(uint32_t tries, int64_t most_s) {
    int64_t s = tries < 8 ? (int64_t)1 << tries : 256;
    return (s < most_s ? s : most_s) * NS_PER_S;
}

static bool retried(Runner *r, const AwsError *error) {
    Frame *f = r->f;
    int64_t time = error_retry(error, frame_eval(f, r->step->retry, &r->diags), left(r));
    if (!time && r->step->service->retry)
        time = error_retry(error, frame_eval(f, r->step->service->retry, &r->diags), left(r));
    if (!time || r->canceled) return false;
    if (!r->first_error) r->first_error = now(r);
    int64_t pause = backoff(r->tries++, 10);
    if (now(r) + pause > r->first_error + time || pause > left(r)) return false;
    if (r->status) r->status(r, str_format(r->arena, "waiting: %.*s", STR_ARG(error->code)));
    r->timer = timer_start(r->provider->core->loop, pause, retry, r);
    return true;
}

static void call_failed(Runner *r, const AwsError *error) {
    Frame *f = r->f;
    const Step *s = r->step;
    if (retried(r, error)) return;
    bool caught = error_in(error, frame_eval(f, s->catches, &r->diags));
    bool absent = !caught && r->removing && error_not_found(f, error);
    if (caught || absent) {
        f->steps[s->index] = frame_null(f);
        f->caught[s->index] = error_value(r->arena, error);
        step_over(r);
        return;
    }
    Buf text = buf_in(r->arena);
    aws_error_print(error, &text);
    if (r->first_error)
        buf_format(&text, "\n\nIt was tried again for %lld s.", (long long)((now(r) - r->first_error) / NS_PER_S));
    r->unknown_outcome = error->status == 0 && error->sent;
    runner_fail(r, "The call to AWS failed", buf_str(&text));
    finish(r);
}

static void called(void *ctx, const AwsResult *result) {
    Runner *r = ctx;
    Arena *arena = r->call_arena;
    r->call = NULL;
    r->call_arena = NULL;
    if (result->ok)
        call_succeeded(r, result->output);
    else
        call_failed(r, error_copy(r->arena, &result->error));
    arena_free(arena);
}

// Sent twice, the call makes two objects: nothing but a token would tell them apart.
static bool makes_another(const Runner *r) {
    if (!r->creating || !r->step->id) return false;
    const AwsShape *input = r->step->op->input;
    for (uint32_t i = 0; input && i < input->n; i++)
        if (input->members[i].idempotency_token) return false;
    return true;
}

// False after the runner has ended.
static bool send(Runner *r, AwsDone done) {
    Frame *f = r->f;
    const Step *s = r->step;
    Value input = frame_eval(f, s->send, &r->diags);
    if (diags_failed(&r->diags)) {
        evaluation_failed(r);
        return false;
    }
    Name none[1];
    input = copy_known(r->arena, input);
    if (!value_is_set(input)) input = value_object_of(r->arena, none, NULL, 0);
    if (s->op->input) input = mapping_send(r->arena, s->op->input, input, r->token);
    if (!value_is_set(input)) input = value_object_of(r->arena, none, NULL, 0);
    r->call_arena = arena_new(r->provider->core->process, LIFE_OP, "call");
    AwsRequest request = {.model = s->model,
                          .operation = name_str(s->op->name),
                          .input = input,
                          .region = s->service->global ? STR_NONE : aws_region_of(f),
                          .all_pages = !s->single_page,
                          .no_resend = makes_another(r)};
    r->call = aws_call(r->provider->client, r->call_arena, &request, done, r);
    return true;
}

static void start_call(Runner *r) {
    Frame *f = r->f;
    if (value_is_set(r->each)) {
        Process *p = r->provider->core->process;
        Name names[2] = {name_of(p, STR("key")), name_of(p, STR("value"))};
        Value part = value_part(r->each, r->each_at);
        Value key = r->each.kind == TYPE_MAP ? value_string_raw(r->arena, r->each.map->at[r->each_at].key)
                                             : value_int(r->each_at);
        f->roots[SLOT_EACH] = value_object_of(r->arena, names, (Value[]){key, part}, 2);
    }
    f->step = r->step;
    (void)send(r, called);
}

// ---- waiting ----

static void look(Runner *r);

static void look_again(void *ctx) {
    Runner *r = ctx;
    r->timer = NULL;
    look(r);
}

static void wait_failed(Runner *r, Str why) {
    runner_fail(r, "The object did not become ready", why);
    finish(r);
}

// What was looked at is in `item` and `result`.
static void judge(Runner *r) {
    Frame *f = r->f;
    const Step *s = r->step;
    Str problem = first_problem(r, s->fail);
    bool met = !problem.n && frame_true(f, s->until, false, &r->diags);
    if (diags_failed(&r->diags)) {
        evaluation_failed(r);
        return;
    }
    if (problem.n) {
        wait_failed(r, problem);
        return;
    }
    int64_t want = 1;
    Value times = frame_eval(f, s->times, &r->diags);
    if (value_is_set(times)) (void)value_to_i64(times, &want);
    r->times = met ? r->times + 1 : 0;
    if (met && r->times >= want) {
        r->times = 0;
        f->steps[s->index] = f->roots[SLOT_ITEM];
        step_over(r);
        return;
    }
    if (!met && s->only && !frame_true(f, s->only, false, &r->diags)) {
        wait_failed(r, STR("It is in a state that does not lead to the one that is waited for."));
        return;
    }
    int64_t every = error_duration(frame_eval(f, s->every, &r->diags), 0, 10 * NS_PER_S) / NS_PER_S;
    int64_t timeout = error_duration(frame_eval(f, s->timeout, &r->diags), left(r), left(r)),
            spent = now(r) - r->wait_from;
    int64_t pause = backoff(r->tries++, every > 0 ? every : 1);
    if (r->canceled || spent + pause > timeout || pause > left(r)) {
        wait_failed(r, r->canceled ? STR("The wait was interrupted.")
                                   : str_format(r->arena, "It was waited for %lld s.", (long long)(spent / NS_PER_S)));
        return;
    }
    if (r->status) r->status(r, str_format(r->arena, "waiting, %lld s", (long long)(spent / NS_PER_S)));
    r->timer = timer_start(r->provider->core->loop, pause, look_again, r);
}

static void seen(void *ctx, Want *w) {
    Runner *r = ctx;
    if (w->failed) {
        Buf text = buf_in(r->arena);
        if (w->error)
            aws_error_print(w->error, &text);
        else
            buf_add(&text, w->problem);
        wait_failed(r, buf_str(&text));
        return;
    }
    r->f->roots[SLOT_ITEM] = w->absent ? frame_null(r->f) : w->result;
    judge(r);
}

static void polled(void *ctx, const AwsResult *result) {
    Runner *r = ctx;
    Arena *arena = r->call_arena;
    r->call = NULL;
    r->call_arena = NULL;
    Frame *f = r->f;
    Value none = frame_null(f);
    const AwsError *error = result->ok ? NULL : error_copy(r->arena, &result->error);
    bool absent = error && (error_not_found(f, error) || error_in(error, frame_eval(f, r->step->catches, &r->diags)));
    f->roots[SLOT_RESULT] = f->roots[SLOT_ITEM] = result->ok ? copy_value(r->arena, result->output) : none;
    if (result->ok || absent) {
        judge(r);
    } else {
        Buf text = buf_in(r->arena);
        aws_error_print(error, &text);
        wait_failed(r, buf_str(&text));
    }
    arena_free(arena);
}

static void look(Runner *r) {
    Frame *f = r->f;
    f->step = r->step;
    if (r->step->op) {
        (void)send(r, polled);
        return;
    }
    const Step *find = f->def->find;
    Value by = find && find->by ? frame_eval(f, find->by, &r->diags) : f->roots[SLOT_ID];
    r->want = (Want){.frame = f, .step = find, .by = by, .done = seen, .ctx = r};
    if (find)
        batch_want(r->provider->batcher, &r->want);
    else
        wait_failed(r, STR("The type has nothing to look at."));
}

static void delayed(void *ctx) {
    Runner *r = ctx;
    r->timer = NULL;
    look(r);
}

static void start_wait(Runner *r) {
    int64_t delay = error_duration(frame_eval(r->f, r->step->delay, &r->diags), 0, 0);
    r->wait_from = now(r);
    r->times = 0;
    if (delay > 0)
        r->timer = timer_start(r->provider->core->loop, delay, delayed, r);
    else
        look(r);
}

// ---- the steps ----

static void push(Runner *r, Steps steps, const Step *repeat) {
    if (r->depth == RUN_DEPTH) {
        runner_fail(r, "Too many nested steps", STR("Lists of steps run one another too deep."));
        return;
    }
    r->levels[r->depth++] = (RunLevel){steps, 0, repeat, 1};
}

// The end of a list of steps: once more, or back to the outer one.
static void level_over(Runner *r) {
    RunLevel *level = &r->levels[r->depth - 1];
    enum { MOST_ROUNDS = 100000 };
    bool more = level->repeat && level->repeat->again && frame_true(r->f, level->repeat->again, false, &r->diags);
    if (more && level->rounds++ < MOST_ROUNDS && left(r) > 0)
        level->next = 0;
    else
        r->depth--;
}

static void start_step(Runner *r, const Step *s) {
    Frame *f = r->f;
    r->tries = 0;
    r->first_error = 0;
    f->step = s;
    if (s->when && !frame_true(f, s->when, false, &r->diags)) {
        f->steps[s->index] = f->caught[s->index] = frame_null(f);
        return;
    }
    if (diags_failed(&r->diags) || r->canceled) {
        if (r->canceled) runner_fail(r, "Interrupted", STR("The operation was stopped between two calls."));
        r->failed = true;
        return;
    }
    if (s->kind == STEP_REPEAT) {
        push(r, s->inner, s);
        return;
    }
    if (s->kind == STEP_RUN) {
        for (uint32_t i = 0; i < f->def->named.n; i++)
            if (f->def->named.at[i].name == s->run) push(r, f->def->named.at[i].steps, NULL);
        return;
    }
    r->each = s->for_each ? frame_eval(f, s->for_each, &r->diags) : frame_null(f);
    r->each_at = 0;
    if (s->for_each && value_parts(r->each) == 0) return;
    r->step = s;
    if (s->kind == STEP_WAIT)
        start_wait(r);
    else
        start_call(r);
}

// Runs what needs no waiting; leaves with a call, a timer or a wish under way, or with nothing left.
static void advance(Runner *r) {
    while (r->depth && !r->step && !r->failed) {
        RunLevel *level = &r->levels[r->depth - 1];
        if (level->next == level->steps.n)
            level_over(r);
        else
            start_step(r, &level->steps.at[level->next++]);
        if (diags_failed(&r->diags)) r->failed = true;
    }
    if (r->failed && !r->call && !r->timer) {
        r->depth = 0;
        r->step = NULL;
    }
}

void runner_start(Runner *r, Steps steps) {
    r->depth = 0;
    r->step = NULL;
    r->each = frame_null(r->f);
    if (!r->failed) push(r, steps, NULL);
    go_on(r);
}

void runner_cancel(Runner *r) {
    r->canceled = true;
    if (r->timer) {
        timer_cancel(r->timer);
        r->timer = NULL;
        runner_fail(r, "Interrupted", STR("The operation was stopped while it waited."));
        finish(r);
    }
}

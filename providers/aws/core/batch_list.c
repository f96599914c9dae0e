#include "providers/aws/core/batch_list.h"

#include "providers/aws/core/copy.h"
#include "providers/aws/core/mapping.h"

typedef struct ListJob ListJob;

typedef struct ListCall {
    ListJob *job;
    const Step *step;
    Arena *arena;
    Value output;
} ListCall;

struct ListJob {
    struct InfraProvider *provider;
    Arena *arena;
    const Step *find;
    Str region;
    Want **wants;
    uint32_t n, pending, call_n;
    ListCall *calls;
    bool refused;
    ListRest *rest;
    void *ctx;
};

static uint32_t list_count(const Def *def) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < def->read.steps.n; i++) n += def->read.steps.at[i].kind == STEP_LIST;
    return n;
}

bool list_pays(const Def *def, uint32_t wanted) {
    for (uint32_t i = 0; i < def->read.steps.n; i++)
        if (def->read.steps.at[i].kind == STEP_LIST) return wanted >= def->read.steps.at[i].from;
    return false;
}

static Value join(Arena *arena, Value a, Value b) {
    uint32_t n = a.n + b.n;
    Name *names = ARENA_ARRAY(arena, Name, n + 1);
    Value *values = ARENA_ARRAY(arena, Value, n + 1);
    uint32_t kept = 0;
    for (int k = 0; k < 2; k++) {
        Value from = k ? b : a;
        for (uint32_t i = 0; i < from.n; i++) {
            // What one list leaves out the other may tell.
            if (k && value_is_null(from.obj->at[i]) && value_get(a, from.obj->shape->names[i])) continue;
            names[kept] = from.obj->shape->names[i];
            values[kept++] = from.obj->at[i];
        }
    }
    return value_object_of(arena, names, values, kept);
}

// Items by key; an item counts only when every list has it.
static void collect(ListJob *job, StrMap *items) {
    Frame *f = job->wants[0]->frame;
    Value result = f->roots[SLOT_RESULT], item = f->roots[SLOT_ITEM];
    Diags quiet = diags_in(job->arena);
    Arena *outer = f->scope.arena;
    f->scope.arena = job->arena;
    for (uint32_t c = 0; c < job->call_n; c++) {
        f->roots[SLOT_RESULT] = job->calls[c].output;
        Value list = frame_eval(f, job->calls[c].step->items, &quiet);
        StrMap next = strmap_in(job->arena);
        for (uint32_t i = 0; i < value_parts(list); i++) {
            Value *kept = arena_alloc(job->arena, sizeof *kept);
            *kept = f->roots[SLOT_ITEM] = value_part(list, i);
            Str key = frame_text(f, job->calls[c].step->key, &quiet);
            const Value *before = c ? strmap_get_ptr(items, key) : NULL;
            if (!key.n || kept->kind != TYPE_OBJECT || (c && !before)) continue;
            if (before) *kept = join(job->arena, *before, *kept);
            strmap_put_ptr(&next, key, kept);
        }
        *items = next;
    }
    f->roots[SLOT_RESULT] = result;
    f->roots[SLOT_ITEM] = item;
    f->scope.arena = outer;
}

static void conclude(ListJob *job) {
    Want **left = ARENA_ARRAY(job->arena, Want *, job->n + 1);
    uint32_t n = 0;
    StrMap items = strmap_in(job->arena);
    if (!job->refused) collect(job, &items);
    for (uint32_t i = 0; i < job->n; i++) { // a finished want may be gone with its arena
        Want *w = job->wants[i];
        const Value *item = job->refused ? NULL : strmap_get_ptr(&items, value_str(w->by));
        if (!item) {
            left[n++] = w;
            continue;
        }
        w->result = copy_value(frame_arena(w->frame), *item);
        w->done(w->ctx, w);
    }
    if (n) job->rest(job->ctx, job->find, job->region, left, n, job->refused);
    for (uint32_t i = 0; i < job->call_n; i++) arena_free(job->calls[i].arena);
    arena_free(job->arena);
}

static void listed(void *ctx, const AwsResult *result) {
    ListCall *call = ctx;
    if (result->ok)
        call->output = result->output;
    else
        call->job->refused = true;
    if (--call->job->pending == 0) conclude(call->job);
}

static void start(ListJob *job, ListCall *call) {
    Frame *f = job->wants[0]->frame;
    Diags quiet = diags_in(job->arena);
    const AwsShape *input = call->step->op->input;
    Value send = copy_value(call->arena, frame_eval(f, call->step->send, &quiet));
    Name none[1];
    if (value_is_set(send) && input) send = mapping_send(call->arena, input, send, STR_NONE);
    if (!value_is_set(send)) send = value_object_of(call->arena, none, NULL, 0);
    AwsRequest request = {.model = call->step->model,
                          .operation = name_str(call->step->op->name),
                          .input = send,
                          .region = call->step->service->global ? STR_NONE : job->region,
                          .all_pages = true};
    (void)aws_call(job->provider->client, call->arena, &request, listed, call);
}

void list_start(struct InfraProvider *provider, const Step *find, Str region, Want *const *wants, uint32_t n,
                ListRest *rest, void *ctx) {
    Arena *arena = arena_new(provider->core->process, LIFE_OP, "list");
    const Def *def = wants[0]->frame->def;
    ListJob *job = ARENA_NEW(arena, ListJob);
    *job = (ListJob){.provider = provider,
                     .arena = arena,
                     .find = find,
                     .region = str_copy(arena, region),
                     .n = n,
                     .rest = rest,
                     .ctx = ctx};
    job->wants = ARENA_ARRAY(arena, Want *, n);
    memcpy(job->wants, wants, sizeof *wants * n);
    job->calls = ARENA_ARRAY(arena, ListCall, list_count(def));
    for (uint32_t i = 0; i < def->read.steps.n; i++) {
        const Step *s = &def->read.steps.at[i];
        if (s->kind != STEP_LIST) continue;
        job->calls[job->call_n++] =
            (ListCall){job, s, arena_new(provider->core->process, LIFE_OP, "list call"), frame_null(wants[0]->frame)};
    }
    job->pending = job->call_n;
    for (uint32_t i = 0; i < job->call_n; i++) start(job, &job->calls[i]);
}

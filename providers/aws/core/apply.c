#include "providers/aws/core/apply.h"

#include "engine/base/clock.h"
#include "engine/value/json.h"
#include "providers/aws/core/copy.h"
#include "providers/aws/core/errors.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/locks.h"
#include "providers/aws/core/mapping.h"
#include "providers/aws/core/plan.h"
#include "providers/aws/core/recover.h"
#include "providers/aws/core/tags.h"

typedef enum Phase {
    PHASE_LOCK,
    PHASE_STEPS,
    PHASE_CONFIGURE,
    PHASE_TAGS_REMOVE,
    PHASE_TAGS_ADD,
    PHASE_READ,
    PHASE_OVER
} Phase;

typedef struct Op {
    struct InfraProvider *provider;
    Def *def;
    InfraApply *q;
    InfraCall *call;
    Arena *arena;
    Frame *f;
    Runner *runner;
    Reader *reader;
    Phase phase;
    LockHold *holds[8];
    Value lock_names;
    uint32_t hold_n;
    int64_t settle_until;
    uint32_t looks;
    Value planned;
    bool done;
    struct Op *next, **link; // of the provider's list, for cancel
} Op;

Value intent_note(Arena *arena, InfraText note) {
    Value v;
    JsonError error;
    Process *p = arena_process(arena);
    return note.n && json_decode(arena, handle_str(note), &v, &error) ? v : value_null(p, type_dynamic(p));
}

Value apply_over(Frame *f, Value self, Value set) {
    for (uint32_t i = 0; i < value_parts(set) && set.kind == TYPE_OBJECT; i++) {
        const Attr *a = attrs_find(f->def->attrs, set.obj->shape->names[i]);
        if (a) self = copy_with(frame_arena(f), self, a->name, mapping_receive(f, a, value_part(set, i)));
    }
    return self;
}

static void next_phase(Op *op);

static void step_aside(Op *op, Value result) {
    if (op->done) return;
    op->done = true;
    while (op->hold_n) locks_release(op->holds[--op->hold_n]);
    *op->link = op->next;
    if (op->next) op->next->link = op->link;
    op->q->result = handle_of(result);
    if (value_is_set(op->runner->private_value)) {
        Buf json = buf_in(op->arena);
        JsonWriter w = json_writer(&json, 0);
        json_value(&w, copy_known(op->arena, op->runner->private_value), NULL, JSON_IMPLIED);
        op->q->private_bytes = (InfraBytes){json.p, json.n};
    }
    aws_report(&op->q->base, &op->runner->diags);
    op->provider->host->done(op->call);
}

static Value null_of(const Op *op) { return frame_null(op->f); }

// What is there after a failure.
static void failed(Op *op) {
    bool created = op->runner->exists;
    op->q->outcome_unknown = op->runner->unknown_outcome && !created;
    if (op->q->action == INFRA_CREATE) {
        step_aside(op, created ? copy_known(op->arena, op->f->roots[SLOT_SELF]) : null_of(op));
        return;
    }
    op->q->outcome_unknown = op->runner->unknown_outcome;
    step_aside(op, handle_value(op->q->prior));
}

static void look(Op *op);

static void look_again(void *ctx) { look(ctx); }

static void looked(void *ctx, Reader *r) {
    Op *op = ctx;
    bool early = r->gone && op->q->action == INFRA_CREATE && loop_now(op->provider->core->loop) < op->settle_until;
    if (early) {
        int64_t s = op->looks < 4 ? (int64_t)1 << op->looks : 10;
        op->looks++;
        (void)timer_start(op->provider->core->loop, s * NS_PER_S, look_again, op);
        return;
    }
    if (r->failed || r->gone) {
        diags_append(&op->runner->diags, &r->diags);
        if (r->gone)
            runner_fail(op->runner, "The object is gone", STR("It was there, but AWS does not find it any more."));
        failed(op);
        return;
    }
    step_aside(op, r->result);
}

static void look(Op *op) {
    Frame *f = frame_new(op->arena, op->def, op->provider);
    memcpy(f->roots, op->f->roots, sizeof f->roots);
    f->roots[SLOT_ITEM] = f->roots[SLOT_RESULT] = frame_null(f);
    Reader *r = reader_new(op->provider, f, &op->q->base, op->f->roots[SLOT_SELF]);
    r->done = looked;
    r->ctx = op;
    reader_start(r);
}

static void ran(Runner *r) {
    Op *op = r->ctx;
    if (r->failed)
        failed(op);
    else
        next_phase(op);
}

static void saved(void *ctx) {
    Op *op = ctx;
    runner_resume(op->runner);
}

static void born(Runner *r) {
    Op *op = r->ctx;
    Value partial = copy_known(op->arena, op->f->roots[SLOT_SELF]);
    op->provider->host->progress(op->call, handle_of(partial), (InfraBytes){NULL, 0}, saved, op);
}

static void status(Runner *r, Str words) {
    Op *op = r->ctx;
    op->provider->host->status(op->call, handle_text(words));
}

// Tags by the service's own calls, where the verb's steps do not send them.
static bool tag_step(Op *op, bool add) {
    const Def *def = op->def;
    const Verb *verb = op->q->action == INFRA_CREATE ? &def->create : &def->update;
    if (!def->has_tags || op->q->action == INFRA_DELETE || verb->tagged || def->configure.tagged) return false;
    const Step *step = add ? def->service->tags.add : def->service->tags.remove;
    if (!step) return false;
    Frame *f = op->f;
    Value before = frame_get(f, f->roots[SLOT_PRIOR], def->tags_all_name),
          now = frame_get(f, f->roots[SLOT_SELF], def->tags_all_name);
    Value more, less;
    if (!value_is_whole(now)) return false;
    tags_difference(op->arena, before, now, &more, &less);
    f->roots[SLOT_TAGS] = more;
    f->roots[SLOT_NAMES] = less;
    f->roots[SLOT_BY] = def->tags_by ? frame_eval(f, def->tags_by, &op->runner->diags) : f->roots[SLOT_ID];
    if (value_is_null(add ? more : less)) return false;
    runner_start(op->runner, (Steps){(Step *)(uintptr_t)step, 1});
    return true;
}

static Steps verb_steps(const Op *op) {
    switch (op->q->action) {
    case INFRA_CREATE: return op->def->create.steps;
    case INFRA_UPDATE: return op->def->update.steps;
    default: return op->def->remove.steps;
    }
}

static void granted(void *ctx) {
    Op *op = ctx;
    op->hold_n++;
    next_phase(op);
}

// One lock after another, in the order of their names; true while one is being waited for.
static bool lock_next(Op *op) {
    uint32_t n = value_parts(op->lock_names);
    if (op->hold_n >= n || op->hold_n >= sizeof op->holds / sizeof *op->holds) return false;
    op->phase = PHASE_LOCK;
    locks_take(op->provider->locks, value_str(value_part(op->lock_names, op->hold_n)), &op->holds[op->hold_n], granted,
               op);
    return true;
}

static void after_steps(Op *op) {
    bool create = op->q->action == INFRA_CREATE;
    op->phase = PHASE_CONFIGURE;
    if (create && op->def->create.id && !value_is_set(op->f->roots[SLOT_ID])) {
        Value id = frame_eval(op->f, op->def->create.id, &op->runner->diags);
        const Attr *a = attrs_find(op->def->attrs, op->def->id_name);
        if (value_is_set(id))
            frame_self(op->f, copy_with(op->arena, op->f->roots[SLOT_SELF], a->name, mapping_receive(op->f, a, id)));
    }
    bool configures = op->def->configure.there && op->q->action != INFRA_DELETE;
    if (configures)
        runner_start(op->runner, op->def->configure.steps);
    else
        next_phase(op);
}

static void next_phase(Op *op) {
    switch (op->phase) {
    case PHASE_LOCK:
        if (lock_next(op)) return;
        op->phase = PHASE_STEPS;
        runner_start(op->runner, verb_steps(op));
        return;
    case PHASE_STEPS: after_steps(op); return;
    case PHASE_CONFIGURE:
        if (op->q->action == INFRA_DELETE) {
            op->phase = PHASE_OVER;
            step_aside(op, null_of(op));
            return;
        }
        op->phase = PHASE_TAGS_REMOVE;
        if (tag_step(op, false)) return;
        next_phase(op);
        return;
    case PHASE_TAGS_REMOVE:
        op->phase = PHASE_TAGS_ADD;
        if (tag_step(op, true)) return;
        next_phase(op);
        return;
    case PHASE_TAGS_ADD:
        op->phase = PHASE_READ;
        look(op);
        return;
    case PHASE_READ:
    case PHASE_OVER: return;
    }
}

// The deadline of the verb: the object's `timeouts` block, else the definition's.
static int64_t time_for(Op *op, Value object) {
    static const char *const names[] = {
        [INFRA_CREATE] = "create", [INFRA_UPDATE] = "update", [INFRA_DELETE] = "delete"};
    static const int own[] = {
        [INFRA_CREATE] = TIMEOUT_CREATE, [INFRA_UPDATE] = TIMEOUT_UPDATE, [INFRA_DELETE] = TIMEOUT_DELETE};
    int64_t ns = op->def->timeouts[own[op->q->action]];
    const Value *said = value_get_str(frame_get(op->f, object, op->def->timeouts_name), str_of(names[op->q->action]));
    if (said) ns = error_duration(*said, ns, ns);
    return ns ? ns : 30 * 60 * NS_PER_S;
}

static void fill_frame(Op *op) {
    Frame *f = op->f;
    InfraApply *q = op->q;
    Value prior = handle_value(q->prior);
    bool removing = q->action == INFRA_DELETE;
    op->planned = removing ? prior : handle_value(q->planned);
    f->roots[SLOT_PRIOR] = q->action == INFRA_CREATE ? frame_null(f) : prior;
    f->roots[SLOT_CONFIG] = handle_value(q->config);
    f->roots[SLOT_TOKEN] = q->intent.token.n ? value_string(op->arena, handle_str(q->intent.token)) : frame_null(f);
    if (q->planned_private.n) {
        JsonError error;
        (void)json_decode(op->arena, (Str){q->planned_private.p, q->planned_private.n}, &f->roots[SLOT_PRIVATE],
                          &error);
    }
    frame_self(f, copy_known(op->arena, op->planned)); // what the plan left open is AWS's to decide
    if (q->action == INFRA_UPDATE) f->roots[SLOT_ID] = frame_get(f, prior, op->def->id_name);
    if (q->action != INFRA_CREATE) return;
    // The id of the plan is not yet one of an object.
    Value note = intent_note(op->arena, q->intent.note);
    const Value *assign = value_get_str(note, STR("assign"));
    if (assign) f->roots[SLOT_SELF] = apply_over(f, f->roots[SLOT_SELF], *assign);
    if (!value_is_set(frame_get(f, op->planned, op->def->id_name)) || !op->def->create.id)
        f->roots[SLOT_ID] = frame_null(f);
}

static void begin(void *ctx, Str problem) {
    Op *op = ctx;
    Frame *f = op->f;
    if (problem.n) {
        runner_fail(op->runner, "Cannot call AWS", problem);
        step_aside(op, op->q->action == INFRA_CREATE ? null_of(op) : handle_value(op->q->prior));
        return;
    }
    Process *p = op->provider->core->process;
    Value names = frame_eval(f, op->def->lock, &op->runner->diags), list;
    ConvertError error;
    if (value_is_set(names) && names.kind == TYPE_STRING) names = value_tuple(op->arena, &names, 1);
    if (value_is_set(names) && convert_value(op->arena, names, type_set(p, type_string(p)), &list, &error))
        op->lock_names = list;
    op->settle_until = loop_now(op->provider->core->loop) +
                       error_duration(frame_eval(f, op->def->create.settle, &op->runner->diags), 0, 120 * NS_PER_S);
    if (op->def->create.id && op->q->action == INFRA_CREATE) {
        Value id = frame_eval(f, op->def->create.id, &op->runner->diags);
        if (value_is_set(id)) frame_self(f, copy_with(op->arena, f->roots[SLOT_SELF], op->def->id_name, id));
    }
    op->phase = PHASE_LOCK;
    next_phase(op);
}

void aws_apply(InfraProvider *p, InfraApply *q, InfraCall *call) {
    Def *def = aws_def(p->core, 'r', &q->base);
    if (!def) {
        q->result = q->prior;
        p->host->done(call);
        return;
    }
    Arena *arena = handle_arena(q->base.arena);
    Op *op = ARENA_NEW(arena, Op);
    *op = (Op){.provider = p, .def = def, .q = q, .call = call, .arena = arena, .f = frame_new(arena, def, p)};
    op->next = p->ops;
    op->link = &p->ops;
    if (op->next) op->next->link = &op->next;
    p->ops = op;
    op->lock_names = frame_null(op->f);
    op->runner = runner_new(p, op->f);
    fill_frame(op);
    op->runner->ctx = op;
    op->runner->done = ran;
    op->runner->born = born;
    op->runner->status = status;
    op->runner->removing = q->action == INFRA_DELETE;
    op->runner->creating = q->action == INFRA_CREATE;
    if (q->action == INFRA_CREATE) op->runner->token = handle_str(q->intent.token);
    op->runner->deadline = loop_now(p->core->loop) + time_for(op, op->planned);
    op->runner->private_value = op->f->roots[SLOT_PRIVATE];
    aws_when_ready(p, def, begin, op);
}

void aws_cancel_call(InfraProvider *p, InfraCall *call) {
    for (Op *op = p->ops; op; op = op->next)
        if (op->call == call) {
            runner_cancel(op->runner);
            return;
        }
}

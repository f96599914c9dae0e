#include "providers/aws/core/recover.h"

#include "engine/value/json.h"
#include "providers/aws/core/apply.h"
#include "providers/aws/core/copy.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/mapping.h"
#include "providers/aws/core/plan.h"

// ---- the intent ----

typedef struct Prepare {
    struct InfraProvider *provider;
    Def *def;
    InfraApply *q;
    InfraCall *call;
    Frame *f;
    Arena *arena;
    Value assign;
    Diags diags;
    Want want;
} Prepare;

static void note_down(Prepare *p, Value known) {
    Process *process = p->provider->core->process;
    Name names[2] = {name_of(process, STR("assign")), name_of(process, STR("known"))};
    Value note = value_object_of(p->arena, names, (Value[]){copy_known(p->arena, p->assign), known}, 2);
    Buf json = buf_in(p->arena);
    JsonWriter w = json_writer(&json, 0);
    json_value(&w, note, NULL, JSON_IMPLIED);
    p->q->intent.note = handle_text(buf_str(&json));
    aws_report(&p->q->base, &p->diags);
    p->provider->host->done(p->call);
}

// The names of the objects that a list gave.
static Value known_of(Frame *f, Value output, Diags *diags) {
    const Def *def = f->def;
    Arena *arena = frame_arena(f);
    f->roots[SLOT_RESULT] = output;
    Value items = frame_eval(f, def->recover->items, diags);
    Value *at = ARENA_ARRAY(arena, Value, value_parts(items) + 1);
    for (uint32_t i = 0; i < value_parts(items); i++) {
        f->roots[SLOT_ITEM] = value_part(items, i);
        at[i] = frame_eval(f, def->recover_known, diags);
    }
    return value_tuple(arena, at, value_parts(items));
}

static void listed(void *ctx, Want *w) {
    Prepare *p = ctx;
    if (w->failed) {
        // Without the list an interrupted creation can only be asked about; that is no reason not to create.
        note_down(p, frame_null(p->f));
        return;
    }
    Value known = known_of(p->f, w->result, &p->diags);
    Value *kept = arena_alloc(p->provider->arena, sizeof *kept);
    *kept = copy_value(p->provider->arena, known);
    strmap_put_ptr(&p->provider->known, name_str(p->def->type), kept);
    note_down(p, known);
}

static void ready(void *ctx, Str problem) {
    Prepare *p = ctx;
    if (problem.n) {
        note_down(p, frame_null(p->f));
        return;
    }
    p->want = (Want){.frame = p->f, .step = p->def->recover, .by = frame_null(p->f), .done = listed, .ctx = p};
    batch_want(p->provider->batcher, &p->want);
}

void aws_prepare(InfraProvider *provider, InfraApply *q, InfraCall *call) {
    Def *def = core_def(provider->core, 'r', handle_str(q->base.type));
    if (!def || !def->defined || q->action != INFRA_CREATE) {
        provider->host->done(call);
        return;
    }
    Arena *arena = handle_arena(q->base.arena);
    Prepare *p = ARENA_NEW(arena, Prepare);
    *p = (Prepare){
        .provider = provider, .def = def, .q = q, .call = call, .arena = arena, .f = frame_new(arena, def, provider)};
    p->diags = diags_in(arena);
    char *uuid = arena_alloc(arena, 37);
    process_uuid(provider->core->process, uuid);
    q->intent.token = (InfraText){uuid, 36};
    p->f->roots[SLOT_CONFIG] = handle_value(q->config);
    p->f->roots[SLOT_SELF] = copy_known(arena, handle_value(q->planned));
    p->assign = frame_eval(p->f, def->create.assign, &p->diags);
    if (!def->recover || !def->recover_known) {
        note_down(p, frame_null(p->f));
        return;
    }
    // One look a type and run: what this run creates itself is known by its own answers.
    const Value *known = strmap_get_ptr(&provider->known, name_str(def->type));
    if (known)
        note_down(p, *known);
    else
        aws_when_ready(provider, def, ready, p);
}

// ---- recovery ----

typedef struct Recovery {
    struct InfraProvider *provider;
    Def *def;
    InfraRecover *q;
    InfraCall *call;
    Arena *arena;
    Frame *f;
    Diags diags;
    Value note;
    Want want;
    bool by_id; // the object is looked for by its id: absent means it is not there
} Recovery;

static void over(Recovery *v, InfraOutcome outcome) {
    v->q->outcome = outcome;
    aws_report(&v->q->base, &v->diags);
    v->provider->host->done(v->call);
}

static void ask_person(Recovery *v, Str why) {
    diag_error(&v->diags, "recover", SPAN_NONE, "Cannot tell what became of a creation", "%.*s", STR_ARG(why));
    over(v, INFRA_ASK);
}

static void looked(void *ctx, Reader *r) {
    Recovery *v = ctx;
    if (r->failed) {
        diags_append(&v->diags, &r->diags);
        over(v, INFRA_ASK);
        return;
    }
    bool ours =
        r->gone || !v->by_id || !v->def->recover_match || frame_true(v->f, v->def->recover_match, false, &v->diags);
    if (!ours) {
        ask_person(v, str_format(v->arena,
                                 "There is a %s of that name, but it is not as planned: it may be somebody else's.",
                                 v->def->type->text));
        return;
    }
    v->q->result = r->gone ? v->provider->host->null : handle_of(r->result);
    over(v, r->gone && v->by_id && v->q->action == INFRA_CREATE ? INFRA_NOT_DONE : INFRA_IS_DONE);
}

static void look(Recovery *v, Value was) {
    Reader *r = reader_new(v->provider, v->f, &v->q->base, was);
    r->done = looked;
    r->ctx = v;
    reader_start(r);
}

static bool is_known(const Recovery *v, Value name) {
    const Value *known = value_get_str(v->note, STR("known"));
    for (uint32_t i = 0; known && i < value_parts(*known); i++)
        if (value_same(value_part(*known, i), name)) return true;
    return false;
}

static bool has_token(const Def *def) {
    for (uint32_t i = 0; i < def->create.steps.n; i++) {
        const Step *s = &def->create.steps.at[i];
        if (!s->id || !s->op || !s->op->input) continue;
        for (uint32_t k = 0; k < s->op->input->n; k++)
            if (s->op->input->members[k].idempotency_token) return true;
    }
    return false;
}

static void candidates(void *ctx, Want *w) {
    Recovery *v = ctx;
    Frame *f = v->f;
    if (w->failed) {
        ask_person(v, w->problem.n ? w->problem : STR("AWS could not be asked what exists."));
        return;
    }
    f->roots[SLOT_RESULT] = w->result;
    Value items = frame_eval(f, v->def->recover->items, &v->diags), found = frame_null(f);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(items); i++) {
        f->roots[SLOT_ITEM] = value_part(items, i);
        if (v->def->recover_known && is_known(v, frame_eval(f, v->def->recover_known, &v->diags))) continue;
        if (v->def->recover_match && !frame_true(f, v->def->recover_match, false, &v->diags)) continue;
        n++;
        found = value_part(items, i);
    }
    if (diags_failed(&v->diags))
        over(v, INFRA_ASK);
    else if (n == 0)
        over(v, has_token(v->def) ? INFRA_REPEAT : INFRA_NOT_DONE); // a list may lag behind
    else if (n > 1)
        ask_person(
            v, str_format(
                   v->arena,
                   "%u objects of type %s came up since then that look like it. Import the right one, or delete it.", n,
                   v->def->type->text));
    else {
        f->roots[SLOT_ITEM] = found;
        Value id = frame_eval(f, v->def->recover_known ? v->def->recover_known : v->def->find->key, &v->diags);
        frame_self(f, copy_with(v->arena, f->roots[SLOT_SELF], v->def->id_name, id));
        look(v, f->roots[SLOT_SELF]);
    }
}

static void begin(void *ctx, Str problem) {
    Recovery *v = ctx;
    Frame *f = v->f;
    if (problem.n) {
        ask_person(v, problem);
        return;
    }
    if (v->q->action != INFRA_CREATE) {
        look(v, handle_value(v->q->prior)); // the truth is what is there now
        return;
    }
    Value id = v->def->create.id ? frame_eval(f, v->def->create.id, &v->diags) : frame_null(f);
    if (value_is_set(id)) {
        v->by_id = true;
        frame_self(f, copy_with(v->arena, f->roots[SLOT_SELF], v->def->id_name, id));
        look(v, f->roots[SLOT_SELF]);
    } else if (v->def->recover) {
        v->want = (Want){.frame = f, .step = v->def->recover, .by = frame_null(f), .done = candidates, .ctx = v};
        batch_want(v->provider->batcher, &v->want);
    } else if (v->def->create.adopt || has_token(v->def)) {
        over(v, INFRA_REPEAT);
    } else {
        ask_person(v, STR("Objects of this type cannot be found again by what the plan knows of them."));
    }
}

void aws_recover(InfraProvider *p, InfraRecover *q, InfraCall *call) {
    Def *def = aws_def(p->core, 'r', &q->base);
    q->result = q->prior;
    if (!def) {
        q->outcome = INFRA_ASK;
        p->host->done(call);
        return;
    }
    Arena *arena = handle_arena(q->base.arena);
    Recovery *v = ARENA_NEW(arena, Recovery);
    *v = (Recovery){.provider = p, .def = def, .q = q, .call = call, .arena = arena, .f = frame_new(arena, def, p)};
    v->diags = diags_in(arena);
    v->note = intent_note(arena, q->intent.note);
    Value prior = handle_value(q->prior), planned = handle_value(q->planned);
    v->f->roots[SLOT_PRIOR] = q->action == INFRA_CREATE ? frame_null(v->f) : prior;
    frame_self(v->f, copy_known(arena, q->action == INFRA_DELETE ? prior : planned));
    const Value *assign = value_get_str(v->note, STR("assign"));
    if (assign && q->action == INFRA_CREATE) v->f->roots[SLOT_SELF] = apply_over(v->f, v->f->roots[SLOT_SELF], *assign);
    aws_when_ready(p, def, begin, v);
}

// What became of operations that an earlier run left open: the providers look, the state learns it.
#include "engine/apply/applier.h"
#include "engine/base/base64.h"
#include "engine/plan/prior.h"
#include "engine/value/marks.h"
#include "engine/value/pack.h"

typedef struct Recovery {
    Walk *walk;
    StateManager *manager;
    Journal *journal; // NULL when the run only looks
    const ApplyOptions *options;
    Diags *diags;
    uint32_t pending;
    bool finished, starting, failed;
} Recovery;

typedef struct RecoverOp {
    Recovery *recovery;
    const JournalRecord *intent;
    ProviderUse *use;
    const Schema *schema;
    Str address;
    Diags diags;
    ProviderRecover request;
    ProviderApply again; // for what is safe to repeat
    bool prepared;
} RecoverOp;

static void recover_end(RecoverOp *op, bool ok, const char *words) {
    Recovery *r = op->recovery;
    for (uint32_t i = 0; i < op->diags.list.n; i++)
        if (op->diags.list.at[i].address.n == 0) op->diags.list.at[i].address = str_copy(r->diags->arena, op->address);
    diags_append(r->diags, &op->diags);
    if (!ok) r->failed = true;
    else if (r->options->hook) {
        ApplyHook h = {.event = APPLY_RECOVERED, .row = ROW_NONE, .cause = ROW_NONE, .action = op->intent->action};
        h.words = str_format(r->walk->arena, "%.*s: %s", STR_ARG(op->address), words);
        r->options->hook(r->options->hook_ctx, r->walk, &h);
    }
    r->pending--;
    if (!r->starting && r->pending == 0) r->finished = true;
}

static InfraAction recover_action(JournalAction action) {
    return action == ACT_CREATE ? INFRA_CREATE : action == ACT_UPDATE ? INFRA_UPDATE : INFRA_DELETE;
}

static void recover_journal(RecoverOp *op, JournalRecord *record) {
    const JournalRecord *in = op->intent;
    if (!op->recovery->journal) return;
    record->op = in->op;
    record->action = in->action;
    record->address = in->address;
    record->module = in->module;
    record->type = in->type;
    record->name = in->name;
    record->data = in->data;
    record->key = in->key;
    record->deposed = in->deposed;
    record->provider = in->provider;
    journal_append(op->recovery->journal, record);
}

static void recover_gone(RecoverOp *op) {
    Snapshot *s = manager_snapshot(op->recovery->manager);
    snapshot_remove_object(s, op->intent->address, op->intent->key, op->intent->deposed);
    JournalRecord r = {.kind = JOURNAL_RESULT, .gone = true};
    recover_journal(op, &r);
}

// Was this object put aside before the run was cut off?
static bool is_deposed(RecoverOp *op, const StateResource *sr, const StateObject *old) {
    Arena *arena = op->recovery->walk->arena;
    const Type *type = op->schema->block->type;
    JsonError error;
    Value was, other;
    if (!snapshot_decode(arena, old, type, &was, &error)) return false;
    for (uint32_t i = 0; i < sr->n; i++) {
        const StateObject *o = &sr->objects[i];
        if (!o->deposed.n || !key_equal(o->key, old->key)) continue;
        if (snapshot_decode(arena, o, type, &other, &error) && value_same(was, other)) return true;
    }
    return false;
}

// A creation beside a current object is a replacement that creates first: the old object is still to be destroyed.
static void recover_depose(RecoverOp *op, StateResource *sr, const StateObject *old) {
    const JournalRecord *in = op->intent;
    Snapshot *s = manager_snapshot(op->recovery->manager);
    StateObject kept = *old;
    if (is_deposed(op, sr, &kept)) return;
    Process *process = op->recovery->walk->process;
    uint8_t random[4];
    process->random(process, random, sizeof random);
    Str deposed = str_format(s->arena, "%02x%02x%02x%02x", random[0], random[1], random[2], random[3]);
    StateObject *o = snapshot_put_object(s, sr, in->key, deposed);
    kept.key = o->key;
    kept.deposed = o->deposed;
    *o = kept;
    if (!op->recovery->journal) return;
    JournalRecord r = *in;
    r.kind = JOURNAL_RESULT;
    r.op = 0;
    r.action = ACT_UPDATE;
    r.deposed = deposed;
    r.has_object = true;
    r.object = *o;
    journal_append(op->recovery->journal, &r);
}

static void recover_object(RecoverOp *op, Value v, PrivateBytes private_bytes) {
    const JournalRecord *in = op->intent;
    Snapshot *s = manager_snapshot(op->recovery->manager);
    StateResource *sr = snapshot_put_resource(s, in->module, in->data, in->type, in->name, in->provider);
    StateObject *old = snapshot_object(sr, in->key, in->deposed), kept = {0};
    if (old) kept = *old;
    if (old && in->action == ACT_CREATE && !in->deposed.n) recover_depose(op, sr, old);
    StateObject *o = snapshot_put_object(s, sr, in->key, in->deposed);
    o->dependencies = kept.dependencies;
    o->dependency_count = kept.dependency_count;
    o->create_before_destroy = kept.create_before_destroy;
    o->schema_version = op->schema->version;
    snapshot_encode(s, o, schema_mark(op->recovery->walk->arena, op->schema->block, v), op->schema->block->type);
    if (private_bytes.n) {
        Buf b = buf_in(s->arena);
        base64_encode(str_make(private_bytes.p, private_bytes.n), &b);
        o->private_bytes = buf_str(&b);
    }
    JournalRecord r = {.kind = JOURNAL_RESULT, .has_object = true, .object = *o};
    recover_journal(op, &r);
}

static void repeated(void *ctx) {
    RecoverOp *op = ctx;
    if (diags_failed(&op->diags)) {
        recover_end(op, false, "");
        return;
    }
    if (value_is_set(op->again.result)) recover_object(op, op->again.result, op->again.private_bytes);
    else recover_gone(op);
    recover_end(op, true, "was repeated and is done");
}

static void recover_repeat(RecoverOp *op) {
    op->again = (ProviderApply){.arena = op->request.arena,
                                .diags = &op->diags,
                                .type = op->request.type,
                                .address = op->address,
                                .action = op->request.action,
                                .prior = op->request.prior,
                                .config = op->request.planned,
                                .planned = op->request.planned,
                                .token = op->request.token,
                                .note = op->request.note};
    provider_apply(op->use->provider, &op->again, repeated, op);
}

static void recovered(void *ctx) {
    RecoverOp *op = ctx;
    JournalRecord failed = {.kind = JOURNAL_FAILED};
    if (diags_failed(&op->diags)) {
        recover_end(op, false, "");
        return;
    }
    switch (op->request.outcome) {
    case INFRA_NOT_DONE:
        recover_journal(op, &failed);
        recover_end(op, true, "had not happened");
        return;
    case INFRA_IS_DONE:
        if (value_is_set(op->request.result)) recover_object(op, op->request.result, op->request.private_bytes);
        else recover_gone(op);
        recover_end(op, true, "had happened");
        return;
    case INFRA_REPEAT:
        if (op->recovery->journal) recover_repeat(op);
        else recover_end(op, true, "may have happened; apply will repeat it");
        return;
    case INFRA_ASK:
        diag_error(&op->diags, "ask", SPAN_NONE, "Outcome of an interrupted operation unknown",
                   "An earlier run was cut off while it worked on this object, and the provider cannot tell what became "
                   "of it. Look at it, then bring it in with \"infra import\", or remove what was left behind.");
        recover_end(op, false, "");
        return;
    }
}

static Value recover_prior(RecoverOp *op) {
    const Walk *w = op->recovery->walk;
    const JournalRecord *in = op->intent;
    RowRange range = prior_of(w, in->address);
    for (uint32_t i = range.first; i < range.first + range.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        if (key_equal(p->object->key, in->key) && str_eq(p->object->deposed, in->deposed)) return p->stored;
    }
    return value_null(w->process, op->schema->block->type);
}

static bool recover_planned(RecoverOp *op, Value *out) {
    Arena *arena = op->recovery->walk->arena;
    Str text = op->intent->planned, packed;
    *out = value_null(op->recovery->walk->process, op->schema->block->type);
    if (text.n < 2) return true;
    if (!base64_decode(arena, str_slice(text, 1, text.n - 1), &packed)) return false;
    return unpack_value(arena, &packed, op->schema->block->type, out);
}

// All operations are prepared before the first is asked about: answers edit the state, which prior objects are found by.
static void recover_prepare(Recovery *r, const JournalRecord *in, RecoverOp *op) {
    Walk *w = r->walk;
    op->recovery = r;
    op->intent = in;
    op->diags = diags_in(r->diags->arena);
    Buf address = buf_in(w->arena);
    buf_add(&address, in->address);
    key_print(in->key, &address);
    op->address = buf_str(&address);
    uint32_t node = prior_provider_node(w, in->provider), flags;
    op->use = node == UINT32_MAX ? NULL : walk_provider(w, node);
    Name type = name_of(w->process, in->type);
    op->schema = op->use && op->use->plugin ? plugin_schema(op->use->plugin, INFRA_RESOURCE, type, &flags) : NULL;
    r->pending++;
    Value planned;
    if (!op->schema || !op->use->provider) {
        diag_error(&op->diags, "no_provider", SPAN_NONE, "Provider configuration not present",
                   "An earlier run was cut off while it worked on this object; finding out what became of it needs its "
                   "provider configuration %.*s.",
                   STR_ARG(in->provider));
        recover_end(op, false, "");
        return;
    }
    if (!recover_planned(op, &planned)) {
        diag_error(&op->diags, "bad_intent", SPAN_NONE, "Unreadable journal",
                   "The journal's intent for this object cannot be read.");
        recover_end(op, false, "");
        return;
    }
    op->request = (ProviderRecover){.arena = w->arena,
                                    .diags = &op->diags,
                                    .type = type,
                                    .address = op->address,
                                    .action = recover_action(in->action),
                                    .prior = recover_prior(op),
                                    .planned = planned,
                                    .token = in->token,
                                    .note = in->before};
    op->prepared = true;
}

bool apply_recover(Walk *w, StateManager *manager, const ApplyOptions *options, bool write, Diags *diags) {
    uint32_t n, providers = 0;
    const JournalRecord *unknown = manager_unknown(manager, &n);
    if (n == 0) return true;
    uint32_t *nodes = ARENA_ARRAY(w->arena, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t node = prior_provider_node(w, unknown[i].provider);
        if (node != UINT32_MAX) nodes[providers++] = node;
    }
    if (!plan_configure(w, nodes, providers)) return false;
    Recovery r = {.walk = w, .manager = manager, .options = options, .diags = diags, .starting = true};
    if (write && !(r.journal = manager_journal(manager, diags))) return false;
    RecoverOp *ops = ARENA_ARRAY(w->arena, RecoverOp, n);
    for (uint32_t i = 0; i < n; i++) recover_prepare(&r, &unknown[i], &ops[i]);
    for (uint32_t i = 0; i < n; i++)
        if (ops[i].prepared) provider_recover(ops[i].use->provider, &ops[i].request, recovered, &ops[i]);
    r.starting = false;
    if (r.pending > 0) loop_run_until(w->loop, &r.finished);
    if (r.journal && !journal_sync_wait(r.journal)) return journal_problem(r.journal, diags);
    return !r.failed;
}

// One operation: what all kinds have in common.
#include "engine/apply/applier.h"
#include "engine/base/base64.h"
#include "engine/plan/prior.h"
#include "engine/value/pack.h"

JournalAction change_action(const Change *c) {
    switch ((OpKind)c->op.kind) {
    case OP_DESTROY: return ACT_DELETE;
    case OP_FORGET: return ACT_FORGET;
    case OP_CHANGE:
    case OP_READ: break;
    }
    return row_at(&c->applier->walk->rows, c->op.row)->action == ACTION_UPDATE ? ACT_UPDATE : ACT_CREATE;
}

void change_hook(Change *c, ApplyEvent event, Str words) {
    Applier *a = c->applier;
    if (!a->options->hook) return;
    const Row *row = row_at(&a->walk->rows, c->op.row);
    ApplyHook h = {.event = event, .row = c->op.row, .action = change_action(c), .words = words, .cause = ROW_NONE};
    h.deposed = c->op.kind == OP_DESTROY && row->action == ACTION_CREATE_THEN_DELETE;
    h.elapsed_ns = loop_now(a->walk->loop) - c->started;
    Value object = c->op.kind == OP_DESTROY ? row->prior : row->planned;
    const Value *id = value_is_set(object) ? value_get(object, name_of(a->walk->process, STR("id"))) : NULL;
    if (id && value_is_set(*id) && id->kind == TYPE_STRING && !value_is_sensitive(*id)) {
        h.id_key = STR("id");
        h.id_value = value_str(*id);
    }
    a->options->hook(a->options->hook_ctx, a->walk, &h);
}

static void change_scope(Change *c, const Row *row) {
    Walk *w = c->applier->walk;
    ModuleInst *m = w->modules.at[row->module];
    uint32_t id = row->block - m->node->base, i;
    config_block(m->node->def, id, &i);
    scope_init(&c->scope, w, m, id, c->resource->once_count, c->arena);
    const Expansion *e = m->expansions[i];
    if (e) expand_enter(&c->scope, e, c->op.row - m->rows[i].first);
}

void change_start(Applier *a, uint32_t node) {
    Walk *w = a->walk;
    Arena *arena = applier_arena(a);
    Change *c = ARENA_NEW(arena, Change);
    c->applier = a;
    c->node = node;
    c->op = a->graph->ops.at[node - a->graph->first_op];
    c->arena = arena;
    c->diags = diags_in(a->diags->arena);
    c->started = loop_now(w->loop);
    c->active = a->active.n;
    vec_push(w->arena, &a->active, c);
    const Row *row = row_at(&w->rows, c->op.row);
    c->resource = walk_resource(w, row);
    c->schema = walk_row_schema(w, row);
    c->address = walk_row_address_str(arena, w, row);
    c->no_effect = row->flags & ROW_NO_EFFECT;
    uint32_t provider = c->resource ? w->graph->provider_of[row->block] : w->prior.at[row->object - 1].provider;
    c->use = provider == UINT32_MAX ? NULL : walk_provider(w, provider);
    c->type = c->resource ? c->resource->type : name_of(w->process, w->prior.at[row->object - 1].resource->type);
    if (c->resource) change_scope(c, row);
    change_hook(c, APPLY_START, STR(""));
    switch ((OpKind)c->op.kind) {
    case OP_CHANGE: change_object(c); break;
    case OP_READ: change_read(c); break;
    case OP_DESTROY: change_destroy(c); break;
    case OP_FORGET: change_forget(c); break;
    }
}

// ---- the call, with its intent on disk first ----

// A cancel may come while the call is still being prepared: then it is not made.
static bool change_cancelled(Change *c) {
    if (!c->cancelled) return false;
    diag_error(&c->diags, "cancelled", SPAN_NONE, "Operation cancelled",
               "The interrupt came before the provider was called. Nothing was done.");
    c->request.result = value_null(c->applier->walk->process, c->schema->block->type);
    c->request.outcome_unknown = false;
    c->called(c);
    return true;
}

static void change_synced(void *ctx, bool ok) {
    Change *c = ctx;
    if (!ok) {
        journal_problem(c->applier->journal, &c->diags);
        c->applier->journal_failed = true;
        change_end(c, true);
        return;
    }
    if (!change_cancelled(c)) provider_apply(c->use->provider, &c->request, c->called, c);
}

static void progress_synced(void *ctx, bool ok) {
    Change *c = ctx;
    if (!ok) c->applier->journal_failed = true;
    c->saved(c->saved_ctx);
}

// A create in several steps: the object is there in part, and the state must know of it before the next step.
static void change_progress(ProviderApply *request, Value partial, PrivateBytes private_bytes, void (*saved)(void *ctx),
                            void *saved_ctx) {
    Change *c = (Change *)((char *)request - offsetof(Change, request));
    c->saved = saved;
    c->saved_ctx = saved_ctx;
    edit_depose(c);
    edit_object(c, partial, private_bytes, c->request.action == INFRA_CREATE);
    journal_sync(c->applier->journal, progress_synced, c);
}

static void change_status(ProviderApply *request, Str words) {
    Change *c = (Change *)((char *)request - offsetof(Change, request));
    change_hook(c, APPLY_STATUS, words);
}

// The planned value as a JSON string: unknowns and marks survive.
static Str planned_json(Change *c) {
    if (c->request.action == INFRA_DELETE) return STR("");
    Buf packed = buf_in(c->arena), text = buf_in(c->arena);
    pack_value(&packed, c->request.planned, c->schema->block->type);
    buf_char(&text, '"');
    base64_encode(buf_str(&packed), &text);
    buf_char(&text, '"');
    return buf_str(&text);
}

static void change_prepared(void *ctx) {
    Change *c = ctx;
    Applier *a = c->applier;
    Walk *w = a->walk;
    Journal *j = applier_journal(a);
    if (diags_failed(&c->diags) || !j) {
        change_end(c, true);
        return;
    }
    const Row *row = row_at(&w->rows, c->op.row);
    JournalRecord r = {.kind = JOURNAL_INTENT, .op = journal_next_op(j), .action = change_action(c)};
    edit_record(c, row, &r);
    r.token = c->request.token;
    r.before = c->request.note;
    r.planned = planned_json(c);
    c->journal_op = r.op;
    journal_append(j, &r);
    journal_sync(j, change_synced, c);
}

void change_call(Change *c, ProviderDone done) {
    c->request.arena = c->arena;
    c->request.diags = &c->diags;
    c->request.type = c->type;
    c->request.address = c->address;
    c->request.progress = change_progress;
    c->request.status = change_status;
    c->called = done;
    if (change_cancelled(c)) return;
    if (c->no_effect) provider_apply(c->use->provider, &c->request, done, c);
    else provider_prepare(c->use->provider, &c->request, change_prepared, c);
}

#include "state/backend/mem.h"

#include "state/backend/reply.h"

#include <stdlib.h>

typedef struct MemBlob {
    Str name, bytes; // in the backend's arena
} MemBlob;

typedef struct MemState {
    Str name;
    bool found;
    Str bytes, version, lock;
    VEC(MemBlob) segments;
} MemState;

typedef struct MemBackend {
    Backend base;
    Arena *arena;
    VEC(MemState *) states;
    uint64_t writes;
    uint32_t failing;
    bool fail_after;
    Str journal_folder;
} MemBackend;

typedef struct MemStore {
    StateStore base;
    MemBackend *backend;
    MemState *state;
} MemStore;

static MemState *mem_state(MemBackend *b, Str name) {
    for (uint32_t i = 0; i < b->states.n; i++)
        if (str_eq(b->states.at[i]->name, name)) return b->states.at[i];
    MemState *state = ARENA_NEW(b->arena, MemState);
    state->name = str_copy(b->arena, name);
    vec_push(b->arena, &b->states, state);
    return state;
}

static void mem_read(StateStore *s, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemState *state = ((MemStore *)s)->state;
    StoreResult r = {.ok = true, .found = state->found};
    if (r.found) r.bytes = str_copy(arena, state->bytes);
    if (r.found) r.version = str_copy(arena, state->version);
    reply_later(s->loop, done, ctx, r);
}

static void mem_write(StateStore *s, Str bytes, Str if_match, StoreDone done, void *ctx, Diags *diags) {
    MemStore *store = (MemStore *)s;
    MemBackend *b = store->backend;
    MemState *state = store->state;
    StoreResult r = {.ok = true};
    bool failing = b->failing > 0;
    if (failing) {
        b->failing--;
        r.ok = diag_error(diags, "state_write", SPAN_NONE, "Failed to write the state",
                          "%.*s: this write is made to fail.", STR_ARG(s->where));
    } else if (if_match.n && !str_eq(if_match, state->version)) {
        r = (StoreResult){.changed = true};
    }
    if (r.ok || (failing && b->fail_after)) {
        state->found = true;
        state->bytes = str_copy(b->arena, bytes);
        state->version = str_format(b->arena, "%llu", (unsigned long long)++b->writes);
    }
    if (r.ok) r.version = state->version;
    reply_later(s->loop, done, ctx, r);
}

static void mem_lock(StateStore *s, Arena *arena, const LockInfo *info, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemStore *store = (MemStore *)s;
    StoreResult r = {.ok = true};
    if (store->state->lock.n) {
        r = (StoreResult){.held = true, .raw_lock = str_copy(arena, store->state->lock)};
        lock_decode(arena, r.raw_lock, &r.holder);
    } else {
        Buf text = buf_in(store->backend->arena);
        lock_encode(info, &text);
        store->state->lock = buf_str(&text);
    }
    reply_later(s->loop, done, ctx, r);
}

static void mem_unlock(StateStore *s, Str id, StoreDone done, void *ctx, Diags *diags) {
    MemStore *store = (MemStore *)s;
    LockInfo holder;
    StoreResult r = {.ok = lock_decode(store->backend->arena, store->state->lock, &holder) && str_eq(holder.id, id)};
    if (r.ok)
        store->state->lock = STR_NONE;
    else
        diag_error(diags, "state_unlock", SPAN_NONE, "Error releasing the state lock",
                   "%.*s is not locked with the ID \"%.*s\".", STR_ARG(s->where), STR_ARG(id));
    reply_later(s->loop, done, ctx, r);
}

static void mem_take_over(StateStore *s, Str raw, const LockInfo *info, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemStore *store = (MemStore *)s;
    StoreResult r = {.ok = str_eq(store->state->lock, raw), .changed = !str_eq(store->state->lock, raw)};
    if (r.ok) {
        Buf text = buf_in(store->backend->arena);
        lock_encode(info, &text);
        store->state->lock = buf_str(&text);
    }
    reply_later(s->loop, done, ctx, r);
}

static MemBlob *segment_find(MemState *state, Str name) {
    for (uint32_t i = 0; i < state->segments.n; i++)
        if (str_eq(state->segments.at[i].name, name)) return &state->segments.at[i];
    return NULL;
}

static void mem_segment_put(StateStore *s, Str name, Str bytes, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemStore *store = (MemStore *)s;
    Arena *arena = store->backend->arena;
    MemBlob *blob = segment_find(store->state, name);
    if (!blob) blob = vec_add(arena, &store->state->segments);
    *blob = (MemBlob){str_copy(arena, name), str_copy(arena, bytes)};
    reply_later(s->loop, done, ctx, (StoreResult){.ok = true});
}

static int order_names(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

static void mem_segment_list(StateStore *s, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemState *state = ((MemStore *)s)->state;
    Str *names = ARENA_ARRAY(arena, Str, state->segments.n);
    for (uint32_t i = 0; i < state->segments.n; i++) names[i] = str_copy(arena, state->segments.at[i].name);
    if (state->segments.n) qsort(names, state->segments.n, sizeof *names, order_names);
    reply_later(s->loop, done, ctx, (StoreResult){.ok = true, .names = names, .count = state->segments.n});
}

static void mem_segment_read(StateStore *s, Arena *arena, Str name, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemBlob *blob = segment_find(((MemStore *)s)->state, name);
    StoreResult r = {.ok = true, .found = blob != NULL};
    if (blob) r.bytes = str_copy(arena, blob->bytes);
    reply_later(s->loop, done, ctx, r);
}

static void mem_segment_delete(StateStore *s, Str name, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemState *state = ((MemStore *)s)->state;
    MemBlob *blob = segment_find(state, name);
    if (blob) *blob = state->segments.at[--state->segments.n];
    reply_later(s->loop, done, ctx, (StoreResult){.ok = true});
}

static void mem_close(StateStore *s) { (void)s; }

static const StoreVtable mem_store = {
    .read = mem_read,
    .write = mem_write,
    .lock = mem_lock,
    .unlock = mem_unlock,
    .take_over = mem_take_over,
    .segment_put = mem_segment_put,
    .segment_list = mem_segment_list,
    .segment_read = mem_segment_read,
    .segment_delete = mem_segment_delete,
    .close = mem_close,
};

static void mem_workspaces(Backend *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    (void)diags;
    MemBackend *b = (MemBackend *)base;
    Str *names = ARENA_ARRAY(arena, Str, b->states.n + 1);
    uint32_t n = 0;
    names[n++] = STR("default");
    for (uint32_t i = 0; i < b->states.n; i++)
        if (b->states.at[i]->found && !str_eqz(b->states.at[i]->name, "default"))
            names[n++] = str_copy(arena, b->states.at[i]->name);
    qsort(names + 1, n - 1, sizeof *names, order_names);
    reply_later(base->loop, done, ctx, (StoreResult){.ok = true, .names = names, .count = n});
}

static void mem_remove_workspace(Backend *base, Str name, StoreDone done, void *ctx, Diags *diags) {
    MemBackend *b = (MemBackend *)base;
    StoreResult r = {.ok = true};
    if (str_eqz(name, "default"))
        r.ok = diag_error(diags, "invalid_workspace", SPAN_NONE, "Invalid workspace",
                          "The workspace \"default\" cannot be removed.");
    else
        mem_state(b, name)->found = false;
    reply_later(base->loop, done, ctx, r);
}

static StateStore *mem_open(Backend *base, Arena *arena, Str workspace, Diags *diags) {
    MemBackend *b = (MemBackend *)base;
    if (!workspace_check(workspace, diags)) return NULL;
    MemStore *store = ARENA_NEW(arena, MemStore);
    store->backend = b;
    store->state = mem_state(b, workspace);
    Str where = str_format(arena, "inmem:%.*s", STR_ARG(workspace));
    store->base = (StateStore){.vt = &mem_store, .loop = base->loop, .where = where, .lock_path = where};
    store->base.journal_path = str_format(arena, "%.*s/%.*s.journal", STR_ARG(b->journal_folder), STR_ARG(workspace));
    return &store->base;
}

static void mem_free(Backend *base) { (void)base; }

static const BackendVtable mem_backend = {
    .type = &backend_mem,
    .workspaces = mem_workspaces,
    .remove_workspace = mem_remove_workspace,
    .open = mem_open,
    .free = mem_free,
};

static const SchemaBlock *mem_schema(Process *process) {
    SchemaBuilder b = schema_builder(process);
    schema_add(&b, "lock_id", type_string(process), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static Backend *mem_configure(Loop *loop, Arena *arena, Value config, Diags *diags) {
    (void)diags;
    MemBackend *b = ARENA_NEW(arena, MemBackend);
    b->base = (Backend){&mem_backend, loop};
    b->arena = arena;
    b->journal_folder = STR(".infra-journal");
    Str held = config_text(arena_process(arena), config, "lock_id", STR_NONE);
    if (held.n) {
        LockInfo info = lock_new(arena, STR("test"), STR("test config"), STR("inmem:default"));
        info.id = held;
        Buf text = buf_in(arena);
        lock_encode(&info, &text);
        mem_state(b, STR("default"))->lock = buf_str(&text);
    }
    return &b->base;
}

void mem_fail_writes(Backend *b, uint32_t n, bool after) {
    ((MemBackend *)b)->failing = n;
    ((MemBackend *)b)->fail_after = after;
}

void mem_set_journal_folder(Backend *b, Str folder) {
    ((MemBackend *)b)->journal_folder = str_copy(((MemBackend *)b)->arena, folder);
}

const BackendType backend_mem = {"inmem", mem_schema, mem_configure};

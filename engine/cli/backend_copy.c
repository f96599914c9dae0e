#include "engine/cli/backend_copy.h"

static bool workspaces(Session *s, Backend *b, BackendWait *wait) {
    *wait = (BackendWait){0};
    b->vt->workspaces(b, s->walk_arena, backend_wait_done, wait, &s->cli->diags);
    return backend_wait(cli_loop(s->cli), wait);
}

static bool is_empty(const Snapshot *state) { return state->resource_count == 0 && state->output_count == 0; }

// Opens one workspace; locked when operation is given.
static StateManager *open_one(Session *s, Backend *b, Str workspace, const char *operation, StateStore **store) {
    *store = b->vt->open(b, s->walk_arena, workspace, &s->cli->diags);
    if (!*store) return NULL;
    ManagerOptions options = {.lock = operation && s->lock,
                              .lock_timeout_ns = s->lock_timeout_ns,
                              .operation = str_of(operation ? operation : ""),
                              .write = operation != NULL};
    StateManager *m = manager_open(cli_loop(s->cli), s->walk_arena, *store, &options, &s->cli->diags);
    if (!m) (*store)->vt->close(*store);
    return m;
}

static bool close_one(Session *s, StateManager *m, StateStore *store) {
    bool ok = manager_unlock(m, &s->cli->diags);
    store->vt->close(store);
    return ok;
}

bool backend_has_state(Session *s, Backend *backend, bool *has) {
    BackendWait wait;
    *has = false;
    if (!workspaces(s, backend, &wait)) return false;
    for (uint32_t i = 0; i < wait.result.count && !*has; i++) {
        StateStore *store;
        StateManager *m = open_one(s, backend, wait.result.names[i], NULL, &store);
        if (!m) return false;
        uint32_t unknown;
        manager_unknown(m, &unknown);
        *has = !is_empty(manager_snapshot(m)) || unknown > 0;
        close_one(s, m, store);
    }
    return true;
}

bool backend_write_state(Session *s, StateStore *store, Snapshot *state) {
    Buf text = {0};
    BackendWait wait = {0};
    codec_encode(state, store->indent, &text);
    store->vt->write(store, buf_str(&text), STR(""), backend_wait_done, &wait, &s->cli->diags);
    bool ok = backend_wait(cli_loop(s->cli), &wait);
    buf_free(&text);
    return ok;
}

static bool may_overwrite(Session *s, Str workspace, const Snapshot *from, const Snapshot *to, bool force, bool *yes) {
    *yes = force || is_empty(to) || (str_eq(from->lineage, to->lineage) && from->serial >= to->serial);
    if (*yes) return true;
    Str answer;
    Str question = str_format(s->arena, "The workspace \"%.*s\" has another state in the new backend. Write over it?",
                              STR_ARG(workspace));
    Str words = str_format(
        s->arena, "Old: serial %llu, %u resources. New: serial %llu, %u resources.\nOnly 'yes' will be accepted.",
        (unsigned long long)from->serial, from->resource_count, (unsigned long long)to->serial, to->resource_count);
    if (!cli_ask(s->cli, question.p, words.p, &answer))
        return diag_error(
            &s->cli->diags, "state_exists", SPAN_NONE, "State in the way",
            "The workspace \"%.*s\" has another state in the new backend already, and there is nobody to ask. "
            "To write over it, use -force-copy; to leave the old state where it is, -reconfigure.",
            STR_ARG(workspace));
    *yes = str_eqz(answer, "yes");
    return true;
}

// What an interrupted run left open stays with the journal beside the old state.
static bool is_settled(Session *s, const StateManager *m, Str workspace) {
    uint32_t n;
    manager_unknown(m, &n);
    return n == 0 ||
           diag_error(&s->cli->diags, "unsettled_state", SPAN_NONE, "Interrupted run",
                      "A run in the workspace \"%.*s\" was cut off, and what became of %u of its operations is "
                      "not known yet. Run \"infra apply\" with the old backend first: it finds out.",
                      STR_ARG(workspace), n);
}

static bool copy_one(Session *s, Backend *from, Backend *to, Str workspace, bool force) {
    StateStore *source, *target;
    StateManager *a = open_one(s, from, workspace, "migration source state", &source);
    if (!a) return false;
    Snapshot *state = manager_snapshot(a);
    if (!is_settled(s, a, workspace)) return close_one(s, a, source), false;
    StateManager *b = is_empty(state) ? NULL : open_one(s, to, workspace, "migration destination state", &target);
    bool ok = is_empty(state), yes;
    if (b) {
        ok = may_overwrite(s, workspace, state, manager_snapshot(b), force, &yes);
        if (ok && yes) {
            ok = backend_write_state(s, target, state);
            out_format(&s->cli->out, "Copied the state of the workspace \"%.*s\" to %.*s.\n", STR_ARG(workspace),
                       STR_ARG(target->where));
        } else if (ok) {
            ok = diag_error(&s->cli->diags, "not_copied", SPAN_NONE, "State not copied",
                            "The state of the workspace \"%.*s\" was not copied, so the backend was not changed.",
                            STR_ARG(workspace));
        }
        ok &= close_one(s, b, target);
    }
    return close_one(s, a, source) && ok;
}

bool backend_copy_states(Session *s, Backend *from, Backend *to, bool force) {
    BackendWait wait;
    if (!workspaces(s, from, &wait)) return false;
    for (uint32_t i = 0; i < wait.result.count; i++)
        if (!copy_one(s, from, to, wait.result.names[i], force)) return false;
    return true;
}

#include "state/manager.h"

#include "engine/base/log.h"
#include "engine/io/file.h"
#include "state/crc32c.h"
#include "state/manager_internal.h"

#include <assert.h>

static bool read_state(StateManager *m, Diags *diags) {
    BackendWait wait = {0};
    m->store->vt->read(m->store, m->arena, backend_wait_done, &wait, diags);
    if (!backend_wait(m->loop, &wait)) return false;
    m->found = wait.result.found;
    if (!m->found) {
        m->snapshot = snapshot_new(m->arena);
        return true;
    }
    m->stored = wait.result.bytes;
    m->version = wait.result.version;
    m->snapshot = codec_read(m->arena, m->stored, m->store->where, diags);
    if (!m->snapshot) return false;
    m->stored_serial = m->snapshot->serial;
    return true;
}

StateManager *manager_open(Loop *loop, Arena *arena, StateStore *store, const ManagerOptions *options, Diags *diags) {
    StateManager *m = ARENA_NEW(arena, StateManager);
    *m = (StateManager){.process = loop_process(loop), .loop = loop, .arena = arena, .store = store};
    m->options = *options;
    if (manager_lock(m, diags) && read_state(m, diags) && manager_recover(m, diags)) return m;
    manager_unlock(m, diags);
    return NULL;
}

Snapshot *manager_snapshot(StateManager *m) { return m->snapshot; }

const JournalRecord *manager_unknown(const StateManager *m, uint32_t *n) {
    *n = m->unknown_count;
    return m->unknown;
}

Journal *manager_journal(StateManager *m, Diags *diags) {
    if (!manager_open_journal(m, diags)) return NULL;
    if (!m->journal_based) journal_base(m->journal, m->snapshot->lineage, m->stored_serial);
    m->journal_based = true;
    segments_begin(m);
    return m->journal;
}

static void note_saving(StateManager *m) {
    Str bytes = buf_str(&m->attempt);
    JournalRecord record = {
        .kind = JOURNAL_SAVING, .serial = m->attempt_serial, .size = bytes.n, .crc = crc32c(0, bytes)};
    journal_append(m->journal, &record);
}

// The next content into `attempt`, with the next serial. False: it is what is stored.
static bool prepare(StateManager *m) {
    m->snapshot->serial = m->attempt_serial = m->stored_serial + 1;
    buf_clear(&m->attempt);
    codec_encode(m->snapshot, m->store->indent, &m->attempt);
    if (!m->found || !codec_same(m->snapshot, buf_str(&m->attempt), m->stored)) return true;
    m->snapshot->serial = m->stored_serial;
    return false;
}

// `attempt` is what is stored now.
static void adopt(StateManager *m, Str version) {
    Buf old = m->bytes;
    m->bytes = m->attempt;
    m->attempt = old;
    m->found = true;
    m->stored = buf_str(&m->bytes);
    m->version = str_copy(m->arena, version);
    m->stored_serial = m->attempt_serial;
}

static void save_over(StateManager *m, bool ok) {
    m->saving = false;
    m->saved = true;
    m->saving_ok = ok;
    m->snapshot->serial = m->stored_serial;
}

static void saved(void *ctx, const StoreResult *result) {
    StateManager *m = ctx;
    if (result->ok) adopt(m, result->version);
    save_over(m, result->ok);
    if (result->changed)
        diag_error(&m->saving_diags, "state_changed", SPAN_NONE, "The state was changed by somebody else",
                   "%.*s is not what it was when this run read it, so it was not written over.",
                   STR_ARG(m->store->where));
}

static void write_attempt(StateManager *m) {
    m->store->vt->write(m->store, buf_str(&m->attempt), m->version, saved, m, &m->saving_diags);
}

static void synced(void *ctx, bool ok) {
    StateManager *m = ctx;
    if (ok) {
        segments_flush(m, write_attempt);
        return;
    }
    journal_problem(m->journal, &m->saving_diags);
    save_over(m, false);
}

// The journal says which state is about to hold its records, before that state is there.
static void save_start(StateManager *m) {
    m->saving = true;
    m->saved = false;
    m->saving_diags = diags_in(m->arena);
    if (m->left && !manager_journal(m, &m->saving_diags)) {
        save_over(m, false);
    } else if (m->left || (m->journal && journal_records(m->journal))) {
        note_saving(m);
        journal_sync(m->journal, synced, m);
    } else {
        write_attempt(m);
    }
}

void manager_persist_start(StateManager *m) {
    if (m->saving || !prepare(m)) return;
    save_start(m);
}

static void wait_saved(StateManager *m) {
    if (m->saving) loop_run_until(m->loop, &m->saved);
}

// A write that failed may have happened: an answer that was lost.
static bool is_stored(StateManager *m) {
    Diags ignored = diags_in(m->arena);
    Arena *scratch = arena_new(m->process, LIFE_OP, "state check");
    BackendWait wait = {0};
    m->store->vt->read(m->store, scratch, backend_wait_done, &wait, &ignored);
    bool same = backend_wait(m->loop, &wait) && wait.result.found && str_eq(wait.result.bytes, buf_str(&m->attempt));
    if (same) {
        adopt(m, wait.result.version);
        m->snapshot->serial = m->stored_serial;
    }
    arena_free(scratch);
    return same;
}

static bool save_elsewhere(StateManager *m, Str dir, Diags *diags) {
    Str path = path_join(m->arena, dir, STR("errored.tfstate"));
    Buf text = {0};
    m->snapshot->serial = m->attempt_serial;
    codec_encode(m->snapshot, true, &text);
    bool written = file_write_durable(m->process, str_to_z(m->arena, path), buf_str(&text), 0600, diags);
    buf_free(&text);
    bool journal = m->journal && journal_records(m->journal) > 0;
    Str detail;
    if (written)
        detail =
            str_format(diags->arena,
                       "The errors above kept the state from being written to %.*s. It was saved in \"%.*s\". When "
                       "the cause is mended, store it with: infra state push %.*s",
                       STR_ARG(m->store->where), STR_ARG(path), STR_ARG(path));
    else
        detail = str_format(diags->arena,
                            "The errors above kept the state from being written to %.*s, and from being "
                            "saved in \"%.*s\".",
                            STR_ARG(m->store->where), STR_ARG(path));
    if (journal)
        detail = str_format(diags->arena,
                            "%.*s\n\nThe journal \"%.*s\" holds what this run did as well; the next apply "
                            "here brings it into the state by itself.",
                            STR_ARG(detail), STR_ARG(m->store->journal_path));
    diag_add(diags, SEV_ERROR, "state_not_saved", SPAN_NONE, STR("Failed to save the state"), detail);
    return false;
}

// All that the journals say is stored.
static bool finish_journal(StateManager *m, Diags *diags) {
    if (m->left || (m->journal && journal_records(m->journal))) {
        if (!manager_journal(m, diags)) return false;
        segments_end(m, false);
        if (!journal_finish(m->journal, m->stored_serial, diags)) return false;
        m->left = false;
    }
    if (m->segments.n) segments_clear(m);
    if (m->journal) segments_begin(m);
    return true;
}

bool manager_persist(StateManager *m, Str dir, Diags *diags) {
    wait_saved(m);
    if (prepare(m)) {
        save_start(m);
        wait_saved(m);
        if (!m->saving_ok && !is_stored(m)) {
            diags_append(diags, &m->saving_diags);
            return save_elsewhere(m, dir, diags);
        }
    }
    return finish_journal(m, diags);
}

bool manager_unlock(StateManager *m, Diags *diags) {
    wait_saved(m);
    // Nothing to send after a state that was saved: what is left is what could not be.
    segments_end(m, true);
    bool ok = true;
    if (m->locked) {
        BackendWait wait = {0};
        m->store->vt->unlock(m->store, m->lock.id, backend_wait_done, &wait, diags);
        ok = backend_wait(m->loop, &wait);
        m->locked = false;
    }
    manager_close_journal(m);
    buf_free(&m->bytes);
    buf_free(&m->attempt);
    return ok;
}

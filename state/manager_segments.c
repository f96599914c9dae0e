// The journal's copy beside a remote state, so that a run whose machine is lost can be recovered on another one. It is
// written behind, in pieces that are never rewritten, and no call waits for it.
#include "state/manager_internal.h"

#include "engine/base/clock.h"
#include "engine/base/log.h"

#define SEGMENT_DELAY (2 * NS_PER_S)
#define SEGMENT_FAILURES 3u

// RUN-NNNNNN, where RUN begins with the time, so that names sort as the pieces were written.
#define SEGMENT_NUMBER 7u

static void segment_put(StateManager *m);

static bool has_segments(const StateManager *m) { return m->store->vt->segment_put != NULL && m->locked; }

static void segments_go_on(StateManager *m) {
    void (*then)(StateManager * m) = m->segment_then;
    m->segment_then = NULL;
    if (then) then(m);
}

static void segment_done(void *ctx, const StoreResult *result) {
    StateManager *m = ctx;
    m->segment_putting = false;
    m->segment_idle = true;
    if (result->ok) {
        m->segment_failures = 0;
    } else {
        // The name was noted all the same: it may be there.
        m->segment_failures++;
        Str why = m->segment_diags.list.n ? m->segment_diags.list.at[0].detail : STR_NONE;
        log_line(m->process, LOG_WARN, "state", "cannot copy the journal beside the state: %.*s", STR_ARG(why));
    }
    arena_free(m->segment_arena);
    m->segment_arena = NULL;
    if (m->segment_then) segment_put(m);
}

// The next piece, if there is one; else whoever waits for the end goes on.
static void segment_put(StateManager *m) {
    Str bytes = STR_NONE;
    if (m->segment_failures < SEGMENT_FAILURES && m->journal) {
        m->segment_arena = arena_new(m->process, LIFE_OP, "journal segment");
        bytes = journal_slice(m->journal, m->segment_arena, m->segment_sent);
    }
    if (!bytes.n) {
        if (m->segment_arena) arena_free(m->segment_arena);
        m->segment_arena = NULL;
        segments_go_on(m);
        return;
    }
    m->segment_sent += bytes.n;
    Str name = str_format(m->arena, "%.*s-%06u", STR_ARG(m->segment_run), m->segment_next++);
    vec_push(m->arena, &m->segments, name);
    m->segment_putting = true;
    m->segment_idle = false;
    m->segment_diags = diags_in(m->segment_arena);
    m->store->vt->segment_put(m->store, name, bytes, segment_done, m, &m->segment_diags);
}

static void segment_due(void *ctx) {
    StateManager *m = ctx;
    m->segment_timer = NULL;
    if (!m->segment_putting) segment_put(m);
}

static void journal_grew(void *ctx) {
    StateManager *m = ctx;
    if (!m->segment_timer && journal_records(m->journal))
        m->segment_timer = timer_start(m->loop, SEGMENT_DELAY, segment_due, m);
}

void segments_begin(StateManager *m) {
    if (!has_segments(m) || m->segment_run.n) return;
    int64_t ms = m->process->clock->wall(m->process->clock) / NS_PER_MS;
    m->segment_run =
        str_format(m->arena, "%013lld-%.*s", (long long)ms, (int)(m->lock.id.n < 8 ? m->lock.id.n : 8), m->lock.id.p);
    journal_on_durable(m->journal, journal_grew, m);
}

void segments_flush(StateManager *m, void (*then)(StateManager *m)) {
    if (!m->segment_next) {
        then(m);
        return;
    }
    m->segment_then = then;
    if (!m->segment_putting) segment_put(m);
}

void segments_end(StateManager *m, bool all) {
    if (m->segment_timer) timer_cancel(m->segment_timer);
    m->segment_timer = NULL;
    if (m->segment_putting) loop_run_until(m->loop, &m->segment_idle);
    if (!all || !m->journal || !m->segment_run.n || !journal_records(m->journal)) return;
    segment_put(m);
    if (m->segment_putting) loop_run_until(m->loop, &m->segment_idle);
}

void segments_clear(StateManager *m) {
    segments_end(m, false);
    // What cannot be removed is seen as outdated by whoever finds it.
    Diags ignored = diags_in(m->arena);
    for (uint32_t i = 0; i < m->segments.n; i++) {
        BackendWait wait = {0};
        m->store->vt->segment_delete(m->store, m->segments.at[i], backend_wait_done, &wait, &ignored);
        backend_wait(m->loop, &wait);
    }
    m->segments.n = 0;
    m->segment_run = STR_NONE;
    m->segment_next = 0;
    m->segment_sent = 0;
}

static Str run_of(Str name) { return name.n > SEGMENT_NUMBER ? str_slice(name, 0, name.n - SEGMENT_NUMBER) : name; }

Str segments_fetch(StateManager *m) {
    if (!has_segments(m)) return STR_NONE;
    // Who may not list the bucket has no copies to look for.
    Diags ignored = diags_in(m->arena);
    BackendWait wait = {0};
    m->store->vt->segment_list(m->store, m->arena, backend_wait_done, &wait, &ignored);
    if (!backend_wait(m->loop, &wait) || wait.result.count == 0) return STR_NONE;
    const Str *names = wait.result.names;
    uint32_t n = wait.result.count;
    Str run = run_of(names[n - 1]);
    Buf all = buf_in(m->arena);
    for (uint32_t i = 0; i < n; i++) {
        vec_push(m->arena, &m->segments, names[i]);
        if (!str_eq(run_of(names[i]), run)) continue;
        BackendWait piece = {0};
        m->store->vt->segment_read(m->store, m->arena, names[i], backend_wait_done, &piece, &ignored);
        if (!backend_wait(m->loop, &piece) || !piece.result.found) break;
        buf_add(&all, piece.result.bytes);
    }
    return buf_str(&all);
}

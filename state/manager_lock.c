#include "state/manager_internal.h"

#include "engine/base/clock.h"
#include "engine/io/file.h"

#include <stdio.h>
#include <unistd.h>

#define DELAY_FIRST (1 * NS_PER_S)
#define DELAY_MOST (16 * NS_PER_S)

bool manager_make_folder(StateManager *m, Diags *diags) {
    const char *folder = str_to_z(m->arena, path_dir(m->store->journal_path));
    return !folder[0] || file_is_dir(folder) || file_make_dirs(folder, 0700, diags);
}

bool manager_open_journal(StateManager *m, Diags *diags) {
    if (m->journal) return true;
    const char *path = str_to_z(m->arena, m->store->journal_path);
    if (!manager_make_folder(m, diags)) return false;
    JournalHead head = {.lock = m->lock};
    journal_head_here(m->arena, &head);
    m->journal = journal_open(m->process, m->loop, path, &head, diags);
    m->journal_based = false;
    return m->journal != NULL;
}

void manager_close_journal(StateManager *m) {
    if (!m->journal) return;
    if (journal_records(m->journal) == 0) journal_withdraw(m->journal);
    journal_close(m->journal);
    m->journal = NULL;
    // Its own folder goes with the last journal in it.
    Str folder = path_dir(m->store->journal_path);
    if (str_eqz(path_base(folder), ".infra-journal")) rmdir(str_to_z(m->arena, folder));
}

static void notice(StateManager *m, Str text) {
    if (m->options.notice) m->options.notice(m->options.notice_ctx, text);
}

static void set_flag(void *flag) { *(bool *)flag = true; }

static void sleep_for(StateManager *m, int64_t ns) {
    bool over = false;
    timer_start(m->loop, ns, set_flag, &over);
    loop_run_until(m->loop, &over);
}

// The head that says this very lock was taken here, if its process is surely gone.
static const JournalHead *dead_holder(StateManager *m, Str raw) {
    Diags ignored = diags_in(m->arena);
    JournalContent *content;
    if (!raw.n || !journal_read(m->arena, str_to_z(m->arena, m->store->journal_path), &content, &ignored) || !content)
        return NULL;
    for (uint32_t i = 0; i < content->heads.n; i++) {
        const JournalHead *head = &content->heads.at[i];
        Buf text = buf_in(m->arena);
        if (!head->lock.id.n || str_eq(head->lock.id, m->lock.id)) continue;
        lock_encode(&head->lock, &text);
        if (str_eq(buf_str(&text), raw) && journal_owner_gone(m->arena, head)) return head;
    }
    return NULL;
}

// True when it is ours now. What else happened (the lock was released or taken by others) the next try tells.
static bool take_over(StateManager *m, const StoreResult *refused, Diags *diags) {
    if (!m->store->vt->take_over || !m->journal) return false;
    const JournalHead *holder = dead_holder(m, refused->raw_lock);
    if (!holder) return false;
    BackendWait wait = {0};
    m->store->vt->take_over(m->store, refused->raw_lock, &m->lock, backend_wait_done, &wait, diags);
    if (!backend_wait(m->loop, &wait)) return false;
    notice(m,
           str_format(m->arena,
                      "Took over the state lock %.*s: it was left by process %lld on this host (%.*s, %.*s), which is "
                      "gone.",
                      STR_ARG(holder->lock.id), (long long)holder->pid, STR_ARG(holder->lock.operation),
                      STR_ARG(holder->lock.created)));
    return true;
}

// The journal names the lock before there is one, so that it can be taken over whenever this process dies. A folder
// that cannot be written only costs that.
static void announce(StateManager *m) {
    if (!m->store->vt->take_over) return;
    Diags ignored = diags_in(m->arena);
    if (manager_open_journal(m, &ignored) && !journal_sync_wait(m->journal)) manager_close_journal(m);
}

static void say_waiting(StateManager *m, const LockInfo *holder) {
    if (holder->who.n)
        notice(m, str_format(m->arena, "Waiting for the state lock, held by %.*s since %.*s (%.*s).",
                             STR_ARG(holder->who), STR_ARG(holder->created), STR_ARG(holder->operation)));
    else
        notice(m, STR("Waiting for the state lock."));
}

bool manager_lock(StateManager *m, Diags *diags) {
    if (!m->options.lock || !m->store->vt->lock) return true;
    m->lock = lock_new(m->arena, m->options.operation, STR_NONE, m->store->lock_path);
    announce(m);
    int64_t deadline = loop_now(m->loop) + m->options.lock_timeout_ns, delay = DELAY_FIRST;
    for (bool said = false;; said = true) {
        BackendWait wait = {0};
        m->store->vt->lock(m->store, m->arena, &m->lock, backend_wait_done, &wait, diags);
        m->locked = backend_wait(m->loop, &wait);
        if (!m->locked && wait.result.held) m->locked = take_over(m, &wait.result, diags);
        if (m->locked) return true;
        if (!wait.result.held) return false;
        int64_t left = deadline - loop_now(m->loop);
        if (left <= 0) {
            lock_error(&wait.result.holder, m->process,
                       str_format(m->arena, "%.*s is locked by another run", STR_ARG(m->store->where)), diags);
            return false;
        }
        if (!said) say_waiting(m, &wait.result.holder);
        sleep_for(m, delay < left ? delay : left);
        if (delay < DELAY_MOST) delay *= 2;
    }
}

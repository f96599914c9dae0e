#include "state/journal.h"

#include "engine/base/secret.h"
#include "engine/base/vec.h"
#include "engine/io/fs.h"
#include "engine/io/job.h"
#include "state/journal_code.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// Without anybody waiting, records go to the system in pieces of about this size, so that a killed process loses
// little.
#define WRITE_BEHIND ((size_t)256 << 10)

typedef struct Waiter {
    void (*done)(void *ctx, bool ok);
    void *ctx;
    uint64_t need; // records that must be durable
} Waiter;

typedef VEC(Waiter) Waiters;

// An intent without outcome, so that finishing can keep it. The bytes are on the heap.
typedef struct OpenIntent {
    uint64_t op;
    Buf frame;
} OpenIntent;

struct Journal {
    Process *process;
    Loop *loop;
    Arena *arena; // the journal's own; freed with it
    char *path;
    int fd;
    Buf pending;          // not yet given to a job
    Buf writing;          // owned by the job while it runs
    bool running, sync;   // a job runs; it syncs
    atomic_bool job_over; // set by the job's thread when it touches nothing any more
    int job_error;
    bool job_broken;
    int error;
    bool broken;   // a sync failed
    uint64_t size; // of the file, as far as it is known to be good
    uint64_t opened_size;
    uint64_t appended, taken, durable; // records: given to append, to the job, on disk
    uint64_t next_op;
    bool has_records; // of any process
    JournalHead head;
    Waiters waiters;
    VEC(OpenIntent) open;
    uint64_t synced_size; // of the file, on disk
    void (*on_durable)(void *ctx);
    void *on_durable_ctx;
    uint64_t kill_record;
    JournalKill kill_how;
};

static void journal_start(Journal *j);

// On a pool thread: owns `writing` and the descriptor's position.
static void job_run(void *ctx) {
    Journal *j = ctx;
    j->job_error = fs_write_all(j->fd, buf_str(&j->writing));
    if (!j->job_error && j->sync) {
        j->job_error = fs_sync(j->fd);
        j->job_broken = j->job_error != 0;
    }
    atomic_store(&j->job_over, true);
}

// What was not written goes before what came after, and the file back to its last good end.
static void journal_put_back(Journal *j) {
    if (ftruncate(j->fd, (off_t)j->size) != 0 || lseek(j->fd, (off_t)j->size, SEEK_SET) < 0) j->broken = true;
    buf_add(&j->writing, buf_str(&j->pending));
    Buf all = j->writing;
    j->writing = j->pending;
    j->pending = all;
    j->taken = j->durable;
}

static void journal_deliver(Journal *j, bool ok) {
    Waiters all = j->waiters;
    j->waiters = (Waiters){0};
    uint64_t durable = j->durable;
    for (uint32_t i = 0; i < all.n; i++) {
        if (!ok || all.at[i].need <= durable)
            all.at[i].done(all.at[i].ctx, ok);
        else
            vec_push(j->arena, &j->waiters, all.at[i]);
    }
}

static void job_done(void *ctx) {
    Journal *j = ctx;
    j->running = false;
    j->error = j->job_error;
    if (j->job_broken) j->broken = true;
    if (j->error) {
        journal_put_back(j);
    } else {
        j->size += j->writing.n;
        if (j->sync) {
            j->durable = j->taken;
            j->synced_size = j->size;
        }
    }
    if (j->writing.p) secret_wipe(j->writing.p, j->writing.n);
    buf_clear(&j->writing);
    if (!j->error && j->sync && j->on_durable) j->on_durable(j->on_durable_ctx);
    if (j->error || j->sync) journal_deliver(j, !j->error);
    if (!j->error && !j->running && j->waiters.n) journal_start(j);
}

static void journal_start(Journal *j) {
    assert(!j->running);
    j->running = true;
    j->sync = j->waiters.n > 0;
    Buf swap = j->writing;
    j->writing = j->pending;
    j->pending = swap;
    j->taken = j->appended;
    atomic_store(&j->job_over, false);
    job_start(j->loop, job_run, job_done, j);
}

static void kill_from_environment(Journal *j) {
    const char *at = getenv("INFRA_TEST_KILL_AT");
    if (!at) return;
    char *end;
    unsigned long long n = strtoull(at, &end, 10);
    journal_kill_at(j, n, *end == '-' ? KILL_BEFORE : *end == '~' ? KILL_TORN : KILL_AFTER);
}

static void open_intent(Journal *j, uint64_t op, Str frame) {
    OpenIntent *open = vec_add(j->arena, &j->open);
    open->op = op;
    buf_add(&open->frame, frame);
}

static void forget_intent(OpenIntent *open) {
    secret_wipe(open->frame.p, open->frame.n);
    buf_free(&open->frame);
}

static void close_intent(Journal *j, uint64_t op) {
    for (uint32_t i = 0; op && i < j->open.n; i++) {
        if (j->open.at[i].op != op) continue;
        forget_intent(&j->open.at[i]);
        j->open.at[i] = j->open.at[--j->open.n];
        return;
    }
}

// Takes over what another process left: where it ends, its open intents, its numbers.
static bool journal_adopt(Journal *j, Diags *diags) {
    Arena *scratch = arena_new(j->process, LIFE_OP, "journal");
    JournalContent *content;
    bool ok = journal_read(scratch, j->path, &content, diags);
    if (ok && content) {
        j->size = content->good_size;
        j->has_records = content->records.n > 0;
        for (uint32_t i = 0; i < content->records.n; i++)
            if (content->records.at[i].op >= j->next_op) j->next_op = content->records.at[i].op + 1;
        const JournalRecord *unknown;
        uint32_t n = journal_unknown(scratch, content, &unknown);
        for (uint32_t i = 0; i < n; i++) {
            Buf frame = buf_in(scratch);
            journal_encode(&unknown[i], &frame);
            open_intent(j, unknown[i].op, buf_str(&frame));
        }
    }
    arena_free(scratch);
    if (ok && (ftruncate(j->fd, (off_t)j->size) != 0 || lseek(j->fd, (off_t)j->size, SEEK_SET) < 0))
        ok = fs_error(diags, "write", j->path, errno);
    return ok;
}

static void journal_begin(Journal *j) {
    if (j->size == 0) buf_add(&j->pending, STR(JOURNAL_MAGIC));
    journal_encode_head(&j->head, &j->pending);
}

static void journal_free(Journal *j) {
    close(j->fd);
    for (uint32_t i = 0; i < j->open.n; i++) forget_intent(&j->open.at[i]);
    if (j->pending.p) secret_wipe(j->pending.p, j->pending.cap);
    if (j->writing.p) secret_wipe(j->writing.p, j->writing.cap);
    buf_free(&j->pending);
    buf_free(&j->writing);
    arena_free(j->arena);
    free(j);
}

// Ends with the process, however it ends. False: another process has it.
static bool lock_journal(int fd) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
#ifdef F_OFD_SETLK
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) return true;
    if (errno == EAGAIN || errno == EACCES) return false;
#endif
    return fcntl(fd, F_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

bool journal_in_use(const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return false;
    bool used = !lock_journal(fd);
    close(fd);
    return used;
}

Journal *journal_open(Process *process, Loop *loop, const char *path, const JournalHead *head, Diags *diags) {
    bool added = true;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST) {
        added = false;
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    }
    int error = fd < 0 ? errno : added ? fs_sync_dir_of(path) : 0;
    if (error) {
        if (fd >= 0) close(fd);
        fs_error(diags, "open for writing", path, error);
        return NULL;
    }
    if (!lock_journal(fd)) {
        close(fd);
        diag_error(diags, "journal_in_use", SPAN_NONE, "Journal in use",
                   "Another process that still runs is writing \"%s\". Wait for it to end.", path);
        return NULL;
    }
    Journal *j = calloc(1, sizeof *j);
    if (!j) abort();
    *j = (Journal){.process = process, .loop = loop, .fd = fd, .next_op = 1};
    j->arena = arena_new(process, LIFE_WALK, "journal");
    j->path = str_to_z(j->arena, str_of(path));
    j->head = *head;
    if (!journal_adopt(j, diags)) {
        journal_free(j);
        return NULL;
    }
    j->opened_size = j->synced_size = j->size;
    journal_begin(j);
    kill_from_environment(j);
    return j;
}

void journal_base(Journal *j, Str lineage, uint64_t serial) {
    j->head.lineage = str_copy(j->arena, lineage);
    j->head.serial = serial;
    journal_encode_head(&j->head, &j->pending);
}

uint64_t journal_next_op(Journal *j) { return j->next_op++; }
uint64_t journal_records(const Journal *j) { return j->appended; }

void journal_on_durable(Journal *j, void (*fn)(void *ctx), void *ctx) {
    j->on_durable = fn;
    j->on_durable_ctx = ctx;
}

Str journal_slice(const Journal *j, Arena *arena, uint64_t from) {
    if (from >= j->synced_size) return STR_NONE;
    size_t size = (size_t)(j->synced_size - from), n = 0;
    char *p = arena_alloc(arena, size);
    while (n < size) {
        ssize_t got = pread(j->fd, p + n, size - n, (off_t)(from + n));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return STR_NONE;
        n += (size_t)got;
    }
    return str_make(p, size);
}

void journal_kill_at(Journal *j, uint64_t record, JournalKill how) {
    j->kill_record = record;
    j->kill_how = how;
}

// Only in fault tests: what must be on disk is put there, then the process ends as by the power switch.
static void journal_die(Journal *j, size_t from) {
    while (j->running && !atomic_load(&j->job_over)) sched_yield();
    if (j->kill_how == KILL_BEFORE) j->pending.n = from;
    if (j->kill_how == KILL_TORN) j->pending.n = from + (j->pending.n - from) / 2;
    fs_write_all(j->fd, buf_str(&j->pending));
    fs_sync(j->fd);
    raise(SIGKILL);
}

void journal_append(Journal *j, const JournalRecord *record) {
    size_t from = j->pending.n;
    journal_encode(record, &j->pending);
    j->has_records = true;
    if (record->kind == JOURNAL_INTENT)
        open_intent(j, record->op, str_slice(buf_str(&j->pending), from, j->pending.n));
    else if (record->kind == JOURNAL_RESULT || record->kind == JOURNAL_FAILED)
        close_intent(j, record->op);
    if (++j->appended == j->kill_record) journal_die(j, from);
    if (!j->running && !j->error && j->pending.n >= WRITE_BEHIND) journal_start(j);
}

typedef struct LateFailure {
    void (*done)(void *ctx, bool ok);
    void *ctx;
} LateFailure;

static void fail_later(void *ctx) {
    LateFailure late = *(LateFailure *)ctx;
    free(ctx);
    late.done(late.ctx, false);
}

void journal_sync(Journal *j, void (*done)(void *ctx, bool ok), void *ctx) {
    if (j->broken) {
        LateFailure *late = malloc(sizeof *late);
        if (!late) abort();
        *late = (LateFailure){done, ctx};
        loop_post(j->loop, fail_later, late);
        return;
    }
    vec_push(j->arena, &j->waiters, ((Waiter){done, ctx, j->appended}));
    if (!j->running) journal_start(j);
}

typedef struct SyncWait {
    bool done, ok;
} SyncWait;

static void sync_wait_done(void *ctx, bool ok) { *(SyncWait *)ctx = (SyncWait){true, ok}; }

bool journal_sync_wait(Journal *j) {
    SyncWait wait = {false, false};
    journal_sync(j, sync_wait_done, &wait);
    return loop_run_until(j->loop, &wait.done) && wait.ok;
}

bool journal_problem(const Journal *j, Diags *diags) { return fs_error(diags, "write", j->path, j->error); }

static void journal_settle(Journal *j) {
    while (j->running) {
        SyncWait wait = {false, false};
        journal_sync(j, sync_wait_done, &wait);
        if (!loop_run_until(j->loop, &wait.done)) break;
    }
}

// The new content is whole on disk before the old goes: open intents must not be lost in between.
static int journal_rewrite(Journal *j) {
    const char *fresh = str_format(j->arena, "%s.new", j->path).p;
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return errno;
    buf_clear(&j->pending);
    j->size = 0;
    journal_begin(j);
    for (uint32_t i = 0; i < j->open.n; i++) buf_add(&j->pending, buf_str(&j->open.at[i].frame));
    int error = lock_journal(fd) ? fs_write_all(fd, buf_str(&j->pending)) : EAGAIN;
    if (!error) error = fs_sync(fd);
    if (!error && rename(fresh, j->path) != 0) error = errno;
    if (error) {
        close(fd);
        unlink(fresh);
        return error;
    }
    close(j->fd);
    j->fd = fd;
    j->size = j->pending.n;
    buf_clear(&j->pending);
    return fs_sync_dir_of(j->path);
}

static int journal_empty(Journal *j) {
    if (ftruncate(j->fd, 0) != 0 || lseek(j->fd, 0, SEEK_SET) < 0) return errno;
    j->size = 0;
    buf_clear(&j->pending);
    journal_begin(j);
    return fs_sync(j->fd);
}

bool journal_finish(Journal *j, uint64_t serial, Diags *diags) {
    journal_settle(j);
    j->head.serial = serial;
    j->error = j->open.n ? journal_rewrite(j) : journal_empty(j);
    j->has_records = j->open.n > 0;
    j->opened_size = j->synced_size = j->size;
    j->durable = j->taken = j->appended;
    return j->error ? journal_problem(j, diags) : true;
}

void journal_withdraw(Journal *j) {
    journal_settle(j);
    assert(j->appended == 0);
    buf_clear(&j->pending);
    if (ftruncate(j->fd, (off_t)j->opened_size) == 0) j->size = j->opened_size;
}

void journal_close(Journal *j) {
    if (!j) return;
    journal_settle(j);
    if (!j->has_records)
        unlink(j->path);
    else if (j->appended && !j->broken)
        fs_write_all(j->fd, buf_str(&j->pending));
    journal_free(j);
}

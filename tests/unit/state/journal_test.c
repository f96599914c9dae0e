// The journal: what was synced is there again, whatever happened to the process or the file's end.
#include "tests/harness/unit.h"

#include "engine/io/file.h"
#include "engine/io/loop.h"
#include "engine/value/type.h"
#include "state/crc32c.h"
#include "state/journal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Rig {
    Process *process;
    Arena *arena;
    Loop *loop;
    Diags diags;
    char dir[32];
    const char *path;
    JournalHead head;
} Rig;

static Rig *rig_new(void) {
    Rig *rig = calloc(1, sizeof *rig);
    rig->process = test_process();
    type_init(rig->process);
    rig->arena = arena_new(rig->process, LIFE_WALK, "test");
    rig->loop = loop_new(rig->process);
    rig->diags = diags_in(rig->arena);
    snprintf(rig->dir, sizeof rig->dir, "/tmp/journal-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    rig->path = str_format(rig->arena, "%s/state.journal", rig->dir).p;
    rig->head = (JournalHead){.lineage = STR("L"), .serial = 4};
    journal_head_here(rig->arena, &rig->head);
    rig->head.lock = lock_new(rig->arena, STR("apply"), STR_NONE, STR("p<"));
    return rig;
}

static void rig_free(Rig *rig) {
    unlink(rig->path);
    rmdir(rig->dir);
    loop_free(rig->loop);
    arena_free(rig->arena);
    process_free(rig->process);
    free(rig);
}

static Journal *open_journal(Rig *rig) {
    Journal *j = journal_open(rig->process, rig->loop, rig->path, &rig->head, &rig->diags);
    assert_non_null(j);
    return j;
}

static JournalContent *read_back(Rig *rig) {
    JournalContent *content;
    assert_true(journal_read(rig->arena, rig->path, &content, &rig->diags));
    return content;
}

static JournalRecord record(JournalKind kind, uint64_t op) {
    JournalRecord r = {.kind = kind,
                       .op = op,
                       .action = ACT_CREATE,
                       .address = STR("module.m.a.b"),
                       .module = STR("module.m"),
                       .type = STR("a"),
                       .name = STR("b"),
                       .key = {KEY_STRING, 0, STR("k\"")},
                       .provider = STR("p")};
    if (kind == JOURNAL_INTENT) {
        r.token = STR("tok");
        r.planned = STR("{\"id\":{\"unknown\":true}}");
        r.before = STR("[\"vpc-1\"]");
    } else if (kind != JOURNAL_OUTPUTS) {
        static const Str dependencies[] = {STR_INIT("a.x"), STR_INIT("a.y")};
        r.has_object = true;
        r.object = (StateObject){.key = r.key,
                                 .schema_version = 3,
                                 .attributes = STR("{\"n\":9007199254740993}"),
                                 .dependencies = dependencies,
                                 .dependency_count = 2,
                                 .tainted = true};
    }
    return r;
}

static void append(Journal *j, JournalKind kind, uint64_t op) {
    JournalRecord r = record(kind, op);
    journal_append(j, &r);
}

static void checksum_is_castagnoli(void **state) {
    (void)state;
    assert_int_equal(crc32c(0, STR("123456789")), 0xE3069283);
    assert_int_equal(crc32c(crc32c(0, STR("1234567890")), STR("abcdefghijk")), crc32c(0, STR("1234567890abcdefghijk")));
}

static void records_come_back(void **state) {
    (void)state;
    Rig *rig = rig_new();
    assert_null(read_back(rig));
    Journal *j = open_journal(rig);
    uint64_t first = journal_next_op(j), second = journal_next_op(j);
    append(j, JOURNAL_INTENT, first);
    append(j, JOURNAL_INTENT, second);
    append(j, JOURNAL_RESULT, second);
    journal_append(
        j, &(JournalRecord){.kind = JOURNAL_OUTPUTS, .outputs = STR("{\"o\":{\"value\":1,\"type\":\"number\"}}")});
    journal_append(j, &(JournalRecord){.kind = JOURNAL_SAVING, .serial = 5, .size = 10, .crc = UINT32_MAX});
    assert_true(journal_sync_wait(j));
    JournalContent *content = read_back(rig);
    assert_int_equal(content->records.n, 5);
    assert_false(content->torn);
    assert_str(content->heads.at[0].lock.path, "p<");
    assert_int_equal(content->heads.at[0].pid, getpid());
    const JournalRecord *intent = &content->records.at[0], *result = &content->records.at[2];
    assert_str(intent->planned, "{\"id\":{\"unknown\":true}}");
    assert_str(intent->before, "[\"vpc-1\"]");
    assert_str(intent->token, "tok");
    assert_str(intent->key.s, "k\"");
    assert_str(result->object.attributes, "{\"n\":9007199254740993}");
    assert_int_equal(result->object.dependency_count, 2);
    assert_true(result->object.tainted && result->object.schema_version == 3);
    assert_str(content->records.at[3].outputs, "{\"o\":{\"value\":1,\"type\":\"number\"}}");
    assert_int_equal(content->records.at[4].crc, UINT32_MAX);
    const JournalRecord *unknown;
    assert_int_equal(journal_unknown(rig->arena, content, &unknown), 1);
    assert_int_equal(unknown[0].op, first);
    struct stat st;
    assert_int_equal(stat(rig->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    // What is unknown stays when the rest is in a state; then it is closed as well.
    assert_true(journal_finish(j, 5, &rig->diags));
    content = read_back(rig);
    assert_int_equal(content->records.n, 1);
    assert_int_equal(content->records.at[0].op, first);
    assert_int_equal(content->heads.at[0].serial, 5);
    append(j, JOURNAL_FAILED, first);
    assert_true(journal_finish(j, 6, &rig->diags));
    assert_null(read_back(rig));
    journal_close(j);
    assert_false(file_exists(rig->path));
    rig_free(rig);
}

typedef struct Count {
    uint32_t called, good;
} Count;

static void count(void *ctx, bool ok) {
    Count *c = ctx;
    c->called++;
    c->good += ok;
}

static void one_sync_serves_many(void **state) {
    (void)state;
    Rig *rig = rig_new();
    Journal *j = open_journal(rig);
    Count c = {0, 0};
    for (uint64_t i = 0; i < 100; i++) {
        append(j, JOURNAL_INTENT, journal_next_op(j));
        journal_sync(j, count, &c);
    }
    assert_int_equal(c.called, 0);
    assert_true(journal_sync_wait(j));
    assert_int_equal(c.good, 100);
    assert_int_equal(read_back(rig)->records.n, 100);
    journal_close(j);
    rig_free(rig);
}

// Every length that a crash may leave: the whole records before the cut are there, and writing goes on behind them.
static void torn_ends_are_cut(void **state) {
    (void)state;
    Rig *rig = rig_new();
    Journal *j = open_journal(rig);
    append(j, JOURNAL_INTENT, journal_next_op(j));
    assert_true(journal_sync_wait(j));
    size_t one = read_back(rig)->good_size;
    append(j, JOURNAL_RESULT, 1);
    journal_close(j);
    Str whole;
    assert_true(file_read(rig->arena, rig->path, 1u << 20, &whole, &rig->diags));
    for (size_t n = 0; n < whole.n; n += n < 40 ? 1 : 7) {
        assert_true(file_write_durable(rig->process, rig->path, str_slice(whole, 0, n), 0600, &rig->diags));
        JournalContent *content = read_back(rig);
        if (n >= one) assert_true(content->records.n == 1 && content->good_size == one && content->torn == (n > one));
    }
    j = open_journal(rig);
    assert_int_equal(journal_next_op(j), 2);
    append(j, JOURNAL_RESULT, 1);
    journal_close(j);
    JournalContent *content = read_back(rig);
    assert_int_equal(content->records.n, 2);
    assert_int_equal(content->heads.n, 2);
    rig_free(rig);
}

static void damage_is_an_error(void **state) {
    (void)state;
    Rig *rig = rig_new();
    Journal *j = open_journal(rig);
    append(j, JOURNAL_INTENT, journal_next_op(j));
    append(j, JOURNAL_RESULT, 1);
    journal_close(j);
    Str whole;
    assert_true(file_read(rig->arena, rig->path, 1u << 20, &whole, &rig->diags));
    JournalContent *content = read_back(rig);
    for (size_t at = 0; at < whole.n; at += 31) {
        char *broken = str_to_z(rig->arena, whole);
        memcpy(broken, whole.p, whole.n);
        broken[at] ^= 0x10;
        assert_true(file_write_durable(rig->process, rig->path, str_make(broken, whole.n), 0600, &rig->diags));
        Diags diags = diags_in(rig->arena);
        // A changed byte is never taken for content: it is an error, or the end is cut there.
        if (journal_read(rig->arena, rig->path, &content, &diags))
            assert_true(!content || content->torn);
        else
            assert_true(str_find(diags.list.at[0].detail, STR("at byte")) > 0);
    }
    rig_free(rig);
}

static void a_full_disk_is_told_and_got_over(void **state) {
    (void)state;
    Rig *rig = rig_new();
    Journal *j = open_journal(rig);
    append(j, JOURNAL_INTENT, journal_next_op(j));
    assert_true(journal_sync_wait(j));
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = read_back(rig)->good_size + 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    append(j, JOURNAL_RESULT, 1);
    assert_false(journal_sync_wait(j));
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(journal_problem(j, &rig->diags));
    assert_true(str_find(rig->diags.list.at[0].detail, STR("state.journal")) > 0);
    assert_int_equal(read_back(rig)->records.n, 1);
    append(j, JOURNAL_OUTPUTS, 0);
    assert_true(journal_sync_wait(j));
    assert_int_equal(read_back(rig)->records.n, 3);
    journal_close(j);
    rig_free(rig);
}

// In a child: three intents with their results, killed somewhere.
static void write_and_die(Rig *rig, uint64_t at, JournalKill how) {
    pid_t pid = fork();
    if (pid == 0) {
        Loop *loop = loop_new(rig->process);
        Journal *j = journal_open(rig->process, loop, rig->path, &rig->head, &rig->diags);
        journal_kill_at(j, at, how);
        for (int i = 0; i < 3; i++) {
            uint64_t op = journal_next_op(j);
            append(j, JOURNAL_INTENT, op);
            journal_sync_wait(j);
            append(j, JOURNAL_RESULT, op);
        }
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void killed_at_every_step(void **state) {
    (void)state;
    static const JournalKill hows[] = {KILL_BEFORE, KILL_TORN, KILL_AFTER};
    for (uint64_t at = 1; at <= 6; at++) {
        for (int i = 0; i < 3; i++) {
            Rig *rig = rig_new();
            write_and_die(rig, at, hows[i]);
            JournalContent *content = read_back(rig);
            assert_non_null(content);
            uint64_t kept = hows[i] == KILL_AFTER ? at : at - 1;
            assert_int_equal(content->records.n, kept);
            assert_int_equal(content->torn, hows[i] == KILL_TORN);
            const JournalRecord *unknown;
            assert_int_equal(journal_unknown(rig->arena, content, &unknown), kept % 2);
            rig_free(rig);
        }
    }
}

static void owners_are_told_apart(void **state) {
    (void)state;
    Rig *rig = rig_new();
    JournalHead head = rig->head;
    void *grown = malloc((size_t)64 << 20); // a process that grows is the same process
    assert_non_null(grown);
    assert_false(journal_owner_gone(rig->arena, &head));
    free(grown);
    head.start_time++;
    assert_true(journal_owner_gone(rig->arena, &head));
    head = rig->head;
    head.boot_id = STR("another boot");
    assert_true(journal_owner_gone(rig->arena, &head));
    head.host = STR("elsewhere");
    assert_false(journal_owner_gone(rig->arena, &head));
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    waitpid(pid, NULL, 0);
    head = rig->head;
    head.pid = pid;
    assert_true(journal_owner_gone(rig->arena, &head));
    rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum_is_castagnoli), cmocka_unit_test(records_come_back),
        cmocka_unit_test(one_sync_serves_many),   cmocka_unit_test(torn_ends_are_cut),
        cmocka_unit_test(damage_is_an_error),     cmocka_unit_test(a_full_disk_is_told_and_got_over),
        cmocka_unit_test(killed_at_every_step),   cmocka_unit_test(owners_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

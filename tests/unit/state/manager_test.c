// A command's hold on a state: what it did is in the state at the end, or the next one brings it there.
#include "tests/harness/unit.h"

#include "engine/io/file.h"
#include "engine/value/marks.h"
#include "state/backend/mem.h"
#include "state/manager.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Rig {
    Process *process;
    Arena *arena;
    Loop *loop;
    Diags diags;
    Backend *backend;
    StateStore *store;
    char dir[32];
    Str said;
} Rig;

static Rig *rig_new(void) {
    Rig *rig = calloc(1, sizeof *rig);
    rig->process = test_process();
    type_init(rig->process);
    marks_init(rig->process);
    rig->arena = arena_new(rig->process, LIFE_WALK, "test");
    rig->loop = loop_new(rig->process);
    loop_set_fake(rig->loop, true);
    rig->diags = diags_in(rig->arena);
    snprintf(rig->dir, sizeof rig->dir, "/tmp/manager-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    assert_int_equal(chdir(rig->dir), 0);
    rig->backend =
        backend_mem.configure(rig->loop, rig->arena, value_null(rig->process, type_dynamic(rig->process)), &rig->diags);
    rig->store = rig->backend->vt->open(rig->backend, rig->arena, STR("default"), &rig->diags);
    return rig;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void rig_free(Rig *rig) {
    assert_int_equal(chdir("/"), 0);
    nftw(rig->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    loop_free(rig->loop);
    arena_free(rig->arena);
    process_free(rig->process);
    free(rig);
}

static void say(void *ctx, Str text) {
    Rig *rig = ctx;
    rig->said = str_format(rig->arena, "%.*s%.*s\n", STR_ARG(rig->said), STR_ARG(text));
}

static StateManager *try_open(Rig *rig, bool write) {
    ManagerOptions options = {
        .lock = true, .operation = STR("OperationTypeApply"), .write = write, .notice = say, .notice_ctx = rig};
    return manager_open(rig->loop, rig->arena, rig->store, &options, &rig->diags);
}

static StateManager *open_manager(Rig *rig, bool write) {
    StateManager *m = try_open(rig, write);
    assert_non_null(m);
    return m;
}

static Str stored(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->read(rig->store, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    return wait.result.found ? wait.result.bytes : STR("none");
}

static void put(StateManager *m, const char *name, const char *attributes) {
    Snapshot *s = manager_snapshot(m);
    StateResource *r = snapshot_put_resource(s, STR_NONE, false, STR("t"), str_of(name), STR("p"));
    snapshot_put_object(s, r, INSTANCE_NO_KEY, STR_NONE)->attributes = str_of(attributes);
}

static JournalRecord record(JournalKind kind, uint64_t op, const char *name) {
    JournalRecord r = {.kind = kind, .op = op, .type = STR("t"), .name = str_of(name), .provider = STR("p")};
    r.address = str_of(name);
    r.has_object = kind == JOURNAL_RESULT;
    r.object.attributes = STR("{\"done\":true}");
    return r;
}

static void journal(StateManager *m, JournalKind kind, uint64_t op, const char *name, Diags *diags) {
    Journal *j = manager_journal(m, diags);
    assert_non_null(j);
    JournalRecord r = record(kind, op, name);
    r.address = str_format(diags->arena, "t.%s", name);
    journal_append(j, &r);
    assert_true(journal_sync_wait(j));
}

static bool has(StateManager *m, const char *address) {
    StateResource *r = snapshot_find(manager_snapshot(m), str_of(address));
    return r && r->n == 1;
}

static void serial_counts_changes(void **state) {
    (void)state;
    Rig *rig = rig_new();
    StateManager *m = open_manager(rig, true);
    put(m, "a", "{}");
    assert_true(manager_persist(m, STR("."), &rig->diags));
    assert_int_equal(manager_snapshot(m)->serial, 1);
    Str first = stored(rig);
    put(m, "a", "{}"); // the same content again
    assert_true(manager_persist(m, STR("."), &rig->diags));
    assert_true(str_eq(stored(rig), first));
    assert_true(manager_unlock(m, &rig->diags));
    m = open_manager(rig, true);
    Str lineage = manager_snapshot(m)->lineage;
    put(m, "b", "{}");
    assert_true(manager_persist(m, STR("."), &rig->diags));
    assert_true(manager_unlock(m, &rig->diags));
    m = open_manager(rig, false);
    assert_int_equal(manager_snapshot(m)->serial, 2);
    assert_true(str_eq(manager_snapshot(m)->lineage, lineage) && has(m, "t.a") && has(m, "t.b"));
    assert_true(manager_unlock(m, &rig->diags));
    assert_false(diags_failed(&rig->diags));
    assert_false(file_exists(".infra-journal"));
    rig_free(rig);
}

// What a command does in a process of its own, which is then gone without a word. The state stays in the parent's
// memory, so it is handed over in a local file.
typedef void Deed(Rig *rig, StateManager *m);

static void use_local(Rig *rig) { rig->store = local_store(rig->loop, rig->arena, STR("terraform.tfstate"), STR_NONE); }

static void in_a_dying_process(Rig *rig, Deed *deed) {
    pid_t pid = fork();
    if (pid == 0) {
        rig->loop = loop_new(rig->process);
        use_local(rig);
        StateManager *m = try_open(rig, true);
        if (m) deed(rig, m);
        _exit(m ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    use_local(rig);
}

static void two_results_and_an_open_intent(Rig *rig, StateManager *m) {
    journal(m, JOURNAL_INTENT, 1, "a", &rig->diags);
    journal(m, JOURNAL_RESULT, 1, "a", &rig->diags);
    journal(m, JOURNAL_INTENT, 2, "b", &rig->diags);
    journal(m, JOURNAL_INTENT, 3, "c", &rig->diags);
    JournalRecord failed = record(JOURNAL_FAILED, 3, "c");
    failed.address = STR("t.c");
    journal_append(manager_journal(m, &rig->diags), &failed);
    JournalRecord outputs = {.kind = JOURNAL_OUTPUTS, .outputs = STR("{\"o\":{\"value\":\"x\",\"type\":\"string\"}}")};
    journal_append(manager_journal(m, &rig->diags), &outputs);
    journal_sync_wait(manager_journal(m, &rig->diags));
}

static void the_next_run_recovers(void **state) {
    (void)state;
    Rig *rig = rig_new();
    in_a_dying_process(rig, two_results_and_an_open_intent);
    for (int round = 0; round < 2; round++) { // a plan, in memory; an apply, to stay
        StateManager *m = open_manager(rig, round == 1);
        assert_true(has(m, "t.a") && !has(m, "t.b") && !has(m, "t.c"));
        assert_str(manager_snapshot(m)->outputs[0].value, "\"x\"");
        uint32_t n;
        const JournalRecord *unknown = manager_unknown(m, &n);
        assert_int_equal(n, 1);
        assert_str(unknown[0].address, "t.b");
        if (round == 1) {
            // b turns out to be there.
            JournalRecord r = record(JOURNAL_RESULT, 2, "b");
            r.address = STR("t.b");
            assert_true(journal_next_op(manager_journal(m, &rig->diags)) > 3);
            journal_append(manager_journal(m, &rig->diags), &r);
            put(m, "b", "{\"done\":true}");
            assert_true(manager_persist(m, STR("."), &rig->diags));
        }
        assert_true(manager_unlock(m, &rig->diags));
        rig->store->vt->close(rig->store);
        assert_int_equal(file_exists("terraform.tfstate.journal"), round == 0);
    }
    StateManager *m = open_manager(rig, false);
    assert_true(has(m, "t.a") && has(m, "t.b"));
    uint32_t n;
    manager_unknown(m, &n);
    assert_int_equal(n, 0);
    assert_int_equal(manager_snapshot(m)->serial, 1);
    assert_true(manager_unlock(m, &rig->diags));
    assert_false(diags_failed(&rig->diags));
    rig_free(rig);
}

static void persist_then_more(Rig *rig, StateManager *m) {
    journal(m, JOURNAL_INTENT, 1, "a", &rig->diags);
    journal(m, JOURNAL_RESULT, 1, "a", &rig->diags);
    put(m, "a", "{\"done\":true}");
    manager_persist_start(m);
    journal(m, JOURNAL_INTENT, 2, "b", &rig->diags);
    journal(m, JOURNAL_RESULT, 2, "b", &rig->diags);
    bool over = false;
    while (!over) {
        loop_poll(rig->loop);
        over = file_exists("terraform.tfstate") && manager_snapshot(m)->serial == 1 &&
               !file_exists("terraform.tfstate.new");
        Str bytes = STR_NONE;
        if (over) over = file_read(rig->arena, "terraform.tfstate", 1u << 20, &bytes, &rig->diags) && bytes.n > 0;
    }
}

// Compacted in the middle: what is in the state already is not applied again over what came later.
static void records_before_a_saved_state_are_done(void **state) {
    (void)state;
    Rig *rig = rig_new();
    in_a_dying_process(rig, persist_then_more);
    StateManager *m = open_manager(rig, true);
    assert_int_equal(manager_snapshot(m)->serial, 1);
    assert_true(has(m, "t.a") && has(m, "t.b"));
    assert_true(manager_persist(m, STR("."), &rig->diags));
    assert_true(manager_unlock(m, &rig->diags));
    assert_false(file_exists("terraform.tfstate.journal"));
    assert_false(diags_failed(&rig->diags));
    rig_free(rig);
}

static void a_state_written_by_others_is_not_mixed_up(void **state) {
    (void)state;
    Rig *rig = rig_new();
    in_a_dying_process(rig, two_results_and_an_open_intent);
    Str other = STR("{\"version\":4,\"serial\":9,\"lineage\":\"other\",\"outputs\":{},\"resources\":[]}");
    assert_true(file_write_durable(rig->process, "terraform.tfstate", other, 0600, &rig->diags));
    assert_null(try_open(rig, true));
    Str detail = rig->diags.list.at[0].detail;
    assert_true(str_find(detail, STR("t.a (created or changed)")) > 0);
    assert_true(str_find(detail, STR("terraform.tfstate.journal")) > 0);
    assert_false(file_exists(".terraform.tfstate.lock.info"));
    rig_free(rig);
}

static void failed_writes_are_kept_elsewhere(void **state) {
    (void)state;
    Rig *rig = rig_new();
    StateManager *m = open_manager(rig, true);
    journal(m, JOURNAL_INTENT, 1, "a", &rig->diags);
    journal(m, JOURNAL_RESULT, 1, "a", &rig->diags);
    put(m, "a", "{\"done\":true}");
    mem_fail_writes(rig->backend, 1, false);
    assert_false(manager_persist(m, STR("."), &rig->diags));
    assert_true(diags_failed(&rig->diags));
    Str saved;
    Diags diags = diags_in(rig->arena);
    assert_true(file_read(rig->arena, "errored.tfstate", 1u << 20, &saved, &diags));
    assert_non_null(codec_read(rig->arena, saved, STR("saved"), &diags));
    assert_true(str_find(saved, STR("\"done\": true")) > 0);
    assert_true(manager_unlock(m, &diags));
    // The journal has it too.
    assert_str(stored(rig), "none");
    m = open_manager(rig, true);
    assert_true(has(m, "t.a"));
    assert_true(manager_persist(m, STR("."), &diags));
    assert_true(manager_unlock(m, &diags));
    assert_false(diags_failed(&diags));
    rig_free(rig);
}

static void a_lost_answer_is_no_failure(void **state) {
    (void)state;
    Rig *rig = rig_new();
    StateManager *m = open_manager(rig, true);
    put(m, "a", "{}");
    mem_fail_writes(rig->backend, 1, true);
    assert_true(manager_persist(m, STR("."), &rig->diags));
    put(m, "b", "{}");
    assert_true(manager_persist(m, STR("."), &rig->diags));
    assert_int_equal(manager_snapshot(m)->serial, 2);
    assert_true(manager_unlock(m, &rig->diags));
    assert_false(diags_failed(&rig->diags));
    assert_false(file_exists("errored.tfstate"));
    rig_free(rig);
}

static void a_changed_state_is_not_written_over(void **state) {
    (void)state;
    Rig *rig = rig_new();
    StateManager *m = open_manager(rig, true);
    put(m, "a", "{}");
    assert_true(manager_persist(m, STR("."), &rig->diags));
    BackendWait wait = {0};
    rig->store->vt->write(rig->store, STR("{\"version\":4}"), STR_NONE, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    put(m, "b", "{}");
    assert_false(manager_persist(m, STR("."), &rig->diags));
    assert_str(stored(rig), "{\"version\":4}");
    assert_string_equal(rig->diags.list.at[0].code, "state_changed");
    assert_true(file_exists("errored.tfstate"));
    assert_true(manager_unlock(m, &rig->diags));
    rig_free(rig);
}

static bool lock_by(Rig *rig, const LockInfo *info) {
    BackendWait wait = {0};
    rig->store->vt->lock(rig->store, rig->arena, info, backend_wait_done, &wait, &rig->diags);
    return backend_wait(rig->loop, &wait);
}

static void a_held_lock_is_waited_for_then_named(void **state) {
    (void)state;
    Rig *rig = rig_new();
    LockInfo other = lock_new(rig->arena, STR("OperationTypePlan"), STR_NONE, rig->store->lock_path);
    other.id = STR("the-other");
    other.who = STR("ann@elsewhere");
    assert_true(lock_by(rig, &other));
    int64_t before = loop_now(rig->loop);
    ManagerOptions options = {
        .lock = true, .lock_timeout_ns = 40 * NS_PER_S, .operation = STR("x"), .notice = say, .notice_ctx = rig};
    assert_null(manager_open(rig->loop, rig->arena, rig->store, &options, &rig->diags));
    assert_int_equal((loop_now(rig->loop) - before) / NS_PER_S, 40);
    assert_true(str_find(rig->said, STR("held by ann@elsewhere")) > 0);
    assert_true(str_find(rig->diags.list.at[0].detail, STR("infra force-unlock the-other")) > 0);
    assert_false(file_exists(".infra-journal"));
    rig_free(rig);
}

// A lock as a process left it that died while it held it: only when the journal here names it, and that is surely gone.
static void dead_locks_are_taken_over(void **state) {
    (void)state;
    for (int round = 0; round < 3; round++) {
        Rig *rig = rig_new();
        LockInfo dead = lock_new(rig->arena, STR("OperationTypeApply"), STR_NONE, rig->store->lock_path);
        dead.id = STR("of-the-dead");
        JournalHead head = {.lock = dead, .lineage = STR("L")};
        journal_head_here(rig->arena, &head);
        if (round != 1) head.start_time++; // 1: it still runs
        assert_true(file_make_dirs(".infra-journal", 0700, &rig->diags));
        Journal *j = journal_open(rig->process, rig->loop, rig->store->journal_path.p, &head, &rig->diags);
        JournalRecord r = record(JOURNAL_RESULT, 1, "a");
        r.address = STR("t.a");
        journal_append(j, &r);
        journal_close(j);
        if (round == 2) dead.created = STR("2000-01-01T00:00:00Z"); // 2: another lock with that ID
        assert_true(lock_by(rig, &dead));
        StateManager *m = try_open(rig, true);
        assert_int_equal(m != NULL, round == 0);
        if (m) {
            assert_true(str_find(rig->said, STR("Took over the state lock of-the-dead")) >= 0);
            assert_true(has(m, "t.a"));
            assert_true(manager_persist(m, STR("."), &rig->diags));
            assert_true(manager_unlock(m, &rig->diags));
            assert_true(lock_by(rig, &dead));
        }
        rig_free(rig);
    }
}

static void over(void *flag) { *(bool *)flag = true; }

static void pass_time(Rig *rig, int64_t ns) {
    bool done = false;
    timer_start(rig->loop, ns, over, &done);
    assert_true(loop_run_until(rig->loop, &done));
}

static uint32_t count_segments(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->segment_list(rig->store, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    return wait.result.count;
}

// The machine is lost with its journal; another one finds the copy beside the state.
static void a_lost_machine_is_recovered_from_the_copy(void **state) {
    (void)state;
    Rig *rig = rig_new();
    StateManager *lost = open_manager(rig, true);
    journal(lost, JOURNAL_INTENT, 1, "a", &rig->diags);
    journal(lost, JOURNAL_RESULT, 1, "a", &rig->diags);
    pass_time(rig, 3 * NS_PER_S);
    journal(lost, JOURNAL_INTENT, 2, "b", &rig->diags);
    pass_time(rig, 3 * NS_PER_S);
    assert_int_equal(count_segments(rig), 2);
    assert_int_equal(unlink(".infra-journal/default.journal"), 0);
    LockInfo held;
    BackendWait wait = {0};
    rig->store->vt->lock(rig->store, rig->arena, &(LockInfo){.id = STR("x")}, backend_wait_done, &wait, &rig->diags);
    backend_wait(rig->loop, &wait);
    held = wait.result.holder;
    for (int round = 0; round < 2; round++) {
        wait = (BackendWait){0};
        if (round == 0) rig->store->vt->unlock(rig->store, held.id, backend_wait_done, &wait, &rig->diags);
        if (round == 0) assert_true(backend_wait(rig->loop, &wait));
        StateManager *m = open_manager(rig, round == 1);
        uint32_t n;
        assert_true(has(m, "t.a"));
        assert_str(manager_unknown(m, &n)->address, "t.b");
        assert_int_equal(n, 1);
        if (round == 1) {
            JournalRecord failed = record(JOURNAL_FAILED, 2, "b");
            failed.address = STR("t.b");
            journal_append(manager_journal(m, &rig->diags), &failed);
            assert_true(manager_persist(m, STR("."), &rig->diags));
        }
        assert_true(manager_unlock(m, &rig->diags));
        assert_int_equal(count_segments(rig), round == 0 ? 2 : 0);
        assert_false(file_exists(".infra-journal"));
    }
    StateManager *m = open_manager(rig, false);
    assert_true(has(m, "t.a") && manager_snapshot(m)->serial == 1);
    assert_true(manager_unlock(m, &rig->diags));
    assert_false(diags_failed(&rig->diags));
    assert_false(manager_unlock(lost, &rig->diags)); // only now, for its memory
    rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serial_counts_changes),
        cmocka_unit_test(the_next_run_recovers),
        cmocka_unit_test(records_before_a_saved_state_are_done),
        cmocka_unit_test(a_state_written_by_others_is_not_mixed_up),
        cmocka_unit_test(failed_writes_are_kept_elsewhere),
        cmocka_unit_test(a_lost_answer_is_no_failure),
        cmocka_unit_test(a_changed_state_is_not_written_over),
        cmocka_unit_test(a_held_lock_is_waited_for_then_named),
        cmocka_unit_test(dead_locks_are_taken_over),
        cmocka_unit_test(a_lost_machine_is_recovered_from_the_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Local states: peers' lock and its file, one backup a run, and no crash or full disk that loses a state.
#include "tests/harness/unit.h"

#include "engine/io/file.h"
#include "engine/io/loop.h"
#include "state/backend.h"

#include <fcntl.h>
#include <ftw.h>
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
    StateStore *store;
    LockInfo lock;
} Rig;

static Rig *rig_new(void) {
    Rig *rig = calloc(1, sizeof *rig);
    rig->process = test_process();
    rig->arena = arena_new(rig->process, LIFE_WALK, "test");
    rig->loop = loop_new(rig->process);
    rig->diags = diags_in(rig->arena);
    snprintf(rig->dir, sizeof rig->dir, "/tmp/local-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    assert_int_equal(chdir(rig->dir), 0);
    rig->store = local_store(rig->loop, rig->arena, STR("s.tfstate"), STR("s.tfstate.backup"));
    rig->lock = lock_new(rig->arena, STR("apply"), STR_NONE, rig->store->lock_path);
    return rig;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void rig_free(Rig *rig) {
    rig->store->vt->close(rig->store);
    assert_int_equal(chdir("/"), 0);
    nftw(rig->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    loop_free(rig->loop);
    arena_free(rig->arena);
    process_free(rig->process);
    free(rig);
}

static StoreResult lock(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->lock(rig->store, rig->arena, &rig->lock, backend_wait_done, &wait, &rig->diags);
    backend_wait(rig->loop, &wait);
    return wait.result;
}

static bool unlock(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->unlock(rig->store, rig->lock.id, backend_wait_done, &wait, &rig->diags);
    return backend_wait(rig->loop, &wait);
}

static bool write_state(Rig *rig, const char *text) {
    BackendWait wait = {0};
    rig->store->vt->write(rig->store, str_of(text), STR_NONE, backend_wait_done, &wait, &rig->diags);
    return backend_wait(rig->loop, &wait);
}

static Str read_state(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->read(rig->store, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    return wait.result.found ? wait.result.bytes : STR("none");
}

static void put(Rig *rig, const char *path, const char *text) {
    assert_true(file_write_durable(rig->process, path, str_of(text), 0600, &rig->diags));
}

static Str get(Rig *rig, const char *path) {
    Str bytes;
    return file_exists(path) && file_read(rig->arena, path, 1u << 20, &bytes, &rig->diags) ? bytes : STR("none");
}

#define STATE(serial, more) "{\"version\":4,\"serial\":" #serial ",\"lineage\":\"L\"," more "}\n"
#define OLD STATE(1, "\"a\":\"the old one, which is longer\"")
#define NEW STATE(2, "\"a\":\"new\"")

// Another process that locks as peers do; it holds the lock until its pipe is closed.
static pid_t hold_as_peer(int *release) {
    int ready[2], go[2];
    assert_int_equal(pipe(ready) + pipe(go), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(go[1]);
        int fd = open("s.tfstate", O_RDWR | O_CREAT, 0666);
        struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        char c = fcntl(fd, F_SETLK, &l) == 0 ? 'y' : 'n';
        if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 0) _exit(2);
        _exit(0);
    }
    char c = 0;
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    close(ready[1]);
    close(go[0]);
    *release = go[1];
    if (c == 'y') return pid;
    close(go[1]);
    waitpid(pid, NULL, 0);
    return 0;
}

static void peers_lock_and_ours_exclude_each_other(void **state) {
    (void)state;
    Rig *rig = rig_new();
    int release;
    put(rig, ".s.tfstate.lock.info", "{\"ID\":\"peer\",\"Operation\":\"OperationTypePlan\",\"Who\":\"bob@box\"}");
    pid_t peer = hold_as_peer(&release);
    assert_true(peer > 0);
    StoreResult refused = lock(rig);
    assert_true(!refused.ok && refused.held);
    assert_str(refused.holder.who, "bob@box");
    close(release);
    waitpid(peer, NULL, 0);
    assert_true(lock(rig).ok);
    // Opening and closing the file elsewhere in this process does not lose the lock.
    close(open("s.tfstate", O_RDONLY));
    assert_int_equal(hold_as_peer(&release), 0);
    LockInfo info;
    assert_true(lock_decode(rig->arena, get(rig, ".s.tfstate.lock.info"), &info));
    assert_true(str_eq(info.id, rig->lock.id));
    assert_true(unlock(rig));
    assert_false(file_exists(".s.tfstate.lock.info"));
    // A file that was made for the lock alone goes with it.
    assert_true(file_exists("s.tfstate"));
    unlink("s.tfstate");
    assert_true(lock(rig).ok && file_exists("s.tfstate") && unlock(rig));
    assert_false(file_exists("s.tfstate"));
    rig_free(rig);
}

static void one_backup_a_run_and_the_same_inode(void **state) {
    (void)state;
    Rig *rig = rig_new();
    put(rig, "s.tfstate", OLD);
    assert_int_equal(chmod("s.tfstate", 0644), 0);
    struct stat before, after;
    stat("s.tfstate", &before);
    assert_true(lock(rig).ok);
    assert_true(write_state(rig, NEW));
    assert_true(write_state(rig, STATE(3, "\"a\":1")));
    assert_true(unlock(rig));
    assert_str(get(rig, "s.tfstate"), STATE(3, "\"a\":1"));
    assert_str(get(rig, "s.tfstate.backup"), OLD);
    stat("s.tfstate", &after);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(after.st_mode & 0777, 0644);
    stat("s.tfstate.backup", &after);
    assert_int_equal(after.st_mode & 0777, 0600);
    assert_false(file_exists("s.tfstate.new") || file_exists("s.tfstate.new.tmp"));
    rig_free(rig);
}

// state, <state>.new as a crash left them; what the next run has.
static void after_crash(const char *state, const char *fresh, const char *want, bool fresh_stays) {
    Rig *rig = rig_new();
    put(rig, "s.tfstate", state);
    put(rig, "s.tfstate.new", fresh);
    put(rig, "s.tfstate.new.tmp", "cut o");
    assert_str(read_state(rig), want); // without the lock nothing is changed
    assert_true(file_exists("s.tfstate.new"));
    assert_true(lock(rig).ok);
    assert_str(read_state(rig), want);
    assert_str(get(rig, "s.tfstate"), want);
    assert_int_equal(file_exists("s.tfstate.new"), fresh_stays);
    assert_false(file_exists("s.tfstate.new.tmp"));
    assert_true(unlock(rig));
    rig_free(rig);
}

static void interrupted_copies_are_finished(void **state) {
    (void)state;
    after_crash(OLD, NEW, NEW, false);                                 // not begun
    after_crash("{\"version\":4,\"serial\":2,\"lin", NEW, NEW, false); // in the middle
    after_crash(NEW "tail of the old one\"}", NEW, NEW, false);        // not cut yet
    after_crash(STATE(2, "\"a\":\"old\""), NEW, NEW, false);           // new head, old rest of the same length
    after_crash(NEW, NEW, NEW, false);                                 // done but for the clean-up
    after_crash(STATE(3, "\"a\":3"), NEW, STATE(3, "\"a\":3"), false); // a peer went on
    after_crash("{\"version\":4,\"serial\":1,\"lineage\":\"other\"}", NEW,
                "{\"version\":4,\"serial\":1,\"lineage\":\"other\"}", true);
}

static void a_full_disk_leaves_the_old_state(void **state) {
    (void)state;
    Rig *rig = rig_new();
    put(rig, "s.tfstate", OLD);
    assert_true(lock(rig).ok);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    char *big = str_to_z(rig->arena, str_format(rig->arena, "{\"version\":4,\"a\":\"%0200d\"}", 0));
    bool written = write_state(rig, big);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(written);
    assert_true(diags_failed(&rig->diags));
    assert_str(get(rig, "s.tfstate"), OLD);
    assert_false(file_exists("s.tfstate.new") || file_exists("s.tfstate.new.tmp"));
    assert_true(write_state(rig, NEW));
    assert_true(unlock(rig));
    rig_free(rig);
}

static void foreign_locks_cannot_be_released(void **state) {
    (void)state;
    Rig *rig = rig_new();
    assert_false(unlock(rig));
    assert_true(str_find(rig->diags.list.at[0].detail, STR("not locked by this process")) > 0);
    rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_lock_and_ours_exclude_each_other), cmocka_unit_test(one_backup_a_run_and_the_same_inode),
        cmocka_unit_test(interrupted_copies_are_finished),        cmocka_unit_test(a_full_disk_leaves_the_old_state),
        cmocka_unit_test(foreign_locks_cannot_be_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

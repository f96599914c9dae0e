#include "tests/harness/cmocka.h"

#include "engine/io/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Place {
    Process *process;
    Arena *arena;
    Diags diags;
    char dir[64];
} Place;

static int setup(void **state) {
    static Place p;
    Process *process = process_new();
    p = (Place){.process = process, .arena = arena_new(process, LIFE_OP, "test")};
    p.diags = diags_in(p.arena);
    snprintf(p.dir, sizeof p.dir, "/tmp/file_test.XXXXXX");
    *state = &p;
    return mkdtemp(p.dir) ? 0 : -1;
}

static int teardown(void **state) {
    Place *p = *state;
    Str command = str_format(p->arena, "rm -r %s", p->dir);
    int result = system(command.p);
    arena_free(p->arena);
    process_free(p->process);
    return result;
}

static const char *in(Place *p, const char *name) { return str_format(p->arena, "%s/%s", p->dir, name).p; }

static bool says(const Place *p, const char *text) {
    return p->diags.list.n && str_find(p->diags.list.at[p->diags.list.n - 1].detail, str_of(text)) >= 0;
}

static void written_and_read_back(void **state) {
    Place *p = *state;
    const char *path = in(p, "a");
    Str text;
    assert_true(file_write_durable(p->process, path, STR("one"), 0600, &p->diags));
    assert_true(file_write_durable(p->process, path, STR("two\n"), 0640, &p->diags));
    assert_true(file_read(p->arena, path, 100, &text, &p->diags));
    assert_string_equal(text.p, "two\n");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    Str *names;
    uint32_t n;
    assert_true(file_list(p->arena, p->dir, &names, &n, &p->diags));
    assert_int_equal(n, 1); // no temporary file is left
}

static void reading_bad_things(void **state) {
    Place *p = *state;
    Str text;
    assert_false(file_read(p->arena, in(p, "none"), 100, &text, &p->diags));
    assert_true(says(p, "/none\": No such file"));
    assert_false(file_read(p->arena, p->dir, 100, &text, &p->diags));
    assert_true(says(p, "a folder"));
    assert_int_equal(mkfifo(in(p, "fifo"), 0600), 0);
    assert_false(file_read(p->arena, in(p, "fifo"), 100, &text, &p->diags));
    assert_true(says(p, "not a regular file"));
    assert_true(file_write_durable(p->process, in(p, "big"), STR("0123456789"), 0600, &p->diags));
    assert_false(file_read(p->arena, in(p, "big"), 9, &text, &p->diags));
    assert_true(says(p, "10 bytes"));
    assert_true(file_read(p->arena, in(p, "big"), 10, &text, &p->diags));
    assert_true(file_read(p->arena, "/proc/self/status", 1 << 20, &text, &p->diags)); // its size is said to be 0
    assert_true(text.n > 0);
}

static void mapped(void **state) {
    Place *p = *state;
    Str text;
    assert_true(file_write_durable(p->process, in(p, "m"), STR("mapped"), 0600, &p->diags));
    assert_true(file_map(in(p, "m"), 100, &text, &p->diags));
    assert_true(str_eqz(text, "mapped"));
    file_unmap(text);
    assert_true(file_write_durable(p->process, in(p, "m"), STR_NONE, 0600, &p->diags));
    assert_true(file_map(in(p, "m"), 100, &text, &p->diags));
    assert_true(str_empty(text));
}

static void a_link_stays_a_link(void **state) {
    Place *p = *state;
    assert_true(file_write_durable(p->process, in(p, "target"), STR("old"), 0600, &p->diags));
    assert_int_equal(symlink("target", in(p, "link")), 0);
    assert_true(file_write_durable(p->process, in(p, "link"), STR("new"), 0600, &p->diags));
    Str text;
    assert_true(file_read(p->arena, in(p, "target"), 100, &text, &p->diags));
    assert_string_equal(text.p, "new");
}

static void limit_files_to(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

// A file size limit gives a short write first, and then an error.
static void a_short_write_leaves_the_old_file(void **state) {
    Place *p = *state;
    Buf big = buf_in(p->arena);
    buf_fill(&big, 'x', 100000);
    assert_true(file_write_durable(p->process, in(p, "s"), STR("old"), 0600, &p->diags));
    signal(SIGXFSZ, SIG_IGN);
    limit_files_to(5000);
    bool written = file_write_durable(p->process, in(p, "s"), buf_str(&big), 0600, &p->diags);
    limit_files_to(RLIM_INFINITY);
    assert_false(written);
    assert_true(says(p, "Cannot write"));
    Str text, *names;
    uint32_t n;
    assert_true(file_read(p->arena, in(p, "s"), 100, &text, &p->diags));
    assert_string_equal(text.p, "old");
    assert_true(file_list(p->arena, p->dir, &names, &n, &p->diags));
    assert_int_equal(n, 1);
}

static void folders(void **state) {
    Place *p = *state;
    assert_true(file_make_dirs(in(p, "x/y/z"), 0755, &p->diags));
    assert_true(file_make_dirs(in(p, "x/y/z"), 0755, &p->diags));
    assert_true(file_is_dir(in(p, "x/y/z")));
    assert_true(file_write_durable(p->process, in(p, "x/b"), STR("1"), 0600, &p->diags));
    assert_true(file_write_durable(p->process, in(p, "x/B"), STR("1"), 0600, &p->diags));
    assert_false(file_make_dirs(in(p, "x/b/c"), 0755, &p->diags));
    Str *names;
    uint32_t n;
    assert_true(file_list(p->arena, in(p, "x"), &names, &n, &p->diags));
    assert_int_equal(n, 3);
    assert_true(str_eqz(names[0], "B") && str_eqz(names[1], "b") && str_eqz(names[2], "y"));
    assert_false(file_list(p->arena, in(p, "none"), &names, &n, &p->diags));
    assert_false(file_exists(in(p, "none")));
    assert_false(file_write_durable(p->process, in(p, "none/a"), STR("1"), 0600, &p->diags));
}

static void appended(void **state) {
    Place *p = *state;
    const char *path = in(p, "log");
    AppendFile *f = append_open(p->process, path, 0600, &p->diags);
    assert_int_equal(append_size(f), 0);
    assert_true(append_write(f, STR("one\n"), &p->diags));
    Str text;
    assert_true(file_read(p->arena, path, 100, &text, &p->diags));
    assert_int_equal(text.n, 0); // buffered
    assert_true(append_sync(f, &p->diags));
    assert_true(file_read(p->arena, path, 100, &text, &p->diags));
    assert_string_equal(text.p, "one\n");
    append_close(f);
    f = append_open(p->process, path, 0600, &p->diags);
    assert_int_equal(append_size(f), 4);
    assert_true(append_truncate(f, 2, &p->diags));
    assert_true(append_write(f, STR("X\n"), &p->diags));
    assert_true(append_sync(f, &p->diags));
    append_close(f);
    assert_true(file_read(p->arena, path, 100, &text, &p->diags));
    assert_string_equal(text.p, "onX\n");
}

static void a_full_disk_is_reported_and_nothing_is_lost(void **state) {
    Place *p = *state;
    AppendFile *f = append_open(p->process, "/dev/full", 0600, &p->diags);
    assert_non_null(f);
    assert_true(append_write(f, STR("one"), &p->diags));
    assert_false(append_sync(f, &p->diags));
    assert_true(says(p, "disk is full"));
    append_close(f);

    const char *path = in(p, "j");
    f = append_open(p->process, path, 0600, &p->diags);
    Buf big = buf_in(p->arena);
    for (int i = 0; i < 3000; i++) buf_format(&big, "%05d\n", i);
    signal(SIGXFSZ, SIG_IGN);
    limit_files_to(5000);
    assert_true(append_write(f, buf_str(&big), &p->diags));
    bool synced = append_sync(f, &p->diags);
    limit_files_to(RLIM_INFINITY);
    assert_false(synced);
    assert_true(append_sync(f, &p->diags)); // room again: goes on where it stopped
    append_close(f);
    Str text;
    assert_true(file_read(p->arena, path, 1 << 20, &text, &p->diags));
    assert_true(str_eq(text, buf_str(&big)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(written_and_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_bad_things, setup, teardown),
        cmocka_unit_test_setup_teardown(mapped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, setup, teardown),
        cmocka_unit_test_setup_teardown(a_short_write_leaves_the_old_file, setup, teardown),
        cmocka_unit_test_setup_teardown(folders, setup, teardown),
        cmocka_unit_test_setup_teardown(appended, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_reported_and_nothing_is_lost, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

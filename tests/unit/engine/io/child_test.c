#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "engine/io/child.h"

#include <signal.h>

typedef struct Run {
    Process *process;
    Loop *loop;
    Arena *arena;
    Diags diags;
    Child *child;
    bool done;
    int status;
    Str out, err;
    size_t seen;
} Run;

static int setup(void **state) {
    static Run r;
    Process *process = process_new();
    r = (Run){.process = process, .loop = loop_new(process), .arena = arena_new(process, LIFE_OP, "test")};
    r.diags = diags_in(r.arena);
    *state = &r;
    return 0;
}

static int teardown(void **state) {
    Run *r = *state;
    loop_free(r->loop);
    arena_free(r->arena);
    process_free(r->process);
    return 0;
}

static void on_done(void *ctx, int status, Str out, Str err) {
    Run *r = ctx;
    r->status = status;
    r->out = str_copy(r->arena, out);
    r->err = str_copy(r->arena, err);
    r->done = true;
}

static void on_output(void *ctx, int fd, Str bytes) {
    Run *r = ctx;
    (void)fd;
    r->seen += bytes.n;
    if (str_find(bytes, STR("ready")) >= 0) child_stop(r->child, 1 * NS_PER_S);
}

static bool run(Run *r, const char *script, Str input, const char *const *env, const char *dir) {
    const char *argv[] = {"sh", "-c", script, NULL};
    ChildSpec spec = {.argv = argv,
                      .env = env,
                      .dir = dir,
                      .input = input,
                      .max_output = 1 << 20,
                      .output = on_output,
                      .done = on_done,
                      .ctx = r};
    r->child = child_start(r->loop, &spec, &r->diags);
    return r->child && loop_run_until(r->loop, &r->done);
}

static void outputs_and_status(void **state) {
    Run *r = *state;
    assert_true(run(r, "echo out; echo err >&2; exit 3", STR_NONE, NULL, NULL));
    assert_int_equal(r->status, 3);
    assert_string_equal(r->out.p, "out\n");
    assert_string_equal(r->err.p, "err\n");
}

static void input_environment_folder(void **state) {
    Run *r = *state;
    const char *env[] = {"GREETING=hello", "PATH=/usr/bin:/bin", NULL};
    assert_true(run(r, "cat; echo \" $GREETING\"; pwd", STR("text"), env, "/"));
    assert_string_equal(r->out.p, "text hello\n/\n");
}

static void large_input_through_a_filter(void **state) {
    Run *r = *state;
    Buf big = buf_in(r->arena);
    buf_fill(&big, 'x', 500000);
    assert_true(run(r, "cat", buf_str(&big), NULL, NULL));
    assert_int_equal(r->out.n, 500000);
}

static void output_is_bounded_but_all_is_seen(void **state) {
    Run *r = *state;
    assert_true(run(r, "head -c 3000000 /dev/zero", STR_NONE, NULL, NULL));
    assert_int_equal(r->out.n, 1 << 20);
    assert_int_equal(r->seen, 3000000);
}

static void input_that_nobody_reads(void **state) {
    Run *r = *state;
    Buf big = buf_in(r->arena);
    buf_fill(&big, 'x', 500000);
    assert_true(run(r, "exit 0", buf_str(&big), NULL, NULL));
    assert_int_equal(r->status, 0);
}

static void missing_program_and_folder(void **state) {
    Run *r = *state;
    const char *argv[] = {"no-such-program-at-all", NULL};
    ChildSpec spec = {.argv = argv, .done = on_done, .ctx = r};
    assert_null(child_start(r->loop, &spec, &r->diags));
    assert_true(str_find(r->diags.list.at[0].detail, STR("no such program")) >= 0);
    assert_false(run(r, "true", STR_NONE, NULL, "/no/such/folder"));
    assert_true(str_find(r->diags.list.at[1].detail, STR("no such folder")) >= 0);
}

static void stopped_by_term_then_kill(void **state) {
    Run *r = *state;
    assert_true(run(r, "echo ready; exec cat /dev/zero > /dev/null", STR_NONE, NULL, NULL));
    assert_int_equal(r->status, -SIGTERM);
    r->done = false;
    loop_set_fake(r->loop, true); // the grace passes at once
    assert_true(run(r, "trap '' TERM; echo ready; while :; do :; done", STR_NONE, NULL, NULL));
    assert_int_equal(r->status, -SIGKILL);
}

static void what_stays_in_the_background_holds_nothing_up(void **state) {
    Run *r = *state;
    assert_true(run(r, "cat /dev/zero > /dev/null & echo $!", STR_NONE, NULL, NULL));
    int64_t pid;
    assert_true(str_to_i64(str_trim(r->out), &pid));
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outputs_and_status, setup, teardown),
        cmocka_unit_test_setup_teardown(input_environment_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(large_input_through_a_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(output_is_bounded_but_all_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(input_that_nobody_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_program_and_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_by_term_then_kill, setup, teardown),
        cmocka_unit_test_setup_teardown(what_stays_in_the_background_holds_nothing_up, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/cmocka.h"

#include "engine/io/job.h"

typedef struct Work {
    uint64_t in, out;
    struct Works *works;
} Work;

typedef struct Works {
    Loop *loop;
    uint32_t left;
    bool done;
} Works;

static void square(void *ctx) {
    Work *w = ctx;
    w->out = w->in * w->in;
}

static void counted(void *ctx) {
    Work *w = ctx;
    assert_true(w->out == w->in * w->in);
    if (--w->works->left == 0) w->works->done = true;
}

static void again(void *ctx) {
    Work *w = ctx;
    assert_true(w->out == w->in * w->in);
    w->in++;
    if (--w->works->left == 0)
        w->works->done = true;
    else
        job_start(w->works->loop, square, again, w);
}

static void results_come_back_to_the_loop(void **state) {
    (void)state;
    Process *process = process_new();
    Works works = {loop_new(process), 1000, false};
    static Work all[1000];
    for (uint32_t i = 0; i < 1000; i++) {
        all[i] = (Work){i, 0, &works};
        job_start(works.loop, square, counted, &all[i]);
    }
    assert_true(loop_run_until(works.loop, &works.done));
    loop_free(works.loop);
    process_free(process);
}

static void a_job_starts_the_next(void **state) {
    (void)state;
    Process *process = process_new();
    Works works = {loop_new(process), 200, false};
    Work one = {1, 0, &works};
    loop_set_fake(works.loop, true); // a fake clock waits for jobs
    job_start(works.loop, square, again, &one);
    assert_true(loop_run_until(works.loop, &works.done));
    assert_int_equal(one.in, 201);
    loop_free(works.loop);
    process_free(process);
}

static void ending_with_jobs_under_way(void **state) {
    (void)state;
    Process *process = process_new();
    Works works = {loop_new(process), 1000, false};
    static Work all[100];
    for (uint32_t i = 0; i < 100; i++) {
        all[i] = (Work){i, 0, &works};
        job_start(works.loop, square, counted, &all[i]);
    }
    loop_free(works.loop);
    assert_int_equal(works.left, 1000);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_back_to_the_loop),
        cmocka_unit_test(a_job_starts_the_next),
        cmocka_unit_test(ending_with_jobs_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

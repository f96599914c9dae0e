#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "engine/io/loop.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct Trace {
    Loop *loop;
    Buf text;
    bool done;
    int n;
    Timer *victim;
    Watch *watch, *other;
    int fd;
} Trace;

static Trace *trace;

static void note(char c) { buf_char(&trace->text, c); }

static int setup(void **state) {
    static Trace t;
    t = (Trace){.loop = loop_new(process_new())};
    trace = &t;
    *state = &t;
    return 0;
}

static int teardown(void **state) {
    Trace *t = *state;
    Process *process = loop_process(t->loop);
    loop_free(t->loop);
    process_free(process);
    buf_free(&t->text);
    return 0;
}

static void say_a(void *ctx) { (void)ctx, note('a'); }
static void say_b(void *ctx) { (void)ctx, note('b'); }
static void say_c(void *ctx) { (void)ctx, note('c'); }
static void finish(void *ctx) { (void)ctx, note('!'), trace->done = true; }
static void post_b_then_a(void *ctx) {
    (void)ctx;
    loop_post(trace->loop, say_b, NULL);
    note('a');
}

static void posts_run_in_order_and_not_nested(void **state) {
    Trace *t = *state;
    loop_post(t->loop, post_b_then_a, NULL);
    loop_post(t->loop, say_c, NULL);
    assert_false(loop_run_until(t->loop, &t->done)); // nothing sets the flag
    assert_string_equal(t->text.p, "acb");
}

static void stopping_keeps_what_waits(void **state) {
    Trace *t = *state;
    loop_post(t->loop, finish, NULL);
    loop_post(t->loop, say_a, NULL);
    assert_true(loop_run_until(t->loop, &t->done));
    assert_string_equal(t->text.p, "!");
    loop_poll(t->loop);
    assert_string_equal(t->text.p, "!a");
}

static void count_down(void *ctx) {
    if (--trace->n > 0) loop_post(trace->loop, count_down, ctx);
}

static void many_posts(void **state) {
    Trace *t = *state;
    t->n = 100000;
    loop_post(t->loop, count_down, NULL);
    for (int i = 0; i < 1000; i++) loop_post(t->loop, say_a, NULL);
    assert_false(loop_run_until(t->loop, &t->done));
    assert_int_equal(t->n, 0);
    assert_int_equal(t->text.n, 1000);
}

static void timers_fire_in_order_under_a_fake_clock(void **state) {
    Trace *t = *state;
    loop_set_fake(t->loop, true);
    const Clock *clock = loop_process(t->loop)->clock;
    int64_t wall = clock->wall(clock), now = loop_now(t->loop);
    timer_start(t->loop, 3600 * NS_PER_S, say_c, NULL);
    timer_start(t->loop, 5 * NS_PER_S, say_a, NULL);
    timer_start(t->loop, 5 * NS_PER_S, say_b, NULL);
    timer_start(t->loop, 7200 * NS_PER_S, finish, NULL);
    assert_true(loop_run_until(t->loop, &t->done));
    assert_string_equal(t->text.p, "abc!");
    assert_true(loop_now(t->loop) - now == 7200 * NS_PER_S);
    assert_true(clock->wall(clock) - wall == 7200 * NS_PER_S);
    loop_set_fake(t->loop, false);
    assert_ptr_not_equal(loop_process(t->loop)->clock, clock);
}

static void cancel_victim(void *ctx) {
    (void)ctx;
    timer_cancel(trace->victim);
    note('x');
}

static void cancelled_timers_do_not_fire(void **state) {
    Trace *t = *state;
    loop_set_fake(t->loop, true);
    t->victim = timer_start(t->loop, 2, say_a, NULL);
    timer_start(t->loop, 1, cancel_victim, NULL);
    Timer *gone = timer_start(t->loop, 1, say_b, NULL);
    timer_cancel(gone);
    assert_false(loop_run_until(t->loop, &t->done));
    assert_string_equal(t->text.p, "x");
}

static void check_time(void *ctx) {
    static int64_t last;
    int64_t now = loop_now(trace->loop), due = *(int64_t *)ctx;
    if (trace->n == 0) last = 0;
    assert_true(now >= due && now >= last);
    last = now;
    trace->n++;
}

static void heap_of_many(void **state) {
    Trace *t = *state;
    loop_set_fake(t->loop, true);
    enum { N = 2000 };
    static int64_t due[N];
    Timer *timers[N];
    uint32_t r = 12345;
    for (int i = 0; i < N; i++) {
        r = r * 1664525u + 1013904223u;
        due[i] = loop_now(t->loop) + (r >> 20);
        timers[i] = timer_start(t->loop, r >> 20, check_time, &due[i]);
    }
    for (int i = 0; i < N; i += 3) timer_cancel(timers[i]);
    assert_false(loop_run_until(t->loop, &t->done));
    assert_int_equal(t->n, N - (N + 2) / 3);
}

static void stop_both(void *ctx, int ready) {
    (void)ctx;
    assert_int_equal(ready & WATCH_READ, WATCH_READ);
    note('w');
    watch_stop(trace->watch);
    watch_stop(trace->other);
}

static void stopped_watch_is_silent_within_a_batch(void **state) {
    Trace *t = *state;
    int a[2], b[2];
    assert_int_equal(pipe(a) | pipe(b), 0);
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_int_equal(write(b[1], "x", 1), 1);
    t->watch = watch_start(t->loop, a[0], WATCH_READ, stop_both, NULL);
    t->other = watch_start(t->loop, b[0], WATCH_READ, stop_both, NULL);
    assert_false(loop_run_until(t->loop, &t->done));
    assert_string_equal(t->text.p, "w");
    close(a[0]), close(a[1]), close(b[0]), close(b[1]);
}

static void readable(void *ctx, int ready) {
    (void)ctx, (void)ready;
    note('r');
    watch_change(trace->watch, WATCH_WRITE);
    trace->done = true;
}

static void background_watch_does_not_keep_it_running(void **state) {
    Trace *t = *state;
    int a[2];
    assert_int_equal(pipe(a), 0);
    t->watch = watch_start(t->loop, a[0], WATCH_READ | WATCH_BACKGROUND, readable, NULL);
    assert_false(loop_run_until(t->loop, &t->done));
    assert_int_equal(write(a[1], "x", 1), 1);
    loop_poll(t->loop);
    assert_true(t->done);
    t->done = false;
    assert_false(loop_run_until(t->loop, &t->done)); // still in the background after a change
    watch_stop(t->watch);
    close(a[0]), close(a[1]);
}

static void *poster(void *ctx) {
    (void)ctx;
    for (int i = 0; i < 1000; i++) loop_post_from_thread(trace->loop, say_a, NULL);
    loop_post_from_thread(trace->loop, finish, NULL);
    return NULL;
}

static void never(void *ctx, int ready) { (void)ctx, (void)ready, fail(); }

static void threads_wake_the_loop(void **state) {
    Trace *t = *state;
    int a[2];
    assert_int_equal(pipe(a), 0);
    Watch *alive = watch_start(t->loop, a[0], WATCH_READ, never, NULL);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, poster, NULL), 0);
    assert_true(loop_run_until(t->loop, &t->done));
    pthread_join(thread, NULL);
    assert_int_equal(t->text.n, 1001);
    watch_stop(alive);
    close(a[0]), close(a[1]);
}

static void on_signal(void *ctx, int number, int count) {
    (void)ctx;
    assert_int_equal(number, SIGTERM);
    note((char)('0' + count));
    trace->done = true;
}

static void signals_are_counted(void **state) {
    Trace *t = *state;
    loop_on_signal(t->loop, on_signal, NULL);
    assert_false(loop_run_until(t->loop, &t->done));
    for (int i = 0; i < 2; i++) {
        raise(SIGTERM);
        loop_poll(t->loop);
    }
    assert_string_equal(t->text.p, "12");
    loop_on_signal(t->loop, NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(posts_run_in_order_and_not_nested, setup, teardown),
        cmocka_unit_test_setup_teardown(stopping_keeps_what_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(many_posts, setup, teardown),
        cmocka_unit_test_setup_teardown(timers_fire_in_order_under_a_fake_clock, setup, teardown),
        cmocka_unit_test_setup_teardown(cancelled_timers_do_not_fire, setup, teardown),
        cmocka_unit_test_setup_teardown(heap_of_many, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_watch_is_silent_within_a_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(background_watch_does_not_keep_it_running, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_wake_the_loop, setup, teardown),
        cmocka_unit_test_setup_teardown(signals_are_counted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

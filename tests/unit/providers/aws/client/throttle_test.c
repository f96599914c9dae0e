#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "providers/aws/client/throttle.h"

typedef struct World {
    Process *process;
    Loop *loop;
    Arena *arena;
    Throttle *throttle;
    uint32_t gone; // how many were let go later
    int64_t last;
    bool over;
} World;

static int setup(void **state) {
    static World w;
    Process *process = process_new();
    Loop *loop = loop_new(process);
    Arena *arena = arena_new(process, LIFE_WALK, "test");
    w = (World){.process = process, .loop = loop, .arena = arena, .throttle = throttle_new(arena, loop)};
    loop_set_fake(loop, true);
    *state = &w;
    return 0;
}

static int teardown(void **state) {
    World *w = *state;
    throttle_end(w->throttle);
    loop_free(w->loop);
    arena_free(w->arena);
    process_free(w->process);
    return 0;
}

static void go(void *ctx) {
    World *w = ctx;
    w->gone++;
    w->last = loop_now(w->loop);
    throttle_leave(w->throttle, false);
}

static void go_and_stay(void *ctx) { ((World *)ctx)->gone++; }

static void end(void *ctx) { ((World *)ctx)->over = true; }

static void pass(World *w, int64_t ns) {
    w->over = false;
    timer_start(w->loop, ns, end, w);
    assert_true(loop_run_until(w->loop, &w->over));
}

static void free_until_throttled(void **state) {
    World *w = *state;
    for (int i = 0; i < 1000; i++) {
        assert_true(throttle_enter(w->throttle, go, w));
        throttle_leave(w->throttle, false);
    }
    assert_true(throttle_rate(w->throttle) <= 0);
}

static void so_many_at_once(void **state) {
    World *w = *state;
    int entered = 0;
    for (int i = 0; i < 200; i++) entered += throttle_enter(w->throttle, go_and_stay, w);
    assert_int_equal(entered, 64);
    throttle_leave(w->throttle, false);
    throttle_leave(w->throttle, false);
    pass(w, NS_PER_S);
    assert_int_equal(w->gone, 2);
}

static void slower_after_throttling(void **state) {
    World *w = *state;
    for (int i = 0; i < 40; i++) assert_true(throttle_enter(w->throttle, go, w));
    for (int i = 0; i < 40; i++) throttle_leave(w->throttle, i < 20); // one burst: cut once
    double rate = throttle_rate(w->throttle);
    assert_true(rate > 40 * 0.7 && rate < 40);
    int64_t begin = loop_now(w->loop);
    for (int i = 0; i < 60; i++) assert_false(throttle_enter(w->throttle, go, w));
    pass(w, 10 * NS_PER_S);
    assert_int_equal(w->gone, 60);
    assert_true(w->last - begin > NS_PER_S && w->last - begin < 4 * NS_PER_S);
    assert_true(throttle_rate(w->throttle) > rate); // and grows again
}

static void cut_again_after_a_while(void **state) {
    World *w = *state;
    double before = 0;
    for (int i = 0; i < 30; i++) {
        if (throttle_enter(w->throttle, go_and_stay, w)) {
            throttle_leave(w->throttle, true);
        } else {
            pass(w, 3 * NS_PER_S);
            throttle_leave(w->throttle, true);
        }
        double rate = throttle_rate(w->throttle);
        assert_true(i == 0 || rate <= before);
        before = rate;
        pass(w, 2 * NS_PER_S);
    }
    assert_true(before >= 0.5 - 1e-9 && before < 0.6);
}

static void forgotten(void **state) {
    World *w = *state, other = *w;
    for (int i = 0; i < 64; i++) throttle_enter(w->throttle, go_and_stay, w);
    assert_false(throttle_enter(w->throttle, go_and_stay, &other));
    assert_false(throttle_enter(w->throttle, go_and_stay, w));
    throttle_forget(w->throttle, &other);
    throttle_leave(w->throttle, false);
    pass(w, NS_PER_S);
    assert_int_equal(w->gone, 1);
    assert_int_equal(other.gone, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(free_until_throttled, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(slower_after_throttling, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_again_after_a_while, setup, teardown),
        cmocka_unit_test_setup_teardown(forgotten, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

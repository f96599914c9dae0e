#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "engine/io/http/retry.h"

static int64_t fixed_wall(const Clock *clock) {
    (void)clock;
    return INT64_C(784111777) * NS_PER_S; // Sun, 06 Nov 1994 08:49:37 GMT
}

static void largest(Process *process, void *p, size_t n) {
    (void)process;
    memset(p, 0xFF, n);
}

static void smallest(Process *process, void *p, size_t n) {
    (void)process;
    memset(p, 0, n);
}

static void delays_grow_to_the_bound(void **state) {
    (void)state;
    Process *process = process_new();
    process->random = largest;
    RetryPolicy policy = {6, 100, 1000};
    const int64_t want[] = {100, 200, 400, 800, 1000, -1};
    for (uint32_t i = 0; i < 6; i++) assert_int_equal(retry_delay(process, &policy, i + 1, 0), want[i]);
    process->random = smallest;
    assert_int_equal(retry_delay(process, &policy, 3, 0), 0);
    assert_int_equal(retry_delay(process, &policy, 3, 700), 700);
    assert_int_equal(retry_delay(process, &policy, 3, 70000), 1000);
    assert_int_equal(retry_delay(process, &policy, 6, 700), -1);
    process_free(process);
}

static void retry_after_forms(void **state) {
    (void)state;
    Process *process = process_new();
    Clock clock = {fixed_wall, fixed_wall, NULL};
    process->clock = &clock;
    assert_int_equal(retry_after(process, STR("120")), 120 * NS_PER_S);
    assert_int_equal(retry_after(process, STR(" 1 ")), 1 * NS_PER_S);
    assert_int_equal(retry_after(process, STR("Sun, 06 Nov 1994 08:49:47 GMT")), 10 * NS_PER_S);
    assert_int_equal(retry_after(process, STR("Sun, 06 Nov 1994 08:49:27 GMT")), 0);
    assert_int_equal(retry_after(process, STR("soon")), 0);
    assert_int_equal(retry_after(process, STR("-5")), 0);
    assert_int_equal(retry_after(process, STR("")), 0);
    assert_int_equal(retry_after(process, STR("99999999999999999999")), 0);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(delays_grow_to_the_bound), cmocka_unit_test(retry_after_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include <string.h>

static const char *print(char *to, int64_t ns, int digits, bool trim) {
    Buf out = {0};
    clock_rfc3339(ns, digits, trim, &out);
    strcpy(to, out.p);
    buf_free(&out);
    return to;
}

static void prints_times(void **state) {
    (void)state;
    char text[64];
    assert_string_equal(print(text, 0, 0, false), "1970-01-01T00:00:00Z");
    assert_string_equal(print(text, unit_now(NULL), 0, false), "2026-01-02T15:04:05Z");
    assert_string_equal(print(text, 1, 9, true), "1970-01-01T00:00:00.000000001Z");
    assert_string_equal(print(text, 120 * NS_PER_MS, 9, true), "1970-01-01T00:00:00.12Z");
    assert_string_equal(print(text, 120 * NS_PER_MS, 3, false), "1970-01-01T00:00:00.120Z");
    assert_string_equal(print(text, NS_PER_S, 9, true), "1970-01-01T00:00:01Z");
    assert_string_equal(print(text, -1, 9, false), "1969-12-31T23:59:59.999999999Z");
    assert_string_equal(print(text, INT64_C(1709164800) * NS_PER_S, 0, false), "2024-02-29T00:00:00Z");
}

static void reads_what_it_prints(void **state) {
    (void)state;
    char text[64];
    for (int64_t ns = INT64_MIN; ns < INT64_MAX - INT64_C(100000000000000000); ns += INT64_C(99999999999999999)) {
        int64_t back;
        assert_true(clock_parse_rfc3339(str_of(print(text, ns, 9, true)), &back));
        assert_int_equal(back, ns);
    }
}

static void reads_times(void **state) {
    (void)state;
    int64_t ns;
    assert_true(clock_parse_rfc3339(STR("2026-01-02T17:04:05+02:00"), &ns) && ns == unit_now(NULL));
    assert_true(clock_parse_rfc3339(STR("2026-01-02T07:34:05-07:30"), &ns) && ns == unit_now(NULL));
    assert_true(clock_parse_rfc3339(STR("1970-01-01T00:00:00.1234567899Z"), &ns) && ns == 123456789);
    const char *bad[] = {"",
                         "2026-01-02",
                         "2026-01-02T15:04:05",
                         "2026-01-02 15:04:05Z",
                         "2026-02-29T00:00:00Z",
                         "2026-13-01T00:00:00Z",
                         "2026-00-01T00:00:00Z",
                         "2026-01-02T24:00:00Z",
                         "2026-01-02T15:60:05Z",
                         "2026-01-02T15:04:60Z",
                         "2026-01-02T15:04:05.Z",
                         "2026-01-02T15:04:05Zx",
                         "2026-01-02T15:04:05+24:00",
                         "26-01-02T15:04:05Z",
                         "9999-01-02T15:04:05Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(clock_parse_rfc3339(str_of(bad[i]), &ns));
}

static void reads_durations(void **state) {
    (void)state;
    const struct {
        const char *text;
        int64_t ns;
    } good[] = {{"0", 0},
                {"10s", 10 * NS_PER_S},
                {"+5s", 5 * NS_PER_S},
                {"1h30m", 5400 * NS_PER_S},
                {"1.5m", 90 * NS_PER_S},
                {"300ms", 300 * NS_PER_MS},
                {".5s", NS_PER_S / 2},
                {"2.s", 2 * NS_PER_S},
                {"1us1ns", 1001},
                {"1\xC2\xB5s", 1000},
                {"0.3333333333333333333333h", INT64_C(1199999999999)},
                {"9223372036854775807ns", INT64_MAX}};
    int64_t ns;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(clock_parse_duration(str_of(good[i].text), &ns));
        assert_int_equal(ns, good[i].ns);
    }
    const char *bad[] = {"", "1", "s", ".s", "1 s", "-1s", "1x", "1h-2m", "9223372036854775808ns", "3000000h", "1h1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(clock_parse_duration(str_of(bad[i]), &ns));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_times),
        cmocka_unit_test(reads_what_it_prints),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(reads_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/base/limits.h"
#include "engine/base/number.h"

static const Num *text(Process *process, const char *z) {
    const Num *n = num_parse(process->arena, str_of(z), NUM_PRECISION_TEXT);
    if (!n) fail_msg("%s is not a number", z);
    return n;
}

static Str print(Process *process, const Num *n) {
    Buf out = buf_in(process->arena);
    num_print(n, &out);
    return buf_str(&out);
}

static void literals_print_shortest(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"0", "0"},
        {"-0", "-0"},
        {"+5", "5"},
        {"5.", "5"},
        {".5", "0.5"},
        {"1.10", "1.1"},
        {"00.100", "0.1"},
        {"1.5e3", "1500"},
        {"5.e3", "5000"},
        {"1e-7", "0.0000001"},
        {"1p4", "16"},
        {"1.5p-2", "0.375"},
        {"0e99999999", "0"},
        {"12345.678e-2", "123.45678"},
        {"9007199254740993", "9007199254740993"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"5.00000000000000000000000000000000000000000000000000000000000000001",
         "5.00000000000000000000000000000000000000000000000000000000000000001"},
    };
    Process *process = test_process();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(print(process, text(process, cases[i][0])), cases[i][1]);
    process_free(process);
}

static void what_is_no_number_is_refused(void **state) {
    (void)state;
    const char *cases[] = {"",    "-",  ".",   "+-1", "1e",   "1e+", "1 ",  " 1",        "0x1",        "1_0",
                           "1..", "e5", ".e5", "inf", "1e5x", "nan", "1@5", "1e1000000", "1e-1000000", "1p99999999"};
    Process *process = test_process();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_null(num_parse(process->arena, str_of(cases[i]), NUM_PRECISION_TEXT));
    process_free(process);
}

// Results as `tofu console` prints them.
static void operations_round_as_the_peer(void **state) {
    (void)state;
    const struct {
        const char *a, *b;
        NumOp op;
        const char *want;
    } cases[] = {
        {"0.1", "0.2", NUM_ADD, "0.3"},
        {"0.1", "3", NUM_MUL, "0.3"},
        {"4.35", "100", NUM_MUL, "435"},
        {"10", "4", NUM_DIV, "2.5"},
        {"1", "3", NUM_DIV,
         "0."
         "3333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333"
         "3"
         "333333333333333333333333333333333333333333335"},
        {"-5", "3", NUM_DIV,
         "-1."
         "66666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666"
         "66666666666666666666666666666666666666666666666"},
        {"0.1", "0.1", NUM_MUL,
         "0."
         "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0"
         "0000000000000000000000000000000000000000000001"},
        {"7", "3", NUM_MOD, "1"},
        {"-7", "3", NUM_MOD, "-1"},
        {"7", "-3", NUM_MOD, "1"},
        {"-7.5", "2", NUM_MOD, "-1.5"},
        {"1e30", "7", NUM_MOD, "1"},
        {"-0", "7", NUM_MOD, "-0"},
    };
    Process *process = test_process();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Num *got = num_op(process->arena, cases[i].op, text(process, cases[i].a), text(process, cases[i].b));
        assert_str(print(process, got), cases[i].want);
    }
    const Num *third = num_op(process->arena, NUM_DIV, text(process, "2"), text(process, "3"));
    assert_str(print(process, num_op(process->arena, NUM_MUL, third, text(process, "3"))), "2");
    process_free(process);
}

static void precision_is_carried(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *a = process->arena;
    const Num *root = num_from_double(a, 1.4142135623730951), *one = text(process, "1");
    assert_str(print(process, root), "1.4142135623730951");
    assert_str(print(process, num_op(a, NUM_MUL, root, one)), "1.4142135623730951454746218587388284504413604736328125");
    assert_str(print(process, num_op(a, NUM_MOD, root, one)), "0.41421356237309515");
    const Num *power = num_from_double(a, 1152921504606846976.0);
    assert_str(print(process, power), "1152921504606847000");
    assert_str(print(process, num_op(a, NUM_ADD, power, one)), "1152921504606846977");
    const Num *count = num_from_i64(a, 3, NUM_PRECISION_COUNT), *most = num_from_i64(a, INT64_MAX, NUM_PRECISION_COUNT);
    const Num *product = num_op(a, NUM_MUL, count, most);
    assert_str(print(process, product), "27670116110564327421");
    assert_int_equal(num_precision(product), 65);
    assert_int_equal(num_precision(num_op(a, NUM_ADD, count, root)), 64);
    process_free(process);
}

static void converts_exactly_or_not(void **state) {
    (void)state;
    Process *process = test_process();
    int64_t i;
    assert_true(num_to_i64(text(process, "5.0"), &i) && i == 5);
    assert_true(num_to_i64(text(process, "-9223372036854775808"), &i) && i == INT64_MIN);
    assert_false(num_to_i64(text(process, "9223372036854775808"), &i));
    assert_false(num_to_i64(text(process, "5.5"), &i));
    assert_true(num_is_int(text(process, "1e30")) && !num_is_int(text(process, "1e-30")));
    assert_true(num_to_double(text(process, "0.1")) == 0.1);
    assert_int_equal(num_sign(text(process, "-0.1")), -1);
    assert_int_equal(num_sign(text(process, "-0")), 0);
    assert_int_equal(num_cmp(text(process, "0"), text(process, "-0")), 0);
    // The text's 0.1 is nearer to a tenth than the double's.
    assert_int_equal(num_cmp(text(process, "0.1"), num_from_double(process->arena, 0.1)), -1);
    assert_str(print(process, num_neg(process->arena, text(process, "1.5"))), "-1.5");
    process_free(process);
}

static void rounds_to_whole_numbers(void **state) {
    (void)state;
    const struct {
        const char *a, *floor, *ceil, *trunc;
    } cases[] = {{"-1.5", "-2", "-1", "-1"}, {"1.5", "1", "2", "1"}, {"-0.5", "-1", "0", "0"}, {"7", "7", "7", "7"}};
    Process *process = test_process();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Num *a = text(process, cases[i].a);
        assert_str(print(process, num_round(process->arena, NUM_FLOOR, a)), cases[i].floor);
        assert_str(print(process, num_round(process->arena, NUM_CEIL, a)), cases[i].ceil);
        assert_str(print(process, num_round(process->arena, NUM_TRUNC, a)), cases[i].trunc);
    }
    process_free(process);
}

static void integers_in_any_base(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *a = process->arena;
    const Num *all = num_parse_int(a, STR("ffffffffffffffffffffffffffffffff"), 16);
    assert_str(print(process, all), "340282366920938463463374607431768211455");
    assert_int_equal(num_precision(all), 128);
    assert_str(print(process, num_parse_int(a, STR("-FF"), 16)), "-255");
    assert_str(print(process, num_parse_int(a, STR("zZ"), 62)), "2231"); // 35 * 62 + 61
    const char *bad[] = {"", "-", "2", "1 0", "1_0", " 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_null(num_parse_int(a, str_of(bad[i]), 2));
    process_free(process);
}

static void size_is_bounded(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *a = process->arena;
    const Num *large = num_parse(a, str_format(a, "1e%d", LIMIT_NUMBER_EXPONENT), NUM_PRECISION_TEXT);
    const Num *small = num_parse(a, str_format(a, "1e-%d", LIMIT_NUMBER_EXPONENT), NUM_PRECISION_TEXT);
    assert_non_null(large);
    assert_non_null(small);
    assert_int_equal(print(process, large).n, LIMIT_NUMBER_EXPONENT + 1);
    assert_null(num_op(a, NUM_MUL, large, large));
    assert_null(num_op(a, NUM_MUL, small, small));
    assert_null(num_op(a, NUM_DIV, large, small));
    assert_non_null(num_op(a, NUM_MUL, large, small));
    // Copies are whole.
    const Num *copy = num_copy(a, small);
    assert_int_equal(num_cmp(copy, small), 0);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_print_shortest),      cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(operations_round_as_the_peer), cmocka_unit_test(precision_is_carried),
        cmocka_unit_test(converts_exactly_or_not),      cmocka_unit_test(rounds_to_whole_numbers),
        cmocka_unit_test(integers_in_any_base),         cmocka_unit_test(size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/value/key.h"

static void order_and_text(void **state) {
    (void)state;
    Process *process = test_process();
    const InstanceKey in_order[] = {INSTANCE_NO_KEY,
                                    {KEY_INT, -1, STR_NONE},
                                    {KEY_INT, 10, STR_NONE},
                                    {KEY_STRING, 0, STR_INIT("10")},
                                    {KEY_STRING, 0, STR_INIT("9\"${x}")}};
    const char *text[] = {"", "[-1]", "[10]", "[\"10\"]", "[\"9\\\"$${x}\"]"};
    for (int i = 0; i < 5; i++) {
        Buf out = buf_in(process->arena);
        key_print(in_order[i], &out);
        assert_str(buf_str(&out), text[i]);
        for (int k = 0; k < 5; k++) {
            int order = key_cmp(in_order[i], in_order[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
            assert_int_equal(key_equal(in_order[i], in_order[k]), i == k);
        }
    }
    process_free(process);
}

static void of_values(void **state) {
    (void)state;
    Process *process = test_process();
    type_init(process);
    InstanceKey key;
    assert_true(key_of_value(value_int(7), &key));
    assert_true(key.kind == KEY_INT && key.i == 7);
    assert_true(key_of_value(value_string(process->arena, STR("a")), &key));
    assert_true(value_same(key_value(process->arena, key), value_string(process->arena, STR("a"))));
    assert_false(key_of_value(value_bool(true), &key));
    assert_false(key_of_value(value_null(process, type_string(process)), &key));
    assert_false(key_of_value(value_unknown(process, type_string(process)), &key));
    assert_false(key_of_value(value_num(process->arena, num_parse(process->arena, STR("1.5"), 512)), &key));
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(order_and_text), cmocka_unit_test(of_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "engine/apply/promise.h"

#include "tests/unit/engine/value/fixture.h"

static Value pair(Value a, Value b) {
    Name names[2] = {name_of(p, STR("a")), name_of(p, STR("b"))};
    Value at[2] = {a, b};
    return value_object_of(arena, names, at, 2);
}

static void what_was_unknown_may_be_anything(void **state) {
    (void)state;
    Diags d = diags_in(arena);
    Value then = pair(str("x"), value_unknown(p, type_string(p)));
    assert_true(promise_kept(arena, then, pair(str("x"), str("now known")), "Changed", &d));
    assert_int_equal(d.list.n, 0);
}

static void what_was_known_may_not_change(void **state) {
    (void)state;
    Diags d = diags_in(arena);
    Value then = pair(str("x"), value_unknown(p, type_string(p)));
    assert_false(promise_kept(arena, then, pair(str("y"), str("z")), "Changed", &d));
    assert_str(d.list.at[0].detail, ".a was planned as \"x\", but now is \"y\".");
}

static void sensitive_values_are_not_told(void **state) {
    (void)state;
    Diags d = diags_in(arena);
    Value then = pair(value_with_marks(str("hunter2"), MARK_SENSITIVE), str("b"));
    Value now = pair(value_with_marks(str("hunter3"), MARK_SENSITIVE), str("b"));
    assert_false(promise_kept(arena, then, now, "Changed", &d));
    assert_true(str_find(d.list.at[0].detail, STR("hunter")) < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {test(what_was_unknown_may_be_anything), test(what_was_known_may_not_change),
                                       test(sensitive_values_are_not_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/base/arena.h"
#include "engine/schema/suggest.h"

static const char *best(const char *given, const char *const *names) {
    static char text[64];
    Suggest s = suggest_start(str_of(given));
    for (; *names; names++) suggest_try(&s, str_of(*names));
    memset(text, 0, sizeof text);
    if (s.best.n) memcpy(text, s.best.p, s.best.n);
    return text;
}

static void nearest_name_is_suggested(void **state) {
    (void)state;
    static const char *const names[] = {"name", "names", "nome", "value", NULL};
    assert_string_equal(best("nam", names), "name");
    assert_string_equal(best("nmae", names), "name");
    assert_string_equal(best("namess", names), "names");
    assert_string_equal(best("vlaue", names), "value");
    assert_string_equal(best("bananas", names), "");
    assert_string_equal(best("", names), "");
}

static void short_names_are_not_anything(void **state) {
    (void)state;
    static const char *const names[] = {"a", "id", NULL};
    assert_string_equal(best("x", names), "");
    assert_string_equal(best("xy", names), "");
    assert_string_equal(best("ic", names), "id");
}

static void long_names_do_not_overrun(void **state) {
    (void)state;
    char longest[201];
    memset(longest, 'a', 200);
    longest[200] = 0;
    const char *const names[] = {longest, NULL};
    assert_string_equal(best(longest, names), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nearest_name_is_suggested),
                                       cmocka_unit_test(short_names_are_not_anything),
                                       cmocka_unit_test(long_names_do_not_overrun)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/config/loader.h"

static int allows(const char *constraint, const char *version) {
    Version v;
    bool valid;
    assert_true(version_read(str_of(version), &v));
    bool allowed = version_allows(str_of(constraint), &v, &valid);
    return valid ? allowed : -1;
}

static void constraints(void **state) {
    (void)state;
    assert_int_equal(allows(">= 1.2", "1.2.0"), 1);
    assert_int_equal(allows("> 1.2", "1.2.0"), 0);
    assert_int_equal(allows("1.2.0", "1.2.0"), 1);
    assert_int_equal(allows("= 1.2", "1.2.1"), 0);
    assert_int_equal(allows("!= 1.2", "1.2.1"), 1);
    assert_int_equal(allows(">= 1.2, < 2.0", "2.0.0"), 0);
    assert_int_equal(allows(" >=1.2 , <2 ", "1.99.3"), 1);
    assert_int_equal(allows("<= 1.10.0", "1.9.9"), 1);
}

static void pessimistic_constraints(void **state) {
    (void)state;
    assert_int_equal(allows("~> 1.2", "1.99.0"), 1);
    assert_int_equal(allows("~> 1.2", "2.0.0"), 0);
    assert_int_equal(allows("~> 1.2.3", "1.2.9"), 1);
    assert_int_equal(allows("~> 1.2.3", "1.3.0"), 0);
    assert_int_equal(allows("~> 1.2.3", "1.2.2"), 0);
    assert_int_equal(allows("~> 1", "7.0.0"), 1);
}

static void prereleases_come_before_the_release(void **state) {
    (void)state;
    assert_int_equal(allows(">= 1.2.0", "1.2.0-rc1"), 0);
    assert_int_equal(allows("1.2.0-rc1", "1.2.0-rc1"), 1);
    assert_int_equal(allows("v1.2.0+build", "1.2.0"), 1);
}

static void nonsense_is_invalid(void **state) {
    (void)state;
    static const char *const bad[] = {"", "abc", ">=", "1.2.3.4", "=> 1", "1.", ">= 1, ", "1.2-", "1 2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_int_equal(allows(bad[i], "1.0.0"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constraints), cmocka_unit_test(pessimistic_constraints),
                                       cmocka_unit_test(prereleases_come_before_the_release),
                                       cmocka_unit_test(nonsense_is_invalid)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Error patterns of definitions.
#include "tests/harness/unit.h"

#include "providers/aws/core/errors.h"

static void patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        bool matches;
    } cases[] = {
        {"InvalidVpcID.NotFound", true},
        {"InvalidVpcID", false},
        {"InvalidVpcID*", true},
        {"400", true},
        {"404", false},
        {"InvalidVpcID.NotFound: does not exist", true},
        {"InvalidVpcID.NotFound: gone", false},
        {"Invalid*: 'vpc-1'", true},
        {"", false},
    };
    AwsError error = {
        .code = STR("InvalidVpcID.NotFound"), .message = STR("The vpc ID 'vpc-1' does not exist"), .status = 400};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (error_matches(&error, str_of(cases[i].pattern)) != cases[i].matches) fail_msg("%s", cases[i].pattern);
    // An empty or foreign answer has no code and matches no pattern of one.
    AwsError bare = {.status = 404};
    assert_false(error_matches(&bare, STR("NotFound")));
    assert_false(error_matches(&bare, STR("*")));
    assert_true(error_matches(&bare, STR("404")));
}

static void some_errors_meet_every_request(void **state) {
    (void)state;
    AwsError lost = {.status = 0}, expired = {.status = 403, .code = STR("ExpiredToken")};
    AwsError denied = {.status = 403, .code = STR("UnauthorizedOperation")},
             throttled = {.status = 400, .code = STR("Throttling"), .retryable = true};
    assert_true(error_is_general(&lost));
    assert_true(error_is_general(&expired));
    assert_true(error_is_general(&throttled));
    assert_false(error_is_general(&denied));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns), cmocka_unit_test(some_errors_meet_every_request)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

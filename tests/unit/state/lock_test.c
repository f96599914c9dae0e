// Lock information as Go's encoder writes it, and what a refused lock tells.
#include "tests/harness/unit.h"

#include "state/lock.h"

static void as_go_encodes_it(void **state) {
    (void)state;
    Process *process = test_process();
    LockInfo lock = {.id = STR("00010203"),
                     .operation = STR("OperationTypeApply"),
                     .info = STR("a<b>&\"\\\n\x01\xE2\x80\xA8"),
                     .who = STR("me@host"),
                     .version = STR("1.12.6"),
                     .created = STR("2026-01-02T15:04:05.12Z"),
                     .path = STR("bucket/env:/ws/key")};
    Buf out = buf_in(process->arena);
    lock_encode(&lock, &out);
    assert_str(buf_str(&out),
               "{\"ID\":\"00010203\",\"Operation\":\"OperationTypeApply\",\"Info\":\"a\\u003cb\\u003e\\u0026\\\"\\\\\\n"
               "\\u0001\\u2028\",\"Who\":\"me@host\",\"Version\":\"1.12.6\",\"Created\":\"2026-01-02T15:04:05.12Z\","
               "\"Path\":\"bucket/env:/ws/key\"}");
    LockInfo back;
    assert_true(lock_decode(process->arena, buf_str(&out), &back));
    assert_true(str_eq(back.info, lock.info) && str_eq(back.path, lock.path) && str_eq(back.created, lock.created));
    process_free(process);
}

static void new_lock_is_of_now(void **state) {
    (void)state;
    Process *process = test_process();
    LockInfo lock = lock_new(process->arena, STR("init"), STR_NONE, STR("x"));
    assert_int_equal(lock.id.n, 36);
    assert_str(lock.created, "2026-01-02T15:04:05Z");
    assert_true(str_find_char(lock.who, '@') > 0);
    process_free(process);
}

static void only_lock_information_is_decoded(void **state) {
    (void)state;
    Process *process = test_process();
    LockInfo lock;
    assert_true(lock_decode(process->arena, STR("{\"Later\":{\"a\":[1]},\"ID\":\"x\"}"), &lock));
    assert_str(lock.id, "x");
    const char *bad[] = {"", "{}", "[]", "{\"ID\":5}", "{\"ID\":\"x\"", "{\"ID\":\"x\"} {"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(lock_decode(process->arena, str_of(bad[i]), &lock));
    process_free(process);
}

static void refusal_names_holder_and_age(void **state) {
    (void)state;
    Process *process = test_process();
    Diags diags = diags_in(process->arena);
    LockInfo lock = {.id = STR("the-id"),
                     .operation = STR("OperationTypeApply"),
                     .who = STR("ann@box"),
                     .created = STR("2026-01-02T14:00:05Z")};
    lock_error(&lock, process, STR("The state is locked"), &diags);
    Str detail = diags.list.at[0].detail;
    assert_true(str_find(detail, STR("ann@box")) > 0);
    assert_true(str_find(detail, STR("(64 min ago)")) > 0);
    assert_true(str_find(detail, STR("infra force-unlock the-id")) > 0);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_encodes_it),
        cmocka_unit_test(new_lock_is_of_now),
        cmocka_unit_test(only_lock_information_is_decoded),
        cmocka_unit_test(refusal_names_holder_and_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

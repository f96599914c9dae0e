#include "tests/harness/unit.h"

#include "engine/base/secret.h"

#include <string.h>

static void assert_scrubbed(Process *process, const char *text, const char *want) {
    Buf out = {0};
    secret_scrub(process, str_of(text), &out);
    assert_str(buf_str(&out), want);
    buf_free(&out);
}

static void replaces_every_occurrence(void **state) {
    (void)state;
    Process *process = test_process();
    assert_scrubbed(process, "nothing registered", "nothing registered");
    secret_register(process, STR("hunter2"));
    secret_register(process, STR("hunter2"));
    secret_register(process, STR("abc")); // too short
    assert_scrubbed(process, "hunter2", "(sensitive)");
    assert_scrubbed(process, "ahunter2bhunter2", "a(sensitive)b(sensitive)");
    assert_scrubbed(process, "hunter hunter", "hunter hunter");
    assert_scrubbed(process, "abc", "abc");
    assert_scrubbed(process, "", "");
    process_free(process);
}

// Whatever any secret covers is gone, whichever was registered first.
static void overlapping_secrets_leave_nothing(void **state) {
    (void)state;
    Process *process = test_process();
    secret_register(process, STR("pass"));
    secret_register(process, STR("password"));
    secret_register(process, STR("wordless"));
    assert_scrubbed(process, "a password b", "a (sensitive) b");
    assert_scrubbed(process, "a passwordless b", "a (sensitive) b");
    assert_scrubbed(process, "passpass", "(sensitive)(sensitive)");
    process_free(process);
}

static void quoted_and_split_forms_are_known(void **state) {
    (void)state;
    Process *process = test_process();
    secret_register(process, STR("a\"b\\c\nd"));
    assert_scrubbed(process, "x = \"a\\\"b\\\\c\\nd\"", "x = \"(sensitive)\"");
    secret_register(process, STR("short\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nshort\n"));
    assert_scrubbed(process, "| MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "| (sensitive)");
    assert_scrubbed(process, "short", "short");
    process_free(process);
}

static void many_secrets_are_all_found(void **state) {
    (void)state;
    Process *process = test_process();
    for (int i = 0; i < 2000; i++) secret_register(process, str_format(process->arena, "key-%04d", i));
    assert_scrubbed(process, "key-0000 key-1999 key-2000", "(sensitive) (sensitive) key-2000");
    secret_forget(process);
    assert_scrubbed(process, "key-0000", "key-0000");
    process_free(process);
}

static void wipes(void **state) {
    (void)state;
    char text[] = "secret";
    secret_wipe(text, sizeof text);
    for (size_t i = 0; i < sizeof text; i++) assert_int_equal(text[i], 0);
    secret_wipe(NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_every_occurrence),
        cmocka_unit_test(overlapping_secrets_leave_nothing),
        cmocka_unit_test(quoted_and_split_forms_are_known),
        cmocka_unit_test(many_secrets_are_all_found),
        cmocka_unit_test(wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include <string.h>

static void names_are_equal_by_pointer(void **state) {
    (void)state;
    Process *process = test_process();
    assert_null(name_find(process, STR("vpc_id")));
    Name vpc = name_of(process, STR("vpc_id"));
    Name names[5000];
    for (int i = 0; i < 5000; i++) names[i] = name_of(process, str_format(process->arena, "n%d", i));
    assert_ptr_equal(name_of(process, STR("vpc_id")), vpc);
    assert_ptr_equal(name_find(process, STR("vpc_id")), vpc);
    for (int i = 0; i < 5000; i++) assert_ptr_equal(name_find(process, str_format(process->arena, "n%d", i)), names[i]);
    assert_null(name_find(process, STR("n5000")));
    assert_ptr_equal(name_of(process, STR_NONE), name_of(process, STR("")));
    assert_ptr_not_equal(name_of(process, STR("a\0b")), name_of(process, STR("a")));
    assert_string_equal(vpc->text, "vpc_id");
    process_free(process);
}

static void uuids_are_version_4(void **state) {
    (void)state;
    Process *process = test_process();
    char uuid[37];
    process_uuid(process, uuid);
    assert_string_equal(uuid, "00010203-0405-4607-8809-0a0b0c0d0e0f");
    process_free(process);
    process = process_new();
    char other[37];
    process_uuid(process, uuid);
    process_uuid(process, other);
    assert_string_not_equal(uuid, other);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_equal_by_pointer),
        cmocka_unit_test(uuids_are_version_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

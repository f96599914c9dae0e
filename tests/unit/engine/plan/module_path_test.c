#include "tests/harness/unit.h"

#include "engine/plan/module_path.h"

static void keys_may_hold_anything(void **state) {
    (void)state;
    Process *p = test_process();
    Arena *arena = arena_new(p, LIFE_OP, "test");
    Str path = STR("module.a[\"x].\\\"y[\"].module.b[0].module.c");
    assert_str(module_path_plain(arena, path), "module.a.module.b.module.c");
    assert_true(module_path_is(STR("module.a.module.b.module.c"), path));
    assert_false(module_path_is(STR("module.a.module.b"), path));
    assert_true(module_path_is_under(STR("module.a.module.b"), path));
    assert_false(module_path_is_under(STR("module.a.module.bb"), path));
    assert_false(module_path_is_under(STR("module.a.mod"), path));
    assert_int_equal(module_path_key(STR("[\"a]\"].b")), 6);
    assert_int_equal(module_path_key(STR("x")), 0);
    assert_str(module_path_unquote(arena, STR("\"a\\\"b\\n$${c}\"")), "a\"b\n${c}");
    arena_free(arena);
    process_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_may_hold_anything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

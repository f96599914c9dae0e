#include "tests/harness/cmocka.h"

#include "engine/io/file.h"

static void cleaned(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", "."},
        {"abc", "abc"},
        {"abc/", "abc"},
        {"a//b///c", "a/b/c"},
        {"/", "/"},
        {"//", "/"},
        {".", "."},
        {"..", ".."},
        {"../..", "../.."},
        {"./../a", "../a"},
        {"a/../b", "b"},
        {"a/..", "."},
        {"/..", "/"},
        {"/../a", "/a"},
        {"a/b/../../../c", "../c"},
        {"/a/b/../..", "/"},
        {"a/./b/.", "a/b"},
        {"../a/../../b", "../../b"},
        {"..a/../b", "b"},
        {"a../..", "."},
    };
    Process *process = process_new();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(path_clean(arena, str_of(cases[i][0])).p, cases[i][1]);
    arena_free(arena);
    process_free(process);
}

static void taken_apart(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"a/b/c", "a/b", "c"}, {"a", ".", "a"}, {"/a", "/", "a"}, {"/", "/", "/"}, {"", ".", "."}, {"a/b/", "a", "b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(str_eqz(path_dir(str_of(cases[i][0])), cases[i][1]));
        assert_true(str_eqz(path_base(str_of(cases[i][0])), cases[i][2]));
    }
}

static void joined(void **state) {
    (void)state;
    Process *process = process_new();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    assert_string_equal(path_join(arena, STR("a"), STR("b")).p, "a/b");
    assert_string_equal(path_join(arena, STR("a/"), STR("b")).p, "a/b");
    assert_string_equal(path_join(arena, STR("a"), STR("/b")).p, "/b");
    assert_string_equal(path_join(arena, STR(""), STR("b")).p, "b");
    assert_string_equal(path_join(arena, STR("a"), STR("")).p, "a");
    assert_string_equal(path_absolute(arena, STR("/a/../b")).p, "/b");
    assert_true(path_absolute(arena, STR("b")).p[0] == '/');
    arena_free(arena);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cleaned), cmocka_unit_test(taken_apart),
                                       cmocka_unit_test(joined)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

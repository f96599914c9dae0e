#include "tests/unit/engine/value/fixture.h"

static Value secret(const char *z) { return value_with_marks(str(z), MARK_SENSITIVE); }

static Value sample(void) {
    Name names[] = {name_of(p, STR("list")), name_of(p, STR("map")), name_of(p, STR("plain"))};
    Value list[] = {str("a"), secret("b")};
    MapItem map[] = {{STR("k"), value_with_marks(value_list(arena, type_string(p), list, 2), MARK_EPHEMERAL)}};
    Value at[] = {value_list(arena, type_string(p), list, 2), value_map(arena, type("[\"list\",\"string\"]"), map, 1),
                  str("c")};
    return value_object_of(arena, names, at, 3);
}

static Str printed(const PathMarksList *paths) {
    Buf b = buf_in(arena);
    for (uint32_t i = 0; i < paths->list.n; i++) {
        path_print(paths->list.at[i].path, &b);
        buf_format(&b, "=%d ", paths->list.at[i].marks);
    }
    return buf_str(&b);
}

static void strips_and_puts_back(void **state) {
    (void)state;
    Value v = sample();
    PathMarksList paths = {0};
    Value bare = marks_strip(arena, v, &paths);
    assert_false(bare.bits & VALUE_MARKED_INSIDE);
    assert_true(value_same(bare, v));
    assert_str(printed(&paths), ".list[1]=1 .map[\"k\"]=2 .map[\"k\"][1]=1 ");
    assert_true(value_identical(marks_apply(arena, bare, &paths), v));
    assert_int_equal(marks_deep(p, v), MARK_SENSITIVE | MARK_EPHEMERAL);
    assert_ptr_equal(marks_strip(arena, bare, NULL).obj, bare.obj);
}

static void paths_to_nowhere_are_ignored(void **state) {
    (void)state;
    PathMarksList paths = {0};
    Path root = {NULL, 0};
    PathMarks bad[] = {{path_attr(arena, root, name_of(p, STR("none"))), MARK_SENSITIVE},
                       {path_index(arena, root, value_int(7)), MARK_SENSITIVE}};
    for (int i = 0; i < 2; i++) vec_push(arena, &paths.list, bad[i]);
    Value bare = marks_strip(arena, sample(), NULL);
    assert_ptr_equal(marks_apply(arena, bare, &paths).obj, bare.obj);
}

static void removes_only_the_named_bits(void **state) {
    (void)state;
    Value v = marks_remove(arena, sample(), MARK_SENSITIVE);
    assert_int_equal(marks_deep(p, v), MARK_EPHEMERAL);
    Value old = value_with_marks(str("x"), marks_union(p, MARK_SENSITIVE, marks_deprecated(p, STR("old"))));
    assert_int_equal(marks_remove(arena, old, MARKS_DEPRECATED).marks, MARK_SENSITIVE);
}

static void marks_inside_a_set_are_its_own(void **state) {
    (void)state;
    Value elem = str("a");
    Value set = value_set(arena, type_string(p), &elem, 1);
    PathMarksList paths = {0};
    PathMarks m = {path_index(arena, (Path){NULL, 0}, elem), MARK_SENSITIVE};
    vec_push(arena, &paths.list, m);
    Value v = marks_apply(arena, set, &paths);
    assert_int_equal(v.marks, MARK_SENSITIVE);
    assert_int_equal(v.list->at[0].marks, 0);
}

static void messages_unite(void **state) {
    (void)state;
    Marks b = marks_deprecated(p, STR("b is old")), a = marks_deprecated(p, STR("a is old"));
    assert_int_equal(a, marks_deprecated(p, STR("a is old")));
    Marks both = marks_union(p, marks_union(p, b, MARK_SENSITIVE), a);
    assert_int_equal(both, marks_union(p, marks_union(p, a, b), MARK_SENSITIVE));
    assert_int_equal(both, marks_union(p, both, a));
    const Str *messages;
    assert_int_equal(marks_messages(p, both, &messages), 2);
    assert_str(messages[0], "a is old");
    assert_str(messages[1], "b is old");
    assert_int_equal(marks_messages(p, MARK_SENSITIVE, &messages), 0);
}

static void paths_lead_to_values(void **state) {
    (void)state;
    Value v = sample(), out;
    Path root = {NULL, 0}, map = path_attr(arena, root, name_of(p, STR("map")));
    Path key = path_index(arena, map, str("k")), item = path_index(arena, key, value_int(1));
    assert_true(path_get(v, item, &out));
    assert_str(value_str(out), "b");
    assert_false(path_get(v, path_index(arena, key, value_int(2)), &out));
    assert_true(path_starts(item, map) && !path_starts(map, item));
    assert_true(path_equal(path_copy(arena, item), item));
    PathList list = {0};
    vec_push(arena, &list.list, key);
    assert_true(path_list_has(&list, key) && !path_list_has(&list, item));
    Value elem = str("e"), set = value_set(arena, type_string(p), &elem, 1);
    assert_true(path_get(set, path_index(arena, root, str("e")), &out));
    assert_false(path_get(set, path_index(arena, root, str("f")), &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        test(strips_and_puts_back),
        test(paths_to_nowhere_are_ignored),
        test(removes_only_the_named_bits),
        test(marks_inside_a_set_are_its_own),
        test(messages_unite),
        test(paths_lead_to_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

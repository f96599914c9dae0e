#include "tests/unit/engine/value/fixture.h"

#include <stdio.h>

static void types_are_interned(void **state) {
    (void)state;
    Name a = name_of(p, STR("a")), b = name_of(p, STR("b"));
    TypeField ab[] = {{a, type_string(p), false}, {b, type_number(p), false}};
    TypeField ba[] = {{b, type_number(p), false}, {a, type_string(p), false}};
    TypeField opt[] = {{a, type_string(p), true}, {b, type_number(p), false}};
    const Type *t = type_object(p, ab, 2);
    assert_ptr_equal(t, type_object(p, ba, 2));
    assert_ptr_not_equal(t, type_object(p, opt, 2));
    assert_true(type_object(p, opt, 2)->has_optional);
    assert_ptr_equal(t, type_without_optional(p, type_object(p, opt, 2)));
    assert_ptr_equal(type_list(p, t), type_list(p, t));
    assert_ptr_not_equal(type_list(p, t), type_set(p, t));
    assert_int_equal(type_attr(t, b), 1);
    assert_int_equal(type_attr(t, name_of(p, STR("c"))), -1);
    const Type *const types[] = {t, type_dynamic(p)};
    assert_true(type_tuple(p, types, 2)->has_dynamic);
    assert_ptr_equal(type_tuple(p, types, 2), type_tuple(p, types, 2));
    assert_ptr_not_equal(type_tuple(p, NULL, 0), type_object(p, NULL, 0));
}

static void numbers_are_narrow_when_they_fit(void **state) {
    (void)state;
    assert_false(number("9223372036854775807").bits & VALUE_BIG);
    assert_true(number("9223372036854775808").bits & VALUE_BIG);
    assert_true(number("0.5").bits & VALUE_BIG);
    assert_true(number("-0").bits & VALUE_BIG);
    int64_t i;
    assert_true(value_to_i64(number("5.0"), &i) && i == 5);
    assert_false(value_to_i64(number("5.5"), &i));
    assert_true(value_same(number("0.1"), value_num(arena, num_from_double(arena, 0.1))));
    assert_int_equal(value_hash(number("0.1")), value_hash(value_num(arena, num_from_double(arena, 0.1))));
    assert_false(value_same(number("0.1"), number("0.2")));
    assert_true(value_same(number("-0"), value_int(0)));
}

static void strings_are_normal(void **state) {
    (void)state;
    assert_str(value_str(str("e\xCC\x81")), "\xC3\xA9");
    assert_int_equal(str("").n, 0);
}

static void sets_are_ordered_without_doubles(void **state) {
    (void)state;
    Value strings[] = {str("b"), str("a"), value_null(p, type_string(p)), str("b"), str("\xC3\xA9")};
    Value s = value_set(arena, type_string(p), strings, 5);
    assert_int_equal(s.n, 4);
    assert_str(value_str(s.list->at[0]), "a");
    assert_str(value_str(s.list->at[1]), "b");
    assert_true(value_is_null(s.list->at[3]));
    Value numbers[] = {value_int(10), number("1e30"), value_int(2), number("0.5"), number("1e30")};
    Value n = value_set(arena, type_number(p), numbers, 5);
    assert_int_equal(n.n, 4);
    assert_true(value_same(n.list->at[0], number("0.5")) && value_same(n.list->at[3], number("1e30")));
    assert_int_equal(n.list->at[1].i, 2);
    Value bools[] = {value_bool(true), value_bool(false), value_bool(true)};
    Value b = value_set(arena, type_bool(p), bools, 3);
    assert_true(b.n == 2 && b.list->at[0].i == 0);
}

// 1, 100000000000 and 2 in that order: objects go by a text in which the large number is 1e+11.
static void sets_of_objects_go_by_text(void **state) {
    (void)state;
    const char *numbers[] = {"2", "100000000000", "0.1", "1", "2"};
    Name a = name_of(p, STR("a"));
    TypeField field = {a, type_number(p), false};
    Value at[5];
    for (int i = 0; i < 5; i++) {
        Value v = number(numbers[i]);
        at[i] = value_object_of(arena, &a, &v, 1);
    }
    Value s = value_set(arena, type_object(p, &field, 1), at, 5);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.list->at[1].obj->at[0].i, 1);
    assert_int_equal(s.list->at[2].obj->at[0].i, 100000000000);
    assert_int_equal(s.list->at[3].obj->at[0].i, 2);
    assert_true(value_set_cmp(arena, s.list->at[0], s.list->at[1]) < 0);
}

static void unknown_elements_are_not_doubles(void **state) {
    (void)state;
    Value u = value_unknown(p, type_string(p)), at[] = {u, str("a"), u};
    Value s = value_set(arena, type_string(p), at, 3);
    assert_int_equal(s.n, 3);
    assert_false(value_is_whole(s));
    assert_true(value_is_known(s.list->at[0]));
}

static void marks_of_elements_become_the_sets(void **state) {
    (void)state;
    Value at[] = {value_with_marks(str("a"), MARK_SENSITIVE), str("a"), str("b")};
    Value s = value_set(arena, type_string(p), at, 3);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.marks, MARK_SENSITIVE);
    assert_int_equal(s.list->at[0].marks, 0);
}

static void maps_are_sorted_and_the_last_wins(void **state) {
    (void)state;
    MapItem items[] = {{STR("b"), value_int(1)}, {STR("a"), value_int(2)}, {STR("b"), value_int(3)}};
    Value m = value_map(arena, type_number(p), items, 3);
    assert_int_equal(m.n, 2);
    assert_int_equal(value_get_str(m, STR("a"))->i, 2);
    assert_int_equal(value_get_str(m, STR("b"))->i, 3);
    assert_null(value_get_str(m, STR("c")));
}

static void objects_share_their_shape(void **state) {
    (void)state;
    Name names[] = {name_of(p, STR("z")), name_of(p, STR("a")), name_of(p, STR("z"))};
    Value at[] = {value_int(1), value_int(2), value_int(3)};
    Value o = value_object_of(arena, names, at, 3);
    assert_int_equal(o.n, 2);
    assert_int_equal(value_get(o, names[0])->i, 3);
    Name sorted[] = {names[1], names[0]};
    assert_ptr_equal(o.obj->shape, shape_of(arena, sorted, 2));
    assert_ptr_equal(o.obj->shape, shape_of_type(p, value_type(p, o)));
    assert_true(value_has_type(o, value_type(p, o)));
    assert_int_equal(shape_find(o.obj->shape, STR("zz")), -1);
}

static void large_shapes_belong_to_the_arena(void **state) {
    (void)state;
    enum { N = SHAPE_INTERNED + 1 };
    Name names[N];
    Value at[N];
    for (int i = 0; i < N; i++) {
        char text[16];
        snprintf(text, sizeof text, "k%d", i);
        names[i] = name_of(p, str_of(text));
        at[i] = value_int(i);
    }
    Arena *op = arena_new(p, LIFE_OP, "op");
    Value o = value_object_of(op, names, at, N);
    Value kept = value_copy(arena, o);
    assert_ptr_not_equal(kept.obj->shape, o.obj->shape);
    arena_free(op);
    for (int i = 0; i < N; i++) assert_int_equal(value_get(kept, names[i])->i, i);
}

static void copies_stop_at_what_lives_long_enough(void **state) {
    (void)state;
    Arena *op = arena_new(p, LIFE_OP, "op");
    Value old = str("kept"), young = value_string(op, STR("young"));
    MapItem items[] = {{STR("old"), old}, {STR("young"), young}};
    Value m = value_map(op, type_string(p), items, 2);
    assert_ptr_equal(value_copy(op, m).map, m.map);
    Value big = value_num(op, num_parse(op, STR("0.25"), 512));
    Value copy = value_copy(arena, m), number_kept = value_copy(arena, big);
    assert_int_equal(value_life(copy), LIFE_WALK);
    assert_ptr_equal(value_get_str(copy, STR("old"))->s, old.s);
    assert_ptr_not_equal(value_get_str(copy, STR("young"))->s, young.s);
    arena_free(op);
    assert_str(value_str(*value_get_str(copy, STR("young"))), "young");
    assert_true(value_same(number_kept, number("0.25")));
    assert_ptr_equal(value_copy(arena, copy).map, copy.map);
}

static void equality_sees_types_and_marks(void **state) {
    (void)state;
    Value empty_strings = value_list(arena, type_string(p), NULL, 0);
    Value empty_numbers = value_list(arena, type_number(p), NULL, 0);
    assert_false(value_same(empty_strings, empty_numbers));
    assert_false(value_same(value_null(p, type_string(p)), value_null(p, type_number(p))));
    Value plain = str("a"), secret = value_with_marks(str("a"), MARK_SENSITIVE);
    assert_true(value_same(plain, secret) && !value_identical(plain, secret));
    Value a = value_tuple(arena, &plain, 1), b = value_tuple(arena, &secret, 1);
    assert_true(value_same(a, b) && !value_identical(a, b));
    assert_int_equal(value_hash(a), value_hash(b));
    assert_false(value_same(value_bool(true), value_int(1)));
}

static void refinements_collapse_to_what_is_known(void **state) {
    (void)state;
    Unknown r = {.type = type_list(p, type_string(p)), .not_null = true, .has_length = true, .min_length = 2,
                 .max_length = 2};
    Value two = value_refined(arena, &r);
    assert_true(value_is_known(two) && !value_is_whole(two));
    assert_int_equal(two.n, 2);
    r.not_null = false;
    assert_true(value_is_unknown(value_refined(arena, &r)));
    r = (Unknown){.type = type_map(p, type_string(p)), .not_null = true, .has_length = true};
    assert_true(value_is_set(value_refined(arena, &r)));
    r = (Unknown){.type = type_string(p), .not_null = true};
    assert_true(value_refined(arena, &r).unk->not_null);
    r = (Unknown){.type = type_string(p)};
    assert_ptr_equal(value_refined(arena, &r).unk, value_unknown(p, type_string(p)).unk);
    r = (Unknown){.type = type_number(p), .not_null = true, .min = value_int(3), .max = value_int(3),
                  .min_inclusive = true, .max_inclusive = true};
    assert_int_equal(value_refined(arena, &r).i, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        test(types_are_interned),
        test(numbers_are_narrow_when_they_fit),
        test(strings_are_normal),
        test(sets_are_ordered_without_doubles),
        test(sets_of_objects_go_by_text),
        test(unknown_elements_are_not_doubles),
        test(marks_of_elements_become_the_sets),
        test(maps_are_sorted_and_the_last_wins),
        test(objects_share_their_shape),
        test(large_shapes_belong_to_the_arena),
        test(copies_stop_at_what_lives_long_enough),
        test(equality_sees_types_and_marks),
        test(refinements_collapse_to_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

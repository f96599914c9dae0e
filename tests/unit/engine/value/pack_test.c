#include "tests/unit/engine/value/fixture.h"

#include "engine/value/pack.h"

static void survives(Value v, const Type *t) {
    Buf b = buf_in(arena);
    pack_value(&b, v, t);
    Str bytes = buf_str(&b);
    Value back;
    assert_true(unpack_value(arena, &bytes, t, &back));
    assert_int_equal(bytes.n, 0);
    assert_true(value_identical(v, back));
    for (size_t cut = 0; cut < b.n; cut++) { // every shorter piece is refused, none read past its end
        char *piece = arena_alloc(arena, cut + 1);
        memcpy(piece, b.p, cut);
        Str shorter = str_make(piece, cut);
        assert_false(unpack_value(arena, &shorter, t, &back));
    }
}

static void values_survive(void **state) {
    (void)state;
    const Type *any = type_dynamic(p);
    survives(str("a\nb"), type_string(p));
    survives(number("9007199254740993.25"), type_number(p));
    survives(value_bool(true), type_bool(p));
    survives(value_null(p, type_string(p)), type_string(p));
    survives(value_null(p, any), any);
    survives(value_unknown(p, any), any);
    Value pair[2] = {str("x"), value_unknown(p, type_number(p))};
    survives(value_tuple(arena, pair, 2), any);
    MapItem items[2] = {{STR("k"), str("v")}, {STR("l"), value_null(p, type_string(p))}};
    survives(value_map(arena, type_string(p), items, 2), type_map(p, type_string(p)));
    Value set[2] = {str("b"), str("a")};
    survives(value_set(arena, type_string(p), set, 2), type_set(p, type_string(p)));
}

static void marks_and_refinements_survive(void **state) {
    (void)state;
    survives(value_with_marks(str("secret"), MARK_SENSITIVE), type_string(p));
    survives(value_with_marks(str("old"), marks_deprecated(p, STR("use the other"))), type_string(p));
    Unknown u = {.type = type_string(p), .not_null = true, .prefix = STR("vpc-"), .max_length = UINT32_MAX};
    Value v = value_refined(arena, &u), back;
    Buf b = buf_in(arena);
    pack_value(&b, v, type_string(p));
    Str bytes = buf_str(&b);
    assert_true(unpack_value(arena, &bytes, type_string(p), &back));
    assert_true(value_is_unknown(back) && back.unk->not_null);
    assert_str(back.unk->prefix, "vpc-");
}

int main(void) {
    const struct CMUnitTest tests[] = {test(values_survive), test(marks_and_refinements_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

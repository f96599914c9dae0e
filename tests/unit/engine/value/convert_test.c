#include "tests/unit/engine/value/fixture.h"

#include "engine/value/convert.h"

static Str converted(Value v, const char *want) {
    Value out;
    ConvertError error;
    if (convert_value(arena, v, type(want), &out, &error)) return typed(out);
    Buf b = buf_in(arena);
    path_print(error.path, &b);
    buf_z(&b, ": ");
    buf_add(&b, error.message);
    return buf_str(&b);
}

#define assert_converts(from, want, expected) assert_str(converted(json(NULL, from), want), expected)

static void primitives(void **state) {
    (void)state;
    assert_converts("\"1.50\"", "\"number\"", "{\"value\":1.5,\"type\":\"number\"}");
    assert_converts("1e20", "\"string\"", "{\"value\":\"100000000000000000000\",\"type\":\"string\"}");
    assert_converts("\"1\"", "\"bool\"", "{\"value\":true,\"type\":\"bool\"}");
    assert_converts("false", "\"string\"", "{\"value\":\"false\",\"type\":\"string\"}");
    assert_converts("null", "\"string\"", "{\"value\":null,\"type\":\"string\"}");
    assert_converts("\"x\"", "\"number\"", ": a number is required");
    assert_converts("\"True\"", "\"bool\"", ": a bool is required; to convert from string, use lowercase \"true\"");
    assert_converts("1", "\"bool\"", ": bool required, but have number");
    assert_converts("[1]", "\"string\"", ": string required, but have tuple");
}

static void collections(void **state) {
    (void)state;
    assert_converts("[1,\"a\",null]", "[\"list\",\"dynamic\"]",
                    "{\"value\":[\"1\",\"a\",null],\"type\":[\"list\",\"string\"]}");
    assert_converts("[\"b\",\"a\",\"b\"]", "[\"set\",\"string\"]",
                    "{\"value\":[\"a\",\"b\"],\"type\":[\"set\",\"string\"]}");
    assert_converts("{\"a\":1,\"b\":\"x\"}", "[\"map\",\"dynamic\"]",
                    "{\"value\":{\"a\":\"1\",\"b\":\"x\"},\"type\":[\"map\",\"string\"]}");
    assert_converts("[]", "[\"list\",\"dynamic\"]", "{\"value\":[],\"type\":[\"list\",\"dynamic\"]}");
    assert_converts("[1,{}]", "[\"list\",\"dynamic\"]", ": all list elements must have the same type");
    assert_converts("[1,{}]", "[\"list\",\"string\"]", ": element 1: string required, but have object");
    assert_converts("[\"1\",\"x\"]", "[\"list\",\"number\"]", "[1]: a number is required");
    assert_converts("{\"k\":[\"x\"]}", "[\"map\",[\"list\",\"number\"]]", "[\"k\"][0]: a number is required");
    assert_converts("{}", "[\"list\",\"string\"]", ": list of string required");
    Value empty = json("[\"list\",[\"object\",{}]]", "[]");
    assert_str(converted(empty, "[\"list\",\"string\"]"),
               ": incorrect list element type: string required, but have object");
}

static void objects(void **state) {
    (void)state;
    assert_converts("{\"a\":1,\"z\":true}", "[\"object\",{\"a\":\"string\"}]",
                    "{\"value\":{\"a\":\"1\"},\"type\":[\"object\",{\"a\":\"string\"}]}");
    assert_converts("{}", "[\"object\",{\"a\":\"string\",\"b\":\"number\"},[\"a\",\"b\"]]",
                    "{\"value\":{\"a\":null,\"b\":null},\"type\":[\"object\",{\"a\":\"string\",\"b\":\"number\"}]}");
    assert_converts("{\"x\":1}", "[\"object\",{\"a\":\"string\"}]", ": attribute \"a\" is required");
    assert_converts("{}", "[\"object\",{\"a\":\"string\",\"b\":\"string\",\"c\":\"string\"}]",
                    ": attributes \"a\", \"b\", and \"c\" are required");
    assert_converts("{\"a\":{\"b\":[]}}", "[\"object\",{\"a\":[\"object\",{\"b\":\"string\"}]}]",
                    ": attribute \"a\": attribute \"b\": string required, but have tuple");
    assert_converts("{\"a\":{\"b\":\"x\"}}", "[\"object\",{\"a\":[\"object\",{\"b\":\"number\"}]}]",
                    ".a.b: a number is required");
    Value map = json("[\"map\",\"string\"]", "{\"a\":\"1\"}");
    assert_str(converted(map, "[\"object\",{\"a\":\"number\",\"b\":\"bool\"},[\"b\"]]"),
               "{\"value\":{\"a\":1,\"b\":null},\"type\":[\"object\",{\"a\":\"number\",\"b\":\"bool\"}]}");
    assert_str(converted(map, "[\"object\",{\"b\":\"bool\"}]"), ": map has no element for required attribute \"b\"");
}

static void what_fits_is_shared(void **state) {
    (void)state;
    const char *as = "[\"object\",{\"a\":[\"list\",\"string\"]}]";
    Value v = json(as, "{\"a\":[\"x\"]}"), out;
    assert_true(convert_value(arena, v, type(as), &out, NULL));
    assert_ptr_equal(out.obj, v.obj);
    const char *optional = "[\"object\",{\"a\":[\"list\",\"string\"]},[\"a\"]]";
    assert_true(convert_value(arena, v, type(optional), &out, NULL));
    assert_ptr_equal(out.obj, v.obj);
}

static void marks_stay_on_parts_but_not_in_sets(void **state) {
    (void)state;
    Value parts[] = {value_with_marks(value_int(1), MARK_SENSITIVE), str("a")}, out;
    Value v = value_with_marks(value_tuple(arena, parts, 2), MARK_EPHEMERAL);
    assert_true(convert_value(arena, v, type("[\"list\",\"string\"]"), &out, NULL));
    assert_int_equal(out.marks, MARK_EPHEMERAL);
    assert_int_equal(out.list->at[0].marks, MARK_SENSITIVE);
    assert_int_equal(out.list->at[1].marks, 0);
    assert_true(convert_value(arena, v, type("[\"set\",\"string\"]"), &out, NULL));
    assert_int_equal(out.marks, MARK_EPHEMERAL | MARK_SENSITIVE);
    Value null = value_with_marks(value_null(p, type_number(p)), MARK_SENSITIVE);
    assert_true(convert_value(arena, null, type_string(p), &out, NULL));
    assert_true(value_is_null(out) && out.kind == TYPE_STRING && out.marks == MARK_SENSITIVE);
}

static void unknowns_keep_what_is_known(void **state) {
    (void)state;
    Unknown r = {.type = type("[\"list\",\"number\"]"), .not_null = true, .has_length = true, .min_length = 2,
                 .max_length = 5};
    Value out;
    assert_true(convert_value(arena, value_refined(arena, &r), type("[\"set\",\"string\"]"), &out, NULL));
    assert_true(out.unk->not_null && out.unk->min_length == 1 && out.unk->max_length == 5);
    assert_true(convert_value(arena, value_unknown(p, type_dynamic(p)), type("\"number\""), &out, NULL));
    assert_ptr_equal(out.unk, value_unknown(p, type_number(p)).unk);
    ConvertError error;
    assert_false(convert_value(arena, value_unknown(p, type("[\"object\",{}]")), type_string(p), &out, &error));
    assert_str(error.message, "string required, but have object");
    Value at[] = {str("a"), value_unknown(p, type_string(p))};
    Value set = value_set(arena, type_string(p), at, 2);
    assert_true(convert_value(arena, set, type("[\"list\",\"string\"]"), &out, NULL));
    assert_true(value_is_unknown(out));
}

static Str unified(const char *types) {
    Value list = json(NULL, types);
    const Type *at[8];
    for (uint32_t i = 0; i < list.n; i++) at[i] = type_from_json(p, plain(list.list->at[i]));
    const Type *t = convert_unify(p, at, list.n);
    Buf b = buf_in(arena);
    if (t) type_to_json(t, &b);
    return t ? buf_str(&b) : STR("none");
}

static void unification(void **state) {
    (void)state;
    assert_str(unified("[\"number\",\"string\",\"bool\"]"), "\"string\"");
    assert_str(unified("[\"number\",\"bool\"]"), "none");
    assert_str(unified("[[\"list\",\"number\"],[\"tuple\",[\"string\",\"bool\"]]]"), "[\"list\",\"string\"]");
    assert_str(unified("[[\"object\",{\"a\":\"number\"}],[\"object\",{\"a\":\"string\"}]]"),
               "[\"object\",{\"a\":\"string\"}]");
    assert_str(unified("[[\"object\",{\"a\":\"number\"}],[\"object\",{\"b\":\"string\"}]]"), "[\"map\",\"string\"]");
    assert_str(unified("[[\"object\",{}],[\"tuple\",[]]]"), "none");
    assert_str(unified("[\"dynamic\",\"string\"]"), "\"string\"");
    assert_str(unified("[\"dynamic\",[\"list\",\"string\"]]"), "\"dynamic\"");
}

static void defaults_fill_what_is_missing_or_null(void **state) {
    (void)state;
    const Type *item = type("[\"object\",{\"name\":\"string\",\"port\":\"number\"},[\"port\"]]");
    const Type *want = type_list(p, item);
    Name port = name_of(p, STR("port"));
    Value eighty = value_int(80);
    bool has = true;
    Defaults of_item = {.n = 1, .names = &port, .values = &eighty, .has_value = &has};
    Defaults of_list = {.elem = &of_item};
    Value v = json(NULL, "[{\"name\":\"a\"},{\"name\":\"b\",\"port\":null},{\"name\":\"c\",\"port\":1}]");
    Value filled = convert_defaults(arena, v, want, &of_list), out;
    assert_true(convert_value(arena, filled, want, &out, NULL));
    assert_str(plain(out), "[{\"name\":\"a\",\"port\":80},{\"name\":\"b\",\"port\":80},{\"name\":\"c\",\"port\":1}]");
    Value same = json(NULL, "[{\"name\":\"c\",\"port\":1}]");
    assert_ptr_equal(convert_defaults(arena, same, want, &of_list).list, same.list);
    Value unknown = value_unknown(p, type_number(p));
    Value object = value_object_of(arena, &port, &unknown, 1);
    Value refined = convert_defaults(arena, object, item, &of_item);
    assert_true(refined.obj->at[0].unk->not_null);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        test(primitives),
        test(collections),
        test(objects),
        test(what_fits_is_shared),
        test(marks_stay_on_parts_but_not_in_sets),
        test(unknowns_keep_what_is_known),
        test(unification),
        test(defaults_fill_what_is_missing_or_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

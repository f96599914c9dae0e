#include "tests/unit/engine/value/fixture.h"

#include "engine/value/render.h"

static Str rendered(Value v) {
    Buf b = buf_in(arena);
    render_value(p, v, 0, &b);
    return buf_str(&b);
}

static Str stated(Value v) {
    Buf b = buf_in(arena);
    render_statement(p, v, &b);
    return buf_str(&b);
}

static void as_the_console_prints(void **state) {
    (void)state;
    assert_str(rendered(json(NULL, "{\"b\":[],\"a\":[1.5,\"x\",null,{}]}")),
               "{\n  \"a\" = [\n    1.5,\n    \"x\",\n    null,\n    {},\n  ]\n  \"b\" = []\n}");
    assert_str(rendered(json("[\"map\",[\"set\",\"bool\"]]", "{\"k\":[true]}")),
               "tomap({\n  \"k\" = toset([\n    true,\n  ])\n})");
    assert_str(rendered(json("[\"list\",\"string\"]", "[null]")), "tolist([\n  tostring(null),\n])");
    assert_str(rendered(value_null(p, type("[\"map\",[\"list\",\"string\"]]"))),
               "tomap(null) /* of list of string */");
    assert_str(rendered(value_null(p, type("[\"object\",{}]"))), "null /* object */");
    assert_str(rendered(value_unknown(p, type_string(p))), "(known after apply)");
    assert_str(rendered(value_with_marks(str("x"), MARK_SENSITIVE)), "(sensitive value)");
    assert_str(rendered(value_with_marks(str("x"), MARK_EPHEMERAL)), "(ephemeral value)");
}

static void lines_make_heredocs(void **state) {
    (void)state;
    assert_str(rendered(str("a\nb\n")), "<<EOT\na\nb\n\nEOT");
    assert_str(rendered(str("a\n EOT \nEOT_")), "<<EOT__\na\n EOT \nEOT_\nEOT__");
    assert_str(rendered(json(NULL, "[\"a\\nb\"]")), "[\n  <<-EOT\n  a\n  b\n  EOT,\n]");
}

static void strings_are_quoted(void **state) {
    (void)state;
    assert_str(rendered(str("\t\"\\\x01\x7F\xC3\xA9\xC2\xA0${")), "\"\\t\\\"\\\\\\x01\\x7f\xC3\xA9\\u00a0${\"");
    Buf b = buf_in(arena);
    render_string(STR("a${b}%{c}$d\"\n\x01"), &b);
    assert_str(buf_str(&b), "\"a$${b}%%{c}$d\\\"\\n\\u0001\"");
}

static void statements(void **state) {
    (void)state;
    assert_str(stated(str("abc")), "is \"abc\"");
    assert_str(stated(number("12345678901.5")), "is 1.23456789e+10");
    assert_str(stated(value_bool(true)), "is true");
    assert_str(stated(value_null(p, type_string(p))), "is null");
    assert_str(stated(json("[\"list\",\"string\"]", "[\"a\",\"b\",\"c\"]")), "is list of string with 3 elements");
    assert_str(stated(json(NULL, "[]")), "is empty tuple");
    assert_str(stated(json(NULL, "{\"a\":1}")), "is object with 1 attribute \"a\"");
    assert_str(stated(value_with_marks(str("x"), MARK_SENSITIVE)), "has a sensitive value");
    assert_str(stated(value_unknown(p, type_dynamic(p))), "will be known only after apply");
    assert_str(stated(value_unknown(p, type("[\"list\",\"string\"]"))), "is a list of string, known only after apply");
    Buf b = buf_in(arena);
    assert_false(render_statement_for(p, value_with_marks(str("x"), MARK_SENSITIVE), true, false, &b));
    assert_true(render_statement_for(p, value_unknown(p, type_string(p)), false, false, &b));
    assert_str(buf_str(&b), "is a string");
}

static void types_as_text(void **state) {
    (void)state;
    const char *text = "[\"list\",[\"object\",{\"a\":\"string\",\"b\":[\"tuple\",[\"dynamic\"]]},[\"b\"]]]";
    const Type *t = type(text);
    Buf b = buf_in(arena);
    type_to_json(t, &b);
    assert_str(buf_str(&b), text);
    buf_clear(&b);
    type_print(t, &b);
    assert_str(buf_str(&b), "list(object({ a = string, b = optional(tuple([any])) }))");
    buf_clear(&b);
    type_friendly(t, &b);
    assert_str(buf_str(&b), "list of object");
    const char *bad[] = {"", "\"str\"", "[\"list\"]", "[\"list\",\"string\",1]", "[\"object\",{},[\"a\"]]",
                         "[\"object\",{\"a\":\"string\",\"a\":\"string\"}]", "[\"tuple\",\"string\"]", "{}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_null(type_from_json(p, str_of(bad[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        test(as_the_console_prints), test(lines_make_heredocs), test(strings_are_quoted),
        test(statements),            test(types_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

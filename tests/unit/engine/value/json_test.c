#include "tests/unit/engine/value/fixture.h"

static Str tokens(const char *text) {
    static const char letters[] = "!.{}[]ksntfz";
    JsonReader r = json_reader(arena, str_of(text));
    Buf b = buf_in(arena);
    for (JsonToken token;;) {
        token = json_next(&r);
        buf_char(&b, letters[token]);
        if (token == JSON_KEY || token == JSON_STRING || token == JSON_NUMBER) {
            buf_add(&b, r.string);
            buf_char(&b, ' ');
        }
        if (token == JSON_END || token == JSON_ERROR) return buf_str(&b);
    }
}

static void structure_is_checked(void **state) {
    (void)state;
    assert_str(tokens(" {\"a\" : [1, -2.5e3,\"x\"], \"b\":{} , \"c\":[]}\n"), "{ka [n1 n-2.5e3 sx ]kb {}kc []}.");
    assert_str(tokens("[true,false,null]"), "[tfz].");
    assert_str(tokens("[1,]"), "[n1 !");
    assert_str(tokens("[1 2]"), "[n1 !");
    assert_str(tokens("[01]"), "[n0 !");
    assert_str(tokens("[1.]"), "[n1 !");
    assert_str(tokens("{\"a\"}"), "{!");
    assert_str(tokens("{\"a\":1,}"), "{ka n1 !");
    assert_str(tokens("{\"a\":}"), "{ka !");
    assert_str(tokens("{1:2}"), "{!");
    assert_str(tokens("[1}"), "[n1 !");
    assert_str(tokens("1 2"), "n1 !");
    assert_str(tokens("nul"), "!");
    assert_str(tokens(""), "!");
    assert_str(tokens("[\"a\x01\"]"), "[!");
    assert_str(tokens("\"abc"), "!");
}

static void strings_are_unescaped(void **state) {
    (void)state;
    assert_str(tokens("\"a\\n\\\"\\\\\\/\\u0041\\u00e9\""), "sa\n\"\\/A\xC3\xA9 .");
    assert_str(tokens("\"\\ud83d\\ude00\""), "s\xF0\x9F\x98\x80 .");
    assert_str(tokens("\"\\ud83dx\""), "s\xEF\xBF\xBDx .");
    assert_str(tokens("\"\\u12g4\""), "!");
    assert_str(tokens("\"\\x\""), "!");
    assert_str(tokens("\"0123456701234567\\t89\""), "s0123456701234567\t89 .");
}

static void depth_is_bounded(void **state) {
    (void)state;
    Buf b = {0};
    buf_fill(&b, '[', LIMIT_VALUE_DEPTH);
    buf_fill(&b, ']', LIMIT_VALUE_DEPTH);
    Value v;
    JsonError error;
    assert_true(json_decode(arena, buf_str(&b), &v, &error));
    buf_clear(&b);
    buf_fill(&b, '[', LIMIT_VALUE_DEPTH + 1);
    buf_fill(&b, ']', LIMIT_VALUE_DEPTH + 1);
    assert_false(json_decode(arena, buf_str(&b), &v, &error));
    assert_string_equal(error.message, "nested too deeply");
    buf_free(&b);
}

static void slices_are_skipped(void **state) {
    (void)state;
    JsonReader r = json_reader(arena, STR("{\"a\": {\"x\":[\"]}\\\"\"]} ,\"b\":1}"));
    Str raw;
    assert_int_equal(json_next(&r), JSON_OBJECT_OPEN);
    assert_int_equal(json_next(&r), JSON_KEY);
    assert_true(json_skip(&r, &raw));
    assert_str(raw, "{\"x\":[\"]}\\\"\"]}");
    assert_true(json_more(&r));
    assert_int_equal(json_next(&r), JSON_KEY);
    assert_int_equal(json_next(&r), JSON_NUMBER);
    assert_false(json_more(&r));
    assert_int_equal(json_next(&r), JSON_OBJECT_CLOSE);
    r = json_reader(arena, STR("[ 1 , [2] ]"));
    json_next(&r);
    for (int i = 0; i < 2; i++) assert_true(json_more(&r) && json_skip(&r, &raw));
    assert_str(raw, "[2]");
    assert_int_equal(json_next(&r), JSON_ARRAY_CLOSE);
    assert_int_equal(json_next(&r), JSON_END);
}

static void errors_are_located(void **state) {
    (void)state;
    Value v;
    JsonError error;
    Buf path = buf_in(arena);
    JsonReader r = json_reader(arena, STR("{\"a\":[1,\n  \"x\"]}"));
    const Type *t = type("[\"object\",{\"a\":[\"list\",\"number\"]}]");
    assert_false(json_read_value(arena, &r, t, JSON_IMPLIED, &v, &error));
    path_print(error.path, &path);
    assert_str(buf_str(&path), ".a[1]");
    assert_string_equal(error.message, "a number is required");
    uint32_t line, column;
    json_where(&r, &line, &column);
    assert_true(line == 2 && column == 3);
    r = json_reader(arena, STR("{\"b\":1}"));
    assert_false(json_read_value(arena, &r, t, JSON_IMPLIED, &v, &error));
    assert_string_equal(error.message, "unsupported attribute \"b\"");
}

static void objects_take_keys_in_any_order(void **state) {
    (void)state;
    const char *t = "[\"object\",{\"a\":\"string\",\"b\":\"number\",\"c\":[\"set\",\"string\"]}]";
    assert_str(plain(json(t, "{\"a\":\"x\",\"b\":1,\"c\":[\"z\",\"y\"]}")),
               "{\"a\":\"x\",\"b\":1,\"c\":[\"y\",\"z\"]}");
    assert_str(plain(json(t, "{\"c\":null,\"b\":\"2\",\"a\":3}")), "{\"a\":\"3\",\"b\":2,\"c\":null}");
    assert_str(plain(json(t, "{\"c\":[],\"c\":[],\"c\":[]}")), "{\"a\":null,\"b\":null,\"c\":[]}");
    assert_str(plain(json(t, "{}")), "{\"a\":null,\"b\":null,\"c\":null}");
}

static void any_carries_its_type(void **state) {
    (void)state;
    const char *text = "{\"a\":{\"value\":[\"x\",null],\"type\":[\"list\",\"string\"]}}";
    const Type *t = type("[\"object\",{\"a\":\"dynamic\"}]");
    JsonReader r = json_reader(arena, str_of(text));
    JsonError error;
    Value v;
    assert_true(json_read_value(arena, &r, t, JSON_WRAPPED_DYNAMIC, &v, &error));
    assert_int_equal(v.obj->at[0].kind, TYPE_LIST);
    Buf b = buf_in(arena);
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, v, t, JSON_WRAPPED_DYNAMIC);
    assert_str(buf_str(&b), text);
    r = json_reader(arena, STR("{\"a\":{\"value\":1}}"));
    assert_false(json_read_value(arena, &r, t, JSON_WRAPPED_DYNAMIC, &v, &error));
    assert_string_equal(error.message, "missing type in dynamically-typed value");
}

static void numbers_are_exact(void **state) {
    (void)state;
    const char *text = "[9007199254740993,0.1,123456789012345678901234567890,-0,1e3,-9223372036854775808]";
    assert_str(plain(json(NULL, text)),
               "[9007199254740993,0.1,123456789012345678901234567890,-0,1000,-9223372036854775808]");
}

static void doubled_keys(void **state) {
    (void)state;
    Value v;
    JsonError error;
    assert_str(plain(json(NULL, "{\"b\":1,\"a\":2,\"b\":3}")), "{\"a\":2,\"b\":3}");
    assert_false(json_decode(arena, STR("{\"b\":1,\"b\":\"x\"}"), &v, &error));
    assert_string_equal(error.message, "duplicate \"b\" property in JSON object");
    assert_false(json_decode(arena, STR("1 1"), &v, &error));
    assert_string_equal(error.message, "extraneous data after JSON object");
}

static void shared_text_is_not_copied(void **state) {
    (void)state;
    Str text = STR("[\"abc\",\"d\\n\"]");
    JsonReader r = json_reader(arena, text);
    r.share = true;
    Value v;
    assert_true(json_read_value(arena, &r, type("[\"list\",\"string\"]"), JSON_IMPLIED, &v, NULL));
    assert_ptr_equal(v.list->at[0].s, text.p + 2);
    assert_str(value_str(v.list->at[1]), "d\n");
}

static void writes_as_go_does(void **state) {
    (void)state;
    Buf b = buf_in(arena);
    json_escape(&b, STR("<&>\"\\\n\x01\x7F\xE2\x80\xA8\xC3\xA9\xFF"), true);
    assert_str(buf_str(&b), "\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\u0001\x7F\\u2028\xC3\xA9\\ufffd\"");
    buf_clear(&b);
    json_escape(&b, STR("<&>"), false);
    assert_str(buf_str(&b), "\"<&>\"");
    buf_clear(&b);
    JsonWriter w = json_writer(&b, 2);
    json_open_object(&w);
    json_key(&w, STR("a"));
    json_open_array(&w);
    json_int(&w, 1);
    json_bool(&w, true);
    json_close_array(&w);
    json_key(&w, STR("b"));
    json_open_object(&w);
    json_close_object(&w);
    json_key(&w, STR("c"));
    json_null(&w);
    json_close_object(&w);
    assert_str(buf_str(&b), "{\n  \"a\": [\n    1,\n    true\n  ],\n  \"b\": {},\n  \"c\": null\n}");
}

static bool count_flush(void *ctx, Buf *out) {
    *(size_t *)ctx += out->n;
    buf_clear(out);
    return true;
}

static void writes_through_a_small_buffer(void **state) {
    (void)state;
    Buf b = buf_in(arena);
    size_t written = 0;
    JsonWriter w = json_writer(&b, 0);
    w.flush = count_flush;
    w.flush_ctx = &written;
    w.flush_at = 64;
    json_open_array(&w);
    for (int i = 0; i < 1000; i++) json_int(&w, 7);
    json_close_array(&w);
    assert_true(b.cap < 256);
    assert_int_equal(written + b.n, 2001);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        test(structure_is_checked),
        test(strings_are_unescaped),
        test(depth_is_bounded),
        test(slices_are_skipped),
        test(errors_are_located),
        test(objects_take_keys_in_any_order),
        test(any_carries_its_type),
        test(numbers_are_exact),
        test(doubled_keys),
        test(shared_text_is_not_copied),
        test(writes_as_go_does),
        test(writes_through_a_small_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

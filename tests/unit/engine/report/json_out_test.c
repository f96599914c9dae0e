#include "tests/harness/unit.h"

#include "engine/report/json_out.h"
#include "engine/value/marks.h"

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = test_process();
    type_init(process);
    marks_init(process);
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static Str written(void (*write)(JsonWriter *w, Value v), Value v) {
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    write(&w, v);
    return buf_str(&out);
}

static Value secret(Value v) { return value_with_marks(v, MARK_SENSITIVE); }

static Value text(const char *z) { return value_string(arena, str_of(z)); }

static Value object(uint32_t n, const char *const *names, const Value *at) {
    Name *interned = ARENA_ARRAY(arena, Name, n + 1);
    for (uint32_t i = 0; i < n; i++) interned[i] = name_of(process, str_of(names[i]));
    return value_object_of(arena, interned, at, n);
}

// {id: unknown, list: ["a", unknown, null], more: {}, name: "n", none: null, pw: sensitive, tags: unknown map}
static Value sample(void) {
    Value unknown = value_unknown(process, type_string(process)), null = value_null(process, type_string(process));
    Value list = value_list(arena, type_string(process), (Value[]){text("a"), unknown, null}, 3);
    Value tags = value_unknown(process, type_map(process, type_string(process)));
    const char *const names[] = {"id", "list", "more", "name", "none", "pw", "tags"};
    return object(7, names, (Value[]){unknown, list, object(0, names, NULL), text("n"), null, secret(text("p")), tags});
}

static void test_known(void **state) {
    (void)state;
    assert_str(written(json_known, sample()),
               "{\"list\":[\"a\",null,null],\"more\":{},\"name\":\"n\",\"none\":null,\"pw\":\"p\"}");
    assert_str(written(json_known, value_null(process, type_string(process))), "null");
}

static void test_unknown(void **state) {
    (void)state;
    assert_str(written(json_unknown, sample()), "{\"id\":true,\"list\":[false,true,false],\"more\":{},\"tags\":true}");
    assert_str(written(json_unknown, value_unknown(process, type_dynamic(process))), "true");
}

static void test_sensitive(void **state) {
    (void)state;
    // A collection says what is in it even where nothing is sensitive, as the peer does.
    assert_str(written(json_sensitive, sample()), "{\"list\":[false,false,false],\"more\":{},\"pw\":true,\"tags\":{}}");
    assert_str(written(json_sensitive, secret(sample())), "true");
    assert_str(written(json_sensitive, value_null(process, type_string(process))), "false");
    assert_str(written(json_sensitive, secret(value_unknown(process, type_string(process)))), "true");
    assert_str(written(json_sensitive, value_unknown(process, type_list(process, type_string(process)))), "[]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sensitive, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

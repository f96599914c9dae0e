#include "tests/harness/cmocka.h"

#include "engine/value/json.h"
#include "providers/aws/client/paging.h"

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = process_new();
    type_init(process);
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static Value json(const char *text) {
    Value v;
    assert_true(json_decode(arena, str_of(text), &v, NULL));
    return v;
}

static const char *text(Value v) {
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    return out.p;
}

static void paths(void **state) {
    (void)state;
    Value v = json("{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]},\"n\":null,\"m\":\"x\"}");
    assert_string_equal(text(*paging_find(v, STR("a.b[-1].c"))), "2");
    assert_string_equal(text(*paging_find(v, STR("n || m"))), "\"x\"");
    assert_null(paging_find(v, STR("a.x.c")));
    assert_null(paging_find(v, STR("m[-1]")));
}

static void nested_keys_and_more_flag(void **state) {
    (void)state;
    Str in[] = {STR("Marker")}, out[] = {STR("List.NextMarker || List.Items[-1].Id")}, results[] = {STR("List.Items")};
    AwsPaginator p = {.inputs = in,
                      .outputs = out,
                      .tokens = 1,
                      .results = results,
                      .result_count = 1,
                      .more = STR("List.IsTruncated")};
    Paging paging = paging_start(arena, &p);
    Value input = json("{\"Max\":1}"), next;
    assert_true(paging_add(&paging, json("{\"List\":{\"IsTruncated\":true,\"Items\":[{\"Id\":\"a\"}],\"Q\":1}}"), input,
                           &next));
    assert_string_equal(text(next), "{\"Marker\":\"a\",\"Max\":1}");
    assert_false(
        paging_add(&paging, json("{\"List\":{\"IsTruncated\":false,\"Items\":[{\"Id\":\"b\"}]}}"), next, &next));
    assert_string_equal(text(paging_finish(&paging)),
                        "{\"List\":{\"IsTruncated\":true,\"Items\":[{\"Id\":\"a\"},{\"Id\":\"b\"}],\"Q\":1}}");
}

static void a_token_that_repeats_ends_it(void **state) {
    (void)state;
    Str name[] = {STR("T")}, results[] = {STR("L")};
    AwsPaginator p = {.inputs = name, .outputs = name, .tokens = 1, .results = results, .result_count = 1};
    Paging paging = paging_start(arena, &p);
    Value input = value_object_of(arena, NULL, NULL, 0), next;
    assert_true(paging_add(&paging, json("{\"L\":[1],\"T\":\"same\"}"), input, &next));
    assert_false(paging_add(&paging, json("{\"L\":[2],\"T\":\"same\"}"), next, &next));
    assert_string_equal(text(paging_finish(&paging)), "{\"L\":[1,2],\"T\":null}");
}

static void two_tokens(void **state) {
    (void)state;
    Str in[] = {STR("KeyMarker"), STR("VersionMarker")}, out[] = {STR("NextKey"), STR("NextVersion")};
    AwsPaginator p = {.inputs = in, .outputs = out, .tokens = 2};
    Paging paging = paging_start(arena, &p);
    Value next;
    assert_true(paging_add(&paging, json("{\"NextKey\":\"k\",\"NextVersion\":\"1\"}"), json("{}"), &next));
    assert_true(paging_add(&paging, json("{\"NextKey\":\"k\",\"NextVersion\":\"2\"}"), next, &next));
    assert_string_equal(text(next), "{\"KeyMarker\":\"k\",\"VersionMarker\":\"2\"}");
    assert_false(paging_add(&paging, json("{\"NextKey\":\"\",\"NextVersion\":null}"), next, &next));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths, setup, teardown),
        cmocka_unit_test_setup_teardown(nested_keys_and_more_flag, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_that_repeats_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(two_tokens, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

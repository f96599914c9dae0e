#include "engine/plan/plan.h"

#include "tests/unit/engine/value/fixture.h"

static const SchemaBlock *schema(void) {
    SchemaBuilder inner = schema_builder(p), outer = schema_builder(p);
    schema_add(&inner, "name", type_string(p), ATTR_REQUIRED);
    schema_add(&inner, "id", type_string(p), ATTR_COMPUTED);
    const SchemaBlock *block = schema_finish(&inner);
    schema_add(&outer, "auto", type_string(p), ATTR_OPTIONAL | ATTR_COMPUTED);
    schema_add(&outer, "plain", type_string(p), ATTR_OPTIONAL);
    schema_add_block(&outer, "item", NEST_SET, block, 0, 0);
    return schema_finish(&outer);
}

static Value object(const SchemaBlock *b, const char *json) {
    JsonReader r = json_reader(arena, str_of(json));
    Value v;
    JsonError error;
    assert_true(json_read_value(arena, &r, b->type, JSON_IMPLIED, &v, &error));
    return v;
}

static void proposes(const char *prior, const char *config, const char *want) {
    const SchemaBlock *b = schema();
    Value before = prior ? object(b, prior) : value_null(p, b->type);
    Value got = propose_object(arena, b, before, object(b, config));
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, got, b->type, JSON_IMPLIED);
    assert_str(buf_str(&out), want);
}

static void computed_values_stay_where_the_configuration_is_open(void **state) {
    (void)state;
    proposes("{\"auto\":\"kept\",\"plain\":\"gone\",\"item\":[]}", "{\"auto\":null,\"plain\":null,\"item\":[]}",
             "{\"auto\":\"kept\",\"item\":[],\"plain\":null}");
    proposes("{\"auto\":\"old\",\"plain\":\"old\",\"item\":[]}", "{\"auto\":\"new\",\"plain\":\"new\",\"item\":[]}",
             "{\"auto\":\"new\",\"item\":[],\"plain\":\"new\"}");
    proposes(NULL, "{\"auto\":null,\"plain\":\"p\",\"item\":[]}", "{\"auto\":null,\"item\":[],\"plain\":\"p\"}");
}

static void set_elements_find_their_computed_parts(void **state) {
    (void)state;
    proposes("{\"auto\":null,\"plain\":null,\"item\":[{\"id\":\"1\",\"name\":\"a\"},{\"id\":\"2\",\"name\":\"b\"}]}",
             "{\"auto\":null,\"plain\":null,\"item\":[{\"id\":null,\"name\":\"b\"},{\"id\":null,\"name\":\"c\"}]}",
             "{\"auto\":null,\"item\":[{\"id\":\"2\",\"name\":\"b\"},{\"id\":null,\"name\":\"c\"}],\"plain\":null}");
}

int main(void) {
    const struct CMUnitTest tests[] = {test(computed_values_stay_where_the_configuration_is_open),
                                       test(set_elements_find_their_computed_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/schema/schema.h"
#include "engine/value/marks.h"

static Process *p;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    p = test_process();
    type_init(p);
    marks_init(p);
    arena = arena_new(p, LIFE_WALK, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(p);
    return 0;
}

static Name n(const char *z) { return name_of(p, str_of(z)); }

static const SchemaBlock *inner(void) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "port", type_number(p), ATTR_REQUIRED);
    schema_add(&b, "key", type_string(p), ATTR_OPTIONAL | ATTR_SENSITIVE);
    return schema_finish(&b);
}

static const SchemaBlock *outer(void) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "zone", type_string(p), ATTR_OPTIONAL);
    schema_add_block(&b, "rule", NEST_LIST, inner(), 0, 0);
    schema_add(&b, "id", type_string(p), ATTR_COMPUTED);
    schema_add_block(&b, "entry", NEST_MAP, inner(), 0, 0);
    schema_add_block(&b, "only", NEST_SINGLE, inner(), 0, 1);
    schema_add_block(&b, "group", NEST_GROUP, inner(), 0, 1);
    return schema_finish(&b);
}

static void fields_are_sorted_by_name(void **state) {
    (void)state;
    const SchemaBlock *s = outer();
    Buf type = buf_in(arena);
    type_print(s->type, &type);
    assert_str(buf_str(&type), "object({ entry = map(object({ key = string, port = number })), group = object({ key = "
                               "string, port = number }), "
                               "id = string, only = object({ key = string, port = number }), "
                               "rule = list(object({ key = string, port = number })), zone = string })");
    assert_int_equal(schema_nested(s, n("entry"))->field, 0);
    assert_int_equal(schema_attr(s, n("zone"))->field, 5);
    assert_null(schema_attr(s, n("rule")));
    assert_null(schema_nested(s, n("zone")));
    assert_true(s->has_sensitive);
    assert_false(s->has_write_only);
}

static void empty_objects_have_absent_blocks(void **state) {
    (void)state;
    Value v = schema_empty(arena, outer());
    assert_true(value_is_null(*value_get(v, n("zone"))));
    assert_true(value_is_null(*value_get(v, n("only"))));
    assert_int_equal(value_get(v, n("rule"))->kind, TYPE_LIST);
    assert_int_equal(value_get(v, n("rule"))->n, 0);
    assert_int_equal(value_get(v, n("entry"))->kind, TYPE_MAP);
    assert_false(value_is_null(*value_get(v, n("group"))));
    assert_ptr_equal(value_type(p, v), outer()->type);
}

static void blocks_with_any_inside_have_no_type_of_their_own(void **state) {
    (void)state;
    SchemaBuilder any = schema_builder(p), b = schema_builder(p);
    schema_add(&any, "v", type_dynamic(p), ATTR_OPTIONAL);
    const SchemaBlock *holder = schema_finish(&any);
    schema_add_block(&b, "l", NEST_LIST, holder, 0, 0);
    schema_add_block(&b, "m", NEST_MAP, holder, 0, 0);
    const SchemaBlock *s = schema_finish(&b);
    assert_int_equal(s->type->types[0]->kind, TYPE_DYNAMIC);
    Value v = schema_empty(arena, s);
    assert_int_equal(value_get(v, n("l"))->kind, TYPE_TUPLE);
    assert_int_equal(value_get(v, n("m"))->kind, TYPE_OBJECT);
}

static void structured_attributes_imply_their_type(void **state) {
    (void)state;
    SchemaBuilder b = schema_builder(p);
    SchemaAttr *a = schema_add(&b, "many", NULL, ATTR_OPTIONAL);
    a->nested = inner();
    a->nesting = NEST_SET;
    const SchemaBlock *s = schema_finish(&b);
    const SchemaAttr *many = schema_attr(s, n("many"));
    assert_int_equal(many->type->kind, TYPE_SET);
    assert_false(many->type->has_optional);
    const Type *constraint = schema_attr_constraint(p, many);
    assert_true(constraint->has_optional);
    assert_true(constraint->elem->optional[0]);  // key
    assert_false(constraint->elem->optional[1]); // port is required
    assert_ptr_equal(type_without_optional(p, constraint), many->type);
}

static Value object(const char *const *names, const Value *values, uint32_t count) {
    Name own[8];
    for (uint32_t i = 0; i < count; i++) own[i] = n(names[i]);
    return value_object_of(arena, own, values, count);
}

static void sensitive_attributes_are_marked_where_they_are(void **state) {
    (void)state;
    static const char *const rule_names[] = {"port", "key"}, *const names[] = {"rule", "zone"};
    Value rule_values[] = {value_int(1), value_string(arena, STR("k"))};
    Value rule = object(rule_names, rule_values, 2);
    Value list = value_tuple(arena, &rule, 1), values[] = {list, value_string(arena, STR("z"))}, v, marked;
    Str error = STR_NONE;
    assert_true(schema_conform(arena, outer(), object(names, values, 2), &v, &error));
    marked = schema_mark(arena, outer(), v);
    const Value *first = &value_elements(*value_get(marked, n("rule")))[0];
    assert_int_equal(value_get(*first, n("key"))->marks, MARK_SENSITIVE);
    assert_int_equal(value_get(*first, n("port"))->marks, 0);
    assert_int_equal(value_get(marked, n("zone"))->marks, 0);
    assert_true(value_same(marked, v));
}

static void foreign_values_are_brought_to_shape(void **state) {
    (void)state;
    static const char *const names[] = {"zone", "rule"};
    Value values[] = {value_int(5), value_null(p, type_dynamic(p))}, v;
    Str error = STR_NONE;
    assert_true(schema_conform(arena, outer(), object(names, values, 2), &v, &error));
    assert_ptr_equal(value_type(p, v), outer()->type);
    assert_str(value_str(*value_get(v, n("zone"))), "5");
    assert_int_equal(value_get(v, n("rule"))->n, 0);
}

static void foreign_values_that_do_not_fit_are_refused_with_the_path(void **state) {
    (void)state;
    static const char *const stray[] = {"zne"}, *const rules[] = {"rule"}, *const ports[] = {"port"};
    Value text = value_string(arena, STR("x")), v;
    Str error = STR_NONE;
    assert_false(schema_conform(arena, outer(), object(stray, &text, 1), &v, &error));
    assert_str(error, ".zne: an attribute that is not in the schema");
    Value rule = object(ports, &text, 1), list = value_tuple(arena, &rule, 1);
    assert_false(schema_conform(arena, outer(), object(rules, &list, 1), &v, &error));
    assert_str(error, ".rule[0].port: a number is required");
    assert_false(schema_conform(arena, outer(), object(rules, &text, 1), &v, &error));
    assert_str(error, ".rule: a list is required");
}

int main(void) {
#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {test(fields_are_sorted_by_name),
                                       test(empty_objects_have_absent_blocks),
                                       test(blocks_with_any_inside_have_no_type_of_their_own),
                                       test(structured_attributes_imply_their_type),
                                       test(sensitive_attributes_are_marked_where_they_are),
                                       test(foreign_values_are_brought_to_shape),
                                       test(foreign_values_that_do_not_fit_are_refused_with_the_path)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

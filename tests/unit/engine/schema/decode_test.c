#include <stdio.h>

#include "tests/harness/unit.h"

#include "engine/eval/func.h"
#include "engine/eval/once.h"
#include "engine/schema/decode.h"
#include "engine/value/convert.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "grammar/parse.h"

// Names: each.key differs between instances, shared.NAME does not; loads are counted.
enum { SLOT_EACH, SLOT_SHARED };

static Process *p;
static Arena *arena;
static Diags diags;
static uint32_t loads[2];
static Value shared_value;
static int64_t instance;

static bool bind(Binder *binder, const Traversal *t, Bound *out, Diags *d) {
    (void)binder;
    bool each = str_eqz(name_str(t->root), "each");
    if (!each && !str_eqz(name_str(t->root), "shared"))
        return diag_error(d, "unknown", t->span, "Unknown name", "There is no %s.", t->root->text);
    *out = (Bound){each ? SLOT_EACH : SLOT_SHARED, 1, each ? USES_EACH : USES_SLOTS};
    return true;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *d) {
    (void)scope;
    (void)index;
    (void)d;
    loads[ref->slot]++;
    *out = ref->slot == SLOT_EACH ? value_int(instance) : shared_value;
    *used = 0;
    return true;
}

static int setup(void **state) {
    (void)state;
    p = test_process();
    type_init(p);
    marks_init(p);
    arena = arena_new(p, LIFE_CONFIG, "test");
    diags = diags_in(arena);
    loads[0] = loads[1] = 0;
    shared_value = value_string(arena, STR("s"));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(p);
    return 0;
}

static Name n(const char *z) { return name_of(p, str_of(z)); }

static const SchemaBlock *rule_schema(void) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "port", type_number(p), ATTR_REQUIRED);
    schema_add(&b, "text", type_string(p), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static const SchemaBlock *schema(void) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "name", type_string(p), ATTR_OPTIONAL);
    schema_add(&b, "tags", type_map(p, type_string(p)), ATTR_OPTIONAL);
    schema_add_block(&b, "rule", NEST_LIST, rule_schema(), 0, 0);
    schema_add_block(&b, "set", NEST_SET, rule_schema(), 0, 0);
    return schema_finish(&b);
}

static CodeSession session;
static Binder binder;
static FuncContext funcs;

static const Body *body(const char *text) {
    const SourceFile *file = source_add(p, STR("test"), str_copy(arena, str_of(text)));
    AstBody *ast;
    parse_body(arena, file, &ast, &diags);
    return body_native(arena, p, ast);
}

static const BodyCode *compile(const char *text) {
    binder = (Binder){.bind = bind, .functions = func_table()};
    session = session_start(arena, &binder, &diags);
    return decode_compile(&session, body(text), schema(), NULL);
}

static Scope scope(OnceCache *once) {
    funcs = (FuncContext){.process = p, .arena = arena, .functions = func_table()};
    return (Scope){.load = load, .arena = arena, .funcs = &funcs, .once = once};
}

static const char *json(Value v) {
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, marks_strip(arena, v, NULL), NULL, JSON_IMPLIED);
    buf_char(&out, 0);
    return out.p;
}

static void constant_bodies_are_one_shared_object(void **state) {
    (void)state;
    const BodyCode *code = compile("name = \"a\"\nrule {\n  port = \"1\"\n}\nrule {\n  port = 2\n  text = 5\n}\n");
    Scope s = scope(NULL);
    Value first = decode_eval(code, &s, &diags), second = decode_eval(code, &s, &diags);
    assert_ptr_equal(first.obj, second.obj);
    assert_string_equal(json(first),
                        "{\"name\":\"a\",\"rule\":[{\"port\":1,\"text\":null},{\"port\":2,\"text\":\"5\"}],"
                        "\"set\":[],\"tags\":null}");
    assert_int_equal(decode_uses(code), 0);
    assert_int_equal(diags.errors, 0);
}

static void parts_that_do_not_vary_are_evaluated_once(void **state) {
    (void)state;
    const BodyCode *code =
        compile("name = each.key\ntags = { a = shared.x }\n"
                "dynamic \"rule\" {\n  for_each = [shared.x, shared.x]\n  content {\n    port = rule.key\n"
                "    text = rule.value\n  }\n}\n");
    OnceCache *once = once_new(arena, session.once_count);
    for (instance = 0; instance < 3; instance++) {
        Scope s = scope(once);
        Value v = decode_eval(code, &s, &diags);
        char want[160];
        snprintf(want, sizeof want,
                 "{\"name\":\"%d\",\"rule\":[{\"port\":0,\"text\":\"s\"},{\"port\":1,\"text\":\"s\"}],\"set\":[],"
                 "\"tags\":{\"a\":\"s\"}}",
                 (int)instance);
        assert_string_equal(json(v), want);
    }
    assert_int_equal(loads[SLOT_EACH], 3);
    assert_int_equal(loads[SLOT_SHARED], 3); // one for tags, two in for_each
    assert_int_equal(decode_uses(code) & USES_VARIES, USES_EACH);
}

static void dynamic_blocks_that_vary_are_not_kept(void **state) {
    (void)state;
    const BodyCode *code =
        compile("dynamic \"rule\" {\n  for_each = [1]\n  content {\n    port = each.key + rule.value\n  }\n}\n");
    OnceCache *once = once_new(arena, session.once_count);
    for (instance = 0; instance < 2; instance++) {
        Scope s = scope(once);
        Value v = decode_eval(code, &s, &diags), rule = value_elements(*value_get(v, n("rule")))[0];
        int64_t port;
        assert_true(value_to_i64(*value_get(rule, n("port")), &port));
        assert_int_equal(port, instance + 1);
    }
}

static void unknown_for_each_makes_the_collection_unknown(void **state) {
    (void)state;
    shared_value = value_unknown(p, type_set(p, type_string(p)));
    const BodyCode *code =
        compile("rule {\n  port = 1\n}\ndynamic \"rule\" {\n  for_each = shared.x\n  content {\n    port = "
                "1\n  }\n}\ndynamic \"set\" {\n  for_each = shared.x\n  content {\n    port = 1\n  }\n}\n");
    Scope s = scope(NULL);
    Value v = decode_eval(code, &s, &diags);
    assert_true(value_is_unknown(*value_get(v, n("rule"))));
    assert_true(value_is_unknown(*value_get(v, n("set"))));
    assert_int_equal(value_type(p, *value_get(v, n("set")))->kind, TYPE_SET);
    assert_ptr_equal(value_type(p, v), schema()->type);
    assert_int_equal(diags.errors, 0);
}

static void marks_of_set_elements_go_to_the_set(void **state) {
    (void)state;
    shared_value = value_with_marks(shared_value, MARK_SENSITIVE);
    const BodyCode *code =
        compile("set {\n  port = 1\n  text = shared.x\n}\nrule {\n  port = 1\n  text = shared.x\n}\n");
    Scope s = scope(NULL);
    Value v = decode_eval(code, &s, &diags);
    const Value *set = value_get(v, n("set")), *rule = value_get(v, n("rule"));
    assert_int_equal(set->marks, MARK_SENSITIVE);
    assert_int_equal(marks_deep(p, value_elements(*set)[0]), 0);
    assert_int_equal(rule->marks, 0);
    assert_int_equal(value_get(value_elements(*rule)[0], n("text"))->marks, MARK_SENSITIVE);
}

static void references_and_spans_are_found(void **state) {
    (void)state;
    const BodyCode *code = compile("name = \"${each.key} ${shared.x}\"\nrule {\n  port = shared.y\n}\n");
    const Ref *const *refs;
    assert_int_equal(decode_refs(arena, code, &refs), 3);
    Path rule = path_attr(arena, (Path){NULL, 0}, n("rule"));
    Path port = path_attr(arena, path_index(arena, rule, value_int(0)), n("port"));
    assert_str(source_text(p, decode_span(code, port)), "shared.y");
    assert_str(source_text(p, decode_span(code, path_attr(arena, (Path){NULL, 0}, n("name")))),
               "\"${each.key} ${shared.x}\"");
    assert_str(source_text(p, decode_span(code, path_index(arena, rule, value_int(0)))), "rule");
    assert_non_null(decode_attr(code, n("name")));
    assert_null(decode_attr(code, n("tags")));
}

static void constants_are_decoded_without_names_or_functions(void **state) {
    (void)state;
    Value v;
    assert_true(decode_constant(arena, body("name = \"a\"\ntags = { x = 1 + 1 }\n"), schema(), &v, &diags));
    assert_string_equal(json(v), "{\"name\":\"a\",\"rule\":[],\"set\":[],\"tags\":{\"x\":\"2\"}}");
    assert_false(decode_constant(arena, body("name = shared.x\n"), schema(), &v, &diags));
    assert_false(decode_constant(arena, body("name = upper(\"x\")\n"), schema(), &v, &diags));
    assert_int_equal(diags.errors, 2);
}

static void what_remains_is_for_the_next_reader(void **state) {
    (void)state;
    const Body *rest;
    Value v;
    binder = (Binder){.bind = bind, .functions = func_table()};
    session = session_start(arena, &binder, &diags);
    decode_compile(&session, body("port = 1\nname = \"n\"\n"), rule_schema(), &rest);
    assert_true(decode_constant(arena, rest, schema(), &v, &diags));
    assert_str(value_str(*value_get(v, n("name"))), "n");
    assert_int_equal(diags.errors, 0);
}

int main(void) {
#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {test(constant_bodies_are_one_shared_object),
                                       test(parts_that_do_not_vary_are_evaluated_once),
                                       test(dynamic_blocks_that_vary_are_not_kept),
                                       test(unknown_for_each_makes_the_collection_unknown),
                                       test(marks_of_set_elements_go_to_the_set),
                                       test(references_and_spans_are_found),
                                       test(constants_are_decoded_without_names_or_functions),
                                       test(what_remains_is_for_the_next_reader)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

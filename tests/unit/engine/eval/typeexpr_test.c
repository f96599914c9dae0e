// Type constraints as written.
#include "tests/harness/unit.h"

#include <stdlib.h>

#include "engine/eval/typeexpr.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/render.h"
#include "grammar/parse.h"

typedef struct Fixture {
    Process *process;
    Arena *arena;
    Diags diags;
} Fixture;

static int set_up(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    f->process = test_process();
    type_init(f->process);
    marks_init(f->process);
    f->arena = arena_new(f->process, LIFE_OP, "test");
    f->diags = diags_in(f->arena);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    Fixture *f = *state;
    arena_free(f->arena);
    process_free(f->process);
    free(f);
    return 0;
}

static bool read_type(Fixture *f, const char *text, const Type **type, const Defaults **defaults) {
    const SourceFile *file = source_add(f->process, STR("test"), str_copy(f->process->arena, str_of(text)));
    Expr *expr;
    f->diags = diags_in(f->arena);
    assert_true(parse_expr(f->arena, file, &expr, &f->diags));
    return typeexpr_read(f->arena, expr, type, defaults, &f->diags);
}

static void constraints(void **state) {
    Fixture *f = *state;
    static const char *const cases[][2] = {
        {"string", "string"},
        {"any", "any"},
        {"list(number)", "list(number)"},
        {"set(map(bool))", "set(map(bool))"},
        {"tuple([string, number])", "tuple([string, number])"},
        {"object({ b = number, a = string })", "object({ a = string, b = number })"},
        {"object({})", "object({})"},
        {"object({ a = optional(string) })", "object({ a = optional(string) })"},
        {"list", "list(any)"},
        {"map", "map(any)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Type *type;
        const Defaults *defaults;
        if (!read_type(f, cases[i][0], &type, &defaults)) fail_msg("%s was refused", cases[i][0]);
        Buf out = buf_in(f->arena);
        type_print(type, &out);
        assert_str(buf_str(&out), cases[i][1]);
        assert_null(defaults);
    }
}

static void old_forms_warn(void **state) {
    Fixture *f = *state;
    const Type *type;
    const Defaults *defaults;
    assert_true(read_type(f, "\"list\"", &type, &defaults));
    assert_ptr_equal(type, type_list(f->process, type_dynamic(f->process)));
    assert_int_equal(f->diags.list.n, 1);
    assert_int_equal(f->diags.list.at[0].severity, SEV_WARNING);
}

static void wrong_constraints_are_refused(void **state) {
    Fixture *f = *state;
    static const char *const cases[] = {"strin",
                                        "list()",
                                        "list(string, number)",
                                        "set",
                                        "object",
                                        "object([])",
                                        "tuple({})",
                                        "optional(string)",
                                        "string(1)",
                                        "foo(string)",
                                        "1 + 1",
                                        "object({ a = strin })",
                                        "object({ a = optional() })",
                                        "object({ a = optional(string, \"x\", 1) })",
                                        "object({ a = string, a = string })",
                                        "object({ (a) = string })",
                                        "\"number\"",
                                        "object({ a = optional(number, \"x\") })",
                                        "object({ a = optional(number, var.x) })"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Type *type;
        const Defaults *defaults;
        if (read_type(f, cases[i], &type, &defaults)) fail_msg("%s was accepted", cases[i]);
        assert_true(f->diags.errors > 0);
        assert_non_null(type);
    }
}

static void defaults_are_filled_in(void **state) {
    Fixture *f = *state;
    const Type *type;
    const Defaults *defaults;
    assert_true(read_type(
        f,
        "map(object({ a = optional(string, \"x\"), b = optional(object({ c = optional(number, \"5\") }), {}), "
        "d = tuple([object({ e = optional(bool, true) })]) }))",
        &type, &defaults));
    assert_non_null(defaults);
    Value v;
    JsonError error;
    assert_true(json_decode(
        f->arena, STR("{\"k\":{\"d\":[{}]},\"l\":{\"a\":\"y\",\"b\":{\"c\":7},\"d\":[{\"e\":false}]}}"), &v, &error));
    v = convert_defaults(f->arena, v, type, defaults);
    ConvertError convert;
    assert_true(convert_value(f->arena, v, type, &v, &convert));
    Buf out = buf_in(f->arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    assert_str(buf_str(&out), "{\"k\":{\"a\":\"x\",\"b\":{\"c\":5},\"d\":[{\"e\":true}]},"
                              "\"l\":{\"a\":\"y\",\"b\":{\"c\":7},\"d\":[{\"e\":false}]}}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {TEST(constraints), TEST(old_forms_warn), TEST(wrong_constraints_are_refused),
                                       TEST(defaults_are_filled_in)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

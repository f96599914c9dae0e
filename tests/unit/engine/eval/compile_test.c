// What the compiler finds out: references, uses, constants, places for results that do not vary, deep and long input.
#include "tests/harness/unit.h"

#include <stdlib.h>

#include "engine/eval/once.h"
#include "tests/harness/eval_scope.h"

typedef struct Fixture {
    Process *process;
    Arena *arena;
    Diags diags;
    Binder binder;
    Scope scope;
    FuncContext funcs;
    uint32_t loads;
    int64_t each;
} Fixture;

// Roots: each (slot 0), local (1), data.TYPE.NAME (2, covers two steps).
static bool bind(Binder *binder, const Traversal *t, Bound *out, Diags *diags) {
    (void)binder;
    Str root = name_str(t->root);
    if (str_eqz(root, "each"))
        *out = (Bound){.slot = 0, .steps = 1, .uses = USES_EACH};
    else if (str_eqz(root, "local"))
        *out = (Bound){.slot = 1, .steps = 1, .uses = USES_SLOTS};
    else if (str_eqz(root, "data") && t->n >= 2)
        *out = (Bound){.slot = 2, .steps = 2, .uses = USES_SLOTS};
    else
        return diag_error(diags, "unknown_reference", t->span, "Invalid reference", "No such name.");
    return true;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    (void)diags;
    Fixture *f = (Fixture *)(void *)((char *)scope - offsetof(Fixture, scope));
    f->loads++;
    *used = 0;
    *out = value_int(ref->slot == 0 ? f->each : 100 + ref->slot);
    if (ref->slot == 2 && ref->n > 0 && ref->steps[0].index) {
        // The instance's attribute, by key: the scope takes both steps.
        *out = value_string(f->arena, str_format(f->arena, "%.*s.%.*s", STR_ARG(value_str(index[0])),
                                                 STR_ARG(name_str(ref->steps[1].attr))));
        *used = 2;
    }
    return true;
}

static int set_up(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    f->process = test_process();
    type_init(f->process);
    marks_init(f->process);
    f->arena = arena_new(f->process, LIFE_OP, "test");
    f->diags = diags_in(f->arena);
    f->binder = (Binder){.bind = bind, .functions = func_table()};
    f->funcs = (FuncContext){.process = f->process, .arena = f->arena, .functions = func_table()};
    f->scope = (Scope){.load = load, .arena = f->arena, .funcs = &f->funcs};
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

static Expr *parse(Fixture *f, const char *text) {
    const SourceFile *file = source_add(f->process, STR("test"), str_copy(f->process->arena, str_of(text)));
    Expr *expr;
    assert_true(parse_expr(f->arena, file, &expr, &f->diags));
    return expr;
}

static const Code *compile(Fixture *f, const char *text) {
    return code_compile(f->arena, &f->binder, parse(f, text), &f->diags);
}

static int64_t number(Fixture *f, const Code *code) {
    Value v = code_eval(code, &f->scope, &f->diags);
    int64_t i;
    assert_false(diags_failed(&f->diags));
    assert_true(value_to_i64(v, &i));
    return i;
}

static void constants_are_folded(void **state) {
    Fixture *f = *state;
    const char *const constant[] = {"1 + 2 * 3",         "\"a${1}b\"",       "[for x in [1, 2] : x * 2]",
                                    "upper(\"a\")",      "{ a = [1] }.a[0]", "[{a=1}][*].a",
                                    "try(1 + \"a\", 2)", "true ? 1 : \"a\""};
    for (size_t i = 0; i < sizeof constant / sizeof constant[0]; i++) {
        if (!code_constant_value(compile(f, constant[i]))) fail_msg("%s is not constant", constant[i]);
    }
    const char *const other[] = {"local.a + 1", "timestamp()", "uuid()", "file(\"x\")", "1 + \"a\"", "each.value"};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (code_constant_value(compile(f, other[i]))) fail_msg("%s is constant", other[i]);
    }
}

static void uses_go_up(void **state) {
    Fixture *f = *state;
    assert_int_equal(code_uses(compile(f, "[each.value, local.a]")), USES_EACH | USES_SLOTS);
    assert_int_equal(code_uses(compile(f, "[for x in local.a : x + each.value]")), USES_EACH | USES_SLOTS);
    assert_int_equal(code_uses(compile(f, "[for x in local.a : x]")), USES_SLOTS);
    assert_int_equal(code_uses(compile(f, "uuid()")), USES_IMPURE);
    assert_int_equal(code_uses(compile(f, "1")), 0);
}

static void references_keep_their_steps(void **state) {
    Fixture *f = *state;
    const Ref *ref = code_single_ref(compile(f, "(data.aws_x.y[each.key].id)"));
    assert_non_null(ref);
    assert_int_equal(ref->slot, 2);
    assert_int_equal(ref->n, 2);
    assert_non_null(ref->steps[0].index);
    assert_str(name_str(ref->steps[1].attr), "id");
    assert_int_equal(ref->uses, USES_SLOTS);
    assert_null(code_single_ref(compile(f, "local.a + 1")));
    const Ref *const *refs;
    assert_int_equal(code_refs(f->arena, compile(f, "[data.aws_x.y[each.key].id, upper(local.b)]"), &refs), 3);
    Value v = code_eval(compile(f, "data.aws_x.y[\"k\"].id"), &f->scope, &f->diags);
    assert_str(value_str(v), "k.id");
}

static void names_that_do_not_bind_fail(void **state) {
    Fixture *f = *state;
    assert_null(compile(f, "[nope.a, nope.b]"));
    assert_int_equal(f->diags.errors, 2);
    f->diags = diags_in(f->arena);
    assert_null(compile(f, "uper(1)"));
    assert_str(f->diags.list.at[0].summary, "Call to unknown function");
}

static void iterators_are_not_references(void **state) {
    Fixture *f = *state;
    assert_int_equal(number(f, compile(f, "sum([for local in [1, 2] : local])")), 3);
    assert_int_equal(number(f, compile(f, "sum([for x in [1, 2] : sum([for x in [10] : x]) + x])")), 23);
    assert_int_equal(f->loads, 0);
}

static void frames_hold_dynamic_iterators(void **state) {
    Fixture *f = *state;
    CodeSession session = session_start(f->arena, &f->binder, &f->diags);
    assert_true(session_push(&session, name_of(f->process, STR("outer")), SPAN_NONE));
    assert_true(session_push(&session, name_of(f->process, STR("inner")), SPAN_NONE));
    const Code *code = session_compile(&session, parse(f, "outer * 10 + inner + sum([for inner in [1] : inner])"));
    session_pop(&session);
    session_pop(&session);
    assert_int_equal(code_uses(code), USES_FRAME);
    Value frame[] = {value_int(4), value_int(2)};
    f->scope.frame = frame;
    assert_int_equal(number(f, code), 43);
    assert_null(session_compile(&session, parse(f, "outer")));
}

static void what_does_not_vary_is_computed_once(void **state) {
    Fixture *f = *state;
    CodeSession session = session_start(f->arena, &f->binder, &f->diags);
    const Code *code = session_compile(&session, parse(f, "each.value + length([local.a, local.b])"));
    const Code *same = session_compile(&session, parse(f, "[local.c, 1]"));
    session_compile(&session, parse(f, "[each.key, uuid(), 5, local.d]"));
    assert_int_equal(session.once_count, 2);
    f->scope.once = once_new(f->arena, session.once_count);
    for (f->each = 1; f->each <= 3; f->each++) {
        assert_int_equal(number(f, code), f->each + 2);
        code_eval(same, &f->scope, &f->diags);
    }
    // each.value three times, the three locals once.
    assert_int_equal(f->loads, 6);
}

static void errors_are_not_kept(void **state) {
    Fixture *f = *state;
    CodeSession session = session_start(f->arena, &f->binder, &f->diags);
    const Code *code = session_compile(&session, parse(f, "[local.a.b]"));
    f->scope.once = once_new(f->arena, session.once_count);
    code_eval(code, &f->scope, &f->diags);
    code_eval(code, &f->scope, &f->diags);
    assert_int_equal(f->diags.errors, 2);
}

// The parser has a limit of its own, so the tree is made here.
static void long_chains_do_not_nest(void **state) {
    Fixture *f = *state;
    Expr *one = parse(f, "local.a"), *chain = one;
    for (int i = 0; i < 10000; i++) {
        Expr *sum = ARENA_NEW(f->arena, Expr);
        *sum = (Expr){.kind = EXPR_BINARY, .op = OP_ADD, .span = one->span, .operand = chain, .right = one};
        chain = sum;
    }
    assert_int_equal(number(f, code_compile(f->arena, &f->binder, chain, &f->diags)), 101 * 10001);
}

static void depth_is_bounded(void **state) {
    Fixture *f = *state;
    Buf text = buf_in(f->arena);
    for (int i = 0; i < 3000; i++) buf_z(&text, "local.a ? 1 : ");
    buf_z(&text, "2");
    const SourceFile *file = source_add(f->process, STR("test"), buf_str(&text));
    Expr *expr;
    // Whoever refuses it, the parser or the compiler, does it with a diagnostic.
    if (parse_expr(f->arena, file, &expr, &f->diags)) assert_null(code_compile(f->arena, &f->binder, expr, &f->diags));
    assert_true(diags_failed(&f->diags));
}

static void conversion_names_the_place(void **state) {
    Fixture *f = *state;
    const Type *want = func_type(f->process, "list(number)");
    Value v = code_eval_as(compile(f, "[\"1\", local.a]"), &f->scope, want, &f->diags);
    assert_false(diags_failed(&f->diags));
    assert_ptr_equal(value_type(f->process, v), want);
    v = code_eval_as(compile(f, "[local.a, \"x\"]"), &f->scope, want, &f->diags);
    assert_int_equal(f->diags.errors, 1);
    assert_true(value_is_unknown(v));
    assert_ptr_equal(value_type(f->process, v), want);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(constants_are_folded),
        TEST(uses_go_up),
        TEST(references_keep_their_steps),
        TEST(names_that_do_not_bind_fail),
        TEST(iterators_are_not_references),
        TEST(frames_hold_dynamic_iterators),
        TEST(what_does_not_vary_is_computed_once),
        TEST(errors_are_not_kept),
        TEST(long_chains_do_not_nest),
        TEST(depth_is_bounded),
        TEST(conversion_names_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

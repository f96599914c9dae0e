// The dialect of resource-type definitions: null is nothing.
#include "tests/harness/unit.h"

#include "tests/harness/eval_scope.h"

static void null_is_nothing(void **state) {
    (void)state;
    static const struct {
        const char *expression, *want;
    } cases[] = {
        {"var.nothing.a.b == null", "true"},
        {"var.names[7] == null", "true"},
        {"var.nothing[0] == null", "true"},
        {"var.tags[\"none\"] == null", "true"},
        {"[for x in var.nothing : x]", "[]"},
        {"var.nothing[*].id", "[]"},
        {"var.nothing ? 1 : 2", "2"},
        {"var.flag ? { a = 1 } : []", "{\n  \"a\" = 1\n}"},
        {"!var.nothing", "true"},
        {"var.nothing && var.flag", "false"},
        {"var.nothing || var.flag", "true"},
        {"var.nothing > 3", "false"},
        {"\"a${var.nothing}\" == null", "true"},
        {"length(var.nothing)", "0"},
        {"upper(var.nothing) == null", "true"},
        // what is not needed is not evaluated
        {"var.flag || upper([]) == 1", "true"},
        {"var.flag ? \"a\" : upper([])", "\"a\""},
    };
    Process *process = test_process();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_WALK, "test");
    TestScope *t = test_scope(process, arena);
    t->scope.lenient = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Diags diags = diags_in(arena);
        Value v;
        Buf shown = buf_in(arena);
        if (!test_eval(t, str_of(cases[i].expression), &v, &diags))
            fail_msg("%s: %s", cases[i].expression, diags.list.at[0].detail.p);
        render_value(process, v, 0, &shown);
        if (!str_eqz(buf_str(&shown), cases[i].want)) fail_msg("%s: %s", cases[i].expression, shown.p);
    }
    arena_free(arena);
    process_free(process);
}

// A member that an answer does not have is misspelt.
static void misspelt_members_are_errors(void **state) {
    (void)state;
    Process *process = test_process();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_WALK, "test");
    TestScope *t = test_scope(process, arena);
    t->scope.lenient = true;
    Diags diags = diags_in(arena);
    Value v;
    assert_false(test_eval(t, STR("var.subnets.a.cdir"), &v, &diags));
    arena_free(arena);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(null_is_nothing),
                                       cmocka_unit_test(misspelt_members_are_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

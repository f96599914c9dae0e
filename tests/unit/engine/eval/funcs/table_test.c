// Every function's example gives what its row says, and the rows are in order. With UPDATE=1 docs/functions.md is
// written from the table; otherwise it must be what the table gives.
#include "tests/harness/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/eval_scope.h"

typedef struct Fixture {
    Process *process;
    Arena *arena;
} Fixture;

static int set_up(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    f->process = test_process();
    type_init(f->process);
    marks_init(f->process);
    f->arena = arena_new(f->process, LIFE_OP, "test");
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

static void rows_are_sorted(void **state) {
    (void)state;
    const FuncTable *table = func_table();
    for (uint32_t i = 1; i < table->n; i++) assert_true(strcmp(table->at[i - 1]->name, table->at[i]->name) < 0);
    for (uint32_t i = 0; i < table->n; i++)
        assert_ptr_equal(func_find(table, str_of(table->at[i]->name)), table->at[i]);
    assert_ptr_equal(func_find(table, STR("core::upper")), func_find(table, STR("upper")));
    assert_null(func_find(table, STR("nothing")));
}

static Str evaluated(Fixture *f, const Func *func, const char *text) {
    TestScope *t = test_scope(f->process, f->arena);
    Diags diags = diags_in(f->arena);
    Value v;
    // As JSON, so that a list and a tuple of the same elements are the same.
    Str wrapped = str_format(f->arena, "jsonencode(nonsensitive(%s))", text);
    if (!test_eval(t, wrapped, &v, &diags)) {
        fail_msg("%s: %s: %.*s", func->name, text, STR_ARG(diags.list.at[0].detail));
    }
    return value_str(v);
}

static void examples_hold(void **state) {
    Fixture *f = *state;
    const FuncTable *table = func_table();
    for (uint32_t i = 0; i < table->n; i++) {
        const Func *func = table->at[i];
        Str got = evaluated(f, func, func->example), want = evaluated(f, func, func->example_result);
        if (!str_eq(got, want))
            fail_msg("%s: %s gives %.*s, not %.*s", func->name, func->example, STR_ARG(got), STR_ARG(want));
    }
}

static void print_param(const Param *param, bool variadic, Buf *out) {
    buf_format(out, "%s%s%s", param->name, variadic ? "..." : "", "");
}

static void print_row(const Func *func, Buf *out) {
    buf_format(out, "\n## %s\n\n`%s(", func->name, func->name);
    for (uint32_t i = 0; i < func->param_count; i++) {
        if (i) buf_z(out, ", ");
        print_param(&func->params[i], false, out);
    }
    if (func->variadic) {
        if (func->param_count) buf_z(out, ", ");
        print_param(func->variadic, true, out);
    }
    buf_format(out, ")`\n\n%s\n\n    %s\n    = %s\n", func->doc, func->example, func->example_result);
}

static void page_is_up_to_date(void **state) {
    (void)state;
    const char *root = getenv("INFRA_SOURCE");
    if (!root) skip();
    Buf page = {0};
    buf_z(&page,
          "# Functions\n\nMade from engine/eval/funcs/table.def; the tests run the examples.\n"
          "Patterns (regex, regexall, replace) have RE2's syntax: no look-around, no back references. A match that\n"
          "takes too many steps is an error.\n"
          "Numbers are finite: what would be infinite (`1 / 0`, `log(0, 2)`, `pow(10, 1000)`) is an error.\n");
    const FuncTable *table = func_table();
    for (uint32_t i = 0; i < table->n; i++) print_row(table->at[i], &page);
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/functions.md", root);
    if (getenv("UPDATE")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(page.p, 1, page.n, file);
        fclose(file);
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *now = malloc(page.n + 2);
    size_t n = fread(now, 1, page.n + 1, file);
    fclose(file);
    bool same = n == page.n && memcmp(now, page.p, n) == 0;
    free(now);
    buf_free(&page);
    if (!same) fail_msg("docs/functions.md is not what the table gives: run this test with UPDATE=1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted),
        cmocka_unit_test_setup_teardown(examples_hold, set_up, tear_down),
        cmocka_unit_test(page_is_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

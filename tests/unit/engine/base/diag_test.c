#include "tests/harness/unit.h"

#include "engine/base/diag.h"
#include "engine/base/limits.h"

static void texts_are_copied(void **state) {
    (void)state;
    Process *process = test_process();
    Diags d = diags_in(process->arena);
    char scratch[] = "Unsupported argument";
    Diag *diag = diag_add(&d, SEV_WARNING, "unsupported_argument", (Span){3, 4}, str_of(scratch), STR("An argument."));
    diag_value(&d, diag, str_of(scratch), STR("is 1"));
    scratch[0] = 'x';
    assert_false(diags_failed(&d));
    assert_str(d.list.at[0].summary, "Unsupported argument");
    assert_str(d.list.at[0].values.at[0].expression, "Unsupported argument");
    assert_false(diag_error(&d, "bad", SPAN_NONE, "Bad", "%d of %s", 7, "nine"));
    assert_true(diags_failed(&d));
    assert_str(d.list.at[1].detail, "7 of nine");
    process_free(process);
}

static void append_moves_all(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *scratch = arena_new(process, LIFE_OP, "test");
    Diags d = diags_in(process->arena), from = diags_in(scratch);
    diag_warn(&d, "first", SPAN_NONE, "First", "%s", "");
    Diag *diag = diag_add(&from, SEV_ERROR, "second", (Span){1, 2}, STR("Second"), STR_NONE);
    diag->address = str_copy(scratch, STR("aws_vpc.a"));
    diag->path = str_copy(scratch, STR(".tags"));
    diag->context = (Span){1, 9};
    diag_value(&from, diag, STR("e"), STR("s"));
    diags_append(&d, &from);
    assert_true(from.list.n == 0 && from.errors == 0);
    diag_warn(&from, "third", SPAN_NONE, "Third", "x");
    arena_free(scratch);
    assert_true(d.list.n == 2 && d.errors == 1);
    assert_str(d.list.at[1].address, "aws_vpc.a");
    assert_str(d.list.at[1].path, ".tags");
    assert_str(d.list.at[1].values.at[0].statement, "s");
    assert_true(d.list.at[1].context.n == 9 && d.list.at[1].subject.n == 2);
    process_free(process);
}

static void a_full_list_counts_on_and_prefers_errors(void **state) {
    (void)state;
    Process *process = test_process();
    Diags d = diags_in(process->arena);
    for (unsigned i = 0; i < LIMIT_DIAGS; i++) diag_warn(&d, "w", SPAN_NONE, "Warning", "%u", i);
    diag_warn(&d, "w", SPAN_NONE, "Warning", "dropped");
    diag_error(&d, "e", SPAN_NONE, "Error", "kept");
    assert_int_equal(d.list.n, LIMIT_DIAGS);
    assert_str(d.list.at[LIMIT_DIAGS - 1].detail, "kept");
    assert_str(d.list.at[0].detail, "0");
    for (unsigned i = 0; i < 3 * LIMIT_DIAGS; i++) {
        Diag *diag = diag_add(&d, SEV_ERROR, "e", SPAN_NONE, STR("Error"), STR("x"));
        diag_value(&d, diag, STR("a"), STR("b"));
    }
    assert_int_equal(d.list.n, LIMIT_DIAGS);
    assert_int_equal(d.errors, 3 * LIMIT_DIAGS + 1);
    for (unsigned i = 0; i < LIMIT_DIAGS; i++) assert_int_equal(d.list.at[i].severity, SEV_ERROR);
    assert_str(d.list.at[0].detail, "kept");
    Diags more = diags_in(process->arena);
    diags_append(&more, &d);
    assert_int_equal(more.errors, 3 * LIMIT_DIAGS + 1);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(append_moves_all),
        cmocka_unit_test(a_full_list_counts_on_and_prefers_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

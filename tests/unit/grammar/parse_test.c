#include "tests/harness/unit.h"

#include "grammar/parse.h"

#include <stdlib.h>

#include "engine/base/limits.h"

typedef struct Case {
    Process *process;
    Arena *arena;
    Diags diags;
    const SourceFile *file;
    AstBody *body;
    Expr *expr;
    bool good;
} Case;

static Case case_open(Str text) {
    Case c = {.process = test_process()};
    c.arena = arena_new(c.process, LIFE_CONFIG, "case");
    c.diags = diags_in(c.arena);
    // Another file first, so that spans are not offsets.
    source_add(c.process, STR("other"), STR("0123456789"));
    c.file = source_add(c.process, STR("case"), text);
    return c;
}

static Case case_body(Str text) {
    Case c = case_open(text);
    c.good = parse_body(c.arena, c.file, &c.body, &c.diags);
    assert_int_equal(c.good, !diags_failed(&c.diags));
    return c;
}

static Case case_expr(Str text) {
    Case c = case_open(text);
    c.good = parse_expr(c.arena, c.file, &c.expr, &c.diags);
    assert_int_equal(c.good, !diags_failed(&c.diags));
    return c;
}

static void case_close(Case *c) {
    arena_free(c->arena);
    process_free(c->process);
}

#define assert_span(c, span, want) assert_str(source_text((c).process, span), want)

static void spans_cover_what_was_written(void **state) {
    (void)state;
    Case c = case_body(STR("x = a.b[0].c\nb \"l\" m {\n  y = f (1)\n}\n"));
    const AstAttr *x = &c.body->attrs.at[0];
    assert_span(c, x->span, "x = a.b[0].c");
    assert_span(c, x->name_span, "x");
    assert_span(c, x->expr->span, "a.b[0].c");
    assert_span(c, x->expr->name_span, "c");
    assert_span(c, x->expr->operand->span, "a.b[0]");
    const AstBlock *b = &c.body->blocks.at[0];
    assert_span(c, b->span, "b \"l\" m {\n  y = f (1)\n}");
    assert_span(c, b->header_span, "b \"l\" m");
    assert_span(c, b->labels.at[0].span, "\"l\"");
    assert_true(b->labels.at[0].quoted && !b->labels.at[1].quoted);
    assert_span(c, b->body->span, "{\n  y = f (1)\n}");
    assert_span(c, b->body->end, "}");
    assert_span(c, b->body->attrs.at[0].expr->name_span, "f");
    assert_int_equal(c.body->end.at, c.file->base + c.file->text.n);
    assert_int_equal(c.body->end.n, 0);
    case_close(&c);
}

static void names_point_into_the_source(void **state) {
    (void)state;
    Case c = case_body(STR("name = \"plain\"\n"));
    assert_ptr_equal(c.body->attrs.at[0].name.p, c.file->text.p);
    assert_ptr_equal(c.body->attrs.at[0].expr->text.p, c.file->text.p + 8);
    case_close(&c);
}

static void tells_how_strings_were_written(void **state) {
    (void)state;
    Case c = case_body(STR("a = \"x\"\nb = <<E\nx\nE\nc = \"${x}\"\nd = \"${x ~} \"\ne = <<E\n${x}\nE\n"));
    const AstAttr *at = c.body->attrs.at;
    assert_true(at[0].expr->kind == EXPR_STRING && at[0].expr->quoted);
    assert_true(at[1].expr->kind == EXPR_STRING && !at[1].expr->quoted);
    assert_true(at[2].expr->kind == EXPR_TEMPLATE && at[2].expr->quoted && at[2].expr->wrapped);
    // The stripped text is gone, but the result is still a string.
    assert_true(at[3].expr->kind == EXPR_TEMPLATE && !at[3].expr->wrapped && at[3].expr->parts.list.n == 1);
    assert_true(at[4].expr->kind == EXPR_TEMPLATE && !at[4].expr->quoted && !at[4].expr->wrapped);
    case_close(&c);
}

static void reads_a_part_of_a_file(void **state) {
    (void)state;
    Case c = case_open(STR("xx a + b yy"));
    assert_true(parse_expr_in(c.arena, c.file, (Span){c.file->base + 3, 5}, &c.expr, &c.diags));
    assert_span(c, c.expr->span, "a + b");
    assert_false(parse_expr_in(c.arena, c.file, (Span){c.file->base + 3, 3}, &c.expr, &c.diags));
    assert_int_equal(c.expr->kind, EXPR_ERROR);
    case_close(&c);
}

static void always_gives_a_tree(void **state) {
    (void)state;
    Case c = case_body(STR("a = 1\nb {\n  c = 2\n  d = [\n"));
    assert_false(c.good);
    assert_int_equal(c.body->attrs.n, 1);
    assert_int_equal(c.body->blocks.n, 1);
    const AstBody *b = c.body->blocks.at[0].body;
    assert_int_equal(b->attrs.n, 2);
    assert_int_equal(b->attrs.at[1].expr->kind, EXPR_ERROR);
    case_close(&c);
    c = case_body(STR_NONE);
    assert_true(c.good && c.body->attrs.n == 0 && c.body->blocks.n == 0);
    case_close(&c);
    c = case_expr(STR_NONE);
    assert_true(!c.good && c.expr->kind == EXPR_ERROR);
    case_close(&c);
}

static Str repeated(Buf *out, const char *before, const char *piece, uint32_t times, const char *after) {
    buf_z(out, before);
    for (uint32_t i = 0; i < times; i++) buf_z(out, piece);
    buf_z(out, after);
    return buf_str(out);
}

static void refuse(const char *before, const char *piece, uint32_t times, const char *code) {
    Buf text = {0};
    Case c = case_expr(repeated(&text, before, piece, times, ""));
    assert_false(c.good);
    assert_string_equal(c.diags.list.at[0].code, code);
    case_close(&c);
    buf_free(&text);
}

static void nesting_is_bounded(void **state) {
    (void)state;
    static const char *const pieces[] = {"(", "[", "{a=", "f(", "a[", "\"${", "[for a in ", "-", "!", "a?", "a?b:"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) refuse("", pieces[i], 100000, "nested_too_deeply");
    Buf text = {0};
    Case c = case_body(repeated(&text, "a = 1\n", "b {\n", LIMIT_SYNTAX_DEPTH + 10, ""));
    assert_string_equal(c.diags.list.at[0].code, "nested_too_deeply");
    assert_int_equal(c.diags.errors, 1);
    assert_int_equal(c.body->attrs.n, 1);
    assert_int_equal(c.body->blocks.n, 1);
    case_close(&c);
    buf_free(&text);
}

static void deep_enough_is_read(void **state) {
    (void)state;
    Buf text = {0};
    uint32_t depth = LIMIT_SYNTAX_DEPTH - 1;
    repeated(&text, "", "[", depth, "1");
    Case c = case_expr(repeated(&text, "", "]", depth, ""));
    assert_true(c.good);
    assert_int_equal(c.expr->height, depth + 1);
    case_close(&c);
    buf_free(&text);
}

static void long_expressions_are_bounded(void **state) {
    (void)state;
    static const char *const pieces[] = {" + a", " && a", ".b", "[0]", "[*]", "[*].b", ".0[a]"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) refuse("a", pieces[i], 100000, "expression_too_long");
    Buf text = {0};
    Case c = case_expr(repeated(&text, "a", " + a", LIMIT_EXPR_HEIGHT - 1, ""));
    assert_true(c.good);
    assert_int_equal(c.expr->height, LIMIT_EXPR_HEIGHT);
    case_close(&c);
    buf_clear(&text);
    // The next item is judged on its own.
    repeated(&text, "x = a", " + a", LIMIT_EXPR_HEIGHT, "\n");
    c = case_body(repeated(&text, "y = a", " + a", LIMIT_EXPR_HEIGHT, "\nz = 1\n"));
    assert_int_equal(c.diags.errors, 2);
    assert_int_equal(c.body->attrs.n, 3);
    case_close(&c);
    buf_free(&text);
}

static void finds_repeated_arguments_among_many(void **state) {
    (void)state;
    Buf text = {0};
    for (int i = 0; i < 5000; i++) buf_format(&text, "k%d = %d\n", i, i);
    buf_z(&text, "k7 = 1\n");
    Case c = case_body(buf_str(&text));
    assert_int_equal(c.diags.errors, 1);
    assert_str(c.diags.list.at[0].detail,
               "The argument \"k7\" was set before, on line 8. Each argument may be set only once.");
    assert_int_equal(c.body->attrs.n, 5000);
    case_close(&c);
    buf_free(&text);
}

static void errors_come_in_order(void **state) {
    (void)state;
    Case c = case_body(STR("a = 1\na = 2\nb = \nc = \"\\q\"\nd = )\n"));
    assert_int_equal(c.diags.list.n, 4);
    for (uint32_t i = 1; i < c.diags.list.n; i++)
        assert_true(c.diags.list.at[i - 1].subject.at < c.diags.list.at[i].subject.at);
    case_close(&c);
}

static void errors_name_the_block_around_them(void **state) {
    (void)state;
    Case c = case_body(STR("b \"l\" {\n  x = [1 2]\n  in {\n    y = \"\\q\"\n  }\n}\nz = )\nopen {\n"));
    assert_int_equal(c.diags.list.n, 4);
    assert_span(c, c.diags.list.at[0].subject, "2");
    assert_span(c, c.diags.list.at[0].context, "b \"l\"");
    assert_span(c, c.diags.list.at[1].subject, "\\q");
    assert_span(c, c.diags.list.at[1].context, "b \"l\"");
    assert_false(span_known(c.diags.list.at[2].context));
    assert_span(c, c.diags.list.at[3].context, "open");
    case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_cover_what_was_written),
        cmocka_unit_test(names_point_into_the_source),
        cmocka_unit_test(tells_how_strings_were_written),
        cmocka_unit_test(reads_a_part_of_a_file),
        cmocka_unit_test(always_gives_a_tree),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(deep_enough_is_read),
        cmocka_unit_test(long_expressions_are_bounded),
        cmocka_unit_test(finds_repeated_arguments_among_many),
        cmocka_unit_test(errors_come_in_order),
        cmocka_unit_test(errors_name_the_block_around_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

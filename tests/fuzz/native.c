// The native syntax: any bytes as a file, an expression and a template. Every node of the trees is read,
// must be within the limits, and what is returned must say that there was an error exactly when there was one.
#include <stdlib.h>

#include "engine/base/limits.h"
#include "engine/base/process.h"
#include "grammar/parse.h"

static void check_span(const SourceFile *file, Span span) {
    if (span.at < file->base || span.at + span.n > file->base + file->text.n) abort();
}

static void check_expr(const SourceFile *file, const Expr *expr);

static void check_parts(const SourceFile *file, const TemplatePart *parts, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        check_span(file, parts[i].span);
        if (parts[i].expr) check_expr(file, parts[i].expr);
        if (parts[i].body) check_parts(file, parts[i].body->list.at, parts[i].body->list.n);
        if (parts[i].otherwise) check_parts(file, parts[i].otherwise->list.at, parts[i].otherwise->list.n);
    }
}

static void check_list(const SourceFile *file, const ExprList *list) {
    for (uint32_t i = 0; i < list->list.n; i++) check_expr(file, list->list.at[i]);
}

static void check_inside(const SourceFile *file, const Expr *expr) {
    switch ((ExprKind)expr->kind) {
    case EXPR_INDEX:
    case EXPR_BINARY:
    case EXPR_SPLAT: check_expr(file, expr->right); return;
    case EXPR_CONDITION:
        check_expr(file, expr->yes);
        check_expr(file, expr->no);
        return;
    case EXPR_TUPLE:
    case EXPR_CALL: check_list(file, &expr->args); return;
    case EXPR_OBJECT:
        for (uint32_t i = 0; i < expr->items.list.n; i++) {
            check_expr(file, expr->items.list.at[i].key);
            check_expr(file, expr->items.list.at[i].value);
        }
        return;
    case EXPR_FOR:
        check_expr(file, expr->loop->collection);
        if (expr->loop->key) check_expr(file, expr->loop->key);
        check_expr(file, expr->loop->value);
        if (expr->loop->condition) check_expr(file, expr->loop->condition);
        return;
    case EXPR_TEMPLATE:
        if (expr->wrapped && expr->parts.list.n != 1) abort();
        check_parts(file, expr->parts.list.at, expr->parts.list.n);
        return;
    default: return;
    }
}

static void check_expr(const SourceFile *file, const Expr *expr) {
    check_span(file, expr->span);
    if (expr->height == 0 || expr->height > LIMIT_EXPR_HEIGHT) abort();
    if (expr->operand) check_expr(file, expr->operand);
    if (expr->operand && expr->operand->height > expr->height) abort();
    check_inside(file, expr);
}

static void check_body(const SourceFile *file, const AstBody *body) {
    check_span(file, body->span);
    check_span(file, body->end);
    for (uint32_t i = 0; i < body->attrs.n; i++) {
        check_span(file, body->attrs.at[i].span);
        check_expr(file, body->attrs.at[i].expr);
    }
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *block = &body->blocks.at[i];
        check_span(file, block->span);
        check_span(file, block->header_span);
        for (uint32_t l = 0; l < block->labels.n; l++) check_span(file, block->labels.at[l].span);
        check_body(file, block->body);
    }
}

static void check_diags(const SourceFile *file, const Diags *diags, bool good) {
    if (good == diags_failed(diags)) abort();
    for (uint32_t i = 0; i < diags->list.n; i++) {
        check_span(file, diags->list.at[i].subject);
        if (span_known(diags->list.at[i].context)) check_span(file, diags->list.at[i].context);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    Arena *arena = arena_new(process, LIFE_CONFIG, "fuzz");
    const SourceFile *file = source_add(process, STR("fuzz"), str_make((const char *)data, size));
    AstBody *body;
    Expr *expr;
    Diags diags = diags_in(arena);
    check_diags(file, &diags, parse_body(arena, file, &body, &diags));
    check_body(file, body);
    diags = diags_in(arena);
    check_diags(file, &diags, parse_expr(arena, file, &expr, &diags));
    check_expr(file, expr);
    diags = diags_in(arena);
    check_diags(file, &diags, parse_template(arena, file, &expr, &diags));
    check_expr(file, expr);
    arena_free(arena);
    process_free(process);
    return 0;
}

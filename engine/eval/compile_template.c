// Templates: parts put together to a string. %{ if } is a condition between two templates, %{ for } a for-expression
// over a template whose strings are joined.
#include "engine/eval/compiler.h"

static Code *compile_parts(Compiler *c, const TemplatePart *parts, uint32_t n, Span span);

static Code *compile_list(Compiler *c, const PartList *list, Span span) {
    if (!list || list->list.n == 0) return compile_constant(c, value_string(c->arena, STR("")), span);
    return compile_parts(c, list->list.at, list->list.n, span);
}

static Code *compile_if(Compiler *c, const TemplatePart *part) {
    Code *code = compile_node(c, NODE_CONDITION, part->span);
    code->test = compile_expr(c, part->expr);
    code->yes = compile_list(c, part->body, part->span);
    code->no = compile_list(c, part->otherwise, part->span);
    compile_child(code, code->test);
    compile_child(code, code->yes);
    compile_child(code, code->no);
    return compile_finish(c, code);
}

static Code *compile_for_part(Compiler *c, const TemplatePart *part) {
    Code *code = compile_node(c, NODE_FOR, part->span);
    ForNode *loop = ARENA_NEW(c->arena, ForNode);
    code->loop = loop;
    loop->collection = compile_expr(c, part->expr);
    uint32_t floor = compile_loop_open(c, part->key_name, part->value_name, part->span, code, loop);
    loop->value = compile_list(c, part->body, part->span);
    compile_child(code, loop->value);
    compile_loop_close(c, floor, code);
    compile_child(code, loop->collection);
    Code *join = compile_node(c, NODE_JOIN, part->span);
    join->operand = compile_finish(c, code);
    compile_child(join, join->operand);
    return compile_finish(c, join);
}

static Code *compile_part(Compiler *c, const TemplatePart *part) {
    switch ((PartKind)part->kind) {
    case PART_TEXT: return compile_constant(c, value_string(c->arena, part->text), part->span);
    case PART_EXPR: return compile_expr(c, part->expr);
    case PART_IF: return compile_if(c, part);
    case PART_FOR: return compile_for_part(c, part);
    }
    return compile_node(c, NODE_ERROR, part->span);
}

static Code *compile_parts(Compiler *c, const TemplatePart *parts, uint32_t n, Span span) {
    if (c->depth == NODE_DEPTH) {
        diag_error(c->diags, "expression_too_deep", span, "Template nested too deeply",
                   "Templates can be nested at most %u levels deep.", (unsigned)NODE_DEPTH);
        Code *deep = compile_node(c, NODE_ERROR, span);
        deep->failed = true;
        return deep;
    }
    c->depth++;
    Code *code = compile_node(c, NODE_TEMPLATE, span);
    const Code **list = ARENA_ARRAY(c->arena, const Code *, n);
    for (uint32_t i = 0; i < n; i++) {
        list[i] = compile_part(c, &parts[i]);
        compile_child(code, list[i]);
    }
    code->list = list;
    code->count = n;
    c->depth--;
    return compile_finish(c, code);
}

Code *compile_template(Compiler *c, const Expr *expr) {
    uint32_t n = expr->parts.list.n;
    if (expr->wrapped && n == 1 && expr->parts.list.at[0].kind == PART_EXPR) {
        return compile_expr(c, expr->parts.list.at[0].expr);
    }
    return compile_parts(c, expr->parts.list.at, n, expr->span);
}

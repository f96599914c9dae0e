#include "tests/harness/syntax_print.h"

static void print_string(Str s, Buf *out) {
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\n')
            buf_z(out, "\\n");
        else if (c == '\r')
            buf_z(out, "\\r");
        else if (c == '\t')
            buf_z(out, "\\t");
        else if (c == '"' || c == '\\')
            buf_format(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            buf_format(out, "\\x%02x", c);
        else
            buf_char(out, (char)c);
    }
    buf_char(out, '"');
}

static void print_list(const ExprList *args, Buf *out) {
    for (uint32_t i = 0; i < args->list.n; i++) {
        buf_char(out, ' ');
        syntax_print_expr(args->list.at[i], out);
    }
}

static void print_two(const char *head, const Expr *a, const Expr *b, Buf *out) {
    buf_format(out, "(%s ", head);
    syntax_print_expr(a, out);
    buf_char(out, ' ');
    syntax_print_expr(b, out);
    buf_char(out, ')');
}

static void print_parts(const TemplatePart *parts, uint32_t n, Buf *out) {
    for (uint32_t i = 0; i < n; i++) {
        const TemplatePart *part = &parts[i];
        buf_char(out, ' ');
        if (part->kind == PART_TEXT) {
            print_string(part->text, out);
        } else if (part->kind == PART_EXPR) {
            syntax_print_expr(part->expr, out);
        } else {
            buf_z(out, part->kind == PART_IF ? "(%if " : "(%for ");
            if (part->kind == PART_FOR && part->key_name.n) buf_format(out, "%.*s,", STR_ARG(part->key_name));
            if (part->kind == PART_FOR) buf_format(out, "%.*s ", STR_ARG(part->value_name));
            syntax_print_expr(part->expr, out);
            buf_z(out, " (");
            print_parts(part->body->list.at, part->body->list.n, out);
            buf_char(out, ')');
            if (part->otherwise) {
                buf_z(out, " (");
                print_parts(part->otherwise->list.at, part->otherwise->list.n, out);
                buf_char(out, ')');
            }
            buf_char(out, ')');
        }
    }
}

static void print_object(const Expr *expr, Buf *out) {
    buf_z(out, "(object");
    for (uint32_t i = 0; i < expr->items.list.n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        buf_z(out, " (");
        if (item->bare)
            buf_format(out, "'%.*s", STR_ARG(item->key->text));
        else
            syntax_print_expr(item->key, out);
        buf_char(out, ' ');
        syntax_print_expr(item->value, out);
        buf_char(out, ')');
    }
    buf_char(out, ')');
}

static void print_for(const ForExpr *loop, Buf *out) {
    buf_z(out, "(for ");
    if (loop->key_name.n) buf_format(out, "%.*s,", STR_ARG(loop->key_name));
    buf_format(out, "%.*s ", STR_ARG(loop->value_name));
    syntax_print_expr(loop->collection, out);
    if (loop->key) {
        buf_z(out, " key:");
        syntax_print_expr(loop->key, out);
    }
    buf_z(out, loop->group ? " values:" : " value:");
    syntax_print_expr(loop->value, out);
    if (loop->condition) {
        buf_z(out, " if:");
        syntax_print_expr(loop->condition, out);
    }
    buf_char(out, ')');
}

static void print_steps(const Expr *expr, Buf *out) {
    if (expr->kind == EXPR_ATTR) {
        buf_z(out, "(. ");
        syntax_print_expr(expr->operand, out);
        buf_format(out, " %.*s)", STR_ARG(expr->text));
    } else if (expr->kind == EXPR_INDEX) {
        print_two(expr->legacy ? "." : "[]", expr->operand, expr->key, out);
    } else {
        print_two(expr->legacy ? ".*" : "[*]", expr->operand, expr->each, out);
    }
}

void syntax_print_expr(const Expr *expr, Buf *out) {
    static const char *const operators[] = {
        "||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "!", "-"};
    switch ((ExprKind)expr->kind) {
    case EXPR_ERROR: buf_z(out, "<error>"); return;
    case EXPR_NULL: buf_z(out, "null"); return;
    case EXPR_BOOL: buf_z(out, expr->boolean ? "true" : "false"); return;
    case EXPR_NUMBER:
    case EXPR_NAME: buf_add(out, expr->text); return;
    case EXPR_STRING: print_string(expr->text, out); return;
    case EXPR_TEMPLATE:
        buf_z(out, expr->wrapped ? "(wrap" : "(template");
        print_parts(expr->parts.list.at, expr->parts.list.n, out);
        buf_char(out, ')');
        return;
    case EXPR_ATTR:
    case EXPR_INDEX:
    case EXPR_SPLAT: print_steps(expr, out); return;
    case EXPR_ITEM: buf_char(out, '_'); return;
    case EXPR_TUPLE:
        buf_z(out, "(tuple");
        print_list(&expr->args, out);
        buf_char(out, ')');
        return;
    case EXPR_OBJECT: print_object(expr, out); return;
    case EXPR_CALL:
        buf_format(out, "(call %.*s", STR_ARG(expr->text));
        print_list(&expr->args, out);
        buf_z(out, expr->expand ? "...)" : ")");
        return;
    case EXPR_UNARY:
        buf_format(out, "(%s ", operators[expr->op]);
        syntax_print_expr(expr->operand, out);
        buf_char(out, ')');
        return;
    case EXPR_BINARY: print_two(operators[expr->op], expr->operand, expr->right, out); return;
    case EXPR_CONDITION:
        buf_z(out, "(? ");
        syntax_print_expr(expr->operand, out);
        buf_char(out, ' ');
        syntax_print_expr(expr->yes, out);
        buf_char(out, ' ');
        syntax_print_expr(expr->no, out);
        buf_char(out, ')');
        return;
    case EXPR_FOR: print_for(expr->loop, out); return;
    case EXPR_PAREN:
        buf_z(out, "(paren ");
        syntax_print_expr(expr->operand, out);
        buf_char(out, ')');
        return;
    }
}

static void print_attr(const AstAttr *attr, uint32_t indent, Buf *out) {
    buf_fill(out, ' ', indent);
    buf_format(out, "%.*s = ", STR_ARG(attr->name));
    syntax_print_expr(attr->expr, out);
    buf_char(out, '\n');
}

static void print_block(const AstBlock *block, uint32_t indent, Buf *out) {
    buf_fill(out, ' ', indent);
    buf_add(out, block->type);
    for (uint32_t i = 0; i < block->labels.n; i++) {
        const AstLabel *label = &block->labels.at[i];
        buf_char(out, ' ');
        if (label->quoted)
            print_string(label->text, out);
        else
            buf_add(out, label->text);
    }
    buf_z(out, " {\n");
    syntax_print_body(block->body, indent + 2, out);
    buf_fill(out, ' ', indent);
    buf_z(out, "}\n");
}

void syntax_print_body(const AstBody *body, uint32_t indent, Buf *out) {
    uint32_t a = 0, b = 0;
    while (a < body->attrs.n || b < body->blocks.n) {
        bool attr = b == body->blocks.n ||
                    (a < body->attrs.n && body->attrs.at[a].name_span.at < body->blocks.at[b].type_span.at);
        if (attr)
            print_attr(&body->attrs.at[a++], indent, out);
        else
            print_block(&body->blocks.at[b++], indent, out);
    }
}

void syntax_print_diags(Process *process, const Diags *diags, Buf *out) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *diag = &diags->list.at[i];
        SourcePos start = {0}, end = {0};
        source_pos(process, diag->subject, &start, &end);
        buf_format(out, "%s %u:%u-%u:%u %s: %.*s\n", diag->severity == SEV_ERROR ? "error" : "warning", start.line,
                   start.column, end.line, end.column, diag->code, STR_ARG(diag->summary));
        Str text = source_text(process, diag->subject);
        if (text.n) {
            buf_z(out, "    at ");
            print_string(text, out);
            buf_char(out, '\n');
        }
        buf_format(out, "    %.*s\n", STR_ARG(diag->detail));
    }
}

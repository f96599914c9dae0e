#include "grammar/ast.h"

#include <assert.h>

#include "engine/base/limits.h"
#include "engine/base/map.h"
#include "grammar/ast_make.h"

// Up to here repeated names are found by comparing all pairs.
#define FEW_ATTRS 16u

Expr *ast_node(Build *build, ExprKind kind, Span span) {
    Expr *e = ARENA_NEW(build->arena, Expr);
    e->kind = (uint8_t)kind;
    e->span = span;
    e->height = 1;
    return e;
}

Expr *ast_error(Build *build, Span span) { return ast_node(build, EXPR_ERROR, span); }

Expr *ast_over(Build *build, Expr *node, uint32_t tallest) {
    if (tallest < LIMIT_EXPR_HEIGHT) {
        node->height = (uint16_t)(tallest + 1);
        return node;
    }
    if (!build->told_height)
        diag_error(
            build->diags, "expression_too_long", node->span, "Expression too long",
            "This expression has more than %u operators, steps or nested parts one upon the other. Give parts of "
            "it a name in a \"locals\" block, or use a function that takes a list.",
            (unsigned)LIMIT_EXPR_HEIGHT);
    build->told_height = true;
    return ast_error(build, node->span);
}

static uint32_t taller(uint32_t height, const Expr *e) { return e && e->height > height ? e->height : height; }

// Results.

void ast_result(Build *build, Expr *expr) { build->expr = expr; }

void ast_drop_lists(Build *build) { build->exprs.n = build->items.n = build->pieces.n = 0; }

// Bodies.

BodyMark ast_body(Build *build) { return (BodyMark){build->attrs.n, build->blocks.n}; }

void ast_body_attr(Build *build, AstAttr attr) {
    build->told_height = false;
    vec_push(build->scratch, &build->attrs, attr);
}

void ast_body_block(Build *build, AstBlock block) { vec_push(build->scratch, &build->blocks, block); }

static const AstAttr *attr_before(const AstAttr *attrs, uint32_t n, StrMap *seen, Str name) {
    if (seen->arena) {
        bool added;
        uint64_t *slot = strmap_put(seen, name, &added);
        if (!added) return &attrs[*slot];
        *slot = n;
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(attrs[i].name, name)) return &attrs[i];
    return NULL;
}

// Counts on from the place asked for last, because places mostly come in order.
static uint32_t line_of(Build *build, Span span) {
    uint32_t offset = span.at - build->file->base;
    if (offset < build->counted) build->counted = build->newlines = 0;
    for (; build->counted < offset; build->counted++) build->newlines += build->file->text.p[build->counted] == '\n';
    return build->newlines + 1;
}

// Leaves the first of each name.
static uint32_t attrs_unique(Build *build, AstAttr *attrs, uint32_t n) {
    StrMap seen = n > FEW_ATTRS ? strmap_in(build->scratch) : (StrMap){0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const AstAttr *first = attr_before(attrs, kept, &seen, attrs[i].name);
        if (!first) {
            attrs[kept++] = attrs[i];
            continue;
        }
        diag_error(build->diags, "repeated_argument", attrs[i].name_span, "Argument set twice",
                   "The argument \"%.*s\" was set before, on line %u. Each argument may be set only once.",
                   STR_ARG(attrs[i].name), line_of(build, first->name_span));
    }
    return kept;
}

static AstBody *body_complete(Build *build, BodyMark mark, Span span, Span end) {
    AstBody *body = ARENA_NEW(build->arena, AstBody);
    body->span = span;
    body->end = end;
    uint32_t attrs = build->attrs.n - mark.attrs, blocks = build->blocks.n - mark.blocks;
    if (attrs) {
        AstAttr *from = &build->attrs.at[mark.attrs];
        attrs = attrs_unique(build, from, attrs);
        body->attrs.n = body->attrs.cap = attrs;
        body->attrs.at = arena_alloc(build->arena, attrs * sizeof *from);
        memcpy(body->attrs.at, from, attrs * sizeof *from);
    }
    if (blocks) {
        body->blocks.n = body->blocks.cap = blocks;
        body->blocks.at = arena_alloc(build->arena, blocks * sizeof(AstBlock));
        memcpy(body->blocks.at, &build->blocks.at[mark.blocks], blocks * sizeof(AstBlock));
    }
    build->attrs.n = mark.attrs;
    build->blocks.n = mark.blocks;
    return body;
}

void ast_file(Build *build, BodyMark mark) {
    uint32_t base = build->file->base, n = (uint32_t)build->file->text.n;
    build->body = body_complete(build, mark, (Span){base, n}, (Span){base + n, 0});
}

AstAttr ast_attr(Build *build, Token name, Expr *value) {
    (void)build;
    return (AstAttr){name.text, name.span, span_join(name.span, value->span), value};
}

AstAttr ast_attr_broken(Build *build, Token name, Token skipped) {
    return ast_attr(build, name, ast_error(build, skipped.span));
}

AstBlock ast_header(Build *build, Token type) {
    (void)build;
    return (AstBlock){.type = type.text, .type_span = type.span, .header_span = type.span, .span = type.span};
}

AstBlock ast_header_label(Build *build, AstBlock header, Token open, Str text, Token close) {
    if (header.labels.n == header.labels.cap) {
        // Two labels are the most that most blocks have.
        uint32_t cap = header.labels.cap ? header.labels.cap * 2 : 2;
        header.labels.at =
            arena_grow(build->arena, header.labels.at, header.labels.cap * sizeof(AstLabel), cap * sizeof(AstLabel));
        header.labels.cap = cap;
    }
    header.labels.at[header.labels.n++] =
        (AstLabel){text, span_join(open.span, close.span), open.kind == TOKEN_QUOTE_OPEN};
    header.header_span = span_join(header.header_span, close.span);
    return header;
}

Str ast_label_start(Build *build) {
    (void)build;
    return STR_NONE;
}

Str ast_label_text(Build *build, Str text, Token token) {
    Str more = ast_decode(build, token);
    return text.n ? str_concat(build->arena, text, more) : more;
}

AstBlock ast_block(Build *build, AstBlock header, Token open, BodyMark mark, Token close) {
    header.span = span_join(header.header_span, close.span);
    header.body = body_complete(build, mark, span_join(open.span, close.span), close.span);
    return header;
}

AstBlock ast_block_empty(Build *build, AstBlock header, Token open, Token close) {
    return ast_block(build, header, open, ast_body(build), close);
}

AstBlock ast_block_line(Build *build, AstBlock header, Token open, AstAttr attr, Token close) {
    BodyMark mark = ast_body(build);
    ast_body_attr(build, attr);
    return ast_block(build, header, open, mark, close);
}

// Terms.

Expr *ast_name(Build *build, Token name) {
    Expr *e = ast_node(build, EXPR_NAME, name.span);
    e->text = name.text;
    if (str_eq(name.text, STR("null"))) e->kind = EXPR_NULL;
    if (str_eq(name.text, STR("true"))) e->kind = EXPR_BOOL, e->boolean = true;
    if (str_eq(name.text, STR("false"))) e->kind = EXPR_BOOL;
    return e;
}

// digits [. digits] [e [sign] digits]; the scanner takes anything that looks like a number.
static bool number_is_valid(Str text) {
    int points = 0, exponents = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '.') points += exponents ? 2 : 1;
        if (text.p[i] == 'e' || text.p[i] == 'E') exponents++;
    }
    return points <= 1 && exponents <= 1;
}

Expr *ast_number(Build *build, Token number) {
    Expr *e = ast_node(build, EXPR_NUMBER, number.span);
    e->text = number.text;
    if (number_is_valid(number.text)) return e;
    diag_error(build->diags, "invalid_number", number.span, "Invalid number",
               "A number is written with digits, at most one decimal point and at most one exponent, like 15, 0.5 or "
               "2e10. To write something else with digits and points in it, such as a version or an address, put it in "
               "quotes.");
    return ast_error(build, number.span);
}

Expr *ast_paren(Build *build, Token open, Expr *operand, Token close) {
    Expr *e = ast_node(build, EXPR_PAREN, span_join(open.span, close.span));
    e->operand = operand;
    return ast_over(build, e, operand->height);
}

Expr *ast_unary(Build *build, Operator op, Token sign, Expr *operand) {
    Expr *e = ast_node(build, EXPR_UNARY, span_join(sign.span, operand->span));
    e->op = (uint8_t)op;
    e->operand = operand;
    return ast_over(build, e, operand->height);
}

Expr *ast_binary(Build *build, Operator op, Expr *left, Expr *right) {
    Expr *e = ast_node(build, EXPR_BINARY, span_join(left->span, right->span));
    e->op = (uint8_t)op;
    e->operand = left;
    e->right = right;
    return ast_over(build, e, taller(left->height, right));
}

Expr *ast_condition(Build *build, Expr *condition, Expr *yes, Expr *no) {
    Expr *e = ast_node(build, EXPR_CONDITION, span_join(condition->span, no->span));
    e->operand = condition;
    e->yes = yes;
    e->no = no;
    return ast_over(build, e, taller(taller(condition->height, yes), no));
}

// Steps. After a splat they belong to each element: all of them after [*], attributes and operand.0 after .*

static bool step_goes_inside(const Expr *splat, const Expr *step) {
    if (splat->kind != EXPR_SPLAT) return false;
    return !splat->legacy || step->kind == EXPR_ATTR || (step->kind == EXPR_INDEX && step->legacy);
}

static Expr *step_add(Build *build, Expr *operand, Expr *step) {
    if (operand->kind == EXPR_ERROR) return operand;
    Expr **place = &operand;
    uint32_t splats = 0;
    while (step_goes_inside(*place, step)) place = &(*place)->each, splats++;
    Expr *inner = *place;
    uint32_t tallest = taller(inner->height, step->kind == EXPR_INDEX ? step->key : NULL);
    if (tallest + splats >= LIMIT_EXPR_HEIGHT) return ast_over(build, step, LIMIT_EXPR_HEIGHT);
    step->operand = inner;
    Span end = step->span;
    step->span = span_join(inner->span, end);
    step->height = (uint16_t)(tallest + 1);
    *place = step;
    for (Expr *e = operand; e != step; e = e->each) {
        uint32_t height = tallest + 1 + splats--;
        if (height > e->height) e->height = (uint16_t)height;
        e->span = span_join(e->span, end);
    }
    return operand;
}

Expr *ast_step_attr(Build *build, Expr *operand, Token name) {
    Expr *step = ast_node(build, EXPR_ATTR, name.span);
    step->text = name.text;
    step->name_span = name.span;
    return step_add(build, operand, step);
}

static Expr *step_legacy(Build *build, Expr *operand, Str digits, Span span) {
    Expr *step = ast_node(build, EXPR_INDEX, span);
    step->legacy = true;
    step->key = ast_node(build, EXPR_NUMBER, span);
    step->key->text = digits;
    return step_add(build, operand, step);
}

// a.0.1 arrives as a and the number 0.1.
Expr *ast_step_legacy(Build *build, Expr *operand, Token number) {
    if (str_find_char(number.text, '.') >= 0)
        diag_error(
            build->diags, "invalid_index", number.span, "Invalid index",
            "Indexes in a row cannot be written with dots, because together they read as one number. Write them in "
            "brackets, like [0][1].");
    uint32_t at = number.span.at;
    for (Str rest = number.text, digits; str_next(&rest, '.', &digits); at += (uint32_t)digits.n + 1)
        operand = step_legacy(build, operand, digits, (Span){at, (uint32_t)digits.n});
    return operand;
}

Expr *ast_step_index(Build *build, Expr *operand, Expr *key, Token close) {
    Expr *step = ast_node(build, EXPR_INDEX, close.span);
    step->key = key;
    return step_add(build, operand, step);
}

// The innermost splat that is still open for steps.
static const Expr *splat_open(const Expr *e) {
    while (e->kind == EXPR_SPLAT && !e->legacy && e->each->kind == EXPR_SPLAT) e = e->each;
    return e;
}

Expr *ast_step_splat(Build *build, Expr *operand, bool legacy, Token close) {
    const Expr *inner = splat_open(operand);
    if (legacy && inner->kind == EXPR_SPLAT && inner->legacy) {
        diag_error(build->diags, "nested_splat", close.span, "Nested splat",
                   "A \".*\" cannot be used inside another one. Use a full splat, [*], or a for-expression.");
        return operand;
    }
    Expr *step = ast_node(build, EXPR_SPLAT, close.span);
    step->legacy = legacy;
    step->each = ast_node(build, EXPR_ITEM, close.span);
    return step_add(build, operand, step);
}

// Calls and collections.

Token ast_path(Build *build, Token path, Token name) {
    Span span = span_join(path.span, name.span);
    Str text = str_make(path.text.p, span.n);
    // Spaces may stand around "::", and the name is one text without them.
    if (path.text.n + 2 + name.text.n != span.n)
        text = str_format(build->arena, "%.*s::%.*s", STR_ARG(path.text), STR_ARG(name.text));
    return (Token){TOKEN_IDENT, span, text};
}

Mark ast_list(Build *build) { return build->exprs.n; }

Mark ast_list_one(Build *build, Expr *expr) { return ast_list_add(build, build->exprs.n, expr); }

Mark ast_list_add(Build *build, Mark list, Expr *expr) {
    vec_push(build->scratch, &build->exprs, expr);
    return list;
}

static uint32_t list_complete(Build *build, Mark mark, ExprList *out) {
    uint32_t n = build->exprs.n - mark, tallest = 0;
    out->list.n = out->list.cap = n;
    out->list.at = ARENA_ARRAY(build->arena, Expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        out->list.at[i] = build->exprs.at[mark + i];
        tallest = taller(tallest, out->list.at[i]);
    }
    build->exprs.n = mark;
    return tallest;
}

Expr *ast_call(Build *build, Token name, Mark args, bool expand, Token close) {
    Expr *e = ast_node(build, EXPR_CALL, span_join(name.span, close.span));
    e->text = name.text;
    e->name_span = name.span;
    e->expand = expand;
    return ast_over(build, e, list_complete(build, args, &e->args));
}

Expr *ast_tuple(Build *build, Token open, Mark list, Token close) {
    Expr *e = ast_node(build, EXPR_TUPLE, span_join(open.span, close.span));
    return ast_over(build, e, list_complete(build, list, &e->args));
}

ObjectItem ast_item(Build *build, Expr *key, Expr *value) {
    (void)build;
    bool bare = key->kind == EXPR_NAME || key->kind == EXPR_BOOL || key->kind == EXPR_NULL;
    if (bare) key->kind = EXPR_NAME;
    return (ObjectItem){key, value, bare};
}

Mark ast_items_one(Build *build, ObjectItem item) { return ast_items_add(build, build->items.n, item); }

Mark ast_items_add(Build *build, Mark items, ObjectItem item) {
    vec_push(build->scratch, &build->items, item);
    return items;
}

Expr *ast_object(Build *build, Token open, Mark items, Token close) {
    Expr *e = ast_node(build, EXPR_OBJECT, span_join(open.span, close.span));
    uint32_t n = build->items.n - items, tallest = 0;
    e->items.list.n = e->items.list.cap = n;
    e->items.list.at = ARENA_ARRAY(build->arena, ObjectItem, n);
    for (uint32_t i = 0; i < n; i++) {
        ObjectItem item = build->items.at[items + i];
        e->items.list.at[i] = item;
        tallest = taller(taller(tallest, item.key), item.value);
    }
    build->items.n = items;
    return ast_over(build, e, tallest);
}

Expr *ast_object_empty(Build *build, Token open, Token close) { return ast_object(build, open, build->items.n, close); }

// For-expressions.

ForExpr *ast_for_names(Build *build, Token key, Token value) {
    ForExpr *loop = ARENA_NEW(build->arena, ForExpr);
    if (key.span.at != value.span.at) loop->key_name = key.text;
    loop->value_name = value.text;
    loop->names_span = span_join(key.span, value.span);
    return loop;
}

ForExpr *ast_for_collection(Build *build, ForExpr *loop, Expr *collection) {
    (void)build;
    loop->collection = collection;
    return loop;
}

ForExpr *ast_for_value(Build *build, ForExpr *loop, Expr *value) {
    (void)build;
    loop->value = value;
    return loop;
}

ForExpr *ast_for_pair(Build *build, ForExpr *loop, Expr *key, Expr *value) {
    loop->key = key;
    return ast_for_value(build, loop, value);
}

ForExpr *ast_for_group(Build *build, ForExpr *loop, Token ellipsis) {
    (void)build;
    (void)ellipsis;
    loop->group = true;
    return loop;
}

ForExpr *ast_for_condition(Build *build, ForExpr *loop, Expr *condition) {
    (void)build;
    loop->condition = condition;
    return loop;
}

static bool for_is_valid(Build *build, Token open, const ForExpr *loop) {
    const char *summary = "Invalid for-expression";
    if (open.kind == TOKEN_LBRACE && !loop->key)
        return diag_error(build->diags, "invalid_for", loop->value->span, summary,
                          "Braces make an object, and an object needs a key for each value: {for … : KEY => VALUE}. To "
                          "make a list, use brackets.");
    if (open.kind == TOKEN_LBRACKET && loop->key)
        return diag_error(
            build->diags, "invalid_for", span_join(loop->key->span, loop->value->span), summary,
            "Brackets make a list, whose values have no keys. To make an object, use braces: {for … : KEY "
            "=> VALUE}.");
    if (open.kind == TOKEN_LBRACKET && loop->group)
        return diag_error(build->diags, "invalid_for", loop->value->span, summary,
                          "The \"...\" after a value collects the values of equal keys in an object; a list has no "
                          "keys.");
    return true;
}

Expr *ast_for(Build *build, Token open, ForExpr *loop, Token close) {
    Span span = span_join(open.span, close.span);
    if (!for_is_valid(build, open, loop)) return ast_error(build, span);
    Expr *e = ast_node(build, EXPR_FOR, span);
    e->loop = loop;
    uint32_t tallest = taller(taller(loop->collection->height, loop->key), loop->value);
    return ast_over(build, e, taller(tallest, loop->condition));
}

// What the grammar's actions call: each makes one node of the tree (ast.h) or adds to one.
//
// Lists under construction are kept on stacks of the Build, because the grammar completes inner lists before it goes
// on with outer ones; a Mark is where a list starts on its stack. When a list is complete it moves into the arena in
// its exact size. Errors that are not the grammar's (escapes, limits, repeated arguments) are reported here.
#ifndef INFRA_GRAMMAR_AST_MAKE_H
#define INFRA_GRAMMAR_AST_MAKE_H

#include "grammar/ast.h"
#include "grammar/token.h"

// One token of a template, before its texts are put together.
typedef struct Piece {
    TemplatePart part;
    bool strip_before; // written with ~ at its start
    bool strip_after;  // written with ~ at its end
} Piece;

// A directive without content of its own: else, endif, endfor.
typedef struct Sequence {
    Span span;
    bool strip_before, strip_after;
} Sequence;

typedef uint32_t Mark;
typedef struct BodyMark {
    Mark attrs, blocks;
} BodyMark;

typedef struct Build {
    Arena *arena;   // the tree's
    Arena *scratch; // freed after parsing
    const SourceFile *file;
    Diags *diags;
    bool unexpected;            // the machine refused the last token
    bool overflow;              // the machine's stack is full
    bool told_height;           // said once an item
    uint32_t counted, newlines; // bytes of the file, and the line breaks in them
    VEC(Expr *) exprs;
    VEC(ObjectItem) items;
    VEC(Piece) pieces;
    VEC(AstAttr) attrs;
    VEC(AstBlock) blocks;
    AstBody *body; // results
    Expr *expr;
} Build;

void ast_file(Build *build, BodyMark mark);
void ast_result(Build *build, Expr *expr);
void ast_template_file(Build *build, Mark parts);
// Forgets lists of expressions that will not be completed.
void ast_drop_lists(Build *build);

BodyMark ast_body(Build *build);
void ast_body_attr(Build *build, AstAttr attr);
void ast_body_block(Build *build, AstBlock block);
AstAttr ast_attr(Build *build, Token name, Expr *value);
AstAttr ast_attr_broken(Build *build, Token name, Token skipped);
AstBlock ast_header(Build *build, Token type);
AstBlock ast_header_label(Build *build, AstBlock header, Token open, Str text, Token close);
Str ast_label_start(Build *build);
Str ast_label_text(Build *build, Str text, Token token);
AstBlock ast_block(Build *build, AstBlock header, Token open, BodyMark mark, Token close);
AstBlock ast_block_empty(Build *build, AstBlock header, Token open, Token close);
AstBlock ast_block_line(Build *build, AstBlock header, Token open, AstAttr attr, Token close);

Expr *ast_error(Build *build, Span span);
Expr *ast_name(Build *build, Token name);
Expr *ast_number(Build *build, Token number);
Expr *ast_paren(Build *build, Token open, Expr *operand, Token close);
Expr *ast_unary(Build *build, Operator op, Token sign, Expr *operand);
Expr *ast_binary(Build *build, Operator op, Expr *left, Expr *right);
Expr *ast_condition(Build *build, Expr *condition, Expr *yes, Expr *no);
Expr *ast_step_attr(Build *build, Expr *operand, Token name);
Expr *ast_step_legacy(Build *build, Expr *operand, Token number);
Expr *ast_step_index(Build *build, Expr *operand, Expr *key, Token close);
Expr *ast_step_splat(Build *build, Expr *operand, bool legacy, Token close);
Token ast_path(Build *build, Token path, Token name);
Expr *ast_call(Build *build, Token name, Mark args, bool expand, Token close);
Expr *ast_tuple(Build *build, Token open, Mark list, Token close);
Mark ast_list(Build *build);
Mark ast_list_one(Build *build, Expr *expr);
Mark ast_list_add(Build *build, Mark list, Expr *expr);
Expr *ast_object(Build *build, Token open, Mark items, Token close);
Expr *ast_object_empty(Build *build, Token open, Token close);
ObjectItem ast_item(Build *build, Expr *key, Expr *value);
Mark ast_items_one(Build *build, ObjectItem item);
Mark ast_items_add(Build *build, Mark items, ObjectItem item);
ForExpr *ast_for_names(Build *build, Token key, Token value);
ForExpr *ast_for_collection(Build *build, ForExpr *loop, Expr *collection);
ForExpr *ast_for_value(Build *build, ForExpr *loop, Expr *value);
ForExpr *ast_for_pair(Build *build, ForExpr *loop, Expr *key, Expr *value);
ForExpr *ast_for_group(Build *build, ForExpr *loop, Token ellipsis);
ForExpr *ast_for_condition(Build *build, ForExpr *loop, Expr *condition);
Expr *ast_for(Build *build, Token open, ForExpr *loop, Token close);
// A node of this kind over this span; for template.c too.
Expr *ast_node(Build *build, ExprKind kind, Span span);
// Sets the height over the tallest part; an error node instead when that is too much.
Expr *ast_over(Build *build, Expr *node, uint32_t tallest);

// template.c
Mark ast_parts(Build *build);
void ast_part_text(Build *build, Mark parts, Token text);
void ast_part_expr(Build *build, Mark parts, Token open, Expr *expr, Token close);
Piece ast_if_open(Build *build, Token open, Expr *condition, Token close);
Piece ast_for_open(Build *build, Token open, ForExpr *names, Expr *collection, Token close);
Sequence ast_sequence(Build *build, Token open, Token close);
void ast_part_if(Build *build, Mark parts, Piece piece, Mark yes, Sequence end);
void ast_part_if_else(Build *build, Mark parts, Piece piece, Mark yes, Sequence middle, Mark no, Sequence end);
void ast_part_for(Build *build, Mark parts, Piece piece, Mark body, Sequence end);
Expr *ast_template(Build *build, Token open, Mark parts, Token close);
// Text as it is meant: escapes resolved when quoted, template escapes always.
Str ast_decode(Build *build, Token text);

#endif

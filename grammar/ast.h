// The syntax tree of the native syntax: what was written, with spans, no meaning and no values.
//
// Nodes live in the arena given to the parser; texts point into the source where they can (identifiers, number
// literals) and into the arena where escapes were decoded. Names are plain Str here, interned when compiled, so that
// files can be parsed on other threads. After an error the tree holds what could be understood (EXPR_ERROR nodes,
// bodies without the broken item).
#ifndef INFRA_GRAMMAR_AST_H
#define INFRA_GRAMMAR_AST_H

#include "engine/base/diag.h"
#include "engine/base/span.h"
#include "engine/base/vec.h"

typedef enum ExprKind {
    EXPR_ERROR,    // stands for what could not be parsed; its diagnostic is out already
    EXPR_NULL,
    EXPR_BOOL,     // boolean
    EXPR_NUMBER,   // text: the literal as written
    EXPR_STRING,   // text: decoded, no interpolation ("plain", or a heredoc without sequences)
    EXPR_TEMPLATE, // list of parts; strips and heredoc flushing are done already
    EXPR_NAME,     // text: a root name (variable, iterator, keyword-like root)
    EXPR_ATTR,     // operand.text
    EXPR_INDEX,    // operand[key]; legacy operand.0 too, with the number literal as key
    EXPR_SPLAT,    // operand[*] or operand.*: `each` is applied to each element, EXPR_ITEM stands for it
    EXPR_ITEM,     // the element inside a splat
    EXPR_TUPLE,    // list
    EXPR_OBJECT,   // items
    EXPR_CALL,     // text: "name" or "ns::name"; list: arguments; expand: the last one is followed by ...
    EXPR_UNARY,    // op, operand
    EXPR_BINARY,   // op, operand, right
    EXPR_CONDITION, // operand ? yes : no
    EXPR_FOR,      // a for-expression
    EXPR_PAREN,    // operand; kept because (a).b and object keys (a) differ from a.b and a
} ExprKind;

typedef enum Operator {
    OP_OR, OP_AND, OP_EQUAL, OP_NOT_EQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL,
    OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_MODULO, OP_NOT, OP_NEGATE,
} Operator;

typedef struct Expr Expr;
typedef struct TemplatePart TemplatePart;

typedef struct ExprList {
    VEC(Expr *) list;
} ExprList;

typedef struct ObjectItem {
    Expr *key;      // an EXPR_NAME key that `bare` is a literal name, not a reference
    Expr *value;
    bool bare;
} ObjectItem;

typedef struct ForExpr {
    Str key_name;   // empty when only one name is given
    Str value_name;
    Span names_span;
    Expr *collection;
    Expr *key;      // NULL: makes a tuple
    Expr *value;
    Expr *condition; // NULL: none
    bool group;     // value...
} ForExpr;

struct Expr {
    uint8_t kind;  // ExprKind
    uint8_t op;    // Operator
    bool boolean;  // EXPR_BOOL
    bool expand;   // EXPR_CALL
    bool legacy;   // EXPR_INDEX: operand.0; EXPR_SPLAT: operand.* (attribute-only)
    bool quoted;   // EXPR_STRING, EXPR_TEMPLATE: written with quotes (not a heredoc)
    bool wrapped;  // EXPR_TEMPLATE of exactly one "${…}": its value is passed through unchanged
    uint16_t height; // of the tree from here, at most LIMIT_EXPR_HEIGHT: what bounds recursion over it
    Span span;
    Span name_span; // EXPR_ATTR: of the name; EXPR_CALL: of the function's name
    Str text;
    Expr *operand;
    union {
        Expr *right;                                  // EXPR_BINARY
        Expr *key;                                    // EXPR_INDEX
        Expr *each;                                   // EXPR_SPLAT
        struct { Expr *yes, *no; };                   // EXPR_CONDITION
        ExprList args;                                // EXPR_TUPLE, EXPR_CALL
        struct { VEC(ObjectItem) list; } items;       // EXPR_OBJECT
        ForExpr *loop;                                // EXPR_FOR
        struct { VEC(TemplatePart) list; } parts;     // EXPR_TEMPLATE
    };
};

typedef enum PartKind { PART_TEXT, PART_EXPR, PART_IF, PART_FOR } PartKind;

typedef struct PartList {
    VEC(TemplatePart) list;
} PartList;

struct TemplatePart {
    uint8_t kind; // PartKind
    Span span;
    Str text;      // PART_TEXT
    Expr *expr;    // PART_EXPR; PART_IF: the condition; PART_FOR: the collection
    PartList *body;      // PART_IF, PART_FOR
    PartList *otherwise; // PART_IF: %{ else }, or NULL
    Str key_name, value_name; // PART_FOR
};

typedef struct AstBody AstBody;

typedef struct AstAttr {
    Str name;
    Span name_span, span;
    Expr *expr;
} AstAttr;

typedef struct AstLabel {
    Str text;
    Span span;
    bool quoted;
} AstLabel;

typedef struct AstBlock {
    Str type;
    Span type_span;
    Span header_span; // type and labels: the context of diagnostics about the block
    Span span;
    VEC(AstLabel) labels;
    AstBody *body;
} AstBlock;

// Attributes and blocks in source order each; `order` of the whole is by span.
struct AstBody {
    Span span;
    Span end;  // the closing brace, or end of file: where something missing is reported
    VEC(AstAttr) attrs;
    VEC(AstBlock) blocks;
};

#endif

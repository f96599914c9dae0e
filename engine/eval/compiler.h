// What the compiler's files share. See node.h for what they make.
#ifndef INFRA_EVAL_COMPILER_H
#define INFRA_EVAL_COMPILER_H

#include "engine/eval/node.h"

typedef struct Compiler {
    CodeSession *session;
    Arena *arena;
    Process *process;
    Binder *binder;
    Diags *diags;
    Name locals[NODE_LOCALS]; // NULL: the element of a splat
    uint32_t local_n;
    uint32_t item; // local of the innermost splat
    uint32_t depth;
} Compiler;

// Never NULL: after a failure a node with `failed` set.
Code *compile_expr(Compiler *c, const Expr *expr);
Code *compile_node(Compiler *c, NodeKind kind, Span span);
Code *compile_constant(Compiler *c, Value v, Span span);
// Takes over what is known of a child.
void compile_child(Code *parent, const Code *child);
// Settles what is known of a node with all its children, and replaces it by its value if that is constant.
Code *compile_finish(Compiler *c, Code *code);
// A new local; false after a diagnostic when there are too many.
bool compile_local(Compiler *c, Name name, Span span, uint32_t *index);
// The names of a loop come into scope; a name that is empty is not made. Gives what close wants.
uint32_t compile_loop_open(Compiler *c, Str key, Str value, Span span, Code *code, ForNode *loop);
void compile_loop_close(Compiler *c, uint32_t floor, Code *code);

// compile_ref.c
Code *compile_traversal(Compiler *c, const Expr *expr, bool splat);
Code *compile_splat(Compiler *c, const Expr *expr);
// compile_call.c
Code *compile_call(Compiler *c, const Expr *expr);
// compile_template.c
Code *compile_template(Compiler *c, const Expr *expr);

#endif

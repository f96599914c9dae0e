// What the files that read definitions share: compiling expressions against the names in scope.
#ifndef INFRA_AWS_CORE_COMPILE_H
#define INFRA_AWS_CORE_COMPILE_H

#include "providers/aws/core/def.h"

typedef struct Visible { // a let or a step that may be named now
    Name name;
    uint32_t index;
    bool step;
} Visible;

typedef struct Compile {
    Binder binder; // first
    Core *core;
    Def *def;
    Arena *arena;
    Diags *diags;
    VEC(Visible) visible; // inner ones last
    bool tagged;          // self.tags_all was mentioned
} Compile;

Compile compile_start(Def *def, Diags *diags);
// NULL after a diagnostic, or when expr is NULL.
const Code *compile_code(Compile *c, const Expr *expr);
// Makes the members of a let object visible and compiles them; those that are objects of attributes stay expressions.
void compile_lets(Compile *c, const AstBody *body);
const Expr *compile_let_expr(const Compile *c, Name name);
// The constant value of an expression without references.
bool compile_constant(Compile *c, const Expr *expr, const Type *type, Value *out);
bool code_mentions(Arena *arena, const Def *def, const Code *code, uint32_t slot, uint32_t depth);
const Expr *body_expr(const AstBody *body, const char *name);
// Reports what is neither in names nor in blocks (lists ended by NULL).
bool body_check(Compile *c, const AstBody *body, const char *what, const char *const *names, const char *const *blocks);

// steps.c
Steps steps_read(Compile *c, const AstBody *body, bool reading);
// Makes the steps' names visible; before steps_read, so that lets may use them.
void steps_declare(Compile *c, const AstBody *body);

#endif

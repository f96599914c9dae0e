// Compiled expressions.
//
// An expression is compiled once per block and evaluated per instance. References are bound to slots when compiled:
// a Binder (given by the layer that knows the names: a module, a template, a resource definition) turns the leading
// steps of a traversal into a slot number, and at run time the Scope loads that slot. The scope sees the remaining
// steps too and may use up as many as it likes, so `aws_x.y[each.key].id` touches one attribute of one instance and
// never builds the map of all.
// Code lives in the arena it was compiled in and is immutable: one Code serves many scopes.
#ifndef INFRA_EVAL_CODE_H
#define INFRA_EVAL_CODE_H

#include "engine/value/path.h"
#include "engine/value/value.h"
#include "grammar/ast.h"

typedef struct Code Code;
typedef struct Scope Scope;
typedef struct Binder Binder;
typedef struct FuncTable FuncTable;

// What a piece of code depends on, as bits; unions go up the tree.
enum {
    USES_EACH = 1,                                    // each.key, each.value
    USES_COUNT = 2,                                   // count.index
    USES_SELF = 4,                                    // self
    USES_SLOTS = 8,                                   // any other slot: known only when the walk is there
    USES_FRAME = 16,                                  // an iterator or template variable from outside this piece
    USES_IMPURE = 32,                                 // timestamp, uuid, bcrypt, or a file that may change
    USES_VARIES = USES_EACH | USES_COUNT | USES_SELF, // differs from instance to instance
};
typedef uint8_t Uses;

// A traversal as written: a root name and its steps. Index steps that are not constant have key == NULL and code.
typedef struct TraversalStep {
    Name attr;     // attribute step, or NULL
    bool constant; // index step: key is its value
    bool splat;    // .* or [*]: the traversal as binders see it ends here
    Value key;
    Span span;
} TraversalStep;

typedef struct Traversal {
    Name root;
    uint32_t n;
    const TraversalStep *steps;
    Span span;
} Traversal;

typedef struct Bound {
    uint32_t slot;  // the binder's own numbering
    uint32_t steps; // leading steps that the slot stands for
    Uses uses;
} Bound;

struct Binder {
    // Binds a traversal whose root is no iterator. False after a diagnostic ("Reference to undeclared resource").
    bool (*bind)(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags);
    const FuncTable *functions;
    // A call of a function that the table has not (provider::ns::name); NULL: there are none.
    bool (*bind_function)(Binder *binder, Str name, Span span, uint32_t *slot, Diags *diags);
    Str base_dir; // path.module: what relative paths in templatefile() and file() with constant arguments are read from
};

// A bound reference: the slot and the steps after those that it stands for.
typedef struct Ref {
    uint32_t slot;
    uint32_t n;
    const struct RefStep {
        Name attr;         // attribute step, or NULL
        const Code *index; // index step
        Span span;
    } * steps;
    Span span;
    Uses uses;
} Ref;
typedef struct RefStep RefStep;

// NULL only when the binder or a function's name failed (diagnostics were added). `expr` may hold EXPR_ERROR nodes.
const Code *code_compile(Arena *arena, Binder *binder, const Expr *expr, Diags *diags);
const Code *code_constant(Arena *arena, Value v, Span span);
Uses code_uses(const Code *code);
Span code_span(const Code *code);
// The value when it is a constant, NULL otherwise.
const Value *code_constant_value(const Code *code);
// All references inside, each occurrence; the arena holds the array.
uint32_t code_refs(Arena *arena, const Code *code, const Ref *const **out);
// When the code is exactly one reference (possibly in parentheses): it, else NULL.
const Ref *code_single_ref(const Code *code);
// Places to keep results that do not vary between instances: pass as Scope.once an array of this many.
// Numbering is per Binder compile session: see CodeSession in compile.h.

// What a scope gives to evaluation. One scope per module instance and instance key; cheap to make.
struct Scope {
    // Loads ref->slot. index[i] is the evaluated key of ref->steps[i] when that is an index step. *used says how many
    // steps the result already covers. False after a diagnostic.
    bool (*load)(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags);
    bool (*call)(Scope *scope, uint32_t slot, const Value *args, uint32_t n, Span span, Value *out, Diags *diags);
    Arena *arena;              // results
    struct FuncContext *funcs; // what functions need (func.h)
    Value *frame;              // iterators of dynamic blocks around the code, innermost last; may be NULL
    struct OnceCache *once;    // NULL: nothing is kept between evaluations
    // The dialect of resource-type definitions: what is inside of null, and an index past the end, is null; iterating
    // null gives nothing; a null condition is false; of a condition only the chosen branch is evaluated, whatever its
    // type; null in a template or an operation makes the whole null; a function that does not take null sees an empty
    // collection, or gives null.
    bool lenient;
};

// The value, in scope->arena. After an error: an unknown of unknown type, with diagnostics added (check diags).
Value code_eval(const Code *code, Scope *scope, Diags *diags);
// Evaluates and converts; what says what it is for in messages ("Invalid value for input variable").
Value code_eval_as(const Code *code, Scope *scope, const Type *want, Diags *diags);

#endif

// The tree behind Code, for this folder alone: compile*.c makes it, eval*.c runs it.
//
// A chain of binary operators is one node with links, and a chain of steps one node with steps, so that neither
// compiling nor evaluating recurses along a chain. Everything else nests at most NODE_DEPTH deep.
// Iterators of for-expressions, of template loops and the element of a splat are locals: numbered from 0 at the root
// of the piece by nesting, at most NODE_LOCALS at a time.
#ifndef INFRA_EVAL_NODE_H
#define INFRA_EVAL_NODE_H

#include "engine/base/limits.h"
#include "engine/eval/code.h"
#include "engine/eval/compile.h"
#include "engine/eval/func.h"

#define NODE_DEPTH (LIMIT_SYNTAX_DEPTH * 4)
#define NODE_LOCALS 64u

typedef enum NodeKind {
    NODE_CONSTANT,
    NODE_ERROR, // could not be parsed; its diagnostic is out
    NODE_REF,
    NODE_LOCAL, // index
    NODE_FRAME, // index: an iterator of a dynamic block around the piece
    NODE_WALK,  // operand and steps
    NODE_UNARY,
    NODE_BINARY,
    NODE_CONDITION,
    NODE_TUPLE,
    NODE_OBJECT,
    NODE_TEMPLATE,
    NODE_CALL,
    NODE_TRY, // list
    NODE_CAN, // list of one
    NODE_FOR,
    NODE_JOIN, // operand: a for-node whose strings are put together (template loop)
    NODE_SPLAT,
} NodeKind;

typedef struct BinaryLink {
    uint8_t op; // Operator
    const Code *right;
    Span span; // of the operation up to here
} BinaryLink;

typedef struct ObjectEntry {
    Name name;       // of a constant key, or NULL
    uint32_t at;     // its index in the node's shape
    const Code *key; // of any other key
    const Code *value;
} ObjectEntry;

typedef struct CallNode {
    const Func *func; // NULL: a provider's function, by slot
    Str name;         // as written
    uint32_t slot, n;
    const Code *const *args;
    const Span *spans; // of the arguments
    bool expand;       // the last argument is a sequence of arguments
} CallNode;

typedef struct ForNode {
    const Code *collection, *key, *value, *condition; // key NULL: makes a tuple; condition may be NULL
    uint8_t key_local, value_local;                   // NODE_LOCALS: not named
    bool group;
} ForNode;

struct Code {
    uint8_t kind;
    uint8_t op; // NODE_UNARY
    Uses uses;
    uint8_t local_count; // locals that its evaluation may write, counted from 0
    bool failed;         // a reference or a name inside did not bind
    bool has_logic;      // NODE_BINARY: some link is && or ||
    bool has_frames;     // reads an iterator of a dynamic block
    bool random;         // calls a function that gives another result each time
    bool stuck;          // its value is constant but an error: not to be folded again
    uint32_t once;       // 1 + place in the OnceCache; 0: none
    Span span;
    uint64_t free; // locals bound outside that it reads, one bit each
    union {
        Value value;
        Ref ref;
        uint32_t index;
        struct {
            const Code *operand;
            const RefStep *steps;
            uint32_t step_count;
        };
        struct {
            const Code *first;
            const BinaryLink *links;
            uint32_t link_count;
        };
        struct {
            const Code *test, *yes, *no;
        };
        struct {
            const Code *const *list;
            uint32_t count;
        };
        struct {
            const ObjectEntry *entries;
            uint32_t entry_count;
            const Shape *shape; // when all keys are constant, else NULL
        };
        const CallNode *call;
        const ForNode *loop;
        struct {
            const Code *source, *each;
            uint32_t local;
        };
    };
};

// One evaluation. locals has room for the root's local_count.
typedef struct Eval {
    Scope *scope;
    Arena *arena;
    Process *process;
    Diags *diags;
    Value *locals;
    uint64_t hidden; // locals that come from a sensitive or ephemeral collection: not to be shown
    bool quiet;      // errors will not be shown: they need no explanation
} Eval;

Value eval_node(Eval *e, const Code *code);
// Locals from `local` on, n of them, take their values from a collection with these marks.
void eval_hide(Eval *e, uint32_t local, uint32_t n, Marks marks);
// Evaluates with diagnostics kept apart in *own (made here, in the evaluation's arena).
Value eval_apart(Eval *e, const Code *code, Diags *own);
// The unknown of unknown type that stands for a failed evaluation.
Value eval_dynamic(const Eval *e);
Value eval_unknown(const Eval *e, const Type *type);
// The same, known not to be null.
Value eval_unknown_set(const Eval *e, const Type *type);
// Adds an error about `failing` with the values of the references inside it; gives eval_dynamic.
Value eval_error(Eval *e, const Code *failing, const char *code, Span subject, Span context, const char *summary,
                 const char *format, ...) __attribute__((format(printf, 7, 8)));
void eval_explain(Eval *e, Diag *diag, const Code *failing);

// eval_op.c
Value eval_unary(Eval *e, const Code *code);
Value eval_binary(Eval *e, const Code *code);
// eval_condition.c
Value eval_condition(Eval *e, const Code *code);
// eval_access.c
Value eval_ref(Eval *e, const Code *code);
Value eval_steps(Eval *e, const Code *code, Value v, const RefStep *steps, const Value *index, uint32_t n);
Value eval_walk(Eval *e, const Code *code);
Value access_attr(Eval *e, const Code *code, Value v, Name name, Span at);
Value access_index(Eval *e, const Code *code, Value v, Value key, Span at);
// eval_for.c, eval_splat.c
Value eval_for(Eval *e, const Code *code);
Value eval_splat(Eval *e, const Code *code);
// eval_template.c
Value eval_template(Eval *e, const Code *code);
Value eval_join(Eval *e, const Code *code);
// eval_call.c
Value eval_call(Eval *e, const Code *code);
Value eval_try(Eval *e, const Code *code);
Value eval_can(Eval *e, const Code *code);

// Calls visit for each child in order of writing.
void node_children(const Code *code, void (*visit)(void *context, const Code *child), void *context);

#endif

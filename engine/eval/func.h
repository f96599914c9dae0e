// Functions: one table (funcs/table.def), one file per family. A row holds name, parameters, purity, a line of
// documentation and an example; examples run as tests and make the reference page.
#ifndef INFRA_EVAL_FUNC_H
#define INFRA_EVAL_FUNC_H

#include "engine/eval/code.h"

typedef struct FuncContext {
    Process *process;
    Str cwd;        // path.cwd; relative paths of file functions are read from it
    int64_t now_ns; // one plan's or apply's timestamp(); plantimestamp()
    bool pure;      // validate: impure functions give unknowns
    uint32_t template_depth;
    struct FileCache *files;    // contents read so far, by path; made on first use in `arena`
    Arena *arena;               // lives as long as the walk
    const FuncTable *functions; // what templates may call
} FuncContext;

// How the machinery treats arguments before the function sees them.
enum {
    PARAM_NULL = 1,    // null is passed on (else an error)
    PARAM_UNKNOWN = 2, // unknown is passed on (else the result is unknown)
    PARAM_MARKED = 4,  // marks are passed on (else stripped and put on the result)
    PARAM_DYNAMIC = 8, // a value of unknown type is passed on (else the result is unknown of unknown type)
    PARAM_DEEP = 16,   // unknown inside is fine too (else: result unknown when anything inside is unknown)
};

typedef struct Param {
    const char *name;
    const char *type; // as written in a type expression, "list(string)", "any"
    uint8_t flags;
} Param;

typedef struct FuncCall {
    const struct Func *func;
    FuncContext *context;
    Arena *arena;
    const Value *args;
    uint32_t n;
    Span span; // the call
    const Span *arg_spans;
    // On failure: what is wrong, formatted by func_fail; argument index or -1.
    Str error;
    int32_t error_arg;
} FuncCall;

typedef struct Func {
    const char *name;
    const Param *params;
    uint8_t param_count;
    const Param *variadic; // or NULL
    const char *result;    // its type when it does not depend on the arguments, or NULL: used for unknown results
    // The result's type from the arguments, when `result` is NULL; NULL: unknown type.
    const Type *(*result_type)(FuncCall *call);
    bool (*run)(FuncCall *call, Value *out);
    bool impure;   // another result in another walk: timestamp, uuid, bcrypt
    bool random;   // another result each time: uuid, bcrypt
    bool files;    // reads files or the walk's context: not to be run when compiling
    bool lazy;     // try, can: evaluation runs these itself, with errors held back
    bool nullable; // the result may be null; else unknown results are known to be set
    const char *doc, *example, *example_result;
} Func;

struct FuncTable {
    const Func *const *at; // sorted by name
    uint32_t n;
};

// All functions of the language.
const FuncTable *func_table(void);
const Func *func_find(const FuncTable *table, Str name); // understands "core::name"
// The type that a row names: "list(string)", "any".
const Type *func_type(Process *p, const char *text);
// Sets the call's error; returns false.
bool func_fail(FuncCall *call, int32_t arg, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Checks and converts arguments, handles nulls, unknowns and marks, runs. Errors become diagnostics.
bool func_run(const Func *func, Scope *scope, Span span, const Value *args, const Span *arg_spans, uint32_t n,
              Value *out, Diags *diags);

#endif

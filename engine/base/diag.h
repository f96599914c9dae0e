// Diagnostics: what is wrong for the user, collected, many per run. docs/diagnostics.md governs the wording.
//
// A Diags list owns its texts in its own arena (they are copied in), so callers may format into scratch.
// Functions that can fail on bad input return false after adding at least one error; warnings leave the result true.
#ifndef INFRA_BASE_DIAG_H
#define INFRA_BASE_DIAG_H

#include "engine/base/arena.h"
#include "engine/base/span.h"
#include "engine/base/vec.h"

typedef enum Severity { SEV_ERROR, SEV_WARNING } Severity;

// "var.zone is \"eu-west-1a\"": an expression under the span and what it was when the error came up.
// The text never holds a sensitive value.
typedef struct DiagValue {
    Str expression, statement;
} DiagValue;

typedef struct Diag {
    Severity severity;
    const char *code; // stable: "unsupported_attribute"; static
    Str summary;      // "Unsupported argument": a short noun phrase, no full stop
    Str detail;       // whole sentences; says what to do where that is known
    Span subject;     // what is wrong
    Span context;     // the construct around it, may be unknown
    Str address;      // resource instance it is about, or empty
    Str path;         // attribute path within it, ".tags[\"a\"]", or empty
    VEC(DiagValue) values;
} Diag;

typedef struct Diags {
    Arena *arena;
    VEC(Diag) list;
    uint32_t errors;
} Diags;

Diags diags_in(Arena *arena);
// Adds and returns it for further fields (valid until the next add). Summary and detail are copied; detail may be
// empty. At most LIMIT_DIAGS are kept, further ones only counted.
Diag *diag_add(Diags *d, Severity severity, const char *code, Span subject, Str summary, Str detail);
// An error with a formatted detail; returns false so that `return diag_error(…)` reads well.
bool diag_error(Diags *d, const char *code, Span subject, const char *summary, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diag_warn(Diags *d, const char *code, Span subject, const char *summary, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diag_value(Diags *d, Diag *diag, Str expression, Str statement);
// Moves all of `from` to the end of d; `from` is empty after.
void diags_append(Diags *d, Diags *from);
static inline bool diags_failed(const Diags *d) { return d->errors > 0; }

// How a list is shown to people: box-drawing gutters, severity colour, "on FILE line N, in BLOCK:", the source
// line, carets under the subject, the values, the detail wrapped to `width` columns (0: not wrapped).
typedef struct DiagStyle {
    bool color;
    bool ascii; // no box drawing
    uint32_t width;
} DiagStyle;
void diag_render(Process *process, const Diag *diag, DiagStyle style, Buf *out);

#endif

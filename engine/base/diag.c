#include "engine/base/diag.h"

#include "engine/base/limits.h"

#include <stdarg.h>

Diags diags_in(Arena *arena) { return (Diags){.arena = arena}; }

// The place for one more, which is past the end of the list (and stays there) when the list is full. An error
// takes the place of the last warning then, so that warnings never hide one.
static Diag *diag_place(Diags *d, Severity severity) {
    vec_reserve(d->arena, &d->list, 1);
    if (d->list.n < LIMIT_DIAGS) return &d->list.at[d->list.n++];
    // As many errors as places: no warning is left to be put out.
    if (severity == SEV_ERROR && d->errors < LIMIT_DIAGS) {
        for (uint32_t i = d->list.n; i-- > 0;) {
            if (d->list.at[i].severity != SEV_WARNING) continue;
            memmove(&d->list.at[i], &d->list.at[i + 1], (d->list.n - 1 - i) * sizeof *d->list.at);
            return &d->list.at[d->list.n - 1];
        }
    }
    return &d->list.at[d->list.n];
}

static bool diag_dropped(const Diags *d, const Diag *diag) { return diag == d->list.at + d->list.n; }

Diag *diag_add(Diags *d, Severity severity, const char *code, Span subject, Str summary, Str detail) {
    Diag *diag = diag_place(d, severity);
    *diag = (Diag){.severity = severity, .code = code, .subject = subject};
    if (!diag_dropped(d, diag)) {
        diag->summary = str_copy(d->arena, summary);
        diag->detail = detail.n ? str_copy(d->arena, detail) : STR_NONE;
    }
    if (severity == SEV_ERROR) d->errors++;
    return diag;
}

static void diag_formatted(Diags *d, Severity severity, const char *code, Span subject, const char *summary,
                           const char *format, va_list args) {
    Diag *diag = diag_add(d, severity, code, subject, str_of(summary), STR_NONE);
    if (diag_dropped(d, diag)) return;
    Buf detail = buf_in(d->arena);
    buf_vformat(&detail, format, args);
    diag->detail = buf_str(&detail);
}

bool diag_error(Diags *d, const char *code, Span subject, const char *summary, const char *format, ...) {
    va_list args;
    va_start(args, format);
    diag_formatted(d, SEV_ERROR, code, subject, summary, format, args);
    va_end(args);
    return false;
}

void diag_warn(Diags *d, const char *code, Span subject, const char *summary, const char *format, ...) {
    va_list args;
    va_start(args, format);
    diag_formatted(d, SEV_WARNING, code, subject, summary, format, args);
    va_end(args);
}

void diag_value(Diags *d, Diag *diag, Str expression, Str statement) {
    if (diag_dropped(d, diag)) return;
    DiagValue value = {str_copy(d->arena, expression), str_copy(d->arena, statement)};
    vec_push(d->arena, &diag->values, value);
}

void diags_append(Diags *d, Diags *from) {
    uint32_t errors = d->errors + from->errors; // with those that `from` only counted
    for (uint32_t i = 0; i < from->list.n; i++) {
        const Diag *diag = &from->list.at[i];
        Diag *copy = diag_add(d, diag->severity, diag->code, diag->subject, diag->summary, diag->detail);
        if (diag_dropped(d, copy)) continue;
        copy->context = diag->context;
        if (diag->address.n) copy->address = str_copy(d->arena, diag->address);
        if (diag->path.n) copy->path = str_copy(d->arena, diag->path);
        for (uint32_t v = 0; v < diag->values.n; v++)
            diag_value(d, copy, diag->values.at[v].expression, diag->values.at[v].statement);
    }
    d->errors = errors;
    *from = diags_in(from->arena);
}

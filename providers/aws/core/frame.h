// The values that a definition's expressions see: one frame per object and verb. Frames live in the verb's arena.
#ifndef INFRA_AWS_CORE_FRAME_H
#define INFRA_AWS_CORE_FRAME_H

#include "engine/eval/func.h"
#include "engine/value/convert.h"
#include "providers/aws/core/def.h"

typedef struct Frame {
    Scope scope; // first
    FuncContext funcs;
    const Def *def;
    struct InfraProvider *provider; // NULL while validating
    const Step *step;               // the one that is being prepared or read: what input() is for
    Value roots[SLOT_COUNT];
    Value *steps, *caught; // by index
    uint32_t depth;        // of lets
} Frame;

Frame *frame_new(Arena *arena, const Def *def, struct InfraProvider *provider);
// NULL code gives null. Errors give an unknown.
Value frame_eval(Frame *f, const Code *code, Diags *diags);
// False for null and, with `unknown` false, for what is not known.
bool frame_true(Frame *f, const Code *code, bool unknown, Diags *diags);
// A string, or empty for null.
Str frame_text(Frame *f, const Code *code, Diags *diags);
// self, and id from it.
void frame_self(Frame *f, Value self);
Value frame_null(const Frame *f);
// Whether the attribute differs between prior and self (section 6: changed).
bool frame_changed(Frame *f, const Attr *a);
// The attribute of an object, or null.
Value frame_get(const Frame *f, Value object, Name name);
static inline Arena *frame_arena(const Frame *f) { return f->scope.arena; }
// Not null, not the zero value, not empty. Unknown counts as present.
bool value_present(Value v);
bool value_is_zero(Value v);

#endif

// Templates: the parts as strings, put together.
#include "engine/eval/node.h"
#include "engine/eval/prefix.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

enum { FEW_PARTS = 8 };

typedef struct Join {
    Str *parts;
    uint32_t n; // parts that are known, before the first unknown one
    bool known;
    bool failed;
    bool null; // a part is, in the dialect of definitions
    Marks marks;
} Join;

static void template_part(Eval *e, const Code *code, const Code *part, Join *join) {
    uint32_t before = e->diags->errors;
    Value v = eval_node(e, part);
    join->failed |= e->diags->errors > before;
    if (value_is_null(v) && e->scope->lenient) {
        join->null = true;
        return;
    }
    if (value_is_null(v)) {
        eval_error(e, part, "invalid_template_value", part->span, code->span, "Invalid template interpolation value",
                   "The expression result is null. Cannot include a null value in a string template.");
        join->failed = true;
        return;
    }
    if (v.marks) join->marks = marks_union(e->process, join->marks, v.marks);
    if (value_is_unknown(v)) {
        join->known = false;
        return;
    }
    ConvertError error;
    if (v.kind != TYPE_STRING && !convert_value(e->arena, v, type_string(e->process), &v, &error)) {
        eval_error(e, part, "invalid_template_value", part->span, code->span, "Invalid template interpolation value",
                   "Cannot include the given value in a string template: %.*s.", STR_ARG(error.message));
        join->failed = true;
        return;
    }
    if (join->known && !join->failed) join->parts[join->n++] = value_str(v);
}

static Value joined(Eval *e, const Str *parts, uint32_t n) {
    size_t size = 0;
    for (uint32_t i = 0; i < n; i++) size += parts[i].n;
    char *p = arena_alloc(e->arena, size + 1), *to = p;
    unsigned char high = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (size_t j = 0; j < parts[i].n; j++) high |= (unsigned char)(to[j] = parts[i].p[j]);
        to += parts[i].n;
    }
    *to = 0;
    Str text = {p, size};
    // Parts in NFC may combine where they meet, but ASCII never does.
    return high & 0x80 ? value_string(e->arena, text) : value_string_raw(e->arena, text);
}

Value eval_template(Eval *e, const Code *code) {
    Str room[FEW_PARTS];
    Join join = {.parts = code->count <= FEW_PARTS ? room : ARENA_ARRAY(e->arena, Str, code->count), .known = true};
    for (uint32_t i = 0; i < code->count; i++) template_part(e, code, code->list[i], &join);
    Value out;
    if (join.null) return value_null(e->process, type_string(e->process));
    if (!join.known && join.failed)
        out = eval_unknown_set(e, type_string(e->process));
    else if (join.known && join.failed)
        out = joined(e, join.parts, join.n);
    else if (join.known)
        out = joined(e, join.parts, join.n);
    else
        out = prefix_unknown(e->arena, value_str(joined(e, join.parts, join.n)));
    return join.marks ? value_with_marks(out, join.marks) : out;
}

Value eval_join(Eval *e, const Code *code) {
    Value tuple = eval_node(e, code->operand);
    if (value_is_unknown(tuple)) return eval_unknown(e, type_string(e->process));
    Marks marks = tuple.marks;
    Str *parts = ARENA_ARRAY(e->arena, Str, tuple.n);
    uint32_t n = 0;
    bool known = true;
    for (uint32_t i = 0; i < tuple.n; i++) {
        Value v = tuple.list->at[i];
        if (value_is_null(v)) {
            eval_error(e, code, "invalid_template_value", code->span, SPAN_NONE, "Invalid template interpolation value",
                       "An iteration result is null. Cannot include a null value in a string template.");
            continue;
        }
        if (v.marks) marks = marks_union(e->process, marks, v.marks);
        ConvertError error;
        if (value_is_unknown(v)) {
            known = false;
        } else if (v.kind != TYPE_STRING && !convert_value(e->arena, v, type_string(e->process), &v, &error)) {
            eval_error(e, code, "invalid_template_value", code->span, SPAN_NONE, "Invalid template interpolation value",
                       "Cannot include one of the iteration results in a string template: %.*s.",
                       STR_ARG(error.message));
        } else {
            parts[n++] = value_str(v);
        }
    }
    Value out = known ? joined(e, parts, n) : eval_unknown(e, type_string(e->process));
    return marks ? value_with_marks(out, marks) : out;
}

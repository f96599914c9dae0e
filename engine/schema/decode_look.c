// Questions to compiled bodies, and bodies of constants.
#include <assert.h>

#include "engine/eval/func.h"
#include "engine/schema/body_code.h"

typedef struct RefSink {
    Arena *arena;
    VEC(const Ref *) list;
} RefSink;

static void add_refs(RefSink *sink, const Code *code) {
    if (!code) return;
    const Ref *const *refs;
    uint32_t n = code_refs(sink->arena, code, &refs);
    for (uint32_t i = 0; i < n; i++) vec_push(sink->arena, &sink->list, refs[i]);
}

// Recursion is over the nesting of blocks, which the syntax bounds.
static void body_refs(RefSink *sink, const BodyCode *code) {
    for (uint32_t i = 0; i < code->live; i++) {
        const FieldCode *f = &code->fields[i];
        add_refs(sink, f->code);
        for (uint32_t j = 0; j < f->item_count; j++) {
            add_refs(sink, f->items[j].for_each);
            add_refs(sink, f->items[j].key);
            body_refs(sink, f->items[j].body);
        }
    }
}

uint32_t decode_refs(Arena *arena, const BodyCode *code, const Ref *const **out) {
    RefSink sink = {.arena = arena};
    body_refs(&sink, code);
    *out = sink.list.at;
    return sink.list.n;
}

Uses decode_uses(const BodyCode *code) { return code->uses; }

static const FieldCode *find_field(const BodyCode *code, Name name) {
    for (uint32_t i = 0; i < code->n; i++)
        if (code->fields[i].name == name) return &code->fields[i];
    return NULL;
}

const Code *decode_attr(const BodyCode *code, Name name) {
    const FieldCode *f = find_field(code, name);
    return f ? f->code : NULL;
}

// The block that an index step leads to, when its place is known without evaluating.
static const BlockItem *item_at(const FieldCode *f, PathStep step) {
    if (f->nesting == NEST_MAP) {
        Str key = step.attr ? name_str(step.attr) : value_is_set(step.index) ? value_str(step.index) : STR_NONE;
        for (uint32_t i = 0; i < f->item_count; i++)
            if (!f->items[i].for_each && str_eq(f->items[i].label, key)) return &f->items[i];
        return NULL;
    }
    int64_t at;
    if (f->dynamic) return f->item_count == 1 ? &f->items[0] : NULL;
    if (step.attr || f->nesting != NEST_LIST || !value_to_i64(step.index, &at)) return NULL;
    return at >= 0 && at < f->item_count ? &f->items[at] : NULL;
}

Span decode_span(const BodyCode *code, Path path) {
    Span span = code->span;
    for (uint32_t i = 0; i < path.n && path.at[i].attr; i++) {
        const FieldCode *f = find_field(code, path.at[i].attr);
        if (!f) return span;
        span = f->span;
        if (f->code) return span;
        const BlockItem *item = &f->items[0];
        if (f->nesting != NEST_SINGLE && f->nesting != NEST_GROUP) {
            if (++i >= path.n) return span;
            item = item_at(f, path.at[i]);
        }
        if (!item || !f->item_count) return span;
        span = item->span;
        code = item->body;
    }
    return span;
}

static bool refuse_reference(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags) {
    (void)binder;
    (void)out;
    return diag_error(diags, "reference_not_allowed", traversal->span, "References not allowed",
                      "Only constant values may be written here, not references to other objects.");
}

bool decode_constant(Arena *arena, const Body *body, const SchemaBlock *schema, Value *out, Diags *diags) {
    static const FuncTable none = {NULL, 0};
    uint32_t errors = diags->errors;
    Binder binder = {.bind = refuse_reference, .functions = &none};
    CodeSession session = session_start(arena, &binder, diags);
    const BodyCode *code = decode_compile(&session, body, schema, NULL);
    FuncContext funcs = {.process = arena_process(arena), .arena = arena, .functions = &none};
    Scope scope = {.arena = arena, .funcs = &funcs};
    *out = decode_eval(code, &scope, diags);
    return diags->errors == errors;
}

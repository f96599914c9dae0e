// Bodies made of two: an override laid over a base, and two that are read as one.
#include "engine/schema/body.h"

typedef struct MergedBody {
    Body body;
    const Body *base, *over;
    bool replaces; // over replaces; else both count and an argument in both is an error
    Name deep;     // block type that is merged instead of replaced, or NULL
} MergedBody;

static const BodyVtable merged_vtable;

static const Body *merged_new(Arena *arena, const Body *base, const Body *over, bool replaces, Name deep) {
    MergedBody *m = ARENA_NEW(arena, MergedBody);
    *m = (MergedBody){{&merged_vtable}, base, over, replaces, deep};
    return &m->body;
}

const Body *body_override(Arena *arena, const Body *base, const Body *override) {
    return merged_new(arena, base, override, true, NULL);
}

const Body *body_override_deep(Arena *arena, const Body *base, const Body *override, Name deep) {
    return merged_new(arena, base, override, true, deep);
}

const Body *body_join(Arena *arena, const Body *first, const Body *second) {
    return merged_new(arena, first, second, false, NULL);
}

static void merge_attrs(const MergedBody *m, Arena *arena, const BodyContent *over, BodyContent *out, Diags *diags) {
    for (uint32_t i = 0; i < over->attrs.n; i++) {
        const BodyAttr *attr = &over->attrs.at[i];
        BodyAttr *have = (BodyAttr *)(uintptr_t)content_attr(out, attr->name);
        if (!have) {
            vec_push(arena, &out->attrs, *attr);
        } else if (m->replaces) {
            *have = *attr;
        } else {
            diag_error(diags, "attribute_redefined", attr->name_span, "Duplicate argument",
                       "The argument \"%s\" is set both in this block and outside it.", attr->name->text);
        }
    }
}

// A dynamic block stands for the type that its label names.
static bool same_type(Process *p, const BodyBlock *a, const BodyBlock *b) {
    Name dynamic = name_of(p, STR("dynamic"));
    Str x = a->type == dynamic ? a->labels[0] : name_str(a->type);
    Str y = b->type == dynamic ? b->labels[0] : name_str(b->type);
    return str_eq(x, y);
}

static BodyBlock *block_of(const BodyContent *content, Name type) {
    for (uint32_t i = 0; i < content->blocks.n; i++)
        if (content->blocks.at[i].type == type) return &content->blocks.at[i];
    return NULL;
}

static void merge_blocks(const MergedBody *m, Arena *arena, const BodyContent *over, BodyContent *out) {
    Process *p = arena_process(arena);
    uint32_t kept = 0;
    BodyBlock *deep = m->deep ? block_of(over, m->deep) : NULL, *below = deep ? block_of(out, m->deep) : NULL;
    if (below) deep->body = body_override(arena, below->body, deep->body);
    for (uint32_t i = 0; m->replaces && i < out->blocks.n; i++) {
        bool replaced = false;
        for (uint32_t j = 0; j < over->blocks.n && !replaced; j++)
            replaced = same_type(p, &out->blocks.at[i], &over->blocks.at[j]);
        if (!replaced) out->blocks.at[kept++] = out->blocks.at[i];
    }
    if (m->replaces) out->blocks.n = kept;
    for (uint32_t i = 0; i < over->blocks.n; i++) vec_push(arena, &out->blocks, over->blocks.at[i]);
}

static bool merged_content(const Body *body, Arena *arena, const BodyWant *want, BodyContent *out, const Body **remain,
                           Diags *diags) {
    const MergedBody *m = (const MergedBody *)(const void *)body;
    uint32_t errors = diags->errors;
    WantAttr *optional = ARENA_ARRAY(arena, WantAttr, want->attr_count);
    for (uint32_t i = 0; i < want->attr_count; i++) optional[i] = (WantAttr){want->attrs[i].name, false};
    BodyWant relaxed = *want;
    relaxed.attrs = optional;
    const Body *base_rest = NULL, *over_rest = NULL;
    BodyContent over;
    body_content(m->base, arena, &relaxed, out, remain ? &base_rest : NULL, diags);
    body_content(m->over, arena, &relaxed, &over, remain ? &over_rest : NULL, diags);
    merge_attrs(m, arena, &over, out, diags);
    merge_blocks(m, arena, &over, out);
    for (uint32_t i = 0; i < want->attr_count; i++)
        if (want->attrs[i].required && !content_attr(out, want->attrs[i].name))
            diag_error(diags, "missing_argument", out->end, "Missing required argument",
                       "The argument \"%s\" is required, but it is not set.", want->attrs[i].name->text);
    if (remain) *remain = merged_new(arena, base_rest, over_rest, m->replaces, m->deep);
    return diags->errors == errors;
}

static bool merged_attributes(const Body *body, Arena *arena, BodyContent *out, Diags *diags) {
    const MergedBody *m = (const MergedBody *)(const void *)body;
    uint32_t errors = diags->errors;
    BodyContent over;
    body_attributes(m->base, arena, out, diags);
    body_attributes(m->over, arena, &over, diags);
    merge_attrs(m, arena, &over, out, diags);
    return diags->errors == errors;
}

static Span merged_span(const Body *body) {
    const MergedBody *m = (const MergedBody *)(const void *)body;
    return m->base->vt->span(m->base);
}

static const BodyVtable merged_vtable = {merged_content, merged_attributes, merged_span};

static bool empty_content(const Body *body, Arena *arena, const BodyWant *want, BodyContent *out, const Body **remain,
                          Diags *diags) {
    (void)arena;
    memset(out, 0, sizeof *out);
    if (remain) *remain = body;
    uint32_t errors = diags->errors;
    for (uint32_t i = 0; i < want->attr_count; i++)
        if (want->attrs[i].required)
            diag_error(diags, "missing_argument", SPAN_NONE, "Missing required argument",
                       "The argument \"%s\" is required, but it is not set.", want->attrs[i].name->text);
    return diags->errors == errors;
}

static bool empty_attributes(const Body *body, Arena *arena, BodyContent *out, Diags *diags) {
    (void)body;
    (void)arena;
    (void)diags;
    memset(out, 0, sizeof *out);
    return true;
}

static Span empty_span(const Body *body) {
    (void)body;
    return SPAN_NONE;
}

const Body *body_empty(void) {
    static const BodyVtable vtable = {empty_content, empty_attributes, empty_span};
    static const Body empty = {&vtable};
    return &empty;
}

#include "engine/schema/body.h"
#include "engine/schema/suggest.h"

// A body of the native syntax; the parser has dropped arguments that were given twice. Names are interned once, when
// the body is made; what was taken by an earlier look at the content is hidden from the body that remains.
typedef struct NativeBody {
    Body body;
    Process *process;
    const AstBody *ast;
    const Name *attr_names, *block_names;
    const bool *attr_hidden, *block_hidden; // NULL: nothing is
    Span header;                            // of the block that it belongs to, or none
} NativeBody;

static const BodyVtable native_vtable;

static const NativeBody *native_new(Arena *arena, Process *process, const AstBody *ast, Span header) {
    NativeBody *b = ARENA_NEW(arena, NativeBody);
    Name *names = ARENA_ARRAY(arena, Name, ast->attrs.n + ast->blocks.n);
    for (uint32_t i = 0; i < ast->attrs.n; i++) names[i] = name_of(process, ast->attrs.at[i].name);
    for (uint32_t i = 0; i < ast->blocks.n; i++) names[ast->attrs.n + i] = name_of(process, ast->blocks.at[i].type);
    b->body.vt = &native_vtable;
    b->process = process;
    b->ast = ast;
    b->attr_names = names;
    b->block_names = names + ast->attrs.n;
    b->header = header;
    return b;
}

const Body *body_native(Arena *arena, Process *process, const AstBody *ast) {
    return &native_new(arena, process, ast, SPAN_NONE)->body;
}

static Span native_end(const NativeBody *b) { return span_known(b->header) ? b->header : b->ast->end; }

static const WantAttr *wanted_attr(const BodyWant *want, Name name) {
    for (uint32_t i = 0; i < want->attr_count; i++)
        if (want->attrs[i].name == name) return &want->attrs[i];
    return NULL;
}

static const WantBlock *wanted_block(const BodyWant *want, Name type) {
    for (uint32_t i = 0; i < want->block_count; i++)
        if (want->blocks[i].type == type) return &want->blocks[i];
    return NULL;
}

static void report_attr(const NativeBody *b, Arena *arena, const BodyWant *want, uint32_t i, Diags *diags) {
    const AstAttr *attr = &b->ast->attrs.at[i];
    if (wanted_block(want, b->attr_names[i])) {
        diag_error(
            diags, "unsupported_argument", attr->name_span, "Unsupported argument",
            "An argument named \"%.*s\" is not expected here. Did you mean to write a block, \"%.*s { … }\" without "
            "the equals sign?",
            STR_ARG(attr->name), STR_ARG(attr->name));
        return;
    }
    Suggest near = suggest_start(attr->name);
    for (uint32_t j = 0; j < want->attr_count; j++) suggest_try(&near, name_str(want->attrs[j].name));
    diag_error(diags, "unsupported_argument", attr->name_span, "Unsupported argument",
               "An argument named \"%.*s\" is not expected here.%s", STR_ARG(attr->name), suggest_text(arena, &near));
}

static void report_block(const NativeBody *b, Arena *arena, const BodyWant *want, uint32_t i, Diags *diags) {
    const AstBlock *block = &b->ast->blocks.at[i];
    if (wanted_attr(want, b->block_names[i])) {
        diag_error(
            diags, "unsupported_block", block->type_span, "Unsupported block type",
            "Blocks of type \"%.*s\" are not expected here. Did you mean to set the argument \"%.*s\"? Then write an "
            "equals sign, \"%.*s = …\".",
            STR_ARG(block->type), STR_ARG(block->type), STR_ARG(block->type));
        return;
    }
    Suggest near = suggest_start(block->type);
    for (uint32_t j = 0; j < want->block_count; j++) suggest_try(&near, name_str(want->blocks[j].type));
    diag_error(diags, "unsupported_block", block->type_span, "Unsupported block type",
               "Blocks of type \"%.*s\" are not expected here.%s", STR_ARG(block->type), suggest_text(arena, &near));
}

static void report_labels(Arena *arena, const WantBlock *want, const AstBlock *block, Diags *diags) {
    if (block->labels.n > want->labels) {
        Span extra = block->labels.at[want->labels].span;
        if (want->labels == 0)
            diag_error(diags, "extraneous_label", extra, "Too many labels on a block",
                       "No labels are expected for \"%.*s\" blocks.", STR_ARG(block->type));
        else
            diag_error(diags, "extraneous_label", extra, "Too many labels on a block",
                       "A \"%.*s\" block has only %u label%s.", STR_ARG(block->type), want->labels,
                       want->labels == 1 ? "" : "s");
        return;
    }
    Buf names = buf_in(arena);
    for (uint32_t i = 0; i < want->labels; i++)
        buf_format(&names, "%s%s", i ? ", " : "", want->label_names ? want->label_names[i] : "name");
    const char *missing = want->label_names ? want->label_names[block->labels.n] : "name";
    diag_error(diags, "missing_label", block->header_span, "Missing label on a block",
               "A \"%.*s\" block needs %u label%s (%.*s), and the %s is missing.", STR_ARG(block->type), want->labels,
               want->labels == 1 ? "" : "s", (int)names.n, names.p, missing);
}

static void take_block(const NativeBody *b, Arena *arena, const WantBlock *want, uint32_t i, BodyContent *out,
                       Diags *diags) {
    const AstBlock *block = &b->ast->blocks.at[i];
    if (block->labels.n != want->labels) {
        report_labels(arena, want, block, diags);
        return;
    }
    Str *labels = ARENA_ARRAY(arena, Str, want->labels);
    Span *spans = ARENA_ARRAY(arena, Span, want->labels);
    for (uint32_t j = 0; j < want->labels; j++) {
        labels[j] = block->labels.at[j].text;
        spans[j] = block->labels.at[j].span;
    }
    BodyBlock *taken = vec_add(arena, &out->blocks);
    *taken = (BodyBlock){b->block_names[i],
                         labels,
                         spans,
                         &native_new(arena, b->process, block->body, block->header_span)->body,
                         block->type_span,
                         block->header_span,
                         block->span};
}

static const WantBlock *match_block(const BodyWant *want, const WantBlock *dynamic, const NativeBody *b, uint32_t i) {
    const WantBlock *found = wanted_block(want, b->block_names[i]);
    if (found || !dynamic || b->block_names[i] != dynamic->type) return found;
    // With a body that remains, only dynamic blocks of the wanted types are taken.
    return dynamic;
}

static bool dynamic_wanted(const BodyWant *want, const NativeBody *b, uint32_t i) {
    const AstBlock *block = &b->ast->blocks.at[i];
    if (block->labels.n != 1) return true;
    Name type = name_find(b->process, block->labels.at[0].text);
    return type && wanted_block(want, type);
}

typedef struct Taken {
    bool *attrs, *blocks; // what the remaining body must hide; NULL when nothing remains
} Taken;

static Taken taken_start(const NativeBody *b, Arena *arena) {
    Taken t = {ARENA_ARRAY(arena, bool, b->ast->attrs.n), ARENA_ARRAY(arena, bool, b->ast->blocks.n)};
    if (b->attr_hidden) memcpy(t.attrs, b->attr_hidden, b->ast->attrs.n * sizeof(bool));
    if (b->block_hidden) memcpy(t.blocks, b->block_hidden, b->ast->blocks.n * sizeof(bool));
    return t;
}

// Room for what may be found, exactly: there is one content for each block of a configuration.
static void content_room(const NativeBody *b, Arena *arena, BodyContent *out) {
    out->attrs.cap = b->ast->attrs.n;
    out->blocks.cap = b->ast->blocks.n;
    if (out->attrs.cap) out->attrs.at = ARENA_ARRAY(arena, BodyAttr, out->attrs.cap);
    if (out->blocks.cap) out->blocks.at = ARENA_ARRAY(arena, BodyBlock, out->blocks.cap);
}

static void content_attrs(const NativeBody *b, Arena *arena, const BodyWant *want, BodyContent *out, Taken *taken,
                          Diags *diags) {
    for (uint32_t i = 0; i < b->ast->attrs.n; i++) {
        if (b->attr_hidden && b->attr_hidden[i]) continue;
        const AstAttr *attr = &b->ast->attrs.at[i];
        if (wanted_attr(want, b->attr_names[i])) {
            if (taken) taken->attrs[i] = true;
            BodyAttr found = {b->attr_names[i], attr->expr, attr->name_span, attr->span};
            vec_push(arena, &out->attrs, found);
        } else if (!taken) {
            report_attr(b, arena, want, i, diags);
        }
    }
}

static void content_blocks(const NativeBody *b, Arena *arena, const BodyWant *want, BodyContent *out, Taken *taken,
                           Diags *diags) {
    static const char *const dynamic_label[] = {"type"};
    WantBlock dynamic = {want->dynamic ? name_of(b->process, STR("dynamic")) : NULL, 1, dynamic_label};
    for (uint32_t i = 0; i < b->ast->blocks.n; i++) {
        if (b->block_hidden && b->block_hidden[i]) continue;
        const WantBlock *found = match_block(want, want->dynamic ? &dynamic : NULL, b, i);
        if (found == &dynamic && taken && !dynamic_wanted(want, b, i)) found = NULL;
        if (found) {
            if (taken) taken->blocks[i] = true;
            take_block(b, arena, found, i, out, diags);
        } else if (!taken) {
            report_block(b, arena, want, i, diags);
        }
    }
}

static bool native_content(const Body *body, Arena *arena, const BodyWant *want, BodyContent *out, const Body **remain,
                           Diags *diags) {
    const NativeBody *b = (const NativeBody *)(const void *)body;
    uint32_t errors = diags->errors;
    memset(out, 0, sizeof *out);
    out->end = native_end(b);
    content_room(b, arena, out);
    Taken taken = remain ? taken_start(b, arena) : (Taken){NULL, NULL};
    content_attrs(b, arena, want, out, remain ? &taken : NULL, diags);
    content_blocks(b, arena, want, out, remain ? &taken : NULL, diags);
    for (uint32_t i = 0; i < want->attr_count; i++)
        if (want->attrs[i].required && !content_attr(out, want->attrs[i].name))
            diag_error(diags, "missing_argument", out->end, "Missing required argument",
                       "The argument \"%s\" is required, but it is not set.", want->attrs[i].name->text);
    if (remain) {
        NativeBody *rest = ARENA_NEW(arena, NativeBody);
        *rest = *b;
        rest->attr_hidden = taken.attrs;
        rest->block_hidden = taken.blocks;
        *remain = &rest->body;
    }
    return diags->errors == errors;
}

static bool native_attributes(const Body *body, Arena *arena, BodyContent *out, Diags *diags) {
    const NativeBody *b = (const NativeBody *)(const void *)body;
    uint32_t errors = diags->errors;
    memset(out, 0, sizeof *out);
    out->end = native_end(b);
    content_room(b, arena, out);
    for (uint32_t i = 0; i < b->ast->attrs.n; i++) {
        if (b->attr_hidden && b->attr_hidden[i]) continue;
        const AstAttr *attr = &b->ast->attrs.at[i];
        BodyAttr found = {b->attr_names[i], attr->expr, attr->name_span, attr->span};
        vec_push(arena, &out->attrs, found);
    }
    for (uint32_t i = 0; i < b->ast->blocks.n; i++) {
        if (b->block_hidden && b->block_hidden[i]) continue;
        const AstBlock *block = &b->ast->blocks.at[i];
        diag_error(diags, "unexpected_block", block->type_span, "Unexpected block",
                   "Blocks are not allowed here: there may only be arguments. To set \"%.*s\", write \"%.*s = …\".",
                   STR_ARG(block->type), STR_ARG(block->type));
    }
    return diags->errors == errors;
}

static Span native_span(const Body *body) {
    const NativeBody *b = (const NativeBody *)(const void *)body;
    return span_known(b->header) ? b->header : b->ast->span;
}

static const BodyVtable native_vtable = {native_content, native_attributes, native_span};

const BodyAttr *content_attr(const BodyContent *content, Name name) {
    for (uint32_t i = 0; i < content->attrs.n; i++)
        if (content->attrs.at[i].name == name) return &content->attrs.at[i];
    return NULL;
}

#include "engine/schema/decode.h"

#include <assert.h>

#include "engine/schema/body_code.h"
#include "engine/schema/suggest.h"

typedef struct Decoder {
    CodeSession *session;
    Arena *arena;
    Process *process;
    const SchemaBlock *schema;
    Name dynamic;
    BodyContent content;
    FieldCode *fields;
    uint32_t n;
} Decoder;

// Wants of schemas up to this size are made on the stack.
#define WANTS 96u

static const Code *compile_or_unknown(Decoder *d, const Expr *expr, const Type *type) {
    const Code *code = session_compile(d->session, expr);
    return code ? code : code_constant(d->arena, value_unknown(d->process, type), expr->span);
}

// The wanted attributes and blocks of a schema. An attribute as block is wanted in both forms.
static BodyWant schema_want(const SchemaBlock *schema, WantAttr *attrs, WantBlock *blocks) {
    static const char *const key_label[] = {"key"};
    uint32_t n = 0;
    for (uint32_t i = 0; i < schema->attr_count; i++) {
        const SchemaAttr *attr = &schema->attrs[i];
        attrs[i] = (WantAttr){attr->name, (attr->flags & ATTR_REQUIRED) && !attr->as_block};
        if (attr->as_block) blocks[n++] = (WantBlock){attr->name, 0, NULL};
    }
    for (uint32_t i = 0; i < schema->block_count; i++) {
        bool map = schema->blocks[i].nesting == NEST_MAP;
        blocks[n++] = (WantBlock){schema->blocks[i].name, map, map ? key_label : NULL};
    }
    return (BodyWant){attrs, schema->attr_count, blocks, n, true};
}

static void warn_deprecated(Decoder *d, Name name, Str message, Span span, bool block) {
    if (str_empty(message)) return;
    diag_warn(d->session->diags, "deprecated", span, block ? "Block is deprecated" : "Argument is deprecated",
              "\"%s\" is deprecated: %.*s", name->text, STR_ARG(message));
}

static void field_once(Decoder *d, FieldCode *f) {
    if (f->uses & (USES_VARIES | USES_FRAME | USES_IMPURE)) return;
    f->once = ++d->session->once_count;
}

static void compile_attr(Decoder *d, const SchemaAttr *attr, const BodyAttr *written) {
    FieldCode *f = &d->fields[d->n++];
    f->field = attr->field;
    f->name = attr->name;
    f->flags = attr->flags;
    f->type = attr->type;
    f->constraint = schema_attr_constraint(d->process, attr);
    f->span = written->expr->span;
    f->code = compile_or_unknown(d, written->expr, attr->type);
    f->uses = code_uses(f->code);
    const Value *constant = code_constant_value(f->code);
    if (!constant || !value_is_null(*constant))
        warn_deprecated(d, attr->name, attr->deprecated, written->name_span, false);
    if (constant) {
        f->value = decode_convert(d->arena, f, *constant, d->session->diags);
    } else {
        f->live = true;
        field_once(d, f);
    }
}

// What a block in the content stands for: its own type, or the label of a dynamic block.
static Name block_type(const Decoder *d, const BodyBlock *block) {
    return block->type == d->dynamic ? name_find(d->process, block->labels[0]) : block->type;
}

static Name iterator_name(Decoder *d, const BodyAttr *attr, Name type) {
    if (!attr) return type;
    const Expr *e = attr->expr;
    if (e->kind == EXPR_NAME) return name_of(d->process, e->text);
    diag_error(d->session->diags, "invalid_iterator", e->span, "Invalid dynamic iterator name",
               "The iterator of a dynamic block is a single name, written without quotes.");
    return NULL;
}

// The label of a dynamic block, when its type has one.
static bool compile_label(Decoder *d, const BodyContent *content, const BodyAttr *labels, bool wanted,
                          BlockItem *item) {
    Diags *diags = d->session->diags;
    Span span = labels ? labels->expr->span : content->end;
    if (!labels && !wanted) return true;
    if (labels && labels->expr->kind != EXPR_TUPLE)
        return diag_error(diags, "invalid_dynamic_labels", span, "Invalid dynamic block labels",
                          "The labels of a dynamic block are written as a list, one expression for each label.");
    uint32_t n = labels ? labels->expr->args.list.n : 0;
    if (n > wanted)
        return diag_error(diags, "invalid_dynamic_labels", labels->expr->args.list.at[wanted]->span,
                          "Too many dynamic block labels", "Blocks of this type have %u label%s.", (unsigned)wanted,
                          wanted ? "" : "s");
    if (n < wanted)
        return diag_error(diags, "invalid_dynamic_labels", span, "Missing dynamic block labels",
                          "Blocks of this type have one label: set labels = [ … ].");
    item->key = compile_or_unknown(d, labels->expr->args.list.at[0], type_string(d->process));
    item->label_span = labels->expr->args.list.at[0]->span;
    return true;
}

static bool compile_content(Decoder *d, const BodyContent *content, const SchemaBlock *schema, BlockItem *item) {
    Diags *diags = d->session->diags;
    if (content->blocks.n == 0)
        return diag_error(
            diags, "missing_content", content->end, "Missing dynamic content block",
            "A dynamic block needs a nested block \"content { … }\" that says what each generated block holds.");
    if (content->blocks.n > 1)
        return diag_error(diags, "extraneous_content", content->blocks.at[1].header_span,
                          "Extraneous dynamic content block", "A dynamic block has exactly one content block.");
    item->body = decode_compile(d->session, content->blocks.at[0].body, schema, NULL);
    return item->body != NULL;
}

static bool compile_dynamic(Decoder *d, const FieldCode *f, const BodyBlock *block, BlockItem *item) {
    CodeSession *s = d->session;
    Name for_each = name_of(d->process, STR("for_each")), iterator = name_of(d->process, STR("iterator"));
    Name labels = name_of(d->process, STR("labels"));
    WantAttr attrs[] = {{for_each, true}, {iterator, false}, {labels, false}};
    WantBlock blocks[] = {{name_of(d->process, STR("content")), 0, NULL}};
    BodyWant want = {attrs, 3, blocks, 1, false};
    BodyContent content;
    if (!body_content(block->body, d->arena, &want, &content, NULL, s->diags)) return false;
    Name name = iterator_name(d, content_attr(&content, iterator), f->name);
    if (!name) return false;
    const BodyAttr *each = content_attr(&content, for_each);
    item->for_each = compile_or_unknown(d, each->expr, type_dynamic(d->process));
    item->depth = s->frame_depth;
    item->span = block->header_span;
    if (!session_push(s, name, block->header_span)) return false;
    bool ok = compile_label(d, &content, content_attr(&content, labels), f->nesting == NEST_MAP, item) &&
              compile_content(d, &content, f->block, item);
    session_pop(s);
    return ok;
}

static bool compile_item(Decoder *d, const FieldCode *f, const BodyBlock *block, BlockItem *item) {
    if (block->type == d->dynamic) return compile_dynamic(d, f, block, item);
    item->span = block->header_span;
    if (f->nesting == NEST_MAP) {
        item->label = block->labels[0];
        item->label_span = block->label_spans[0];
    }
    item->body = decode_compile(d->session, block->body, f->block, NULL);
    return item->body != NULL;
}

static bool blocks_fixed(const FieldCode *f) {
    for (uint32_t i = 0; i < f->item_count; i++)
        if (f->items[i].for_each || f->items[i].body->live) return false;
    return true;
}

static void compile_items(Decoder *d, FieldCode *f, uint32_t count) {
    BlockItem *items = ARENA_ARRAY(d->arena, BlockItem, count);
    bool failed = false;
    for (uint32_t i = 0; i < d->content.blocks.n; i++) {
        const BodyBlock *block = &d->content.blocks.at[i];
        if (block_type(d, block) != f->name) continue;
        if (!span_known(f->span)) f->span = block->header_span;
        BlockItem *item = &items[f->item_count];
        if (!compile_item(d, f, block, item)) {
            failed = true;
            continue;
        }
        f->item_count++;
        f->dynamic |= item->for_each != NULL;
        f->uses |= item->body->uses;
        if (item->for_each) f->uses |= code_uses(item->for_each);
        if (item->key) f->uses |= code_uses(item->key);
    }
    f->items = items;
    // Iterators of the dynamic blocks inside are no concern of what is around, unless there are iterators around.
    if (d->session->frame_depth == 0) f->uses &= (Uses)~USES_FRAME;
    if (!failed && !f->dynamic) decode_check_count(f, f->item_count, d->content.end, d->session->diags);
}

static void finish_blocks(Decoder *d, FieldCode *f) {
    f->live = !blocks_fixed(f);
    Scope nothing = {.arena = d->arena};
    if (f->live)
        field_once(d, f);
    else
        f->value = decode_blocks(f, &nothing, d->session->diags);
    d->fields[d->n++] = *f;
}

static uint32_t blocks_of(const Decoder *d, Name name) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < d->content.blocks.n; i++) count += block_type(d, &d->content.blocks.at[i]) == name;
    return count;
}

static void compile_nested(Decoder *d, const SchemaNested *nested) {
    uint32_t count = d->content.blocks.n ? blocks_of(d, nested->name) : 0;
    FieldCode f = {.field = nested->field,
                   .name = nested->name,
                   .type = d->schema->type->types[nested->field],
                   .block = nested->block,
                   .nesting = nested->nesting,
                   .min = nested->min,
                   .max = nested->max};
    if (count == 0) {
        decode_check_count(&f, 0, d->content.end, d->session->diags);
        return;
    }
    compile_items(d, &f, count);
    warn_deprecated(d, nested->name, nested->deprecated, f.span, true);
    finish_blocks(d, &f);
}

// An attribute written as blocks: they make its list or set.
static void compile_as_block(Decoder *d, const SchemaAttr *attr, const BodyAttr *written) {
    uint32_t count = d->content.blocks.n ? blocks_of(d, attr->name) : 0;
    if (count == 0) {
        if (attr->flags & ATTR_REQUIRED)
            diag_error(d->session->diags, "missing_argument", d->content.end, "Missing required argument",
                       "The argument \"%s\" is required, but it is not set.", attr->name->text);
        return;
    }
    FieldCode f = {.field = attr->field,
                   .name = attr->name,
                   .flags = attr->flags,
                   .type = attr->type,
                   .block = attr->as_block,
                   .nesting = attr->type->kind == TYPE_SET ? NEST_SET : NEST_LIST};
    compile_items(d, &f, count);
    if (written)
        diag_error(d->session->diags, "attribute_redefined", f.span, "Argument also written as a block",
                   "\"%s\" is set as an argument and as a block. Use one of the two forms.", attr->name->text);
    warn_deprecated(d, attr->name, attr->deprecated, f.span, true);
    finish_blocks(d, &f);
}

// Reports a dynamic block of a type that the schema has not.
static void check_dynamic(Decoder *d) {
    for (uint32_t i = 0; i < d->content.blocks.n; i++) {
        const BodyBlock *block = &d->content.blocks.at[i];
        if (block->type != d->dynamic) continue;
        Name type = block_type(d, block);
        const SchemaAttr *attr = type ? schema_attr(d->schema, type) : NULL;
        if (type && (schema_nested(d->schema, type) || (attr && attr->as_block))) continue;
        Suggest near = suggest_start(block->labels[0]);
        for (uint32_t j = 0; j < d->schema->block_count; j++) suggest_try(&near, name_str(d->schema->blocks[j].name));
        diag_error(d->session->diags, "unsupported_block", block->label_spans[0], "Unsupported block type",
                   "Blocks of type \"%.*s\" are not expected here.%s", STR_ARG(block->labels[0]),
                   attr ? " It is an argument: a for-expression can make its value." : suggest_text(d->arena, &near));
    }
}

// Orders the fields: those to evaluate first, else as they are.
static void order_fields(Decoder *d, BodyCode *code) {
    for (uint32_t i = 0; i < d->n; i++) {
        if (!d->fields[i].live) continue;
        FieldCode f = d->fields[i];
        memmove(&d->fields[code->live + 1], &d->fields[code->live], (i - code->live) * sizeof f);
        d->fields[code->live++] = f;
    }
    code->fields = d->fields;
    code->n = d->n;
    for (uint32_t i = 0; i < d->n; i++) {
        code->uses |= d->fields[i].uses;
        code->frames |= d->fields[i].dynamic;
        for (uint32_t j = 0; j < d->fields[i].item_count; j++) code->frames |= d->fields[i].items[j].body->frames;
    }
}

static void finish_body(Decoder *d, BodyCode *code) {
    order_fields(d, code);
    if (code->live) return;
    ObjectData *o = value_object_data(d->arena, d->schema->shape);
    if (d->schema->shape->n) memcpy(o->at, d->schema->absent, d->schema->shape->n * sizeof *o->at);
    for (uint32_t i = 0; i < d->n; i++) o->at[d->fields[i].field] = d->fields[i].value;
    code->whole = value_finish_object(d->arena, o);
}

static void read_content(Decoder *d, const Body *body, const Body **remain) {
    WantAttr few_attrs[WANTS], *attrs = few_attrs;
    WantBlock few_blocks[WANTS], *blocks = few_blocks;
    uint32_t n = d->schema->attr_count + d->schema->block_count;
    if (n > WANTS) {
        attrs = ARENA_ARRAY(d->arena, WantAttr, n);
        blocks = ARENA_ARRAY(d->arena, WantBlock, n);
    }
    BodyWant want = schema_want(d->schema, attrs, blocks);
    body_content(body, d->arena, &want, &d->content, remain, d->session->diags);
}

const BodyCode *decode_compile(CodeSession *session, const Body *body, const SchemaBlock *schema, const Body **remain) {
    Decoder d = {
        .session = session, .arena = session->arena, .process = arena_process(session->arena), .schema = schema};
    d.dynamic = name_of(d.process, STR("dynamic"));
    read_content(&d, body, remain);
    if (d.content.blocks.n) check_dynamic(&d);
    d.fields = ARENA_ARRAY(d.arena, FieldCode, d.content.attrs.n + d.content.blocks.n);
    for (uint32_t i = 0; i < schema->attr_count; i++) {
        const SchemaAttr *attr = &schema->attrs[i];
        const BodyAttr *written = content_attr(&d.content, attr->name);
        if (written) compile_attr(&d, attr, written);
        if (attr->as_block && (!written || d.content.blocks.n)) {
            if (!written || blocks_of(&d, attr->name)) compile_as_block(&d, attr, written);
        }
    }
    for (uint32_t i = 0; i < schema->block_count; i++) compile_nested(&d, &schema->blocks[i]);
    BodyCode *code = ARENA_NEW(d.arena, BodyCode);
    code->schema = schema;
    code->span = d.content.end;
    finish_body(&d, code);
    return code;
}

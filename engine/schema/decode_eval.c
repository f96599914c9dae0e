#include <assert.h>
#include <stdlib.h>

#include "engine/base/map.h"
#include "engine/eval/once.h"
#include "engine/schema/body_code.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

// Dynamic blocks within dynamic blocks; CodeSession bounds them.
#define FRAMES (sizeof((CodeSession *)0)->frame / sizeof((CodeSession *)0)->frame[0])

static Value convert_failed(Arena *arena, const FieldCode *f, const ConvertError *why, Diags *diags) {
    Buf path = buf_in(arena);
    path_print(why->path, &path);
    diag_error(diags, "invalid_attribute_value", f->span, "Incorrect attribute value type",
               "The value does not fit the attribute \"%s\"%s%.*s: %.*s.", f->name->text, path.n ? ", at " : "",
               (int)path.n, path.n ? path.p : "", STR_ARG(why->message));
    return value_unknown(arena_process(arena), f->type);
}

Value decode_convert(Arena *arena, const FieldCode *f, Value v, Diags *diags) {
    const uint8_t modes = ATTR_REQUIRED | ATTR_OPTIONAL | ATTR_COMPUTED;
    if ((f->flags & modes) == ATTR_COMPUTED && !value_is_null(v)) {
        diag_error(diags, "unconfigurable_attribute", f->span, "Value for unconfigurable attribute",
                   "The attribute \"%s\" cannot be set: its value is decided by the provider.", f->name->text);
        return value_unknown(arena_process(arena), f->type);
    }
    if ((f->flags & ATTR_REQUIRED) && value_is_null(v)) {
        diag_error(diags, "missing_argument", f->span, "Missing required argument",
                   "The argument \"%s\" is required, but its value is null.", f->name->text);
        return value_unknown(arena_process(arena), f->type);
    }
    if (v.kind == f->type->kind && type_is_primitive(f->type) && value_is_set(v)) return v;
    Value out;
    ConvertError why;
    if (!convert_value(arena, v, f->constraint, &out, &why)) return convert_failed(arena, f, &why, diags);
    return out;
}

void decode_check_count(const FieldCode *f, uint32_t count, Span at, Diags *diags) {
    bool single = f->nesting == NEST_SINGLE || f->nesting == NEST_GROUP;
    if (single && count > 1) {
        diag_error(diags, "too_many_blocks", f->items[1].span, "Duplicate block", "Only one \"%s\" block is allowed.",
                   f->name->text);
    } else if (count < f->min && (single || f->min == 1)) {
        diag_error(diags, "missing_block", at, "Missing required block",
                   "At least one \"%s\" block is required, but there is none.", f->name->text);
    } else if (count < f->min) {
        diag_error(diags, "missing_block", at, "Not enough blocks",
                   "At least %u \"%s\" blocks are required, but there %s %u.", f->min, f->name->text,
                   count == 1 ? "is" : "are", count);
    } else if (!single && f->max && count > f->max) {
        diag_error(diags, "too_many_blocks", count <= f->item_count ? f->items[f->max].span : f->span,
                   "Too many blocks", "No more than %u \"%s\" block%s allowed, but there are %u.", f->max,
                   f->name->text, f->max == 1 ? " is" : "s are", count);
    }
}

// The blocks of one type while they are collected.
typedef struct Elements {
    VEC(Value) values;
    StrMap keys;  // of a labelled type, in order
    bool unknown; // how many there are
    bool failed;  // diagnostics are out; counts mean nothing
    Marks marks;  // of the whole: of unknown for_each values, and of what a set holds
} Elements;

static bool add_key(const FieldCode *f, Elements *out, Str key, Span span, Diags *diags) {
    bool added;
    strmap_put(&out->keys, key, &added);
    return added || diag_error(diags, "duplicate_block", span, "Duplicate block",
                               "There is already a \"%s\" block labelled \"%.*s\".", f->name->text, STR_ARG(key));
}

// The label of a generated block.
static bool dynamic_key(const FieldCode *f, const BlockItem *item, Scope *scope, Elements *out, Diags *diags) {
    Value v = code_eval(item->key, scope, diags), key;
    ConvertError why;
    Process *p = arena_process(scope->arena);
    if (!convert_value(scope->arena, v, type_string(p), &key, &why))
        return diag_error(diags, "invalid_dynamic_labels", item->label_span, "Invalid dynamic block label",
                          "A label is a string: %.*s.", STR_ARG(why.message));
    if (value_is_unknown(key)) {
        out->unknown = true;
        return true;
    }
    if (value_is_null(key) || key.marks)
        return diag_error(diags, "invalid_dynamic_labels", item->label_span, "Invalid dynamic block label",
                          "A label must be a string that is not %s.", value_is_null(key) ? "null" : "sensitive");
    return add_key(f, out, value_str(key), item->label_span, diags);
}

static void one_iteration(const FieldCode *f, const BlockItem *item, Scope *scope, Value key, Value value, Marks marks,
                          Elements *out, Diags *diags) {
    Process *p = arena_process(scope->arena);
    Name names[] = {name_of(p, STR("key")), name_of(p, STR("value"))};
    ObjectData *o = value_object_data(scope->arena, shape_of(scope->arena, names, 2));
    o->at[0] = key; // "key" sorts before "value"
    o->at[1] = value;
    scope->frame[item->depth] = value_finish_object(scope->arena, o);
    if (item->key && !dynamic_key(f, item, scope, out, diags)) {
        out->failed = true;
        return;
    }
    Value v = decode_eval(item->body, scope, diags);
    if (marks) v = value_with_marks(v, marks_union(p, v.marks, marks));
    vec_push(scope->arena, &out->values, v);
}

static bool iterable(Value v) {
    return v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_MAP || v.kind == TYPE_TUPLE ||
           v.kind == TYPE_OBJECT;
}

static bool check_iterable(const BlockItem *item, Value v, Arena *arena, Diags *diags) {
    Span span = code_span(item->for_each);
    if (value_is_null(v))
        return diag_error(diags, "invalid_for_each", span, "Invalid dynamic for_each value",
                          "The for_each of a dynamic block must not be null.");
    Buf type = buf_in(arena);
    type_friendly(value_type(arena_process(arena), v), &type);
    return diag_error(diags, "invalid_for_each", span, "Invalid dynamic for_each value",
                      "A %.*s cannot be iterated over: for_each takes a list, set, map, tuple or object.", (int)type.n,
                      type.p);
}

static void eval_dynamic_item(const FieldCode *f, const BlockItem *item, Scope *scope, Elements *out, Diags *diags) {
    Process *p = arena_process(scope->arena);
    uint32_t errors = diags->errors;
    Value each = code_eval(item->for_each, scope, diags);
    if (diags->errors > errors) out->failed = true;
    bool open = value_is_unknown(each) && (each.kind == TYPE_DYNAMIC || iterable(each));
    if (!open && (value_is_null(each) || !iterable(each))) {
        out->failed = true;
        check_iterable(item, each, scope->arena, diags);
        return;
    }
    if (open) {
        out->unknown = true;
        out->marks = marks_union(p, out->marks, each.marks);
        return;
    }
    const Value *at = each.kind == TYPE_MAP ? NULL : value_elements(each);
    for (uint32_t i = 0; i < each.n; i++) {
        Value key, value = at ? at[i] : each.map->at[i].value;
        switch (each.kind) {
        case TYPE_SET: key = value; break;
        case TYPE_MAP: key = value_string_raw(scope->arena, each.map->at[i].key); break;
        case TYPE_OBJECT: key = value_string_raw(scope->arena, name_str(each.obj->shape->names[i])); break;
        default: key = value_int_prec(i, NUM_PRECISION_COUNT); break;
        }
        one_iteration(f, item, scope, key, value, each.marks, out, diags);
    }
}

// A set holds no marks inside: they go to the set.
static Value finish_set(const FieldCode *f, Scope *scope, Elements *e) {
    Process *p = arena_process(scope->arena);
    for (uint32_t i = 0; i < e->values.n; i++) {
        if (!(e->values.at[i].bits & VALUE_MARKED_INSIDE) && !e->values.at[i].marks) continue;
        e->marks = marks_union(p, e->marks, marks_deep(p, e->values.at[i]));
        e->values.at[i] = marks_strip(scope->arena, e->values.at[i], NULL);
    }
    return value_set(scope->arena, f->block->type, e->values.at, e->values.n);
}

static Value finish_map(const FieldCode *f, Scope *scope, Elements *e) {
    Process *p = arena_process(scope->arena);
    uint32_t n = e->values.n < e->keys.n ? e->values.n : e->keys.n;
    if (f->block->type->has_dynamic) {
        Name *names = ARENA_ARRAY(scope->arena, Name, n);
        for (uint32_t i = 0; i < n; i++) names[i] = name_of(p, e->keys.items[i].key);
        return value_object_of(scope->arena, names, e->values.at, n);
    }
    MapItem *items = ARENA_ARRAY(scope->arena, MapItem, n);
    for (uint32_t i = 0; i < n; i++) items[i] = (MapItem){e->keys.items[i].key, e->values.at[i]};
    return value_map(scope->arena, f->block->type, items, n);
}

static Value finish_elements(const FieldCode *f, Scope *scope, Elements *e) {
    Process *p = arena_process(scope->arena);
    if (e->unknown || e->failed) return value_unknown(p, f->type);
    switch (f->nesting) {
    case NEST_SET: return finish_set(f, scope, e);
    case NEST_MAP: return finish_map(f, scope, e);
    case NEST_LIST:
        if (f->block->type->has_dynamic) return value_tuple(scope->arena, e->values.at, e->values.n);
        return value_list(scope->arena, f->block->type, e->values.at, e->values.n);
    case NEST_SINGLE:
    case NEST_GROUP:
        if (e->values.n) return e->values.at[0];
        return f->nesting == NEST_GROUP ? schema_empty(scope->arena, f->block) : value_null(p, f->type);
    }
    abort();
}

Value decode_blocks(const FieldCode *f, Scope *scope, Diags *diags) {
    Elements e = {.keys = strmap_in(scope->arena)};
    vec_reserve(scope->arena, &e.values, f->item_count);
    for (uint32_t i = 0; i < f->item_count; i++) {
        const BlockItem *item = &f->items[i];
        if (item->for_each) {
            eval_dynamic_item(f, item, scope, &e, diags);
            continue;
        }
        if (f->nesting == NEST_MAP && !add_key(f, &e, item->label, item->label_span, diags)) {
            e.failed = true;
            continue;
        }
        Value v = decode_eval(item->body, scope, diags);
        vec_push(scope->arena, &e.values, v);
    }
    if (f->dynamic && !e.unknown && !e.failed) decode_check_count(f, e.values.n, f->span, diags);
    Value out = finish_elements(f, scope, &e);
    return e.marks ? value_with_marks(out, marks_union(arena_process(scope->arena), out.marks, e.marks)) : out;
}

static Value eval_field(const FieldCode *f, Scope *scope, Diags *diags) {
    if (!f->code) return decode_blocks(f, scope, diags);
    uint32_t errors = diags->errors;
    Value v = code_eval(f->code, scope, diags);
    if (diags->errors > errors) return value_unknown(arena_process(scope->arena), f->type);
    return decode_convert(scope->arena, f, v, diags);
}

static Value eval_once(const FieldCode *f, Scope *scope, Diags *diags) {
    OnceCache *cache = scope->once;
    if (!cache || !f->once) return eval_field(f, scope, diags);
    uint32_t place = f->once - 1;
    assert(place < cache->n);
    if (cache->have[place]) return cache->values[place];
    uint32_t errors = diags->errors;
    Value v = eval_field(f, scope, diags);
    if (diags->errors > errors) return v;
    cache->values[place] = value_copy(cache->arena, v);
    cache->have[place] = true;
    return cache->values[place];
}

static Value eval_object(const BodyCode *code, Scope *scope, Diags *diags) {
    ObjectData *o = value_object_data(scope->arena, code->schema->shape);
    memcpy(o->at, code->schema->absent, code->schema->shape->n * sizeof *o->at);
    for (uint32_t i = code->live; i < code->n; i++) o->at[code->fields[i].field] = code->fields[i].value;
    for (uint32_t i = 0; i < code->live; i++) o->at[code->fields[i].field] = eval_once(&code->fields[i], scope, diags);
    return value_finish_object(scope->arena, o);
}

Value decode_eval(const BodyCode *code, Scope *scope, Diags *diags) {
    if (code->live == 0) return code->whole;
    if (!code->frames || scope->frame) return eval_object(code, scope, diags);
    Value frame[FRAMES] = {{0}};
    scope->frame = frame;
    Value v = eval_object(code, scope, diags);
    scope->frame = NULL;
    return v;
}

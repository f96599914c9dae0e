// Conversion goes by the value, not by its type, so that the common case builds no types: whether a conversion
// exists is asked of types only where no value tells it (nulls, unknowns, empty collections) and when it failed.
// Fact source: zclconf/go-cty cty/convert.
#include "engine/value/convert.h"

#include "engine/value/convert_type.h"
#include "engine/value/marks.h"
#include "engine/value/number_text.h"
#include "engine/value/quote.h"
#include "engine/value/type_table.h"

#include <strings.h>

// Where the conversion is, as a chain of steps on the C stack.
typedef struct Frame {
    const struct Frame *up;
    PathStep step;
} Frame;

typedef struct Convert {
    Arena *arena;
    Process *p;
    ConvertError error;
} Convert;

static bool convert(Convert *c, const Frame *frame, Value v, const Type *want, Value *out);

static bool fail(Convert *c, const Frame *frame, Str message) {
    uint32_t n = 0;
    for (const Frame *f = frame; f; f = f->up) n++;
    PathStep *at = ARENA_ARRAY(c->arena, PathStep, n);
    uint32_t i = n;
    for (const Frame *f = frame; f; f = f->up) at[--i] = (PathStep){f->step.attr, value_copy(c->arena, f->step.index)};
    c->error = (ConvertError){{at, n}, message};
    return false;
}

static bool fail_types(Convert *c, const Frame *frame, const Type *got, const Type *want) {
    Buf message = buf_in(c->arena);
    mismatch_print(c->p, got, want, &message);
    return fail(c, frame, buf_str(&message));
}

static bool fail_mismatch(Convert *c, const Frame *frame, Value v, const Type *want) {
    return fail_types(c, frame, value_type(c->p, v), want);
}

// What is known of an unknown collection's length carries over, as far as elements of a set may fall together.
static void refine_length(const Unknown *from, Unknown *to) {
    const Type *source = from->type, *target = to->type;
    bool set = target->kind == TYPE_SET;
    if (source->kind == TYPE_TUPLE || source->kind == TYPE_OBJECT) {
        bool fits = source->kind == TYPE_OBJECT ? target->kind == TYPE_MAP : set || target->kind == TYPE_LIST;
        if (!fits) return;
        to->has_length = true;
        to->max_length = source->n;
        to->min_length = set && source->n > 1 ? 1 : source->n;
    } else if (type_is_collection(source) && type_is_collection(target) && from->has_length) {
        to->has_length = true;
        to->min_length = set && from->min_length > 1 ? 1 : from->min_length;
        to->max_length = from->max_length;
    }
}

static bool convert_absent(Convert *c, const Frame *frame, Value v, const Type *want, Value *out) {
    const Type *type = value_is_null(v) ? v.type : v.unk->type;
    if (!convert_types(c->p, type, want, true)) return fail_types(c, frame, type, want);
    const Type *to = convert_fill_dynamic(c->p, type, type_without_optional(c->p, want));
    if (type == to) {
        *out = v;
    } else if (value_is_null(v)) {
        *out = value_null(c->p, to);
    } else {
        Unknown refined = {.type = to, .not_null = v.unk->not_null, .max_length = UINT32_MAX};
        refine_length(v.unk, &refined);
        *out = value_refined(c->arena, &refined);
    }
    return true;
}

static bool string_to_bool(Convert *c, const Frame *frame, Str s, Value *out) {
    bool yes = str_eqz(s, "true") || str_eqz(s, "1"), no = str_eqz(s, "false") || str_eqz(s, "0");
    if (yes || no) {
        *out = value_bool(yes);
        return true;
    }
    if (s.n == 4 && strncasecmp(s.p, "true", 4) == 0)
        return fail(c, frame, STR("a bool is required; to convert from string, use lowercase \"true\""));
    if (s.n == 5 && strncasecmp(s.p, "false", 5) == 0)
        return fail(c, frame, STR("a bool is required; to convert from string, use lowercase \"false\""));
    return fail(c, frame, STR("a bool is required"));
}

static bool convert_primitive(Convert *c, const Frame *frame, Value v, const Type *want, Value *out) {
    if (!type_is_primitive(want)) return fail_mismatch(c, frame, v, want);
    if (v.kind == TYPE_STRING && want->kind == TYPE_BOOL) return string_to_bool(c, frame, value_str(v), out);
    if (v.kind == TYPE_STRING && want->kind == TYPE_NUMBER) {
        const Num *num = num_parse(c->arena, value_str(v), NUM_PRECISION_TEXT);
        if (!num) return fail(c, frame, STR("a number is required"));
        *out = value_num(c->arena, num);
        return true;
    }
    if (want->kind != TYPE_STRING) return fail_mismatch(c, frame, v, want);
    if (v.kind == TYPE_BOOL) {
        *out = value_string_raw(c->arena, v.i ? STR("true") : STR("false"));
        return true;
    }
    Buf text = buf_in(c->arena);
    number_print(v, &text);
    *out = value_string_raw(c->arena, buf_str(&text));
    return true;
}

static bool convert_object(Convert *c, const Frame *up, Value v, const Type *want, Value *out) {
    ObjectData *data = value_object_data(c->arena, shape_of_type(c->p, want));
    bool changed = v.n != want->n;
    for (uint32_t i = 0; i < want->n; i++) {
        Frame frame = {up, {.attr = want->names[i]}};
        const Value *from = value_get(v, want->names[i]);
        if (!from) {
            if (!want->optional || !want->optional[i]) return fail_mismatch(c, up, v, want);
            data->at[i] = value_null(c->p, want->types[i]);
            changed = true;
            continue;
        }
        if (!convert(c, &frame, *from, want->types[i], &data->at[i])) return false;
        changed = changed || data->at[i].s != from->s || data->at[i].kind != from->kind;
    }
    *out = changed ? value_finish_object(c->arena, data) : v;
    return true;
}

static bool fail_map_element(Convert *c, const Frame *frame, Value element, Str name, const Type *want) {
    Buf why = buf_in(c->arena);
    buf_z(&why, "map element type is incompatible with attribute ");
    quote_go(name, &why);
    buf_z(&why, ": ");
    mismatch_print(c->p, value_type(c->p, element), want, &why);
    return fail(c, frame, buf_str(&why));
}

static bool convert_map_to_object(Convert *c, const Frame *up, Value v, const Type *want, Value *out) {
    ObjectData *data = value_object_data(c->arena, shape_of_type(c->p, want));
    int64_t missing = -1;
    for (uint32_t i = 0; i < want->n; i++) {
        Str name = name_str(want->names[i]);
        const Value *from = value_get_str(v, name);
        bool optional = want->optional && want->optional[i];
        bool fits = convert_types(c->p, v.map->elem, want->types[i], true);
        if (!fits && !optional) return fail_mismatch(c, up, v, want);
        if (!from) {
            if (!optional && missing < 0) missing = i;
            data->at[i] = value_null(c->p, want->types[i]);
            continue;
        }
        if (!fits) return fail_map_element(c, up, *from, name, want->types[i]);
        Frame frame = {up, {.index = value_string_raw(c->arena, name)}};
        if (!convert(c, &frame, *from, want->types[i], &data->at[i])) return false;
    }
    if (missing >= 0) {
        Buf why = buf_in(c->arena);
        buf_z(&why, "map has no element for required attribute ");
        quote_go(name_str(want->names[missing]), &why);
        return fail(c, up, buf_str(&why));
    }
    *out = value_finish_object(c->arena, data);
    return true;
}

static bool convert_tuple(Convert *c, const Frame *up, Value v, const Type *want, Value *out) {
    if (v.n != want->n) return fail_mismatch(c, up, v, want);
    ListData *data = value_list_data(c->arena, NULL, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        Frame frame = {up, {.index = value_int(i)}};
        if (!convert(c, &frame, v.list->at[i], want->types[i], &data->at[i])) return false;
    }
    *out = value_finish_list(c->arena, TYPE_TUPLE, data, v.n);
    return true;
}

// The path to a part of a container.
static Frame part_frame(Convert *c, const Frame *up, Value v, uint32_t i) {
    Frame frame = {up, {0}};
    if (v.kind == TYPE_MAP)
        frame.step.index = value_string_raw(c->arena, v.map->at[i].key);
    else if (v.kind == TYPE_OBJECT)
        frame.step.index = value_string_raw(c->arena, name_str(v.obj->shape->names[i]));
    else
        frame.step.index = value_int(i);
    return frame;
}

// The one type of all parts, NULL when there is none.
static const Type *parts_unified(Convert *c, const Value *at, uint32_t n, bool unsafe) {
    TypeList types = {0};
    for (uint32_t i = 0; i < n; i++) types_add(&types, value_type(c->p, at[i]));
    const Type *t = unify_types(c->p, types_at(&types), types.n, unsafe);
    buf_free(&types.memory);
    return t;
}

// The element type that the parts have in common, "any" ones aside; NULL when they differ.
static const Type *parts_common(Convert *c, const Value *at, uint32_t n) {
    const Type *common = type_dynamic(c->p);
    for (uint32_t i = 0; i < n; i++) {
        const Type *t = value_type(c->p, at[i]);
        if (common->kind == TYPE_DYNAMIC)
            common = t;
        else if (t->kind != TYPE_DYNAMIC && t != common)
            return NULL;
    }
    return common;
}

// For an element type with "any" inside: parts brought to one type after each was converted for itself.
static bool settle_parts(Convert *c, const Frame *up, Value v, bool unify, TypeKind kind, Value *at,
                         const Type **elem) {
    if (unify) {
        const Type *one = parts_unified(c, at, v.n, v.kind != TYPE_MAP);
        Frame last = part_frame(c, up, v, v.n - 1);
        if (!one) {
            const Frame *where = kind == TYPE_MAP ? up : &last;
            return fail(c, where, STR("cannot find a common base type for all elements"));
        }
        for (uint32_t i = 0; i < v.n; i++) {
            Frame frame = part_frame(c, up, v, i);
            if (!convert(c, &frame, at[i], one, &at[i])) return false;
        }
    }
    *elem = parts_common(c, at, v.n);
    if (*elem) return true;
    const char *what = v.kind == TYPE_OBJECT ? "attribute" : "element";
    const char *to = kind == TYPE_LIST ? "list" : kind == TYPE_SET ? "set" : "map";
    return fail(c, up, str_format(c->arena, "%s types must all match for conversion to %s", what, to));
}

// Nulls and unknowns of no type yet take on the element's.
static void type_parts(Process *p, Value *at, uint32_t n, const Type *elem) {
    if (elem->kind == TYPE_DYNAMIC) return;
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].kind != TYPE_DYNAMIC) continue;
        Value typed = value_is_null(at[i]) ? value_null(p, elem) : value_unknown(p, elem);
        at[i] = marks_add(p, typed, at[i].marks);
    }
}

static Value empty_like(Convert *c, TypeKind kind, const Type *elem) {
    if (kind == TYPE_LIST) return value_list(c->arena, elem, NULL, 0);
    return kind == TYPE_SET ? value_set(c->arena, elem, NULL, 0) : value_map(c->arena, elem, NULL, 0);
}

static Value collection_of(Convert *c, Value v, TypeKind kind, const Type *elem, ListData *data) {
    type_parts(c->p, data->at, v.n, elem);
    data->elem = elem;
    if (kind != TYPE_MAP) return value_finish_list(c->arena, kind, data, v.n);
    MapItem *items = ARENA_ARRAY(c->arena, MapItem, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        Str key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        items[i] = (MapItem){key, data->at[i]};
    }
    return value_map(c->arena, elem, items, v.n);
}

// Any container to a list, set or map; elem is what each part is converted to.
static bool convert_parts(Convert *c, const Frame *up, Value v, TypeKind kind, const Type *elem, Value *out) {
    ListData *data = value_list_data(c->arena, elem, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        Frame frame = part_frame(c, up, v, i);
        if (!convert(c, &frame, value_part(v, i), elem, &data->at[i])) return false;
    }
    const Type *common = type_without_optional(c->p, elem);
    if (elem->has_dynamic) {
        bool nested = type_is_collection(elem) || elem->kind == TYPE_OBJECT;
        bool unify = kind == TYPE_LIST ? v.kind == TYPE_TUPLE : kind == TYPE_MAP && nested;
        if (!settle_parts(c, up, v, unify, kind, data->at, &common)) return false;
    }
    *out = collection_of(c, v, kind, common, data);
    return true;
}

// A tuple to a list or set, an object to a map.
static bool convert_rows(Convert *c, const Frame *up, Value v, const Type *want, Value *out) {
    TypeKind kind = (TypeKind)want->kind;
    const Type *elem = want->elem;
    if (v.n == 0) {
        *out = empty_like(c, kind, elem);
        return true;
    }
    if (elem->kind == TYPE_DYNAMIC) {
        const Type *type = value_type(c->p, v);
        elem = convert_types(c->p, type, want, true) ? unify_types(c->p, type->types, type->n, true) : NULL;
        if (!elem) return fail_types(c, up, type, want);
    }
    return convert_parts(c, up, v, kind, elem, out);
}

static bool convert_collection(Convert *c, const Frame *up, Value v, const Type *want, Value *out) {
    TypeKind kind = (TypeKind)want->kind;
    const Type *from = v.kind == TYPE_MAP ? v.map->elem : v.list->elem;
    const Type *elem = want->elem->kind == TYPE_DYNAMIC ? from : want->elem;
    bool unsure = kind == TYPE_LIST && v.kind == TYPE_SET && v.n > 1 && !value_is_whole(v);
    if ((v.n == 0 || unsure) && !convert_types(c->p, from, elem, true)) return fail_mismatch(c, up, v, want);
    if (v.n == 0) {
        *out = kind == v.kind && from == elem ? v : empty_like(c, kind, elem);
        return true;
    }
    if (unsure) {
        // Elements that are not known yet may turn out to be the same one.
        const Type *to = convert_fill_dynamic(c->p, from, type_without_optional(c->p, elem));
        *out = value_unknown(c->p, type_list(c->p, to));
        return true;
    }
    if (from != elem) return convert_parts(c, up, v, kind, elem, out);
    *out = v;
    if (kind == v.kind) return true;
    if (kind == TYPE_LIST)
        out->kind = TYPE_LIST; // the payload of a set is that of a list
    else
        *out = value_set(c->arena, elem, v.list->at, v.n);
    return true;
}

static bool convert_plain(Convert *c, const Frame *frame, Value v, const Type *want, Value *out) {
    if (!value_is_set(v)) return convert_absent(c, frame, v, want, out);
    if (v.kind == want->kind && type_is_primitive(want)) {
        *out = v;
        return true;
    }
    bool sequence = want->kind == TYPE_LIST || want->kind == TYPE_SET;
    switch ((TypeKind)v.kind) {
    case TYPE_STRING:
    case TYPE_NUMBER:
    case TYPE_BOOL: return convert_primitive(c, frame, v, want, out);
    case TYPE_OBJECT:
        if (want->kind == TYPE_OBJECT) return convert_object(c, frame, v, want, out);
        if (want->kind == TYPE_MAP) return convert_rows(c, frame, v, want, out);
        break;
    case TYPE_TUPLE:
        if (want->kind == TYPE_TUPLE) return convert_tuple(c, frame, v, want, out);
        if (sequence) return convert_rows(c, frame, v, want, out);
        break;
    case TYPE_MAP:
        if (want->kind == TYPE_OBJECT) return convert_map_to_object(c, frame, v, want, out);
        if (want->kind == TYPE_MAP) return convert_collection(c, frame, v, want, out);
        break;
    case TYPE_LIST:
    case TYPE_SET:
        if (sequence) return convert_collection(c, frame, v, want, out);
        break;
    case TYPE_DYNAMIC: break;
    }
    return fail_mismatch(c, frame, v, want);
}

static bool convert(Convert *c, const Frame *frame, Value v, const Type *want, Value *out) {
    if (want->kind == TYPE_DYNAMIC) {
        *out = v;
        return true;
    }
    if (!v.marks) return convert_plain(c, frame, v, want, out);
    Marks marks = v.marks;
    if (!convert_plain(c, frame, value_with_marks(v, 0), want, out)) return false;
    *out = marks_add(c->p, *out, marks);
    return true;
}

bool convert_value(Arena *arena, Value v, const Type *want, Value *out, ConvertError *error) {
    Convert c = {.arena = arena, .p = arena_process(arena)};
    if (convert(&c, NULL, v, want, out)) return true;
    if (!error) return false;
    // A conversion that does not exist is told of before one that fails for this value.
    const Type *type = value_type(c.p, v);
    if (!convert_types(c.p, type, want, true)) fail_types(&c, NULL, type, want);
    *error = c.error;
    return false;
}

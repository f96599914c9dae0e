// Which conversions exist. Fact source: zclconf/go-cty cty/convert.
#include "engine/value/convert_type.h"

static bool same_or_converts(Process *p, const Type *from, const Type *to, bool unsafe) {
    return from == to || convert_types(p, from, to, unsafe);
}

static bool converts_primitive(const Type *from, const Type *to, bool unsafe) {
    if (to->kind == TYPE_STRING) return true;
    return unsafe && from->kind == TYPE_STRING;
}

static bool converts_object(Process *p, const Type *from, const Type *to, bool unsafe) {
    for (uint32_t i = 0; i < to->n; i++) {
        int32_t k = type_attr(from, to->names[i]);
        bool optional = to->optional && to->optional[i];
        if (k < 0 && !optional) return false;
        if (k >= 0 && !same_or_converts(p, from->types[k], to->types[i], unsafe)) return false;
    }
    return true;
}

static bool converts_tuple(Process *p, const Type *from, const Type *to, bool unsafe) {
    if (from->n != to->n) return false;
    for (uint32_t i = 0; i < to->n; i++)
        if (!same_or_converts(p, from->types[i], to->types[i], unsafe)) return false;
    return true;
}

// A tuple to a list or set, an object to a map.
static bool converts_to_collection(Process *p, const Type *from, const Type *to, bool unsafe) {
    if (from->n == 0) return true;
    const Type *elem = to->elem;
    if (elem->kind == TYPE_DYNAMIC) {
        elem = unify_types(p, from->types, from->n, unsafe);
        if (!elem) return false;
        if (elem->kind == TYPE_DYNAMIC && from->kind == TYPE_TUPLE)
            for (uint32_t i = 0; i < from->n; i++)
                if (from->types[i]->kind != TYPE_DYNAMIC) return false;
    }
    const Type *last = NULL;
    for (uint32_t i = 0; i < from->n; i++) {
        if (from->types[i] != last && !same_or_converts(p, from->types[i], elem, unsafe)) return false;
        last = from->types[i];
    }
    return true;
}

static bool converts_map_to_object(Process *p, const Type *from, const Type *to) {
    for (uint32_t i = 0; i < to->n; i++) {
        bool optional = to->optional && to->optional[i];
        if (!optional && !same_or_converts(p, from->elem, to->types[i], true)) return false;
    }
    return true;
}

bool convert_types(Process *p, const Type *from, const Type *to, bool unsafe) {
    if (to->kind == TYPE_DYNAMIC || from == to) return true;
    if (from->kind == TYPE_DYNAMIC) return unsafe;
    if (type_is_primitive(from) && type_is_primitive(to)) return converts_primitive(from, to, unsafe);
    bool sequence = from->kind == TYPE_LIST || from->kind == TYPE_SET;
    switch ((TypeKind)to->kind) {
    case TYPE_OBJECT:
        if (from->kind == TYPE_OBJECT) return converts_object(p, from, to, unsafe);
        return from->kind == TYPE_MAP && unsafe && converts_map_to_object(p, from, to);
    case TYPE_TUPLE: return from->kind == TYPE_TUPLE && converts_tuple(p, from, to, unsafe);
    case TYPE_LIST:
        if (from->kind == TYPE_TUPLE) return converts_to_collection(p, from, to, unsafe);
        return sequence && same_or_converts(p, from->elem, to->elem, unsafe);
    case TYPE_SET:
        if (from->kind == TYPE_TUPLE) return converts_to_collection(p, from, to, unsafe);
        if (from->kind == TYPE_LIST && !unsafe) return false;
        return sequence && same_or_converts(p, from->elem, to->elem, unsafe);
    case TYPE_MAP:
        if (from->kind == TYPE_OBJECT) return converts_to_collection(p, from, to, unsafe);
        return from->kind == TYPE_MAP && same_or_converts(p, from->elem, to->elem, unsafe);
    default: return false;
    }
}

bool convert_possible(Process *p, const Type *from, const Type *want) { return convert_types(p, from, want, true); }

static const Type *fill_object(Process *p, const Type *in, const Type *out) {
    TypeList types = {0};
    for (uint32_t i = 0; i < out->n; i++) {
        const Type *filled = out->types[i];
        int32_t k = in->kind == TYPE_OBJECT ? type_attr(in, out->names[i]) : -1;
        if (in->kind == TYPE_MAP) filled = convert_fill_dynamic(p, in->elem, filled);
        if (k >= 0) filled = convert_fill_dynamic(p, in->types[k], filled);
        types_add(&types, filled);
    }
    TypeList fields = {0};
    for (uint32_t i = 0; i < out->n; i++) {
        TypeField field = {out->names[i], types_at(&types)[i], false};
        buf_bytes(&fields.memory, &field, sizeof field);
    }
    const Type *t = type_object(p, (const TypeField *)(const void *)fields.memory.p, out->n);
    buf_free(&fields.memory);
    buf_free(&types.memory);
    return t;
}

static const Type *fill_tuple(Process *p, const Type *in, const Type *out) {
    TypeList types = {0};
    for (uint32_t i = 0; i < out->n; i++)
        types_add(&types, in->kind == TYPE_TUPLE && i < in->n ? convert_fill_dynamic(p, in->types[i], out->types[i])
                                                              : out->types[i]);
    const Type *t = type_tuple(p, types_at(&types), types.n);
    buf_free(&types.memory);
    return t;
}

// The element type that `in` brings into a collection; NULL when it does not fit.
static const Type *element_of(Process *p, const Type *in, const Type *out) {
    bool map = out->kind == TYPE_MAP;
    if (map ? in->kind == TYPE_MAP : in->kind == TYPE_LIST || in->kind == TYPE_SET) return in->elem;
    if (in->kind == (map ? TYPE_OBJECT : TYPE_TUPLE)) {
        const Type *unified = in->n ? unify_types(p, in->types, in->n, true) : NULL;
        return unified ? unified : type_dynamic(p);
    }
    return NULL;
}

const Type *convert_fill_dynamic(Process *p, const Type *in, const Type *out) {
    if (in->kind == TYPE_DYNAMIC || !out->has_dynamic) return out;
    if (out->kind == TYPE_DYNAMIC) return in;
    if (out->kind == TYPE_OBJECT) return fill_object(p, in, out);
    if (out->kind == TYPE_TUPLE) return fill_tuple(p, in, out);
    const Type *elem = element_of(p, in, out);
    if (!elem) return out;
    elem = convert_fill_dynamic(p, elem, out->elem);
    if (out->kind == TYPE_LIST) return type_list(p, elem);
    return out->kind == TYPE_SET ? type_set(p, elem) : type_map(p, elem);
}

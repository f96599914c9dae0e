// Defaults of optional attributes, filled in before conversion. Fact source: hashicorp/hcl ext/typeexpr/defaults.go.
#include "engine/value/convert_type.h"

#include "engine/value/marks.h"
#include "engine/value/order.h"
#include "engine/value/type_table.h"

static bool says_something(const Defaults *d) { return d && (d->n > 0 || d->elem); }

static int32_t default_of(const Defaults *d, Name name) {
    for (uint32_t i = 0; i < d->n; i++)
        if (d->names[i] == name) return (int32_t)i;
    return -1;
}

// The defaults below a part, and the type they belong to.
static const Defaults *child_of(Value v, uint32_t i, const Type *want, const Defaults *d, const Type **type) {
    bool keyed = v.kind == TYPE_OBJECT || v.kind == TYPE_MAP;
    if (want->kind == TYPE_TUPLE && !keyed) {
        *type = i < want->n ? want->types[i] : want;
        return i < d->n && i < want->n && d->children ? d->children[i] : NULL;
    }
    if (want->kind == TYPE_OBJECT && keyed) {
        Str key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        int32_t at = shape_find(&(Shape){want->n, want->names}, key);
        int32_t k = at < 0 ? -1 : default_of(d, want->names[at]);
        *type = at < 0 ? want : want->types[at];
        return k < 0 || !d->children ? NULL : d->children[k];
    }
    *type = want->elem ? want->elem : want;
    return d->elem;
}

static bool same_payload(Value a, Value b) {
    return a.s == b.s && a.kind == b.kind && a.n == b.n && a.bits == b.bits && a.marks == b.marks;
}

// A collection of the parts when one type can be found, else NULL-like: false.
static bool collection_again(Arena *arena, Value like, Value *parts, MapItem *items, uint32_t n, Value *out) {
    Process *p = arena_process(arena);
    TypeList types = {0};
    for (uint32_t i = 0; i < n; i++) types_add(&types, value_type(p, items ? items[i].value : parts[i]));
    const Type *elem = unify_types(p, types_at(&types), types.n, true);
    buf_free(&types.memory);
    if (!elem) return false;
    for (uint32_t i = 0; i < n; i++) {
        Value *part = items ? &items[i].value : &parts[i];
        if (!convert_value(arena, *part, elem, part, NULL)) return false;
    }
    *out = like.kind == TYPE_LIST  ? value_list(arena, elem, parts, n)
           : like.kind == TYPE_SET ? value_set(arena, elem, parts, n)
                                   : value_map(arena, elem, items, n);
    return true;
}

static Value defaults_in_sequence(Arena *arena, Value v, const Type *want, const Defaults *d) {
    Value *parts = ARENA_ARRAY(arena, Value, v.n);
    bool changed = false;
    for (uint32_t i = 0; i < v.n; i++) {
        const Type *type;
        const Defaults *child = child_of(v, i, want, d, &type);
        Value from = value_part(v, i);
        parts[i] = child ? convert_defaults(arena, from, type, child) : from;
        changed = changed || !same_payload(parts[i], from);
    }
    if (!changed) return v;
    Value out;
    if (v.kind != TYPE_TUPLE && collection_again(arena, v, parts, NULL, v.n, &out)) return out;
    return value_tuple(arena, parts, v.n);
}

// An attribute that has a default which is not null is not null either, also while it is unknown.
static Value refine_not_null(Arena *arena, Value v) {
    if (!value_is_unknown(v) || v.kind == TYPE_DYNAMIC || v.unk->not_null) return v;
    Unknown refined = *v.unk;
    refined.not_null = true;
    return marks_add(arena_process(arena), value_refined(arena, &refined), v.marks);
}

static Value attribute_default(Arena *arena, Value now, bool present, const Type *type, const Defaults *d,
                               uint32_t k) {
    const Defaults *child = d->children ? d->children[k] : NULL;
    Value value = d->values[k];
    if (!present || value_is_null(now)) return child ? convert_defaults(arena, value, type, child) : value;
    bool not_null = value_is_known(value) ? !value_is_null(value) : value.kind != TYPE_DYNAMIC && value.unk->not_null;
    return not_null ? refine_not_null(arena, now) : now;
}

typedef struct Named {
    VEC(MapItem) list;
} Named;

static Value named_object(Arena *arena, const Named *named) {
    Process *p = arena_process(arena);
    Name *names = ARENA_ARRAY(arena, Name, named->list.n);
    Value *values = ARENA_ARRAY(arena, Value, named->list.n);
    for (uint32_t i = 0; i < named->list.n; i++) {
        names[i] = name_of(p, named->list.at[i].key);
        values[i] = named->list.at[i].value;
    }
    return value_object_of(arena, names, values, named->list.n);
}

static Value defaults_in_named(Arena *arena, Value v, const Type *want, const Defaults *d) {
    Named named = {0};
    bool changed = false;
    for (uint32_t i = 0; i < v.n; i++) {
        Str key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        const Type *type;
        const Defaults *child = child_of(v, i, want, d, &type);
        Value from = value_part(v, i), part = child ? convert_defaults(arena, from, type, child) : from;
        int32_t at = want->kind == TYPE_OBJECT ? shape_find(&(Shape){want->n, want->names}, key) : -1;
        int32_t k = at < 0 ? -1 : default_of(d, want->names[at]);
        if (k >= 0 && d->has_value[k]) part = attribute_default(arena, part, true, want->types[at], d, (uint32_t)k);
        changed = changed || !same_payload(part, from);
        MapItem item = {key, part};
        vec_push(arena, &named.list, item);
    }
    for (uint32_t k = 0; k < d->n && want->kind == TYPE_OBJECT; k++) {
        int32_t at = type_attr(want, d->names[k]);
        if (at < 0 || !d->has_value[k] || value_get_str(v, name_str(d->names[k]))) continue;
        MapItem item = {name_str(d->names[k]),
                        attribute_default(arena, value_bool(false), false, want->types[at], d, k)};
        vec_push(arena, &named.list, item);
        changed = true;
    }
    if (!changed) return v;
    Value out;
    if (v.kind == TYPE_MAP && collection_again(arena, v, NULL, named.list.at, named.list.n, &out)) return out;
    return named_object(arena, &named);
}

Value convert_defaults(Arena *arena, Value v, const Type *want, const Defaults *defaults) {
    if (!value_is_set(v) || !says_something(defaults)) return v;
    Marks marks = v.marks;
    Value plain = value_with_marks(v, 0), made = v;
    switch ((TypeKind)v.kind) {
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: made = defaults_in_sequence(arena, plain, want, defaults); break;
    case TYPE_MAP:
    case TYPE_OBJECT: made = defaults_in_named(arena, plain, want, defaults); break;
    default: return v;
    }
    return marks_add(arena_process(arena), made, marks);
}

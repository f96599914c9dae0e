// Looking into values, and copying them to a longer life.
#include "engine/value/type_table.h"

#include <assert.h>

static const Type *object_type(Process *p, Value v, bool tuple) {
    Buf memory = {0};
    const Type **types = (const Type **)(void *)buf_reserve(&memory, (v.n ? v.n : 1) * sizeof *types);
    const Value *at = tuple ? v.list->at : v.obj->at;
    for (uint32_t i = 0; i < v.n; i++) types[i] = value_type(p, at[i]);
    const Type *t = tuple ? type_tuple(p, types, v.n) : type_object_sorted(p, v.obj->shape->names, types, NULL, v.n);
    buf_free(&memory);
    return t;
}

const Type *value_type(Process *p, Value v) {
    if (value_is_null(v)) return v.type;
    if (value_is_unknown(v)) return v.unk->type;
    switch ((TypeKind)v.kind) {
    case TYPE_STRING: return type_string(p);
    case TYPE_NUMBER: return type_number(p);
    case TYPE_BOOL: return type_bool(p);
    case TYPE_LIST: return type_list(p, v.list->elem);
    case TYPE_SET: return type_set(p, v.list->elem);
    case TYPE_MAP: return type_map(p, v.map->elem);
    case TYPE_TUPLE:
    case TYPE_OBJECT: return object_type(p, v, v.kind == TYPE_TUPLE);
    case TYPE_DYNAMIC: break;
    }
    return type_dynamic(p);
}

bool value_has_type(Value v, const Type *t) {
    if (v.kind != t->kind) return false;
    if (value_is_null(v)) return v.type == t;
    if (value_is_unknown(v)) return v.unk->type == t;
    switch ((TypeKind)v.kind) {
    case TYPE_LIST:
    case TYPE_SET: return v.list->elem == t->elem;
    case TYPE_MAP: return v.map->elem == t->elem;
    case TYPE_OBJECT:
        if (v.n != t->n || t->has_optional) return false;
        if (v.n && memcmp(v.obj->shape->names, t->names, v.n * sizeof(Name)) != 0) return false;
        for (uint32_t i = 0; i < v.n; i++)
            if (!value_has_type(v.obj->at[i], t->types[i])) return false;
        return true;
    case TYPE_TUPLE:
        if (v.n != t->n) return false;
        for (uint32_t i = 0; i < v.n; i++)
            if (!value_has_type(v.list->at[i], t->types[i])) return false;
        return true;
    default: return true;
    }
}

const Num *value_number(Arena *arena, Value v) {
    assert(v.kind == TYPE_NUMBER && value_is_set(v));
    return v.bits & VALUE_BIG ? v.num : num_from_i64(arena, v.i, v.n);
}

bool value_to_i64(Value v, int64_t *out) {
    if (v.kind != TYPE_NUMBER || !value_is_set(v)) return false;
    if (v.bits & VALUE_BIG) return num_to_i64(v.num, out);
    *out = v.i;
    return true;
}

static const Value *map_get(Value v, Str key) {
    uint32_t low = 0, high = v.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(v.map->at[middle].key, key);
        if (order == 0) return &v.map->at[middle].value;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const Value *value_get(Value v, Name name) {
    if (!value_is_set(v)) return NULL;
    if (v.kind == TYPE_MAP) return map_get(v, name_str(name));
    if (v.kind != TYPE_OBJECT) return NULL;
    int32_t i = shape_index(v.obj->shape, name);
    return i < 0 ? NULL : &v.obj->at[i];
}

const Value *value_get_str(Value v, Str key) {
    if (!value_is_set(v)) return NULL;
    if (v.kind == TYPE_MAP) return map_get(v, key);
    if (v.kind != TYPE_OBJECT) return NULL;
    int32_t i = shape_find(v.obj->shape, key);
    return i < 0 ? NULL : &v.obj->at[i];
}

const Value *value_elements(Value v) {
    assert(value_is_set(v));
    if (v.kind == TYPE_OBJECT) return v.obj->at;
    assert(v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE);
    return v.list->at;
}

static const Unknown *unknown_copy(Arena *arena, const Unknown *from) {
    Unknown *own = ARENA_NEW(arena, Unknown);
    *own = *from;
    if (own->prefix.n) own->prefix = str_copy(arena, own->prefix);
    own->min = value_copy(arena, own->min);
    own->max = value_copy(arena, own->max);
    return own;
}

Value value_copy(Arena *arena, Value v) {
    Life life = arena_life(arena);
    if (value_life(v) <= life) return v;
    Value copy = v;
    copy.bits = (uint8_t)((v.bits & ((1u << VALUE_LIFE_SHIFT) - 1)) | (unsigned)life << VALUE_LIFE_SHIFT);
    if (value_is_unknown(v)) {
        copy.unk = unknown_copy(arena, v.unk);
        return copy;
    }
    switch ((TypeKind)v.kind) {
    case TYPE_NUMBER: copy.num = num_copy(arena, v.num); break;
    case TYPE_STRING: copy.s = str_copy(arena, value_str(v)).p; break;
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: {
        ListData *data = value_list_data(arena, v.list->elem, v.n);
        for (uint32_t i = 0; i < v.n; i++) data->at[i] = value_copy(arena, v.list->at[i]);
        copy.list = data;
        break;
    }
    case TYPE_MAP: {
        MapData *data = arena_alloc(arena, sizeof *data + v.n * sizeof data->at[0]);
        data->elem = v.map->elem;
        for (uint32_t i = 0; i < v.n; i++)
            data->at[i] =
                (MapItem){str_copy(arena, v.map->at[i].key), value_copy(arena, v.map->at[i].value)};
        copy.map = data;
        break;
    }
    case TYPE_OBJECT: {
        const Shape *shape = v.obj->shape;
        if (shape->n > SHAPE_INTERNED) shape = shape_of_sorted(arena, shape->names, shape->n);
        ObjectData *data = value_object_data(arena, shape);
        for (uint32_t i = 0; i < v.n; i++) data->at[i] = value_copy(arena, v.obj->at[i]);
        copy.obj = data;
        break;
    }
    case TYPE_DYNAMIC:
    case TYPE_BOOL: break;
    }
    return copy;
}

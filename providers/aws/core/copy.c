#include "providers/aws/core/copy.h"

typedef Value Each(Arena *arena, Value v);

static Value copy_parts(Arena *arena, Value v, Each *each) {
    if (v.kind == TYPE_MAP) {
        MapItem *at = ARENA_ARRAY(arena, MapItem, v.n + 1);
        for (uint32_t i = 0; i < v.n; i++)
            at[i] = (MapItem){str_copy(arena, v.map->at[i].key), each(arena, v.map->at[i].value)};
        return value_map(arena, v.map->elem, at, v.n);
    }
    if (v.kind == TYPE_OBJECT && v.n > SHAPE_INTERNED) {
        Value *at = ARENA_ARRAY(arena, Value, v.n + 1);
        for (uint32_t i = 0; i < v.n; i++) at[i] = each(arena, v.obj->at[i]);
        return value_object_of(arena, v.obj->shape->names, at, v.n);
    }
    if (v.kind == TYPE_OBJECT) {
        ObjectData *data = value_object_data(arena, v.obj->shape);
        for (uint32_t i = 0; i < v.n; i++) data->at[i] = each(arena, v.obj->at[i]);
        return value_finish_object(arena, data);
    }
    ListData *data = value_list_data(arena, v.list->elem, v.n);
    for (uint32_t i = 0; i < v.n; i++) data->at[i] = each(arena, v.list->at[i]);
    return value_finish_list(arena, (TypeKind)v.kind, data, v.n);
}

// Recursion is bounded by LIMIT_VALUE_DEPTH.
Value copy_value(Arena *arena, Value v) {
    if (!value_is_set(v) || v.kind == TYPE_BOOL) return v;
    if (v.kind == TYPE_STRING) return value_string_raw(arena, str_copy(arena, value_str(v)));
    if (v.kind == TYPE_NUMBER) return v.bits & VALUE_BIG ? value_num(arena, num_neg(arena, num_neg(arena, v.num))) : v;
    return copy_parts(arena, v, copy_value);
}

Value copy_known(Arena *arena, Value v) {
    if (value_is_whole(v)) return v;
    if (value_is_unknown(v)) return value_null(arena_process(arena), v.unk->type);
    return copy_parts(arena, v, copy_known);
}

Value copy_with(Arena *arena, Value object, Name name, Value v) {
    int32_t i = shape_index(object.obj->shape, name);
    if (i < 0) return object;
    ObjectData *data = value_object_data(arena, object.obj->shape);
    memcpy(data->at, object.obj->at, sizeof(Value) * object.n);
    data->at[i] = v;
    return value_finish_object(arena, data);
}

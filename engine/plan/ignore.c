// ignore_changes: the configuration with the named parts taken from the prior object.
#include "engine/plan/plan.h"

// v with what is at path (from step `at` on) replaced by what prior has there. A path that neither has is ignored; a
// map key that only one side has is added or removed.
static Value ignore_path(Arena *arena, Value v, Value prior, Path path, uint32_t at) {
    if (at == path.n) return prior;
    if (!value_is_set(v) || !value_is_set(prior)) return v.kind == TYPE_MAP || prior.kind == TYPE_MAP ? prior : v;
    const PathStep *step = &path.at[at];
    if (v.kind == TYPE_OBJECT && step->attr) {
        int32_t i = shape_index(v.obj->shape, step->attr);
        const Value *p = value_get(prior, step->attr);
        if (i < 0 || !p) return v;
        Value *fields = ARENA_ARRAY(arena, Value, v.n);
        memcpy(fields, v.obj->at, sizeof *fields * v.n);
        fields[i] = ignore_path(arena, fields[i], *p, path, at + 1);
        return value_with_marks(value_object(arena, v.obj->shape, fields), v.marks);
    }
    if (v.kind == TYPE_MAP && prior.kind == TYPE_MAP) {
        Str key = step->attr ? name_str(step->attr) : value_str(step->index);
        const Value *p = value_get_str(prior, key);
        MapItem *items = ARENA_ARRAY(arena, MapItem, v.n + 1);
        uint32_t n = 0;
        bool found = false;
        for (uint32_t i = 0; i < v.n; i++) {
            MapItem item = v.map->at[i];
            if (str_eq(item.key, key)) {
                if (!p) continue;
                item.value = ignore_path(arena, item.value, *p, path, at + 1);
                found = true;
            }
            items[n++] = item;
        }
        if (p && !found) items[n++] = (MapItem){key, *p};
        return value_with_marks(value_map(arena, v.map->elem, items, n), v.marks);
    }
    int64_t index;
    if ((v.kind == TYPE_LIST || v.kind == TYPE_TUPLE) && !step->attr && value_to_i64(step->index, &index)) {
        if (index < 0 || index >= (int64_t)v.n || index >= (int64_t)prior.n) return v;
        Value *items = ARENA_ARRAY(arena, Value, v.n);
        memcpy(items, value_elements(v), sizeof *items * v.n);
        items[index] = ignore_path(arena, items[index], value_elements(prior)[index], path, at + 1);
        v = v.kind == TYPE_TUPLE ? value_with_marks(value_tuple(arena, items, v.n), v.marks)
                                 : value_with_marks(value_list(arena, v.list->elem, items, v.n), v.marks);
    }
    return v;
}

Value ignore_apply(Arena *arena, const Lifecycle *lifecycle, const SchemaBlock *schema, Value prior, Value config) {
    if (lifecycle->ignore == IGNORE_NONE || value_is_null(prior)) return config;
    if (lifecycle->ignore == IGNORE_ALL) {
        // Computed values stay out of what is called configuration: the provider would take them for configured.
        ObjectData *out = value_object_data(arena, schema->shape);
        for (uint32_t i = 0; i < schema->attr_count; i++) {
            const SchemaAttr *a = &schema->attrs[i];
            Value c = config.obj->at[a->field];
            bool computed_only = (a->flags & ATTR_COMPUTED) && !(a->flags & (ATTR_OPTIONAL | ATTR_REQUIRED));
            out->at[a->field] = computed_only ? c : prior.obj->at[a->field];
        }
        for (uint32_t i = 0; i < schema->block_count; i++)
            out->at[schema->blocks[i].field] = prior.obj->at[schema->blocks[i].field];
        return value_finish_object(arena, out);
    }
    for (uint32_t i = 0; i < lifecycle->ignore_paths.list.n; i++)
        config = ignore_path(arena, config, prior, lifecycle->ignore_paths.list.at[i], 0);
    return config;
}

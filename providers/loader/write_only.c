// Write-only attributes reach a provider in the configuration alone; nothing that comes back holds them.
#include "providers/loader/running.h"

static Value strip_nested(Arena *arena, const SchemaBlock *block, Value v) {
    if (!block->has_write_only || !value_is_set(v)) return v;
    if (v.kind == TYPE_OBJECT && v.obj->shape == block->shape) return write_only_strip(arena, block, v);
    Value *parts = ARENA_ARRAY(arena, Value, value_parts(v));
    for (uint32_t i = 0; i < value_parts(v); i++) parts[i] = strip_nested(arena, block, value_part(v, i));
    return value_with_parts(arena, v, parts);
}

// Recursion is over the schema's nesting.
Value write_only_strip(Arena *arena, const SchemaBlock *block, Value v) {
    if (!block->has_write_only || !value_is_set(v) || v.kind != TYPE_OBJECT || v.obj->shape != block->shape) return v;
    ObjectData *data = value_object_data(arena, v.obj->shape);
    memcpy(data->at, v.obj->at, v.n * sizeof(Value));
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        Value *at = &data->at[attr->field];
        if (attr->flags & ATTR_WRITE_ONLY)
            *at = value_null(arena_process(arena), attr->type);
        else if (attr->nested)
            *at = strip_nested(arena, attr->nested, *at);
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *nested = &block->blocks[i];
        data->at[nested->field] = strip_nested(arena, nested->block, data->at[nested->field]);
    }
    return value_with_marks(value_finish_object(arena, data), v.marks);
}

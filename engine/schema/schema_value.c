// What a schema says about the values inside: sensitive paths, and the shape that foreign values are brought to.
#include "engine/schema/schema.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

static void collect(Arena *arena, const SchemaBlock *block, Value v, Path path, PathMarksList *out);

// Each object under v, which is one object or a collection of them.
static void collect_each(Arena *arena, const SchemaBlock *block, Value v, Path path, PathMarksList *out) {
    if (!value_is_set(v)) return;
    if (v.kind == TYPE_MAP) {
        for (uint32_t i = 0; i < v.n; i++) {
            Value key = value_string(arena, v.map->at[i].key);
            collect(arena, block, v.map->at[i].value, path_index(arena, path, key), out);
        }
        return;
    }
    const Value *at = value_elements(v);
    for (uint32_t i = 0; i < v.n; i++) {
        Value key = v.kind == TYPE_SET ? at[i] : value_int_prec(i, NUM_PRECISION_COUNT);
        collect(arena, block, at[i], path_index(arena, path, key), out);
    }
}

static void collect_nested(Arena *arena, const SchemaBlock *block, Nesting nesting, Value v, Path path,
                           PathMarksList *out) {
    bool tuple_map = nesting == NEST_MAP && v.kind == TYPE_OBJECT;
    if (nesting == NEST_SINGLE || nesting == NEST_GROUP) {
        collect(arena, block, v, path, out);
    } else if (tuple_map && value_is_set(v)) {
        const Value *at = value_elements(v);
        for (uint32_t i = 0; i < v.n; i++)
            collect(arena, block, at[i], path_attr(arena, path, v.obj->shape->names[i]), out);
    } else {
        collect_each(arena, block, v, path, out);
    }
}

// Recursion is over the schema's nesting, which its author bounds.
static void collect(Arena *arena, const SchemaBlock *block, Value v, Path path, PathMarksList *out) {
    if (!value_is_set(v) || !block->has_sensitive || v.kind != TYPE_OBJECT) return;
    const Value *at = value_elements(v);
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        if (attr->flags & ATTR_SENSITIVE) {
            PathMarks marks = {path_attr(arena, path, attr->name), MARK_SENSITIVE};
            vec_push(arena, &out->list, marks);
        } else if (attr->nested && attr->nested->has_sensitive) {
            collect_nested(arena, attr->nested, attr->nesting, at[attr->field], path_attr(arena, path, attr->name),
                           out);
        }
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *nested = &block->blocks[i];
        if (nested->block->has_sensitive)
            collect_nested(arena, nested->block, nested->nesting, at[nested->field],
                           path_attr(arena, path, nested->name), out);
    }
}

void schema_sensitive_paths(Arena *arena, const SchemaBlock *block, Value v, PathMarksList *out) {
    collect(arena, block, v, (Path){NULL, 0}, out);
}

Value schema_mark(Arena *arena, const SchemaBlock *block, Value v) {
    if (!block->has_sensitive || !value_is_set(v)) return v;
    PathMarksList paths = {{NULL, 0, 0}};
    schema_sensitive_paths(arena, block, v, &paths);
    return marks_apply(arena, v, &paths);
}

static bool conform(Arena *arena, const SchemaBlock *block, Value v, Path path, Value *out, Str *error);

static bool refuse(Arena *arena, Path path, const char *what, Str *error) {
    Buf b = buf_in(arena);
    path_print(path, &b);
    if (error) *error = str_format(arena, "%.*s: %s", (int)b.n, b.p ? b.p : "", what);
    return false;
}

static bool conform_attr(Arena *arena, const SchemaAttr *attr, Value v, Path path, Value *out, Str *error) {
    ConvertError why;
    if (convert_value(arena, v, schema_attr_constraint(arena_process(arena), attr), out, &why)) return true;
    Buf b = buf_in(arena);
    path_print(path, &b);
    path_print(why.path, &b);
    if (error) *error = str_format(arena, "%.*s: %.*s", (int)b.n, b.p, STR_ARG(why.message));
    return false;
}

// A map or object of blocks by key.
static bool conform_map(Arena *arena, const SchemaNested *nested, Value v, Path path, Value *out, Str *error) {
    MapItem *items = ARENA_ARRAY(arena, MapItem, v.n);
    Name *names = ARENA_ARRAY(arena, Name, v.n);
    Value *values = ARENA_ARRAY(arena, Value, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        Str key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        Value element = v.kind == TYPE_MAP ? v.map->at[i].value : v.obj->at[i];
        names[i] = name_of(arena_process(arena), key);
        if (!conform(arena, nested->block, element, path_attr(arena, path, names[i]), &values[i], error)) return false;
        items[i] = (MapItem){key, values[i]};
    }
    bool tuple = nested->block->type->has_dynamic;
    *out = tuple ? value_object_of(arena, names, values, v.n) : value_map(arena, nested->block->type, items, v.n);
    return true;
}

static bool conform_nested(Arena *arena, const SchemaNested *nested, Value v, Path path, Value *out, Str *error) {
    if (value_is_unknown(v)) {
        *out = v;
        return true;
    }
    if (value_is_null(v)) {
        *out = schema_absent(arena, nested);
        return true;
    }
    if (nested->nesting == NEST_SINGLE || nested->nesting == NEST_GROUP)
        return conform(arena, nested->block, v, path, out, error);
    if (nested->nesting == NEST_MAP) {
        if (v.kind != TYPE_MAP && v.kind != TYPE_OBJECT) return refuse(arena, path, "a map is required", error);
        return conform_map(arena, nested, v, path, out, error);
    }
    if (v.kind != TYPE_LIST && v.kind != TYPE_SET && v.kind != TYPE_TUPLE)
        return refuse(arena, path, "a list is required", error);
    const Value *from = value_elements(v);
    Value *at = ARENA_ARRAY(arena, Value, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        Path inner = path_index(arena, path, value_int_prec(i, NUM_PRECISION_COUNT));
        if (!conform(arena, nested->block, from[i], inner, &at[i], error)) return false;
    }
    const Type *type = nested->block->type;
    if (nested->nesting == NEST_SET)
        *out = value_set(arena, type, at, v.n);
    else
        *out = type->has_dynamic ? value_tuple(arena, at, v.n) : value_list(arena, type, at, v.n);
    return true;
}

static bool conform(Arena *arena, const SchemaBlock *block, Value v, Path path, Value *out, Str *error) {
    if (value_is_unknown(v) || value_is_null(v)) {
        *out = value_is_null(v) ? value_null(arena_process(arena), block->type)
                                : value_unknown(arena_process(arena), block->type);
        *out = value_with_marks(*out, v.marks);
        return true;
    }
    if (v.kind != TYPE_OBJECT) return refuse(arena, path, "an object is required", error);
    for (uint32_t i = 0; v.obj->shape != block->shape && i < v.n; i++) {
        Name name = v.obj->shape->names[i];
        if (!schema_attr(block, name) && !schema_nested(block, name))
            return refuse(arena, path_attr(arena, path, name), "an attribute that is not in the schema", error);
    }
    ObjectData *o = value_object_data(arena, block->shape);
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        const Value *have = value_get(v, attr->name);
        o->at[attr->field] = value_null(arena_process(arena), attr->type);
        if (have && !conform_attr(arena, attr, *have, path_attr(arena, path, attr->name), &o->at[attr->field], error))
            return false;
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *nested = &block->blocks[i];
        const Value *have = value_get(v, nested->name);
        o->at[nested->field] = schema_absent(arena, nested);
        Path inner = path_attr(arena, path, nested->name);
        if (have && !conform_nested(arena, nested, *have, inner, &o->at[nested->field], error)) return false;
    }
    *out = value_with_marks(value_finish_object(arena, o), v.marks);
    return true;
}

bool schema_conform(Arena *arena, const SchemaBlock *block, Value v, Value *out, Str *error) {
    return conform(arena, block, v, (Path){NULL, 0}, out, error);
}

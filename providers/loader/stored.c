// Stored objects by the schema. The fast way needs exactly the schema's attributes; the other walks the document.
#include "engine/value/json.h"
#include "providers/loader/plugins.h"

static bool stored_block(Arena *arena, JsonReader *r, const SchemaBlock *block, Value *out, Str *error);

static bool stored_error(Arena *arena, Name name, const char *why, Str *error) {
    *error = str_format(arena, "attribute \"%s\": %s", name ? name->text : "", why ? why : "malformed JSON");
    return false;
}

// Blocks in an array (list, set) or an object (map), as written.
static bool stored_blocks(Arena *arena, JsonReader *r, const SchemaNested *nested, Value *out, Str *error) {
    bool map = nested->nesting == NEST_MAP;
    JsonToken open = json_next(r);
    if (open == JSON_NULL) return true;
    if (open != (map ? JSON_OBJECT_OPEN : JSON_ARRAY_OPEN))
        return stored_error(arena, nested->name, "blocks are expected", error);
    VEC(Value) values = {NULL, 0, 0};
    VEC(Name) names = {NULL, 0, 0};
    while (json_more(r)) {
        if (map && json_next(r) != JSON_KEY) return stored_error(arena, nested->name, r->error, error);
        if (map) vec_push(arena, &names, name_of(arena_process(arena), r->string));
        Value v;
        if (!stored_block(arena, r, nested->block, &v, error)) return false;
        vec_push(arena, &values, v);
    }
    if (json_next(r) == JSON_ERROR) return stored_error(arena, nested->name, r->error, error);
    *out = map ? value_object_of(arena, names.at, values.at, values.n) : value_tuple(arena, values.at, values.n);
    return true;
}

static bool stored_member(Arena *arena, JsonReader *r, const SchemaBlock *block, Name name, ObjectData *data,
                          Str *error) {
    const SchemaAttr *attr = name ? schema_attr(block, name) : NULL;
    const SchemaNested *nested = name && !attr ? schema_nested(block, name) : NULL;
    Str raw;
    if (attr) {
        JsonError why = {NULL, {NULL, 0}, 0};
        return json_read_value(arena, r, attr->type, JSON_WRAPPED_DYNAMIC, &data->at[attr->field], &why) ||
               stored_error(arena, name, why.message, error);
    }
    if (!nested) return json_skip(r, &raw) || stored_error(arena, name, r->error, error);
    Value *at = &data->at[nested->field];
    // A block type that holds "any" is stored with its type.
    if (block->type->types[nested->field]->has_dynamic) {
        JsonError why = {NULL, {NULL, 0}, 0};
        return json_read_value(arena, r, block->type->types[nested->field], JSON_WRAPPED_DYNAMIC, at, &why) ||
               stored_error(arena, name, why.message, error);
    }
    if (nested->nesting <= NEST_GROUP) return stored_block(arena, r, nested->block, at, error);
    return stored_blocks(arena, r, nested, at, error);
}

// Recursion is over the schema's nesting.
static bool stored_block(Arena *arena, JsonReader *r, const SchemaBlock *block, Value *out, Str *error) {
    Process *p = arena_process(arena);
    JsonToken open = json_next(r);
    *out = value_null(p, block->type);
    if (open == JSON_NULL) return true;
    if (open != JSON_OBJECT_OPEN) return stored_error(arena, NULL, "an object is expected", error);
    ObjectData *data = value_object_data(arena, block->shape);
    for (uint32_t i = 0; i < block->shape->n; i++) data->at[i] = value_null(p, block->type->types[i]);
    while (json_more(r)) {
        if (json_next(r) != JSON_KEY) return stored_error(arena, NULL, r->error, error);
        if (!stored_member(arena, r, block, name_find(p, r->string), data, error)) return false;
    }
    if (json_next(r) == JSON_ERROR) return stored_error(arena, NULL, r->error, error);
    *out = value_finish_object(arena, data);
    return true;
}

bool stored_read(Arena *arena, const SchemaBlock *block, Str json, Value *out, Str *error) {
    JsonReader r = json_reader(arena, json);
    ArenaMark mark = arena_mark(arena);
    if (json_read_value(arena, &r, block->type, JSON_WRAPPED_DYNAMIC, out, NULL)) return true;
    arena_release(arena, mark);
    r = json_reader(arena, json);
    Value loose;
    return stored_block(arena, &r, block, &loose, error) && schema_conform(arena, block, loose, out, error);
}

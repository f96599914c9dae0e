// Stored objects read by a schema with every kind of attribute and block.
#include "engine/value/marks.h"
#include "providers/loader/plugins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const SchemaBlock *fuzz_schema(Process *p) {
    SchemaBuilder inner = schema_builder(p);
    schema_add(&inner, "n", type_number(p), ATTR_OPTIONAL);
    const SchemaBlock *block = schema_finish(&inner);
    SchemaBuilder any = schema_builder(p);
    schema_add(&any, "a", type_dynamic(p), ATTR_OPTIONAL);
    const SchemaBlock *any_block = schema_finish(&any);
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "s", type_string(p), ATTR_OPTIONAL);
    schema_add(&b, "l", type_list(p, type_bool(p)), ATTR_OPTIONAL);
    schema_add(&b, "any", type_dynamic(p), ATTR_OPTIONAL);
    SchemaAttr *nested = schema_add(&b, "o", NULL, ATTR_OPTIONAL);
    nested->nested = block;
    nested->nesting = NEST_MAP;
    static const char *const names[] = {"one", "group", "list", "set", "map"};
    for (int i = NEST_SINGLE; i <= NEST_MAP; i++) schema_add_block(&b, names[i], (Nesting)i, block, 0, 0);
    schema_add_block(&b, "anys", NEST_LIST, any_block, 0, 0);
    return schema_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_OP, "fuzz");
    const SchemaBlock *block = fuzz_schema(process);
    Value v;
    Str error = STR_NONE;
    if (stored_read(arena, block, str_make((const char *)data, size), &v, &error) && value_is_set(v))
        // What was read has exactly the schema's shape.
        if (v.kind != TYPE_OBJECT || v.obj->shape != block->shape) __builtin_trap();
    arena_free(arena);
    process_free(process);
    return 0;
}

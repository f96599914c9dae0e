// Bytes as a block's body, compiled against a schema with every nesting and evaluated with unknown names: neither may
// crash, and the object has the schema's type.
#include <assert.h>

#include "engine/eval/func.h"
#include "engine/schema/decode.h"
#include "engine/value/marks.h"
#include "grammar/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool bind(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags) {
    (void)binder;
    (void)traversal;
    (void)diags;
    *out = (Bound){0, 0, USES_SLOTS};
    return true;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    (void)index;
    (void)diags;
    Process *p = arena_process(scope->arena);
    *out = value_unknown(p, ref->n % 2 ? type_list(p, type_string(p)) : type_dynamic(p));
    *used = ref->n;
    return true;
}

static const SchemaBlock *nested_schema(Process *p) {
    SchemaBuilder inner = schema_builder(p), b = schema_builder(p);
    schema_add(&inner, "v", type_string(p), ATTR_REQUIRED);
    const SchemaBlock *leaf = schema_finish(&inner);
    TypeField field = {name_of(p, STR("from")), type_number(p), false};
    schema_add(&b, "a", type_string(p), ATTR_OPTIONAL);
    schema_add(&b, "n", type_number(p), ATTR_OPTIONAL | ATTR_COMPUTED);
    schema_add(&b, "m", type_map(p, type_bool(p)), ATTR_OPTIONAL);
    schema_add(&b, "d", type_dynamic(p), ATTR_OPTIONAL);
    schema_add(&b, "p", type_list(p, type_object(p, &field, 1)), ATTR_OPTIONAL | ATTR_AS_BLOCK);
    schema_add_block(&b, "l", NEST_LIST, leaf, 0, 3);
    schema_add_block(&b, "s", NEST_SET, leaf, 0, 0);
    schema_add_block(&b, "k", NEST_MAP, leaf, 0, 0);
    schema_add_block(&b, "o", NEST_SINGLE, leaf, 0, 1);
    schema_add_block(&b, "g", NEST_GROUP, leaf, 0, 1);
    return schema_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *p = process_new();
    type_init(p);
    marks_init(p);
    Arena *arena = arena_new(p, LIFE_CONFIG, "fuzz");
    Diags diags = diags_in(arena);
    const SchemaBlock *schema = nested_schema(p);
    const SourceFile *file = source_add(p, STR("fuzz"), str_make((const char *)data, size));
    AstBody *ast;
    static const FuncTable none = {NULL, 0};
    Binder binder = {.bind = bind, .functions = &none};
    FuncContext funcs = {.process = p, .arena = arena, .functions = &none};
    Scope scope = {.load = load, .arena = arena, .funcs = &funcs};
    parse_body(arena, file, &ast, &diags);
    CodeSession session = session_start(arena, &binder, &diags);
    const BodyCode *code = decode_compile(&session, body_native(arena, p, ast), schema, NULL);
    Value v = decode_eval(code, &scope, &diags);
    assert(v.kind == TYPE_OBJECT && v.n == schema->shape->n);
    const Ref *const *refs;
    decode_refs(arena, code, &refs);
    arena_free(arena);
    process_free(p);
    return 0;
}

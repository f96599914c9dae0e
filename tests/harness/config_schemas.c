#include "tests/harness/config_schemas.h"

typedef struct TestSchemas {
    Schema thing, plain, data, provider;
} TestSchemas;

static const SchemaBlock *one_attr(Process *p, const char *name, const Type *type, uint8_t flags) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, name, type, flags);
    return schema_finish(&b);
}

static const SchemaBlock *rule_block(Process *p) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "port", type_number(p), ATTR_REQUIRED);
    schema_add(&b, "cidrs", type_set(p, type_string(p)), ATTR_OPTIONAL);
    schema_add_block(&b, "inner", NEST_LIST, one_attr(p, "v", type_string(p), ATTR_OPTIONAL), 0, 0);
    return schema_finish(&b);
}

static const Type *ports_type(Process *p) {
    TypeField fields[] = {{name_of(p, STR("from")), type_number(p), false},
                          {name_of(p, STR("names")), type_list(p, type_string(p)), false}};
    return type_set(p, type_object(p, fields, 2));
}

static const SchemaBlock *thing_block(Process *p, bool needs_must) {
    const SchemaBlock *v = one_attr(p, "v", type_string(p), ATTR_OPTIONAL);
    SchemaBuilder inner = schema_builder(p), b = schema_builder(p);
    schema_add(&inner, "a", type_string(p), ATTR_REQUIRED);
    schema_add(&inner, "b", type_number(p), ATTR_OPTIONAL);
    schema_add(&b, "id", type_string(p), ATTR_COMPUTED);
    schema_add(&b, "name", type_string(p), ATTR_REQUIRED);
    schema_add(&b, "size", type_number(p), ATTR_OPTIONAL | ATTR_COMPUTED);
    schema_add(&b, "flag", type_bool(p), ATTR_OPTIONAL);
    schema_add(&b, "secret", type_string(p), ATTR_OPTIONAL | ATTR_SENSITIVE);
    schema_add(&b, "tags", type_map(p, type_string(p)), ATTR_OPTIONAL);
    schema_add(&b, "list", type_list(p, type_string(p)), ATTR_OPTIONAL);
    schema_add(&b, "any", type_dynamic(p), ATTR_OPTIONAL);
    schema_add(&b, "old", type_string(p), ATTR_OPTIONAL)->deprecated = STR("use name instead.");
    schema_add(&b, "ports", ports_type(p), ATTR_OPTIONAL | ATTR_AS_BLOCK);
    SchemaAttr *nested = schema_add(&b, "nested", NULL, ATTR_OPTIONAL);
    nested->nested = schema_finish(&inner);
    nested->nesting = NEST_LIST;
    schema_add_block(&b, "rule", NEST_LIST, rule_block(p), 0, 0);
    schema_add_block(&b, "single", NEST_SINGLE, v, 0, 1);
    schema_add_block(&b, "group", NEST_GROUP, v, 0, 1);
    schema_add_block(&b, "entry", NEST_MAP, v, 0, 0);
    schema_add_block(&b, "item", NEST_SET, v, 0, 3);
    if (needs_must) schema_add_block(&b, "must", NEST_LIST, v, 1, 1);
    return schema_finish(&b);
}

static const SchemaBlock *plain_block(Process *p) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "id", type_string(p), ATTR_COMPUTED);
    schema_add(&b, "value", type_string(p), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static const SchemaBlock *data_block(Process *p) {
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "id", type_string(p), ATTR_COMPUTED);
    schema_add(&b, "input", type_dynamic(p), ATTR_OPTIONAL);
    schema_add(&b, "output", type_dynamic(p), ATTR_COMPUTED);
    schema_add(&b, "triggers_replace", type_dynamic(p), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static const Schema *find_resource(SchemaSource *s, Str provider, ResourceMode mode, Name type, Span span,
                                   Diags *diags) {
    TestSchemas *t = s->ctx;
    Str name = name_str(type);
    if (str_eqz(name, "test_plain")) return &t->plain;
    if (mode == MODE_MANAGED && str_eqz(name, "test_thing")) return &t->thing;
    if (mode == MODE_MANAGED && str_eqz(name, "terraform_data")) return &t->data;
    diag_error(diags, "invalid_type", span, "Invalid resource type", "The provider %.*s has no type \"%s\".",
               STR_ARG(provider), type->text);
    return NULL;
}

static const Schema *find_provider(SchemaSource *s, Str provider, Span span, Diags *diags) {
    TestSchemas *t = s->ctx;
    (void)provider;
    (void)span;
    (void)diags;
    return &t->provider;
}

SchemaSource config_schemas(Process *process) {
    TestSchemas *t = ARENA_NEW(process->arena, TestSchemas);
    t->thing.block = thing_block(process, true);
    t->plain.block = plain_block(process);
    t->data.block = data_block(process);
    t->provider.block = one_attr(process, "region", type_string(process), ATTR_OPTIONAL);
    return (SchemaSource){find_resource, find_provider, t};
}

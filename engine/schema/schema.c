#include "engine/schema/schema.h"

#include <assert.h>
#include <stdlib.h>

const SchemaAttr *schema_attr(const SchemaBlock *block, Name name) {
    for (uint32_t i = 0; i < block->attr_count; i++)
        if (block->attrs[i].name == name) return &block->attrs[i];
    return NULL;
}

const SchemaNested *schema_nested(const SchemaBlock *block, Name name) {
    for (uint32_t i = 0; i < block->block_count; i++)
        if (block->blocks[i].name == name) return &block->blocks[i];
    return NULL;
}

SchemaBuilder schema_builder(Process *process) {
    SchemaBuilder b = {.process = process};
    return b;
}

SchemaAttr *schema_add(SchemaBuilder *b, const char *name, const Type *type, uint8_t flags) {
    SchemaAttr *attr = vec_add(b->process->arena, &b->attrs);
    attr->name = name_of(b->process, str_of(name));
    attr->type = type;
    attr->flags = flags;
    return attr;
}

SchemaNested *schema_add_block(SchemaBuilder *b, const char *name, Nesting nesting, const SchemaBlock *block,
                               uint32_t min, uint32_t max) {
    SchemaNested *nested = vec_add(b->process->arena, &b->blocks);
    nested->name = name_of(b->process, str_of(name));
    nested->nesting = nesting;
    nested->block = block;
    nested->min = min;
    nested->max = max;
    return nested;
}

static const Type *nesting_type(Process *p, const Type *object, Nesting nesting, bool structured) {
    switch (nesting) {
    case NEST_LIST: return object->has_dynamic && !structured ? type_dynamic(p) : type_list(p, object);
    case NEST_SET: return type_set(p, object);
    case NEST_MAP: return object->has_dynamic && !structured ? type_dynamic(p) : type_map(p, object);
    default: return object;
    }
}

const Type *schema_nested_type(Process *process, const SchemaBlock *nested, Nesting nesting) {
    return nesting_type(process, nested->type, nesting, true);
}

const Type *schema_attr_constraint(Process *process, const SchemaAttr *attr) {
    if (!attr->nested) return attr->type;
    const SchemaBlock *block = attr->nested;
    TypeField *fields = calloc(block->attr_count ? block->attr_count : 1, sizeof *fields);
    if (!fields) abort();
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        fields[i] = (TypeField){a->name, schema_attr_constraint(process, a), !(a->flags & ATTR_REQUIRED)};
    }
    const Type *object = type_object(process, fields, block->attr_count);
    free(fields);
    return nesting_type(process, object, attr->nesting, true);
}

// The content of the block form of an attribute: every attribute of the element's object may be given.
static const SchemaBlock *block_of_type(Process *process, const Type *type) {
    if ((type->kind != TYPE_LIST && type->kind != TYPE_SET) || type->elem->kind != TYPE_OBJECT) return NULL;
    SchemaBuilder b = schema_builder(process);
    for (uint32_t i = 0; i < type->elem->n; i++) {
        const Type *inner = type->elem->types[i];
        bool blocks = (inner->kind == TYPE_LIST || inner->kind == TYPE_SET) && inner->elem->kind == TYPE_OBJECT;
        schema_add(&b, type->elem->names[i]->text, inner, (uint8_t)(ATTR_OPTIONAL | (blocks ? ATTR_AS_BLOCK : 0)));
    }
    return schema_finish(&b);
}

static int attr_order(const void *a, const void *b) {
    return str_cmp(name_str(((const SchemaAttr *)a)->name), name_str(((const SchemaAttr *)b)->name));
}

static int nested_order(const void *a, const void *b) {
    return str_cmp(name_str(((const SchemaNested *)a)->name), name_str(((const SchemaNested *)b)->name));
}

static void finish_attr(Process *p, SchemaAttr *attr, SchemaBlock *block) {
    if (attr->nested) {
        attr->type = schema_nested_type(p, attr->nested, attr->nesting);
        block->has_sensitive |= attr->nested->has_sensitive;
        block->has_write_only |= attr->nested->has_write_only;
    }
    if (attr->flags & ATTR_AS_BLOCK) attr->as_block = block_of_type(p, attr->type);
    block->has_sensitive |= (attr->flags & ATTR_SENSITIVE) != 0;
    block->has_write_only |= (attr->flags & ATTR_WRITE_ONLY) != 0;
}

const SchemaBlock *schema_finish(SchemaBuilder *b) {
    Process *p = b->process;
    SchemaBlock *block = ARENA_NEW(p->arena, SchemaBlock);
    uint32_t n = b->attrs.n + b->blocks.n;
    if (b->attrs.n) qsort(b->attrs.at, b->attrs.n, sizeof *b->attrs.at, attr_order);
    if (b->blocks.n) qsort(b->blocks.at, b->blocks.n, sizeof *b->blocks.at, nested_order);
    TypeField *fields = calloc(n ? n : 1, sizeof *fields);
    Name *names = calloc(n ? n : 1, sizeof *names);
    if (!fields || !names) abort();
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->attrs.n; i++, at++) {
        finish_attr(p, &b->attrs.at[i], block);
        fields[at] = (TypeField){b->attrs.at[i].name, b->attrs.at[i].type, false};
        names[at] = fields[at].name;
    }
    for (uint32_t i = 0; i < b->blocks.n; i++, at++) {
        const SchemaNested *nested = &b->blocks.at[i];
        fields[at] = (TypeField){nested->name, nesting_type(p, nested->block->type, nested->nesting, false), false};
        names[at] = fields[at].name;
        block->has_sensitive |= nested->block->has_sensitive;
        block->has_write_only |= nested->block->has_write_only;
    }
    block->shape = shape_of(p->arena, names, n);
    block->type = type_object(p, fields, n);
    for (uint32_t i = 0; i < b->attrs.n; i++) {
        int32_t field = shape_index(block->shape, b->attrs.at[i].name);
        assert(field >= 0);
        b->attrs.at[i].field = (uint32_t)field;
    }
    for (uint32_t i = 0; i < b->blocks.n; i++) {
        int32_t field = shape_index(block->shape, b->blocks.at[i].name);
        assert(field >= 0);
        b->blocks.at[i].field = (uint32_t)field;
    }
    assert(block->shape->n == n && "an attribute or block name was added twice");
    block->attrs = b->attrs.at;
    block->attr_count = b->attrs.n;
    block->blocks = b->blocks.at;
    block->block_count = b->blocks.n;
    Value *absent = ARENA_ARRAY(p->arena, Value, n);
    for (uint32_t i = 0; i < b->attrs.n; i++) absent[b->attrs.at[i].field] = value_null(p, b->attrs.at[i].type);
    for (uint32_t i = 0; i < b->blocks.n; i++)
        absent[b->blocks.at[i].field] = schema_absent(p->arena, &b->blocks.at[i]);
    block->absent = absent;
    free(fields);
    free(names);
    return block;
}

Value schema_absent(Arena *arena, const SchemaNested *nested) {
    const Type *type = nested->block->type;
    switch (nested->nesting) {
    case NEST_SINGLE: return value_null(arena_process(arena), type);
    case NEST_GROUP: return schema_empty(arena, nested->block);
    case NEST_LIST: return type->has_dynamic ? value_tuple(arena, NULL, 0) : value_list(arena, type, NULL, 0);
    case NEST_SET: return value_set(arena, type, NULL, 0);
    case NEST_MAP: return type->has_dynamic ? value_object_of(arena, NULL, NULL, 0) : value_map(arena, type, NULL, 0);
    }
    abort();
}

Value schema_empty(Arena *arena, const SchemaBlock *block) { return value_object(arena, block->shape, block->absent); }

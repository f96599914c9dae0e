#include "providers/aws/core/attr.h"

#include <stdlib.h>

Attr *attrs_find(const Attrs *attrs, Name name) {
    int32_t i = attrs->shape ? shape_index(attrs->shape, name) : -1;
    return i < 0 ? NULL : &attrs->at[i];
}

static int by_name(const void *a, const void *b) {
    return str_cmp(name_str(((const Attr *)a)->name), name_str(((const Attr *)b)->name));
}

void attrs_finish(Arena *arena, Attrs *attrs) {
    Process *p = arena_process(arena);
    if (attrs->n) qsort(attrs->at, attrs->n, sizeof *attrs->at, by_name);
    TypeField *fields = ARENA_ARRAY(arena, TypeField, attrs->n + 1);
    for (uint32_t i = 0; i < attrs->n; i++) fields[i] = (TypeField){attrs->at[i].name, attrs->at[i].type, false};
    attrs->type = type_object(p, fields, attrs->n);
    attrs->shape = shape_of_type(p, attrs->type);
}

static bool is_objects(const Type *t) {
    return (t->kind == TYPE_LIST || t->kind == TYPE_SET) && t->elem->kind == TYPE_OBJECT;
}

static void add_attr(Arena *arena, const Attr *a, InfraAttr *out) {
    Buf json = buf_in(arena);
    type_to_json(a->type, &json);
    bool settable = a->flags & (INFRA_REQUIRED | INFRA_OPTIONAL);
    bool plain = settable && !(a->flags & INFRA_COMPUTED) && !(a->flags & INFRA_REQUIRED) && !a->nullable;
    *out = (InfraAttr){.name = a->name->text, .type = json.p, .flags = a->flags, .deprecated = a->deprecated};
    if (settable && is_objects(a->type)) out->flags |= INFRA_AS_BLOCK;
    if (plain) out->flags |= INFRA_ZERO_IS_NULL;
}

// Recursion is over the schema's nesting.
const InfraBlock *attrs_block(Arena *arena, Attrs *attrs) {
    if (attrs->block) return attrs->block;
    InfraBlock *block = ARENA_NEW(arena, InfraBlock);
    InfraAttr *own = ARENA_ARRAY(arena, InfraAttr, attrs->n + 1);
    InfraNested *nested = ARENA_ARRAY(arena, InfraNested, attrs->n + 1);
    block->attrs = own;
    block->blocks = nested;
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        if (!a->block) {
            add_attr(arena, a, &own[block->attr_count++]);
            continue;
        }
        nested[block->block_count++] = (InfraNested){.name = a->name->text,
                                                     .nesting = (InfraNesting)a->nesting,
                                                     .min = a->min,
                                                     .max = a->max,
                                                     .block = attrs_block(arena, a->inside),
                                                     .deprecated = a->deprecated};
    }
    return attrs->block = block;
}

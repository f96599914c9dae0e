// Hash-consed types. Lists, sets and maps hang off their element's node; only tuples and objects need the table.
#include "engine/value/type_table.h"

#include "engine/value/order.h"

#include <assert.h>

static void type_node_init(TypeNode *node) {
    node->plain.type = &node->type;
    node->plain.max_length = UINT32_MAX;
    if (!node->type.has_optional) node->required = &node->type;
}

static void type_basic(TypeNode *node, TypeKind kind) {
    node->type.kind = (uint8_t)kind;
    node->type.has_dynamic = kind == TYPE_DYNAMIC;
    type_node_init(node);
}

void type_init(Process *process) {
    TypeTable *t = process->types = ARENA_NEW(process->arena, TypeTable);
    type_basic(&t->dynamic, TYPE_DYNAMIC);
    type_basic(&t->string, TYPE_STRING);
    type_basic(&t->number, TYPE_NUMBER);
    type_basic(&t->boolean, TYPE_BOOL);
    t->size = 256;
    t->structural = ARENA_ARRAY(process->arena, TypeNode *, t->size);
    t->shapes_size = 256;
    t->shapes = ARENA_ARRAY(process->arena, const Shape *, t->shapes_size);
}

const Type *type_dynamic(Process *p) { return &p->types->dynamic.type; }
const Type *type_string(Process *p) { return &p->types->string.type; }
const Type *type_number(Process *p) { return &p->types->number.type; }
const Type *type_bool(Process *p) { return &p->types->boolean.type; }

static const Type *type_collection(Process *p, TypeKind kind, const Type *elem, const Type **slot) {
    if (*slot) return *slot;
    TypeNode *node = ARENA_NEW(p->arena, TypeNode);
    node->type.kind = (uint8_t)kind;
    node->type.elem = elem;
    node->type.has_dynamic = elem->has_dynamic;
    node->type.has_optional = elem->has_optional;
    type_node_init(node);
    return *slot = &node->type;
}

const Type *type_list(Process *p, const Type *elem) {
    return type_collection(p, TYPE_LIST, elem, &type_node(elem)->list);
}

const Type *type_set(Process *p, const Type *elem) {
    return type_collection(p, TYPE_SET, elem, &type_node(elem)->set);
}

const Type *type_map(Process *p, const Type *elem) {
    return type_collection(p, TYPE_MAP, elem, &type_node(elem)->map);
}

static uint32_t hash_step(uint32_t h, uint64_t x) {
    uint64_t m = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(m >> 32) ^ (uint32_t)m;
}

static uint32_t type_hash(TypeKind kind, const Name *names, const Type *const *types, const bool *optional,
                          uint32_t n) {
    uint32_t h = hash_step((uint32_t)kind, n);
    for (uint32_t i = 0; i < n; i++) {
        if (names) h = hash_step(h, (uintptr_t)names[i]);
        h = hash_step(h, (uintptr_t)types[i] + (optional && optional[i]));
    }
    return h;
}

static bool type_matches(const Type *t, TypeKind kind, const Name *names, const Type *const *types,
                         const bool *optional, uint32_t n) {
    if (t->kind != kind || t->n != n) return false;
    if (n == 0) return true;
    if (memcmp(t->types, types, n * sizeof *types) != 0) return false;
    if (names && memcmp(t->names, names, n * sizeof *names) != 0) return false;
    for (uint32_t i = 0; i < n; i++)
        if ((optional && optional[i]) != (t->optional && t->optional[i])) return false;
    return true;
}

static void type_table_grow(Process *p, TypeTable *t) {
    TypeNode **old = t->structural;
    uint32_t old_size = t->size;
    t->size *= 2;
    t->structural = ARENA_ARRAY(p->arena, TypeNode *, t->size);
    for (uint32_t i = 0; i < old_size; i++) {
        if (!old[i]) continue;
        uint32_t to = old[i]->hash & (t->size - 1);
        while (t->structural[to]) to = (to + 1) & (t->size - 1);
        t->structural[to] = old[i];
    }
}

static TypeNode *type_structural_new(Process *p, TypeKind kind, const Name *names, const Type *const *types,
                                     const bool *optional, uint32_t n) {
    TypeNode *node = ARENA_NEW(p->arena, TypeNode);
    Type *t = &node->type;
    const Type **own_types = ARENA_ARRAY(p->arena, const Type *, n);
    if (n) memcpy(own_types, types, n * sizeof *types);
    t->kind = (uint8_t)kind;
    t->n = n;
    t->types = own_types;
    if (names) {
        Name *own_names = ARENA_ARRAY(p->arena, Name, n);
        if (n) memcpy(own_names, names, n * sizeof *names);
        t->names = own_names;
    }
    bool any_optional = false;
    for (uint32_t i = 0; i < n; i++) {
        t->has_dynamic |= types[i]->has_dynamic;
        t->has_optional |= types[i]->has_optional;
        any_optional |= optional && optional[i];
    }
    if (any_optional) {
        bool *own = ARENA_ARRAY(p->arena, bool, n);
        memcpy(own, optional, n * sizeof *own);
        t->optional = own;
        t->has_optional = true;
    }
    type_node_init(node);
    return node;
}

static const Type *type_structural(Process *p, TypeKind kind, const Name *names, const Type *const *types,
                                   const bool *optional, uint32_t n) {
    TypeTable *t = p->types;
    uint32_t hash = type_hash(kind, names, types, optional, n);
    uint32_t at = hash & (t->size - 1);
    for (; t->structural[at]; at = (at + 1) & (t->size - 1)) {
        const TypeNode *node = t->structural[at];
        if (node->hash == hash && type_matches(&node->type, kind, names, types, optional, n)) return &node->type;
    }
    TypeNode *node = type_structural_new(p, kind, names, types, optional, n);
    node->hash = hash;
    t->structural[at] = node;
    if (++t->n > t->size / 3 * 2) type_table_grow(p, t);
    return &node->type;
}

const Type *type_tuple(Process *p, const Type *const *types, uint32_t n) {
    return type_structural(p, TYPE_TUPLE, NULL, types, NULL, n);
}

const Type *type_object_sorted(Process *p, const Name *names, const Type *const *types, const bool *optional,
                               uint32_t n) {
    return type_structural(p, TYPE_OBJECT, names, types, optional, n);
}

const Type *type_object(Process *p, const TypeField *fields, uint32_t n) {
    Buf memory = {0};
    size_t row = 2 * sizeof(OrderItem) + sizeof(Name) + sizeof(Type *) + sizeof(bool);
    char *at = buf_reserve(&memory, (n ? n : 1) * row);
    OrderItem *items = (OrderItem *)(void *)at, *spare = items + n;
    Name *sorted = (Name *)(void *)(spare + n);
    const Type **types = (const Type **)(void *)(sorted + n);
    bool *optional = (bool *)(void *)(types + n);
    for (uint32_t i = 0; i < n; i++) items[i] = (OrderItem){name_str(fields[i].name), i};
    order_sort(items, spare, n);
    for (uint32_t i = 0; i < n; i++) {
        const TypeField *field = &fields[items[i].index];
        assert(i == 0 || sorted[i - 1] != field->name);
        sorted[i] = field->name;
        types[i] = field->type;
        optional[i] = field->optional;
    }
    const Type *t = type_object_sorted(p, sorted, types, optional, n);
    buf_free(&memory);
    return t;
}

int32_t type_attr(const Type *t, Name name) {
    if (t->kind != TYPE_OBJECT) return -1;
    return shape_index(&(Shape){t->n, t->names}, name);
}

static const Type *structural_without_optional(Process *p, const Type *t) {
    Buf memory = {0};
    const Type **types = (const Type **)(void *)buf_reserve(&memory, (t->n ? t->n : 1) * sizeof *types);
    for (uint32_t i = 0; i < t->n; i++) types[i] = type_without_optional(p, t->types[i]);
    const Type *plain = type_structural(p, (TypeKind)t->kind, t->names, types, NULL, t->n);
    buf_free(&memory);
    return plain;
}

const Type *type_without_optional(Process *p, const Type *t) {
    if (!t->has_optional) return t;
    TypeNode *node = type_node(t);
    if (node->required) return node->required;
    const Type *plain = NULL;
    switch ((TypeKind)t->kind) {
    case TYPE_LIST: plain = type_list(p, type_without_optional(p, t->elem)); break;
    case TYPE_SET: plain = type_set(p, type_without_optional(p, t->elem)); break;
    case TYPE_MAP: plain = type_map(p, type_without_optional(p, t->elem)); break;
    case TYPE_TUPLE:
    case TYPE_OBJECT: plain = structural_without_optional(p, t); break;
    case TYPE_DYNAMIC:
    case TYPE_STRING:
    case TYPE_NUMBER:
    case TYPE_BOOL: plain = t; break;
    }
    return node->required = plain;
}

// What the process keeps about each interned type beside the type itself. Only for the sources of this folder.
#ifndef INFRA_VALUE_TYPE_TABLE_H
#define INFRA_VALUE_TYPE_TABLE_H

#include "engine/value/value.h"

typedef struct TypeNode {
    Type type;                     // first, so that a Type is its node
    Unknown plain;                 // the shared plain unknown of this type
    const Type *list, *set, *map;  // of this type; NULL until asked for
    const Type *required;          // without optional attributes; NULL until asked for
    const Shape *shape;            // of an object's attributes; NULL until asked for
    uint32_t hash;
} TypeNode;

typedef struct TypeTable {
    TypeNode dynamic, string, number, boolean;
    TypeNode **structural; // tuples and objects, open addressing
    uint32_t n, size;
    const Shape **shapes; // up to SHAPE_INTERNED names, open addressing
    uint32_t shapes_n, shapes_size;
} TypeTable;

static inline TypeNode *type_node(const Type *t) { return (TypeNode *)(uintptr_t)t; }

// names sorted without doubles; optional may be NULL. Arrays are copied when the type is new.
const Type *type_object_sorted(Process *p, const Name *names, const Type *const *types, const bool *optional,
                               uint32_t n);
// As messages name a constraint: "any type", "list of any single type".
void type_friendly_constraint(const Type *t, Buf *out);

// The shape of names that are sorted without doubles. Borrowed names are copied when the shape is new.
const Shape *shape_of_sorted(Arena *arena, const Name *names, uint32_t n);

#endif

// Types: interned, so two types are equal exactly when their pointers are.
//
// Schema and constraint types are made here. The type of an object or tuple value is derived only on demand
// (value_type), so values with very many attributes cost no type. Types live as long as the process.
#ifndef INFRA_VALUE_TYPE_H
#define INFRA_VALUE_TYPE_H

#include "engine/base/diag.h"
#include "engine/base/name.h"
#include "engine/base/process.h"

typedef enum TypeKind {
    TYPE_DYNAMIC, // "any": not known yet
    TYPE_STRING,
    TYPE_NUMBER,
    TYPE_BOOL,
    TYPE_LIST,
    TYPE_SET,
    TYPE_MAP,
    TYPE_TUPLE,
    TYPE_OBJECT,
} TypeKind;

typedef struct Type Type;

struct Type {
    uint8_t kind;      // TypeKind
    bool has_dynamic;  // "any" somewhere inside
    bool has_optional; // an optional attribute somewhere inside (constraints only)
    uint32_t n;        // attributes of an object, elements of a tuple
    const Type *elem;  // list, set, map
    const Type *const *types; // object (in name order), tuple
    const Name *names;        // object: sorted by bytes
    const bool *optional;     // object: per attribute, or NULL when none is
};

// Fills process->types. Called once before any other function of this layer.
void type_init(Process *process);

const Type *type_dynamic(Process *p);
const Type *type_string(Process *p);
const Type *type_number(Process *p);
const Type *type_bool(Process *p);
const Type *type_list(Process *p, const Type *elem);
const Type *type_set(Process *p, const Type *elem);
const Type *type_map(Process *p, const Type *elem);
const Type *type_tuple(Process *p, const Type *const *types, uint32_t n);

typedef struct TypeField {
    Name name;
    const Type *type;
    bool optional;
} TypeField;
// Fields in any order, no name twice.
const Type *type_object(Process *p, const TypeField *fields, uint32_t n);
// Index of the attribute in t->names, or -1.
int32_t type_attr(const Type *t, Name name);
// The same type with no attribute optional.
const Type *type_without_optional(Process *p, const Type *t);

static inline bool type_is_primitive(const Type *t) { return t->kind >= TYPE_STRING && t->kind <= TYPE_BOOL; }
static inline bool type_is_collection(const Type *t) { return t->kind >= TYPE_LIST && t->kind <= TYPE_MAP; }

// "list of string", "object": as messages name it (cty's FriendlyName).
void type_friendly(const Type *t, Buf *out);
// "list(object({ a = string }))": as type expressions are written.
void type_print(const Type *t, Buf *out);
// cty's JSON form, ["list","string"], ["object",{"a":"string"},["a"]].
void type_to_json(const Type *t, Buf *out);
// NULL when malformed (bounded by LIMIT_VALUE_DEPTH).
const Type *type_from_json(Process *p, Str json);

#endif

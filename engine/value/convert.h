// Conversion between types as cty's convert package does it, and unification of several types to one.
#ifndef INFRA_VALUE_CONVERT_H
#define INFRA_VALUE_CONVERT_H

#include "engine/value/path.h"
#include "engine/value/value.h"

// Defaults of optional(T, default), a tree beside the constraint type. NULL: none inside.
typedef struct Defaults Defaults;
struct Defaults {
    uint32_t n;            // attributes with something to say (object), or elements (tuple)
    const Name *names;
    const Value *values;   // kind TYPE_DYNAMIC and not null: no default for this attribute
    const bool *has_value;
    const Defaults **children; // below the attribute, or NULL
    const Defaults *elem;      // below each element of a collection
};

typedef struct ConvertError {
    Path path;   // where, from the value's root; in the arena
    Str message; // "a number is required": cty's wording, in the arena
} ConvertError;

// v as want ("any" in want takes what is there, unifying in collections). Marks, nulls and unknowns pass as in cty.
// On failure *error (may be NULL) says where and why. Optional attributes that are missing become null.
bool convert_value(Arena *arena, Value v, const Type *want, Value *out, ConvertError *error);
// As the user's unsafe conversions do: string to number and bool included (that is the default above too); this
// asks only whether a conversion exists for some value of the type.
bool convert_possible(Process *p, const Type *from, const Type *want);
// Fills in defaults before conversion.
Value convert_defaults(Arena *arena, Value v, const Type *want, const Defaults *defaults);
// The one type that all convert to, or NULL (cty's convert.UnifyUnsafe).
const Type *convert_unify(Process *p, const Type *const *types, uint32_t n);

#endif

// Attributes and API members: pairing by name, and conversion between their types (docs/aws-definitions.md, section 2).
#ifndef INFRA_AWS_CORE_MAPPING_H
#define INFRA_AWS_CORE_MAPPING_H

#include "providers/aws/core/frame.h"

// The attributes of `object` that pair with members of the shape, under the members' names. only: NULL, or which
// attributes are wanted. Nested objects are brought to the members' names where `api` says so.
typedef bool MappingWanted(Frame *f, const Attr *a);
Value mapping_input(Frame *f, const Attrs *attrs, Value object, const AwsShape *shape, MappingWanted *wanted);
// The list of attributes that this object is made of, looked for in the type's tree, or NULL.
const Attrs *mapping_attrs_of(const Attrs *attrs, Value object);
// The other way: { attribute = member's value } for members of `x` that pair.
Value mapping_output(Frame *f, const Attrs *attrs, Value x);
// A value as the shape wants it: names paired, types converted, nulls and unknowns left out. What does not fit is left
// as it is for the client to report.
Value mapping_send(Arena *arena, const AwsShape *shape, Value v, Str token);
// A value from an answer as the attribute's type.
Value mapping_receive(Frame *f, const Attr *a, Value v);
// Index in names of the member that pairs with the attribute, or -1.
int32_t mapping_find(const Attr *a, const Name *names, uint32_t n);
// [{Key, Value}, …] as a map; null for anything else.
Value mapping_pairs(Arena *arena, Value list);

#endif

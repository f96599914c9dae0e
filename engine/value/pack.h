// Values as bytes, exactly: unknowns with their refinements, marks, number precision. For the plan file and the journal.
//
// Packing follows a type known to both sides; where it says "any", the value's own type is written in front. Reading is
// bounded and refuses malformed bytes; the format is private to one version of the program.
#ifndef INFRA_VALUE_PACK_H
#define INFRA_VALUE_PACK_H

#include "engine/value/value.h"

void pack_value(Buf *out, Value v, const Type *type);
// Takes a value off the front of *bytes. Strings are copied into the arena. False when malformed.
bool unpack_value(Arena *arena, Str *bytes, const Type *type, Value *out);

void pack_varint(Buf *out, uint64_t n);
bool unpack_varint(Str *bytes, uint64_t *out);
// Length and bytes; the result is a slice of *bytes.
void pack_text(Buf *out, Str text);
bool unpack_text(Str *bytes, Str *out);

#endif

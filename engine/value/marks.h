// Marks: what must travel with a value through every expression (sensitive, ephemeral, deprecated).
//
// An operation's result carries the union of its operands' marks. Marks of parts stay on the parts.
#ifndef INFRA_VALUE_MARKS_H
#define INFRA_VALUE_MARKS_H

#include "engine/value/path.h"
#include "engine/value/value.h"

void marks_init(Process *process);
Marks marks_union(Process *p, Marks a, Marks b);
// v with further marks of its own.
Value marks_add(Process *p, Value v, Marks marks);
// A mark set that holds this deprecation message (and where it comes from).
Marks marks_deprecated(Process *p, Str message);
// The messages of a mark set.
uint32_t marks_messages(Process *p, Marks m, const Str **out);

// All marks anywhere inside the value, itself included.
Marks marks_deep(Process *p, Value v);
// The same value without marks anywhere; v itself when it has none. With paths (may be NULL) where they were.
Value marks_strip(Arena *arena, Value v, PathMarksList *paths);
// Puts marks back. A path that leads nowhere is ignored.
Value marks_apply(Arena *arena, Value v, const PathMarksList *paths);
// Removes only these mark bits everywhere (nonsensitive(), ephemeralasnull()). MARKS_DEPRECATED: every message.
#define MARKS_DEPRECATED ((Marks)(UINT16_MAX << MARK_SET_SHIFT))
Value marks_remove(Arena *arena, Value v, Marks bits);

#endif

// Copies of values between arenas of the same rank, which value_copy does not make: answers of API calls go from the
// call's arena to that of the object which they are about.
#ifndef INFRA_AWS_CORE_COPY_H
#define INFRA_AWS_CORE_COPY_H

#include "engine/value/value.h"

Value copy_value(Arena *arena, Value v);
// The same object with one attribute of its shape replaced.
Value copy_with(Arena *arena, Value object, Name name, Value v);
// Unknowns, at any depth, as nulls.
Value copy_known(Arena *arena, Value v);

#endif

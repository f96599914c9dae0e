// The order of set elements. Only for the sources of this folder.
#ifndef INFRA_VALUE_SET_H
#define INFRA_VALUE_SET_H

#include "engine/value/value.h"

// Brings elements into cty's order in place, without doubles; returns how many are left. A set's elements carry no
// marks: those that they had, at any depth, are added to *marks.
uint32_t set_arrange(Arena *arena, Value *at, uint32_t n, Marks *marks);

#endif

// Equality as cty has it: of known values by content, with unknowns sometimes undecided. Marks of anything inside
// both values go on the answer.
#ifndef INFRA_EVAL_EQUAL_H
#define INFRA_EVAL_EQUAL_H

#include "engine/value/value.h"

typedef enum Equality { EQUAL_NO, EQUAL_YES, EQUAL_UNKNOWN } Equality;

// Marks are not looked at.
Equality equal_values(Arena *arena, Value a, Value b);
Equality equal_marked(Arena *arena, Value a, Value b, Marks *marks);

#endif

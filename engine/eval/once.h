// Results that are the same for all instances of a block are computed once.
//
// The compiler gives every maximal piece of code that does not vary from instance to instance (USES_VARIES,
// USES_FRAME), whole attributes included, a number in the session's count; not constants, single references, and
// functions whose result is another one each time. A cache of that many places serves all instances of one block in
// one module instance; its values live in the cache's arena. Errors are not kept: each instance reports its own.
#ifndef INFRA_EVAL_ONCE_H
#define INFRA_EVAL_ONCE_H

#include "engine/value/value.h"

typedef struct OnceCache {
    Arena *arena; // lives as long as the cache; results are copied into it
    uint32_t n;
    Value *values;
    bool *have;
} OnceCache;

OnceCache *once_new(Arena *arena, uint32_t n);

#endif

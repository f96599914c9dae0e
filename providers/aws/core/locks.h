// Named locks: of operations that name the same one, one runs at a time, in order of asking.
#ifndef INFRA_AWS_CORE_LOCKS_H
#define INFRA_AWS_CORE_LOCKS_H

#include "engine/io/loop.h"

typedef struct Locks Locks;
typedef struct LockHold LockHold;

Locks *locks_new(Arena *arena, Loop *loop);
// *hold is set, then granted called: now when nobody has the lock, else later from the loop.
void locks_take(Locks *locks, Str name, LockHold **hold, void (*granted)(void *ctx), void *ctx);
void locks_release(LockHold *hold);

#endif

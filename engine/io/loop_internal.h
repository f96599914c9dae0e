// What the other files of engine/io need of the loop: something of theirs that lives as long as it, and a way to keep
// it running for work that it cannot see.
#ifndef INFRA_IO_LOOP_INTERNAL_H
#define INFRA_IO_LOOP_INTERNAL_H

#include "engine/io/loop.h"

typedef enum LoopSlot { LOOP_JOBS, LOOP_HTTP, LOOP_SLOTS } LoopSlot;

// What a slot holds, NULL at first. loop_free calls `end` on it, in the order of the slots.
void *loop_owned(const Loop *loop, LoopSlot slot);
void loop_own(Loop *loop, LoopSlot slot, void *owned, void (*end)(void *owned));

// Work outside the loop that will post or become ready by itself (a thread's job, a child process): loop_run_until
// waits for it, and a fake clock does not jump over it.
void loop_hold(Loop *loop);
void loop_release(Loop *loop);

// For tables that live as long as the loop.
Arena *loop_arena(Loop *loop);

#endif

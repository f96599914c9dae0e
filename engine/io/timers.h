// The loop's timers: a binary heap ordered by time, then by age, so that equal times fire in the order they were set.
#ifndef INFRA_IO_TIMERS_H
#define INFRA_IO_TIMERS_H

#include "engine/base/vec.h"
#include "engine/io/loop.h"

typedef struct Timers Timers;

struct Timer {
    int64_t at;
    uint64_t age;
    LoopFn fn;
    void *ctx;
    Timers *owner;
    Timer *next_free;
    uint32_t place; // in the heap
};

struct Timers {
    Arena *arena;
    VEC(Timer *) heap;
    Timer *free; // handles to use again
    uint64_t age;
};

Timer *timers_add(Timers *timers, int64_t at, LoopFn fn, void *ctx);
// The earliest, or NULL.
static inline Timer *timers_first(const Timers *timers) { return timers->heap.n ? timers->heap.at[0] : NULL; }
// Takes it out; the handle is used again by a later timers_add.
void timers_remove(Timer *timer);

#endif

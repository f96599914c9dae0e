#include "engine/io/timers.h"

#include <assert.h>

static bool earlier(const Timer *a, const Timer *b) { return a->at != b->at ? a->at < b->at : a->age < b->age; }

static void heap_set(Timers *timers, uint32_t place, Timer *timer) {
    timers->heap.at[place] = timer;
    timer->place = place;
}

static void heap_up(Timers *timers, uint32_t place, Timer *timer) {
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!earlier(timer, timers->heap.at[parent])) break;
        heap_set(timers, place, timers->heap.at[parent]);
        place = parent;
    }
    heap_set(timers, place, timer);
}

static void heap_down(Timers *timers, uint32_t place, Timer *timer) {
    for (uint32_t child; (child = 2 * place + 1) < timers->heap.n; place = child) {
        if (child + 1 < timers->heap.n && earlier(timers->heap.at[child + 1], timers->heap.at[child])) child++;
        if (!earlier(timers->heap.at[child], timer)) break;
        heap_set(timers, place, timers->heap.at[child]);
    }
    heap_set(timers, place, timer);
}

Timer *timers_add(Timers *timers, int64_t at, LoopFn fn, void *ctx) {
    Timer *timer = timers->free;
    if (timer)
        timers->free = timer->next_free;
    else
        timer = ARENA_NEW(timers->arena, Timer);
    *timer = (Timer){at, timers->age++, fn, ctx, timers, NULL, 0};
    vec_push(timers->arena, &timers->heap, timer);
    heap_up(timers, timers->heap.n - 1, timer);
    return timer;
}

void timers_remove(Timer *timer) {
    Timers *timers = timer->owner;
    uint32_t place = timer->place;
    assert(place < timers->heap.n && timers->heap.at[place] == timer && "a timer that fired or was cancelled");
    Timer *last = timers->heap.at[--timers->heap.n];
    if (last != timer) {
        if (place > 0 && earlier(last, timers->heap.at[(place - 1) / 2]))
            heap_up(timers, place, last);
        else
            heap_down(timers, place, last);
    }
    timer->place = UINT32_MAX;
    timer->next_free = timers->free;
    timers->free = timer;
}

// The one event loop: file descriptors, timers, signals, and results of jobs. Nothing else in the program waits.
//
// One thread owns the loop and all engine data. Callbacks run on that thread, one after another, never nested: a
// callback that wants something done later posts it. A loop may run inside a loop_run_until of the same loop only
// when no callback is active (asserted).
#ifndef INFRA_IO_LOOP_H
#define INFRA_IO_LOOP_H

#include "engine/base/process.h"

typedef struct Loop Loop;
typedef struct Timer Timer;
typedef struct Watch Watch;
typedef void (*LoopFn)(void *ctx);

Loop *loop_new(Process *process); // NULL when the system gives no epoll descriptor
void loop_free(Loop *loop);
Process *loop_process(Loop *loop);

// Runs until *done is true, or nothing is left that could make it true (returns false then: a bug of the caller).
bool loop_run_until(Loop *loop, const bool *done);
// Runs what is ready and returns without waiting: for a long walk that yields every few milliseconds.
void loop_poll(Loop *loop);
// Calls fn from the loop, after the current callback.
void loop_post(Loop *loop, LoopFn fn, void *ctx);
// The same from any thread.
void loop_post_from_thread(Loop *loop, LoopFn fn, void *ctx);

// Once, `ns` from now on the monotonic clock. The handle is invalid once fn ran. With a test's clock (loop_set_fake)
// time jumps to the next timer when nothing else is ready and no job or child runs; process->clock follows it from
// where it stood, until the fake is taken off again.
Timer *timer_start(Loop *loop, int64_t ns, LoopFn fn, void *ctx);
void timer_cancel(Timer *timer);
void loop_set_fake(Loop *loop, bool fake);
int64_t loop_now(const Loop *loop);

// `ready` tells what can be done without waiting; an error or a hang-up counts as both. One watch a descriptor; stop
// it before closing. WATCH_BACKGROUND (given at the start) does not keep loop_run_until alive.
enum { WATCH_READ = 1, WATCH_WRITE = 2, WATCH_BACKGROUND = 4 };
Watch *watch_start(Loop *loop, int fd, int events, void (*fn)(void *ctx, int ready), void *ctx);
void watch_change(Watch *watch, int events);
void watch_stop(Watch *watch);

// SIGINT and SIGTERM arrive here as calls; count is 1 for the first. Without a handler (or with NULL) they keep their
// default.
// A background descriptor or handler does not keep loop_run_until alive.
void loop_on_signal(Loop *loop, void (*fn)(void *ctx, int signal, int count), void *ctx);

#endif

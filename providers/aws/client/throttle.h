// A token bucket per service that learns: without limit until the service throttles, then at a part of the rate that
// led there, growing again with every success. It also bounds how many calls run at once.
#ifndef INFRA_AWS_CLIENT_THROTTLE_H
#define INFRA_AWS_CLIENT_THROTTLE_H

#include "engine/io/loop.h"

typedef struct Throttle Throttle;

Throttle *throttle_new(Arena *arena, Loop *loop);
// Ends its timer; nobody waits any more.
void throttle_end(Throttle *throttle);
// True: go on now. False: go(ctx) is called later, in the order of asking.
bool throttle_enter(Throttle *throttle, LoopFn go, void *ctx);
// Takes one who waits out of the queue.
void throttle_forget(Throttle *throttle, void *ctx);
// One that entered is done; throttled: the service said that it was too much.
void throttle_leave(Throttle *throttle, bool throttled);
// Calls a second that are allowed now; 0: no limit.
double throttle_rate(const Throttle *throttle);

#endif

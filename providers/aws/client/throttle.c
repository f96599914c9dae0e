#include "providers/aws/client/throttle.h"

#include "engine/base/clock.h"
#include "engine/base/vec.h"

#include <assert.h>

#define RUNNING_MAX 64u
#define CUT 0.7        // of the rate, when throttled
#define RATE_MIN 0.5   // a second
#define RATE_FREE 500. // from here on there is no limit again
#define CALM NS_PER_S  // within it, further throttling is the echo of the same burst

typedef struct Waiting {
    LoopFn go;
    void *ctx;
} Waiting;

struct Throttle {
    Arena *arena;
    Loop *loop;
    uint32_t running;
    VEC(Waiting) queue;
    uint32_t head;
    double rate, tokens;
    int64_t filled, cut; // when tokens were last counted; when the rate was last cut
    // Starts in this and in the last second, from which the first limit is made.
    int64_t second;
    uint32_t starts, starts_before;
    Timer *timer;
};

Throttle *throttle_new(Arena *arena, Loop *loop) {
    Throttle *t = ARENA_NEW(arena, Throttle);
    *t = (Throttle){.arena = arena, .loop = loop, .cut = INT64_MIN / 2};
    return t;
}

void throttle_end(Throttle *t) {
    if (t->timer) timer_cancel(t->timer);
    t->timer = NULL;
}

double throttle_rate(const Throttle *t) { return t->rate; }

static void fill(Throttle *t) {
    int64_t now = loop_now(t->loop);
    double most = t->rate > 1 ? t->rate : 1;
    t->tokens += (double)(now - t->filled) / (double)NS_PER_S * t->rate;
    if (t->tokens > most) t->tokens = most;
    t->filled = now;
}

static void count_start(Throttle *t) {
    int64_t second = loop_now(t->loop) / NS_PER_S;
    if (second != t->second) {
        t->starts_before = second == t->second + 1 ? t->starts : 0;
        t->starts = 0;
        t->second = second;
    }
    t->starts++;
}

// Nanoseconds to wait for a token; 0 when one was taken.
static int64_t take_token(Throttle *t) {
    if (t->rate > 0) {
        fill(t);
        // A hair less than one is one: what a timer waited for must not be missed by rounding.
        if (t->tokens < 1 - 1e-6) return (int64_t)((1 - t->tokens) / t->rate * (double)NS_PER_S) + 1;
        t->tokens -= 1;
    }
    t->running++;
    count_start(t);
    return 0;
}

// Lets those who wait go on, as far as tokens reach. Runs from the loop only: what goes on may do anything.
static void serve(void *ctx) {
    Throttle *t = ctx;
    t->timer = NULL;
    while (t->head < t->queue.n && t->running < RUNNING_MAX) {
        int64_t wait = take_token(t);
        if (wait > 0) {
            throttle_end(t);
            t->timer = timer_start(t->loop, wait, serve, t);
            return;
        }
        Waiting next = t->queue.at[t->head++];
        if (t->head == t->queue.n) t->head = t->queue.n = 0;
        next.go(next.ctx);
    }
}

bool throttle_enter(Throttle *t, LoopFn go, void *ctx) {
    bool nobody_waits = t->head == t->queue.n;
    int64_t wait = nobody_waits && t->running < RUNNING_MAX ? take_token(t) : 1;
    if (wait == 0) return true;
    Waiting waiting = {go, ctx};
    vec_push(t->arena, &t->queue, waiting);
    if (nobody_waits && t->running < RUNNING_MAX && !t->timer) t->timer = timer_start(t->loop, wait, serve, t);
    return false;
}

void throttle_forget(Throttle *t, void *ctx) {
    for (uint32_t i = t->head; i < t->queue.n; i++) {
        if (t->queue.at[i].ctx != ctx) continue;
        memmove(&t->queue.at[i], &t->queue.at[i + 1], (t->queue.n - i - 1) * sizeof *t->queue.at);
        t->queue.n--;
        return;
    }
}

static void cut_rate(Throttle *t) {
    int64_t now = loop_now(t->loop);
    if (now - t->cut < CALM) return;
    t->cut = now;
    if (t->rate > 0) fill(t);
    uint32_t measured = t->starts > t->starts_before ? t->starts : t->starts_before;
    t->rate = (t->rate > 0 && t->rate < measured ? t->rate : measured) * CUT;
    if (t->rate < RATE_MIN) t->rate = RATE_MIN;
    t->tokens = 0;
    t->filled = now;
}

void throttle_leave(Throttle *t, bool throttled) {
    assert(t->running > 0);
    t->running--;
    if (throttled) {
        cut_rate(t);
    } else if (t->rate > 0) {
        fill(t);
        t->rate += t->rate * 0.01 > 0.1 ? t->rate * 0.01 : 0.1;
        if (t->rate > RATE_FREE) t->rate = 0;
    }
    if (t->head == t->queue.n) return;
    throttle_end(t);
    t->timer = timer_start(t->loop, 0, serve, t);
}

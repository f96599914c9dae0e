// Each turn: what was posted, the timers that are due, then the descriptors that are ready. Turns go on until the
// caller's flag is set. A callback may post, start and stop anything; handles of watches that stop during a turn are
// used again only after it, since the batch of ready descriptors may still name them.
#include "engine/io/loop.h"

#include "engine/base/clock.h"
#include "engine/base/vec.h"
#include "engine/io/loop_internal.h"
#include "engine/io/timers.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EVENTS_A_TURN 256

typedef struct Post {
    LoopFn fn;
    void *ctx;
} Post;

// A queue: at[head, n) wait.
typedef struct Posts {
    VEC(Post) all;
    uint32_t head;
} Posts;

struct Watch {
    Loop *loop;
    int fd; // -1: stopped
    int events;
    void (*fn)(void *ctx, int ready);
    void *ctx;
    Watch *next; // in the list of free or stopped ones
};

typedef struct Owned {
    void *owned;
    void (*end)(void *owned);
} Owned;

struct Loop {
    Process *process;
    Arena *arena;
    int epoll, wake, signals; // signals: -1 without a handler
    bool active;              // in a callback
    Timers timers;
    Posts posts;
    Watch *free, *stopped;
    uint32_t watches; // that keep the loop alive
    uint32_t held;
    Owned owned[LOOP_SLOTS];

    pthread_mutex_t lock; // of what threads post
    Post *thread_posts;
    uint32_t thread_post_count, thread_post_cap;

    void (*on_signal)(void *ctx, int signal, int count);
    void *signal_ctx;
    int signal_count;
    Watch *signal_watch;

    bool fake;
    const Clock *real_clock;
    Clock fake_clock;
    int64_t fake_wall, fake_now;
};

static _Noreturn void loop_panic(const char *what) {
    fprintf(stderr, "infra: %s: %s\n", what, strerror(errno));
    abort();
}

static void *loop_memory(void *p) {
    if (!p) loop_panic("no memory for the event loop");
    return p;
}

static void post_add(Loop *loop, Post post) {
    Posts *posts = &loop->posts;
    if (posts->all.n == posts->all.cap && posts->head > posts->all.n / 2) {
        posts->all.n -= posts->head;
        memmove(posts->all.at, posts->all.at + posts->head, posts->all.n * sizeof post);
        posts->head = 0;
    }
    vec_push(loop->arena, &posts->all, post);
}

static uint32_t posts_waiting(const Loop *loop) { return loop->posts.all.n - loop->posts.head; }

static void drain_thread_posts(void *ctx, int ready) {
    Loop *loop = ctx;
    (void)ready;
    uint64_t count;
    while (read(loop->wake, &count, sizeof count) < 0 && errno == EINTR) continue;
    pthread_mutex_lock(&loop->lock);
    for (uint32_t i = 0; i < loop->thread_post_count; i++) post_add(loop, loop->thread_posts[i]);
    loop->thread_post_count = 0;
    pthread_mutex_unlock(&loop->lock);
}

Loop *loop_new(Process *process) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) return NULL;
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) {
        close(epoll);
        return NULL;
    }
    Arena *arena = arena_new(process, LIFE_PROCESS, "loop");
    Loop *loop = ARENA_NEW(arena, Loop);
    *loop = (Loop){.process = process, .arena = arena, .epoll = epoll, .wake = wake, .signals = -1};
    loop->timers.arena = arena;
    pthread_mutex_init(&loop->lock, NULL);
    watch_start(loop, wake, WATCH_READ | WATCH_BACKGROUND, drain_thread_posts, loop);
    // A child or a server that goes away is an error of that write, not the end of the program.
    signal(SIGPIPE, SIG_IGN);
    return loop;
}

void loop_free(Loop *loop) {
    if (!loop) return;
    assert(!loop->active);
    for (int i = 0; i < LOOP_SLOTS; i++)
        if (loop->owned[i].end) loop->owned[i].end(loop->owned[i].owned);
    loop_on_signal(loop, NULL, NULL);
    loop_set_fake(loop, false);
    close(loop->wake);
    close(loop->epoll);
    pthread_mutex_destroy(&loop->lock);
    free(loop->thread_posts);
    arena_free(loop->arena);
}

Process *loop_process(Loop *loop) { return loop->process; }

Arena *loop_arena(Loop *loop) { return loop->arena; }

void *loop_owned(const Loop *loop, LoopSlot slot) { return loop->owned[slot].owned; }

void loop_own(Loop *loop, LoopSlot slot, void *owned, void (*end)(void *owned)) {
    loop->owned[slot] = (Owned){owned, end};
}

void loop_hold(Loop *loop) { loop->held++; }

void loop_release(Loop *loop) {
    assert(loop->held > 0);
    loop->held--;
}

void loop_post(Loop *loop, LoopFn fn, void *ctx) { post_add(loop, (Post){fn, ctx}); }

void loop_post_from_thread(Loop *loop, LoopFn fn, void *ctx) {
    pthread_mutex_lock(&loop->lock);
    if (loop->thread_post_count == loop->thread_post_cap) {
        loop->thread_post_cap = loop->thread_post_cap ? loop->thread_post_cap * 2 : 64;
        loop->thread_posts =
            loop_memory(realloc(loop->thread_posts, loop->thread_post_cap * sizeof *loop->thread_posts));
    }
    loop->thread_posts[loop->thread_post_count++] = (Post){fn, ctx};
    pthread_mutex_unlock(&loop->lock);
    uint64_t one = 1;
    // A full counter (EAGAIN) wakes the loop just as well.
    while (write(loop->wake, &one, sizeof one) < 0 && errno == EINTR) continue;
}

// --- time ---

static int64_t fake_wall(const Clock *clock) {
    const Loop *loop = clock->state;
    return loop->fake_wall;
}

static int64_t fake_monotonic(const Clock *clock) {
    const Loop *loop = clock->state;
    return loop->fake_now;
}

void loop_set_fake(Loop *loop, bool fake) {
    if (loop->fake == fake) return;
    loop->fake = fake;
    if (!fake) {
        loop->process->clock = loop->real_clock;
        return;
    }
    loop->real_clock = loop->process->clock;
    loop->fake_wall = loop->real_clock->wall(loop->real_clock);
    loop->fake_now = loop->real_clock->monotonic(loop->real_clock);
    loop->fake_clock = (Clock){fake_wall, fake_monotonic, loop};
    loop->process->clock = &loop->fake_clock;
}

int64_t loop_now(const Loop *loop) {
    const Clock *clock = loop->process->clock;
    return clock->monotonic(clock);
}

Timer *timer_start(Loop *loop, int64_t ns, LoopFn fn, void *ctx) {
    return timers_add(&loop->timers, loop_now(loop) + (ns > 0 ? ns : 0), fn, ctx);
}

void timer_cancel(Timer *timer) { timers_remove(timer); }

// --- descriptors ---

static uint32_t epoll_events(int events) {
    return (events & WATCH_READ ? EPOLLIN | EPOLLRDHUP : 0u) | (events & WATCH_WRITE ? (uint32_t)EPOLLOUT : 0u);
}

Watch *watch_start(Loop *loop, int fd, int events, void (*fn)(void *ctx, int ready), void *ctx) {
    Watch *watch = loop->free;
    if (watch)
        loop->free = watch->next;
    else
        watch = ARENA_NEW(loop->arena, Watch);
    *watch = (Watch){loop, fd, events, fn, ctx, NULL};
    struct epoll_event event = {.events = epoll_events(events), .data.ptr = watch};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) loop_panic("cannot watch a descriptor");
    if (!(events & WATCH_BACKGROUND)) loop->watches++;
    return watch;
}

void watch_change(Watch *watch, int events) {
    assert(watch->fd >= 0);
    watch->events = events | (watch->events & WATCH_BACKGROUND);
    struct epoll_event event = {.events = epoll_events(events), .data.ptr = watch};
    if (epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) < 0) loop_panic("cannot watch a descriptor");
}

void watch_stop(Watch *watch) {
    assert(watch->fd >= 0);
    Loop *loop = watch->loop;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
    if (!(watch->events & WATCH_BACKGROUND)) loop->watches--;
    watch->fd = -1;
    watch->next = loop->stopped;
    loop->stopped = watch;
}

static void free_stopped(Loop *loop) {
    while (loop->stopped) {
        Watch *watch = loop->stopped;
        loop->stopped = watch->next;
        watch->next = loop->free;
        loop->free = watch;
    }
}

// --- signals ---

static sigset_t handled_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

static void read_signals(void *ctx, int ready) {
    Loop *loop = ctx;
    (void)ready;
    struct signalfd_siginfo info;
    while (loop->signals >= 0 && read(loop->signals, &info, sizeof info) == (ssize_t)sizeof info)
        loop->on_signal(loop->signal_ctx, (int)info.ssi_signo, ++loop->signal_count);
}

void loop_on_signal(Loop *loop, void (*fn)(void *ctx, int signal, int count), void *ctx) {
    loop->on_signal = fn;
    loop->signal_ctx = ctx;
    sigset_t set = handled_signals();
    if (fn && loop->signals < 0) {
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (loop->signals < 0) loop_panic("cannot receive signals");
        loop->signal_watch = watch_start(loop, loop->signals, WATCH_READ | WATCH_BACKGROUND, read_signals, loop);
    } else if (!fn && loop->signals >= 0) {
        watch_stop(loop->signal_watch);
        close(loop->signals);
        loop->signals = -1;
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    }
}

// --- turns ---

static void call(Loop *loop, LoopFn fn, void *ctx) {
    loop->active = true;
    fn(ctx);
    loop->active = false;
}

// Those that were posted before the turn, so that a callback that posts itself does not starve the rest.
static void run_posts(Loop *loop, const bool *done) {
    for (uint32_t count = posts_waiting(loop); count > 0 && !*done; count--) {
        Post post = loop->posts.all.at[loop->posts.head++];
        if (posts_waiting(loop) == 0) loop->posts.head = loop->posts.all.n = 0;
        call(loop, post.fn, post.ctx);
    }
}

static void run_timers(Loop *loop, const bool *done) {
    int64_t now = loop_now(loop);
    uint64_t newest = loop->timers.age;
    for (Timer *first; !*done && (first = timers_first(&loop->timers)) && first->at <= now && first->age < newest;) {
        LoopFn fn = first->fn;
        void *ctx = first->ctx;
        timers_remove(first);
        call(loop, fn, ctx);
    }
}

static int ready_of(uint32_t events) {
    int ready = 0;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ready |= WATCH_READ;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) ready |= WATCH_WRITE;
    return ready;
}

// True when a descriptor was ready. What the flag cuts off is reported again by the next wait.
static bool run_watches(Loop *loop, const bool *done, int timeout_ms) {
    struct epoll_event events[EVENTS_A_TURN];
    int n = epoll_wait(loop->epoll, events, EVENTS_A_TURN, timeout_ms);
    if (n < 0 && errno != EINTR) loop_panic("cannot wait for events");
    for (int i = 0; i < n && !*done; i++) {
        Watch *watch = events[i].data.ptr;
        if (watch->fd < 0) continue;
        loop->active = true;
        watch->fn(watch->ctx, ready_of(events[i].events));
        loop->active = false;
    }
    free_stopped(loop);
    return n > 0;
}

// Milliseconds until the next timer, rounded up: waking early would only spin.
static int wait_ms(const Loop *loop) {
    if (posts_waiting(loop)) return 0;
    const Timer *first = timers_first(&loop->timers);
    if (!first) return -1;
    int64_t ns = first->at - loop_now(loop);
    if (ns <= 0) return 0;
    if (loop->fake) return loop->held ? -1 : 0;
    int64_t ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
    return ms < 60000 ? (int)ms : 60000;
}

static bool alive(Loop *loop) {
    if (posts_waiting(loop) || loop->timers.heap.n || loop->watches || loop->held) return true;
    pthread_mutex_lock(&loop->lock);
    bool any = loop->thread_post_count > 0;
    pthread_mutex_unlock(&loop->lock);
    return any;
}

static void jump(Loop *loop) {
    const Timer *first = timers_first(&loop->timers);
    if (!first || posts_waiting(loop) || loop->held || first->at <= loop->fake_now) return;
    loop->fake_wall += first->at - loop->fake_now;
    loop->fake_now = first->at;
}

bool loop_run_until(Loop *loop, const bool *done) {
    assert(!loop->active);
    while (!*done) {
        if (!alive(loop)) return false;
        run_posts(loop, done);
        run_timers(loop, done);
        if (*done || !alive(loop)) continue;
        bool ready = run_watches(loop, done, wait_ms(loop));
        if (loop->fake && !ready && !*done) jump(loop);
    }
    return true;
}

void loop_poll(Loop *loop) {
    assert(!loop->active);
    const bool never = false;
    run_watches(loop, &never, 0);
    run_posts(loop, &never);
    run_timers(loop, &never);
}

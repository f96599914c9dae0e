#include "providers/aws/core/locks.h"

#include "engine/base/map.h"

struct LockHold {
    struct Lock *lock;
    void (*granted)(void *ctx);
    void *ctx;
    LockHold *next;
};

typedef struct Lock {
    Locks *locks;
    LockHold *holder, *first, *last; // who has it, and who waits
} Lock;

struct Locks {
    Arena *arena;
    Loop *loop;
    StrMap byname;
};

Locks *locks_new(Arena *arena, Loop *loop) {
    Locks *l = ARENA_NEW(arena, Locks);
    *l = (Locks){arena, loop, strmap_in(arena)};
    return l;
}

void locks_take(Locks *locks, Str name, LockHold **out, void (*granted)(void *ctx), void *ctx) {
    Lock *lock = strmap_get_ptr(&locks->byname, name);
    if (!lock) {
        lock = ARENA_NEW(locks->arena, Lock);
        lock->locks = locks;
        strmap_put_ptr(&locks->byname, str_copy(locks->arena, name), lock);
    }
    LockHold *hold = ARENA_NEW(locks->arena, LockHold);
    *out = hold;
    *hold = (LockHold){lock, granted, ctx, NULL};
    if (!lock->holder) {
        lock->holder = hold;
        granted(ctx);
    } else {
        if (lock->last)
            lock->last->next = hold;
        else
            lock->first = hold;
        lock->last = hold;
    }
}

static void grant(void *ctx) {
    LockHold *hold = ctx;
    hold->granted(hold->ctx);
}

void locks_release(LockHold *hold) {
    Lock *lock = hold->lock;
    lock->holder = lock->first;
    if (!lock->holder) return;
    lock->first = lock->holder->next;
    if (!lock->first) lock->last = NULL;
    loop_post(lock->locks->loop, grant, lock->holder);
}

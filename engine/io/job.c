#include "engine/io/job.h"

#include "engine/io/loop_internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MIN 2
#define THREADS_MAX 8

typedef struct Job {
    void (*run)(void *ctx);
    LoopFn done;
    void *ctx;
    struct Pool *pool;
    struct Job *next;
} Job;

typedef struct Pool {
    Loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    Job *first, **last; // waiting, oldest first
    uint32_t waiting;
    Job *free; // the loop's thread only
    bool ending;
    uint32_t idle, threads, max;
    pthread_t thread[THREADS_MAX];
} Pool;

static void job_done(void *ctx) {
    Job *job = ctx;
    Pool *pool = job->pool;
    LoopFn done = job->done;
    void *done_ctx = job->ctx;
    loop_release(pool->loop);
    job->next = pool->free;
    pool->free = job;
    done(done_ctx);
}

static Job *pool_take(Pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->idle++;
    while (!pool->first && !pool->ending) pthread_cond_wait(&pool->work, &pool->lock);
    pool->idle--;
    Job *job = pool->ending ? NULL : pool->first;
    if (job) {
        pool->first = job->next;
        pool->waiting--;
        if (!pool->first) pool->last = &pool->first;
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void *pool_thread(void *ctx) {
    Pool *pool = ctx;
    for (Job *job; (job = pool_take(pool));) {
        job->run(job->ctx);
        loop_post_from_thread(pool->loop, job_done, job);
    }
    return NULL;
}

// Jobs that no thread took are dropped.
static void pool_end(void *owned) {
    Pool *pool = owned;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->threads; i++) pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
}

static Pool *pool_of(Loop *loop) {
    Pool *pool = loop_owned(loop, LOOP_JOBS);
    if (pool) return pool;
    pool = ARENA_NEW(loop_arena(loop), Pool);
    pool->loop = loop;
    pool->last = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    pool->max = processors < THREADS_MIN ? THREADS_MIN : processors > THREADS_MAX ? THREADS_MAX : (uint32_t)processors;
    loop_own(loop, LOOP_JOBS, pool, pool_end);
    return pool;
}

// Signals are the loop's: threads start with all of them blocked.
static void pool_grow(Pool *pool) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&pool->thread[pool->threads], NULL, pool_thread, pool) == 0) pool->threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pool->threads == 0) {
        perror("infra: cannot start a thread");
        abort();
    }
}

void job_start(Loop *loop, void (*run)(void *ctx), LoopFn done, void *ctx) {
    Pool *pool = pool_of(loop);
    Job *job = pool->free;
    if (job)
        pool->free = job->next;
    else
        job = ARENA_NEW(loop_arena(loop), Job);
    *job = (Job){run, done, ctx, pool, NULL};
    loop_hold(loop);
    pthread_mutex_lock(&pool->lock);
    *pool->last = job;
    pool->last = &job->next;
    bool grow = ++pool->waiting > pool->idle && pool->threads < pool->max;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (grow) pool_grow(pool);
}

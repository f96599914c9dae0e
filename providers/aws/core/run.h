// Runs the steps of a verb, one after another, with retries, waits and repetitions.
#ifndef INFRA_AWS_CORE_RUN_H
#define INFRA_AWS_CORE_RUN_H

#include "engine/io/loop.h"
#include "providers/aws/core/batch.h"

typedef struct Runner Runner;

typedef struct RunLevel { // steps being run: a verb's, a named list's, a repetition's
    Steps steps;
    uint32_t next;
    const Step *repeat; // NULL: once
    uint32_t rounds;
} RunLevel;

enum { RUN_DEPTH = 8 };

struct Runner {
    struct InfraProvider *provider;
    Frame *f;
    Arena *arena;
    Str token;
    bool removing;       // "not found" is success
    bool creating;       // an id that a step gives is new
    int64_t deadline;    // on the loop's clock
    Value private_value; // object or null
    void (*done)(Runner *r);
    void (*born)(Runner *r); // a step gave the id: make it durable, then runner_resume
    void (*status)(Runner *r, Str words);
    void *ctx;
    // Out
    bool exists;                  // what is being created is there
    bool failed, unknown_outcome; // unknown: a call was sent and no answer came
    Diags diags;
    // Inside
    RunLevel levels[RUN_DEPTH];
    uint32_t depth;
    const Step *step;
    Value each; // elements left of a for_each
    uint32_t each_at;
    int64_t first_error, wait_from;
    uint32_t tries, times;
    AwsCall *call;
    Arena *call_arena;
    Timer *timer;
    Want want;
    bool canceled, running, again;
};

Runner *runner_new(struct InfraProvider *provider, Frame *f);
// done is called once, from the loop or before this returns.
void runner_start(Runner *r, Steps steps);
void runner_resume(Runner *r);
void runner_cancel(Runner *r);
void runner_fail(Runner *r, const char *summary, Str detail);

#endif

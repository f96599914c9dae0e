// Looking at objects: wishes of many objects become few calls.
//
// A Want asks for the result of one read step for one object. Wants of one turn of the loop are grouped by step, region
// and group; a batched step is called for up to `max` keys at once, its pages followed. What is missing in a batch is
// looked for alone before it counts as absent; a batch that fails is halved, down to single calls. Where a type can be
// listed and enough of it is wanted, the list is used instead. Equal requests are sent once.
#ifndef INFRA_AWS_CORE_BATCH_H
#define INFRA_AWS_CORE_BATCH_H

#include "providers/aws/core/aws.h"

typedef struct Want Want;
struct Want {
    Frame *frame; // its arena gets the result
    const Step *step;
    Value by; // what is looked for: of a batched step a string; else set here
    void (*done)(void *ctx, Want *want);
    void *ctx;
    // Out: found with result (and what was caught), absent, or failed.
    Value result;
    bool absent, failed;
    const AwsError *caught;
    const AwsError *error; // of a failure; NULL: see problem
    Str problem;
};

Batcher *batcher_new(struct InfraProvider *provider);
// Later, and never from within.
void batch_want(Batcher *b, Want *want);

#endif

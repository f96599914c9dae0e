// Pure jobs on a small pool of threads (fsync, key derivation, hashing, parsing): a job owns its inputs, shares
// nothing, and its result is delivered on the loop's thread.
#ifndef INFRA_IO_JOB_H
#define INFRA_IO_JOB_H

#include "engine/io/loop.h"

// run is called on a pool thread, done on the loop's thread after it. Threads start with the first job (as many as
// processors, 2 to 8) and end with loop_free, which waits for running jobs.
void job_start(Loop *loop, void (*run)(void *ctx), LoopFn done, void *ctx);

#endif

// When and how long to wait before trying again: exponential delays with full jitter, a bound on tries, and the
// server's own Retry-After. Which errors are worth it is the caller's knowledge.
#ifndef INFRA_IO_HTTP_RETRY_H
#define INFRA_IO_HTTP_RETRY_H

#include "engine/base/process.h"

typedef struct RetryPolicy {
    uint32_t max_tries; // the first one counts
    int64_t base_ns;    // upper bound of the first delay
    int64_t max_ns;     // upper bound of any delay
} RetryPolicy;

// The delay before try number `tries + 1`, or -1 when tries are used up. server_ns: Retry-After, 0 when none.
int64_t retry_delay(Process *process, const RetryPolicy *policy, uint32_t tries, int64_t server_ns);
// Retry-After as seconds or a date; 0 when absent or malformed.
int64_t retry_after(Process *process, Str header);

#endif

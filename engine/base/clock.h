// Time, replaceable in tests. All times are nanoseconds.
#ifndef INFRA_BASE_CLOCK_H
#define INFRA_BASE_CLOCK_H

#include "engine/base/str.h"

typedef struct Clock {
    // Since 1970-01-01 UTC.
    int64_t (*wall)(const struct Clock *clock);
    // Since an unspecified start; never goes back.
    int64_t (*monotonic)(const struct Clock *clock);
    void *state;
} Clock;

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

const Clock *clock_system(void);

// "2006-01-02T15:04:05Z", with `digits` (0..9) of fraction; trailing zeros of the fraction are cut when `trim`
// (as Go's RFC3339Nano does).
void clock_rfc3339(int64_t wall_ns, int digits, bool trim, Buf *out);
// Parses RFC 3339 with any offset; false when malformed.
bool clock_parse_rfc3339(Str text, int64_t *wall_ns);
// Go's duration syntax, "1h30m", "10s", "1.5m", "300ms"; false when malformed or negative.
bool clock_parse_duration(Str text, int64_t *ns);

#endif

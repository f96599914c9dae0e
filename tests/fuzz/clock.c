// A time that is read prints as one that reads the same; durations are never negative.
#include "engine/base/clock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str text = {(const char *)data, size};
    int64_t ns, back;
    if (clock_parse_rfc3339(text, &ns)) {
        Buf out = {0};
        clock_rfc3339(ns, 9, true, &out);
        check(clock_parse_rfc3339(buf_str(&out), &back) && back == ns);
        buf_free(&out);
    }
    if (clock_parse_duration(text, &ns)) check(ns >= 0);
    return 0;
}

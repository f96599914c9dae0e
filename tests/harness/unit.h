// What every unit test includes first: cmocka with the headers that it needs, and a few helpers.
#ifndef INFRA_HARNESS_UNIT_H
#define INFRA_HARNESS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/clock.h"
#include "engine/base/process.h"

// 2026-01-02T15:04:05Z, always.
static inline int64_t unit_now(const Clock *clock) {
    (void)clock;
    return INT64_C(1767366245) * NS_PER_S;
}

// 0, 1, 2, … in each call.
static inline void unit_random(Process *process, void *p, size_t n) {
    (void)process;
    for (size_t i = 0; i < n; i++) ((unsigned char *)p)[i] = (unsigned char)i;
}

// A process whose clock stands still and whose randomness is known. Free it with process_free.
static inline Process *test_process(void) {
    static const Clock clock = {unit_now, unit_now, NULL};
    Process *process = process_new();
    process->clock = &clock;
    process->random = unit_random;
    return process;
}

#define assert_str(got, want)                                                                                          \
    do {                                                                                                               \
        Str got_ = (got);                                                                                              \
        if (!str_eqz(got_, (want))) fail_msg("got  \"%.*s\"\n            want \"%s\"", STR_ARG(got_), (want));         \
    } while (0)

#endif

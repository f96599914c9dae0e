#include "engine/io/http/retry.h"

#include "engine/base/clock.h"

#include <time.h>

// A uniformly random number of [0, n).
static int64_t random_below(Process *process, int64_t n) {
    if (n <= 0) return 0;
    uint64_t r;
    process->random(process, &r, sizeof r);
    return (int64_t)((unsigned __int128)r * (uint64_t)n >> 64);
}

int64_t retry_delay(Process *process, const RetryPolicy *policy, uint32_t tries, int64_t server_ns) {
    if (tries >= policy->max_tries) return -1;
    int64_t bound = policy->base_ns;
    for (uint32_t i = 1; i < tries && bound < policy->max_ns; i++) bound *= 2;
    if (bound > policy->max_ns) bound = policy->max_ns;
    int64_t delay = random_below(process, bound + 1);
    if (server_ns <= 0) return delay;
    // The server's wish is a floor, within reason.
    int64_t floor = server_ns < policy->max_ns ? server_ns : policy->max_ns;
    return delay > floor ? delay : floor;
}

int64_t retry_after(Process *process, Str header) {
    header = str_trim(header);
    int64_t seconds;
    if (str_to_i64(header, &seconds)) return seconds > 0 && seconds < 86400 * 365 ? seconds * NS_PER_S : 0;
    char text[64];
    if (header.n == 0 || header.n >= sizeof text) return 0;
    memcpy(text, header.p, header.n);
    text[header.n] = '\0';
    struct tm tm = {0};
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (!end || *end) return 0;
    int64_t delay = (int64_t)timegm(&tm) * NS_PER_S - process->clock->wall(process->clock);
    return delay > 0 ? delay : 0;
}

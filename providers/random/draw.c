#include "providers/random/random.h"

/* CRC-64 as ISO 3309 has it, reflected. */
static uint64_t seed_of(InfraText seed) {
    uint64_t crc = UINT64_MAX;
    for (size_t i = 0; i < seed.n; i++) {
        crc ^= (unsigned char)seed.p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ UINT64_C(0xD800000000000000) : crc >> 1;
    }
    return ~crc;
}

void draw_start(Draw *d, const InfraHost *host, InfraText seed) {
    d->host = host;
    d->seeded = seed.n > 0;
    d->state = seed_of(seed);
    d->at = sizeof d->bytes;
}

/* SplitMix64 for seeds. */
static uint64_t draw_u64(Draw *d) {
    uint64_t z;
    if (d->seeded) {
        z = d->state += UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        return z ^ z >> 31;
    }
    if (d->at + 8 > sizeof d->bytes) {
        d->host->random(d->host, d->bytes, sizeof d->bytes);
        d->at = 0;
    }
    z = 0;
    for (int i = 0; i < 8; i++) z = z << 8 | d->bytes[d->at++];
    return z;
}

uint64_t draw_below(Draw *d, uint64_t n) {
    uint64_t limit = UINT64_MAX - (UINT64_MAX % n + 1) % n; /* the last multiple of n, less one */
    uint64_t z;
    do z = draw_u64(d);
    while (z > limit);
    return z % n;
}

void draw_order(Draw *d, size_t *order, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)draw_below(d, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

// A binary heap of ids by rank, lowest rank first. Arrays are the caller's; pushing never allocates.
#ifndef INFRA_BASE_HEAP_H
#define INFRA_BASE_HEAP_H

#include <stdint.h>

typedef struct Heap {
    uint32_t *at;         // room for every id
    uint32_t n;
    const uint32_t *rank; // by id; ranks differ
} Heap;

static inline void heap_push(Heap *h, uint32_t id) {
    uint32_t i = h->n++;
    while (i > 0 && h->rank[h->at[(i - 1) / 2]] > h->rank[id]) {
        h->at[i] = h->at[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->at[i] = id;
}

static inline uint32_t heap_pop(Heap *h) {
    uint32_t top = h->at[0], x = h->at[--h->n], i = 0;
    for (;;) {
        uint32_t c = 2 * i + 1;
        if (c >= h->n) break;
        if (c + 1 < h->n && h->rank[h->at[c + 1]] < h->rank[h->at[c]]) c++;
        if (h->rank[h->at[c]] >= h->rank[x]) break;
        h->at[i] = h->at[c];
        i = c;
    }
    h->at[i] = x;
    return top;
}

#endif

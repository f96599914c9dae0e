#include "engine/value/order.h"

static int order_by_key(const OrderItem *a, const OrderItem *b) { return str_cmp(a->key, b->key); }

static void order_merge(const OrderItem *from, OrderItem *to, uint32_t low, uint32_t middle, uint32_t high,
                        OrderCompare *compare) {
    uint32_t a = low, b = middle;
    for (uint32_t at = low; at < high; at++) {
        bool first = a < middle && (b >= high || compare(&from[a], &from[b]) <= 0);
        to[at] = first ? from[a++] : from[b++];
    }
}

void order_sort_by(OrderItem *items, OrderItem *spare, uint32_t n, OrderCompare *compare) {
    uint32_t sorted = 1;
    while (sorted < n && compare(&items[sorted - 1], &items[sorted]) <= 0) sorted++;
    if (sorted >= n) return;
    OrderItem *from = items, *to = spare;
    for (uint64_t width = 1; width < n; width *= 2) {
        for (uint64_t low = 0; low < n; low += 2 * width) {
            uint64_t middle = low + width < n ? low + width : n, high = low + 2 * width < n ? low + 2 * width : n;
            order_merge(from, to, (uint32_t)low, (uint32_t)middle, (uint32_t)high, compare);
        }
        OrderItem *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, n * sizeof *items);
}

void order_sort(OrderItem *items, OrderItem *spare, uint32_t n) { order_sort_by(items, spare, n, order_by_key); }

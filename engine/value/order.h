// Stable sorting by a text key, with indexes to carry along. Only for the sources of this folder.
#ifndef INFRA_VALUE_ORDER_H
#define INFRA_VALUE_ORDER_H

#include "engine/base/str.h"

typedef struct OrderItem {
    Str key;
    uint32_t index;
} OrderItem;

typedef int OrderCompare(const OrderItem *a, const OrderItem *b);

// Sorts by the key's bytes. spare has room for n items. Linear when the input is sorted.
void order_sort(OrderItem *items, OrderItem *spare, uint32_t n);
void order_sort_by(OrderItem *items, OrderItem *spare, uint32_t n, OrderCompare *compare);

#endif

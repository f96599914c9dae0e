#include "engine/base/vec.h"

#include <assert.h>

void *vec_grow(Arena *arena, void *at, uint32_t *cap, uint32_t need, size_t item_size) {
    // A count that wrapped around would be smaller than the capacity it has outgrown.
    assert(need > *cap);
    uint32_t grown = *cap ? *cap : (item_size > 64 ? 4 : 8);
    while (grown < need) grown = grown > UINT32_MAX / 2 ? UINT32_MAX : grown * 2;
    void *p = arena_grow(arena, at, *cap * item_size, grown * item_size);
    *cap = grown;
    return p;
}

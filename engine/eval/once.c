#include "engine/eval/once.h"

OnceCache *once_new(Arena *arena, uint32_t n) {
    OnceCache *once = ARENA_NEW(arena, OnceCache);
    once->arena = arena;
    once->n = n;
    once->values = ARENA_ARRAY(arena, Value, n);
    once->have = ARENA_ARRAY(arena, bool, n);
    return once;
}

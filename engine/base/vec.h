// Growable arrays in an arena: VEC(T) is a struct of pointer, count and capacity; {0} is empty.
// Growth doubles; the old block stays in the arena unless it was the newest item.
#ifndef INFRA_BASE_VEC_H
#define INFRA_BASE_VEC_H

#include "engine/base/arena.h"

#include <string.h>

#define VEC(T)                                                                                                         \
    struct {                                                                                                           \
        T *at;                                                                                                         \
        uint32_t n;                                                                                                    \
        uint32_t cap;                                                                                                  \
    }

void *vec_grow(Arena *arena, void *at, uint32_t *cap, uint32_t need, size_t item_size);

// Makes room for `more` further items.
#define vec_reserve(arena, v, more)                                                                                    \
    ((v)->n + (uint32_t)(more) <= (v)->cap                                                                             \
         ? (void)0                                                                                                     \
         : (void)((v)->at = vec_grow((arena), (v)->at, &(v)->cap, (v)->n + (uint32_t)(more), sizeof *(v)->at)))
#define vec_push(arena, v, item) (vec_reserve((arena), (v), 1), (void)((v)->at[(v)->n++] = (item)))
// Appends one cleared item and gives its address.
#define vec_add(arena, v)                                                                                              \
    (vec_reserve((arena), (v), 1), memset(&(v)->at[(v)->n], 0, sizeof *(v)->at), &(v)->at[(v)->n++])

#endif

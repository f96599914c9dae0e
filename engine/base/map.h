// Hash maps in an arena: string keys or u64 keys, u64 values. Iteration in insertion order.
// A slot is valid until the next put. Keys are borrowed: their bytes must outlive the map. Values hold a number or a pointer cast to uintptr_t.
#ifndef INFRA_BASE_MAP_H
#define INFRA_BASE_MAP_H

#include "engine/base/str.h"

typedef struct StrMapItem {
    Str key;
    uint64_t value;
} StrMapItem;

typedef struct StrMap {
    Arena *arena;
    StrMapItem *items; // in insertion order
    uint32_t *table;   // open addressing, index + 1 into items; 0 is free
    uint32_t n, cap, table_size;
} StrMap;

static inline StrMap strmap_in(Arena *arena) { return (StrMap){arena, NULL, NULL, 0, 0, 0}; }
// The slot of the key, or NULL.
uint64_t *strmap_get(const StrMap *m, Str key);
// The slot of the key, made with value 0 when it was absent; *added (may be NULL) says which.
uint64_t *strmap_put(StrMap *m, Str key, bool *added);
static inline void *strmap_get_ptr(const StrMap *m, Str key) {
    uint64_t *slot = strmap_get(m, key);
    return slot ? (void *)(uintptr_t)*slot : NULL;
}
static inline void strmap_put_ptr(StrMap *m, Str key, const void *p) {
    *strmap_put(m, key, NULL) = (uint64_t)(uintptr_t)p;
}

typedef struct IdMap {
    Arena *arena;
    uint64_t *keys, *values;
    uint8_t *full;
    uint32_t n, table_size;
} IdMap;

static inline IdMap idmap_in(Arena *arena) { return (IdMap){arena, NULL, NULL, NULL, 0, 0}; }
uint64_t *idmap_get(const IdMap *m, uint64_t key);
uint64_t *idmap_put(IdMap *m, uint64_t key, bool *added);

#endif

#include "engine/base/map.h"

#include "engine/base/arena.h"

#include <assert.h>

// Up to here a search through the items beats a table.
#define SCAN_MAX 8u

static uint32_t strmap_index(const StrMap *m, Str key, uint64_t hash) {
    uint32_t mask = m->table_size - 1;
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        uint32_t item = m->table[at];
        if (item == 0 || str_eq(m->items[item - 1].key, key)) return at;
    }
}

uint64_t *strmap_get(const StrMap *m, Str key) {
    if (!m->table) {
        for (uint32_t i = 0; i < m->n; i++)
            if (str_eq(m->items[i].key, key)) return &m->items[i].value;
        return NULL;
    }
    uint32_t item = m->table[strmap_index(m, key, str_hash(key))];
    return item ? &m->items[item - 1].value : NULL;
}

// Keys are known to differ here, so a free place is all that is looked for.
static void strmap_rehash(StrMap *m, uint32_t size) {
    m->table = ARENA_ARRAY(m->arena, uint32_t, size);
    m->table_size = size;
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t at = (uint32_t)str_hash(m->items[i].key) & (size - 1);
        while (m->table[at]) at = (at + 1) & (size - 1);
        m->table[at] = i + 1;
    }
}

uint64_t *strmap_put(StrMap *m, Str key, bool *added) {
    uint64_t *slot = NULL;
    uint32_t at = 0;
    if (m->table) {
        at = strmap_index(m, key, str_hash(key));
        if (m->table[at]) slot = &m->items[m->table[at] - 1].value;
    } else {
        slot = strmap_get(m, key);
    }
    if (added) *added = slot == NULL;
    if (slot) return slot;

    if (m->n == m->cap) {
        assert(m->cap < UINT32_MAX / 2);
        uint32_t cap = m->cap ? m->cap * 2 : 4;
        m->items = arena_grow(m->arena, m->items, m->cap * sizeof *m->items, cap * sizeof *m->items);
        m->cap = cap;
    }
    m->items[m->n++] = (StrMapItem){key, 0};
    if (m->table) m->table[at] = m->n;
    // At most two thirds full, so that probes stay short.
    if (m->n > SCAN_MAX && m->n > m->table_size / 3 * 2) strmap_rehash(m, m->table_size ? m->table_size * 2 : 32);
    return &m->items[m->n - 1].value;
}

static uint32_t idmap_index(const IdMap *m, uint64_t key) {
    uint64_t hash = key * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t mask = m->table_size - 1;
    uint32_t at = (uint32_t)(hash >> 32) & mask;
    while (m->full[at] && m->keys[at] != key) at = (at + 1) & mask;
    return at;
}

uint64_t *idmap_get(const IdMap *m, uint64_t key) {
    if (m->table_size == 0) return NULL;
    uint32_t at = idmap_index(m, key);
    return m->full[at] ? &m->values[at] : NULL;
}

static void idmap_rehash(IdMap *m, uint32_t size) {
    IdMap old = *m;
    m->keys = arena_alloc(m->arena, size * sizeof *m->keys);
    m->values = arena_alloc(m->arena, size * sizeof *m->values);
    m->full = arena_zalloc(m->arena, size);
    m->table_size = size;
    for (uint32_t i = 0; i < old.table_size; i++) {
        if (!old.full[i]) continue;
        uint32_t at = idmap_index(m, old.keys[i]);
        m->full[at] = 1;
        m->keys[at] = old.keys[i];
        m->values[at] = old.values[i];
    }
}

uint64_t *idmap_put(IdMap *m, uint64_t key, bool *added) {
    uint64_t *slot = idmap_get(m, key);
    if (added) *added = slot == NULL;
    if (slot) return slot;
    if (m->n >= m->table_size / 3 * 2) {
        assert(m->table_size < UINT32_MAX / 2);
        idmap_rehash(m, m->table_size ? m->table_size * 2 : 16);
    }
    uint32_t at = idmap_index(m, key);
    assert(m->values);
    m->full[at] = 1;
    m->keys[at] = key;
    m->values[at] = 0;
    m->n++;
    return &m->values[at];
}

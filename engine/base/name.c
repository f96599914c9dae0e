#include "engine/base/name.h"

#include "engine/base/process.h"

#include <assert.h>

// Open addressing; the hash in the NameText spares most comparisons of text.
typedef struct NameTable {
    NameText **at;
    uint32_t n, size;
} NameTable;

static NameText **name_slot(const NameTable *t, Str text, uint32_t hash) {
    uint32_t mask = t->size - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        const NameText *n = t->at[i];
        if (!n || (n->hash == hash && str_eq(name_str(n), text))) return &t->at[i];
    }
}

static void name_rehash(Process *process, NameTable *t, uint32_t size) {
    NameTable old = *t;
    t->at = ARENA_ARRAY(process->arena, NameText *, size);
    t->size = size;
    for (uint32_t i = 0; i < old.size; i++) {
        if (!old.at[i]) continue;
        uint32_t to = old.at[i]->hash & (size - 1);
        while (t->at[to]) to = (to + 1) & (size - 1);
        t->at[to] = old.at[i];
    }
}

Name name_of(Process *process, Str text) {
    assert(text.n < UINT32_MAX);
    NameTable *t = process->names;
    if (!t) {
        t = process->names = ARENA_NEW(process->arena, NameTable);
        name_rehash(process, t, 1024);
    }
    uint32_t hash = (uint32_t)str_hash(text);
    NameText **slot = name_slot(t, text, hash);
    if (*slot) return *slot;
    NameText *n = arena_alloc(process->arena, sizeof *n + text.n + 1);
    n->n = (uint32_t)text.n;
    n->hash = hash;
    if (text.n) memcpy(n->text, text.p, text.n);
    n->text[text.n] = '\0';
    *slot = n;
    if (++t->n > t->size / 3 * 2) name_rehash(process, t, t->size * 2);
    return n;
}

Name name_find(Process *process, Str text) {
    const NameTable *t = process->names;
    return t ? *name_slot(t, text, (uint32_t)str_hash(text)) : NULL;
}

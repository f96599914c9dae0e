#include "state/splice.h"

#include <assert.h>
#include <stdlib.h>

typedef struct EdgeList {
    const Str *at;
    uint32_t n;
} EdgeList;

enum { GONE_NEW, GONE_OPEN, GONE_DONE };

// A resource of which objects were removed: what they depended on, and what that comes to among those still there.
typedef struct Gone {
    Str address;
    VEC(EdgeList) lists;
    VEC(Str) heirs;
    uint8_t state;
    uint32_t list, edge; // the next edge to look at while open
} Gone;

struct SnapshotSplices {
    StrMap by_address; // to index + 1
    VEC(Gone) gone;
};

void splice_note(Snapshot *s, Str address, const StateObject *o) {
    if (o->dependency_count == 0) return;
    struct SnapshotSplices *all = s->splices;
    if (!all) {
        all = s->splices = ARENA_NEW(s->arena, struct SnapshotSplices);
        all->by_address = strmap_in(s->arena);
    }
    bool added;
    uint64_t *slot = strmap_put(&all->by_address, address, &added);
    if (added) {
        *slot = all->gone.n + 1;
        vec_add(s->arena, &all->gone)->address = address;
    }
    Gone *g = &all->gone.at[*slot - 1];
    // Instances of one resource mostly share their list.
    if (g->lists.n && g->lists.at[g->lists.n - 1].at == o->dependencies) return;
    vec_push(s->arena, &g->lists, ((EdgeList){o->dependencies, o->dependency_count}));
}

static Gone *gone_find(const Snapshot *s, Str address) {
    uint64_t *slot = strmap_get(&s->splices->by_address, address);
    return slot && *slot ? &s->splices->gone.at[*slot - 1] : NULL;
}

static int order_texts(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

static uint32_t texts_unique(Str *at, uint32_t n) {
    if (n) qsort(at, n, sizeof *at, order_texts);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || !str_eq(at[kept - 1], at[i])) at[kept++] = at[i];
    return kept;
}

typedef VEC(Gone *) GoneStack;

// Looks at one edge of the resource on top. An edge to another gone one opens that first; then its heirs are taken.
// An edge back into the chain (no sound state has one) is left out.
static void gone_step(Snapshot *s, Arena *scratch, GoneStack *stack) {
    Gone *g = stack->at[stack->n - 1];
    if (g->list == g->lists.n) {
        g->heirs.n = texts_unique(g->heirs.at, g->heirs.n);
        g->state = GONE_DONE;
        stack->n--;
        return;
    }
    EdgeList list = g->lists.at[g->list];
    if (g->edge == list.n) {
        g->list++;
        g->edge = 0;
        return;
    }
    Str to = list.at[g->edge];
    Gone *next = gone_find(s, to);
    if (next && next->state == GONE_NEW) {
        next->state = GONE_OPEN;
        vec_push(scratch, stack, next);
        return;
    }
    g->edge++;
    if (!next)
        vec_push(scratch, &g->heirs, to);
    else if (next->state == GONE_DONE)
        for (uint32_t i = 0; i < next->heirs.n; i++) vec_push(scratch, &g->heirs, next->heirs.at[i]);
}

static void gone_resolve(Snapshot *s, Arena *scratch, Gone *g) {
    if (g->state != GONE_NEW) return;
    GoneStack stack = {0};
    g->state = GONE_OPEN;
    vec_push(scratch, &stack, g);
    while (stack.n) gone_step(s, scratch, &stack);
}

// The list with what the gone ones in it leave; the same list when that is nothing new.
static EdgeList list_spliced(Snapshot *s, Arena *scratch, Str self, EdgeList list) {
    VEC(Str) all = {0};
    assert(list.at);
    for (uint32_t i = 0; i < list.n; i++) {
        Gone *g = gone_find(s, list.at[i]);
        if (!g) continue;
        gone_resolve(s, scratch, g);
        for (uint32_t k = 0; k < g->heirs.n; k++)
            if (!str_eq(g->heirs.at[k], self)) vec_push(scratch, &all, g->heirs.at[k]);
    }
    if (all.n == 0) return list;
    for (uint32_t i = 0; i < list.n; i++) vec_push(scratch, &all, list.at[i]);
    uint32_t n = texts_unique(all.at, all.n);
    if (n == list.n) return list;
    Str *at = arena_alloc(s->arena, n * sizeof *at);
    memcpy(at, all.at, n * sizeof *at);
    return (EdgeList){at, n};
}

void splice_apply(Snapshot *s) {
    if (!s->splices) return;
    for (uint32_t i = 0; i < s->splices->gone.n; i++) {
        Str address = s->splices->gone.at[i].address;
        if (snapshot_find(s, address)) *strmap_get(&s->splices->by_address, address) = 0;
    }
    Arena *scratch = arena_new(arena_process(s->arena), LIFE_OP, "splice");
    for (uint32_t i = 0; i < s->resource_count; i++) {
        StateResource *r = &s->resources[i];
        EdgeList before = {NULL, 0}, after = {NULL, 0};
        for (uint32_t k = 0; k < r->n; k++) {
            StateObject *o = &r->objects[k];
            if (o->dependency_count == 0) continue;
            if (o->dependencies != before.at || o->dependency_count != before.n) {
                before = (EdgeList){o->dependencies, o->dependency_count};
                after = list_spliced(s, scratch, r->address, before);
            }
            o->dependencies = after.at;
            o->dependency_count = after.n;
        }
    }
    arena_free(scratch);
    s->splices = NULL;
}

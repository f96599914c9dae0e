// Which objects a targeted destroy takes. The state's dependencies name resources without keys, so what spreads are
// plain addresses; each is spread from once.
#include "engine/plan/module_path.h"
#include "engine/plan/targets.h"

typedef struct Spread {
    Arena *arena;
    const Walk *w;
    uint8_t *goes;
    StrMap names;                 // plain address to its number + 1
    uint32_t *of;                 // per object: the number of its address
    uint32_t *first, *next;       // per number: its first object + 1; per object: the next one + 1
    uint32_t *user, *user_next;   // per number: its first edge + 1; per edge: the next one + 1
    uint32_t *user_object;        // per edge: the object that needs the address
    uint8_t *queued;              // per number; 2: whole, with all its objects
    uint32_t *queue, n;
} Spread;

static void spread_add(Spread *s, uint32_t number) {
    if (s->queued[number]) return;
    s->queued[number] = 1;
    s->queue[s->n++] = number;
}

static Spread spread_new(Arena *arena, const Walk *w, uint8_t *goes) {
    uint32_t size = w->prior.n + 1;
    Spread s = {.arena = arena, .w = w, .goes = goes, .names = strmap_in(arena)};
    s.of = ARENA_ARRAY(arena, uint32_t, size);
    s.first = ARENA_ARRAY(arena, uint32_t, size);
    s.next = ARENA_ARRAY(arena, uint32_t, size);
    s.queued = ARENA_ARRAY(arena, uint8_t, size);
    s.queue = ARENA_ARRAY(arena, uint32_t, 2 * size); // spread_to_needs comes to an address twice at most
    for (uint32_t i = 0; i < w->prior.n; i++) {
        bool added;
        uint64_t *slot = strmap_put(&s.names, module_path_plain(arena, w->prior.at[i].resource->address), &added);
        if (added) *slot = s.names.n;
        s.of[i] = (uint32_t)*slot - 1;
        s.next[i] = s.first[s.of[i]];
        s.first[s.of[i]] = i + 1;
    }
    return s;
}

static void spread_index_users(Spread *s) {
    uint32_t edges = 0, n = 0;
    for (uint32_t i = 0; i < s->w->prior.n; i++) edges += s->w->prior.at[i].object->dependency_count;
    s->user = ARENA_ARRAY(s->arena, uint32_t, s->w->prior.n + 1);
    s->user_next = ARENA_ARRAY(s->arena, uint32_t, edges + 1);
    s->user_object = ARENA_ARRAY(s->arena, uint32_t, edges + 1);
    for (uint32_t i = 0; i < s->w->prior.n; i++) {
        const StateObject *o = s->w->prior.at[i].object;
        for (uint32_t d = 0; d < o->dependency_count; d++) {
            const uint64_t *slot = strmap_get(&s->names, o->dependencies[d]);
            if (!slot) continue;
            s->user_object[n] = i;
            s->user_next[n] = s->user[*slot - 1];
            s->user[*slot - 1] = ++n;
        }
    }
}

static void spread_to_users(Spread *s) {
    spread_index_users(s);
    for (uint32_t q = 0; q < s->n; q++) {
        for (uint32_t e = s->user[s->queue[q]]; e; e = s->user_next[e - 1]) {
            s->goes[s->user_object[e - 1]] = 1;
            spread_add(s, s->of[s->user_object[e - 1]]);
        }
    }
}

static void spread_to_needs(Spread *s) {
    for (uint32_t q = 0; q < s->n; q++) {
        for (uint32_t i = s->first[s->queue[q]]; i; i = s->next[i - 1]) {
            const StateObject *o = s->w->prior.at[i - 1].object;
            if (s->goes[i - 1]) continue;
            for (uint32_t d = 0; d < o->dependency_count; d++) {
                const uint64_t *slot = strmap_get(&s->names, o->dependencies[d]);
                if (!slot || s->queued[*slot - 1] == 2) continue;
                s->queued[*slot - 1] = 2;
                for (uint32_t k = s->first[*slot - 1]; k; k = s->next[k - 1]) s->goes[k - 1] = 0;
                s->queue[s->n++] = (uint32_t)*slot - 1;
            }
        }
    }
}

const uint8_t *targets_destroyed(Arena *arena, const Walk *w, const PlanOptions *o) {
    if (o->target_count == 0 && o->exclude_count == 0) return NULL;
    uint8_t *goes = ARENA_ARRAY(arena, uint8_t, w->prior.n + 1);
    Spread s = spread_new(arena, w, goes);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        const StateResource *r = p->resource;
        goes[i] = targets_object(o, r->module, r->data, r->type, r->name, p->object->key);
        if (goes[i] == (o->target_count > 0)) spread_add(&s, s.of[i]);
    }
    if (o->target_count) spread_to_users(&s);
    else spread_to_needs(&s);
    return goes;
}

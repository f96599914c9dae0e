#include "state/snapshot.h"

#include "engine/base/process.h"
#include "state/snapshot_build.h"
#include "state/splice.h"

#include <assert.h>
#include <stdlib.h>

// Below this number of objects a search through them beats a table.
#define INDEX_MIN 8u
#define INDEX_HOLE UINT32_MAX

Snapshot *snapshot_new(Arena *arena) {
    Snapshot *s = ARENA_NEW(arena, Snapshot);
    s->arena = arena;
    s->by_address = strmap_in(arena);
    char uuid[37];
    process_uuid(arena_process(arena), uuid);
    s->lineage = str_copy(arena, str_of(uuid));
    return s;
}

StateResource *snapshot_find(const Snapshot *s, Str address) {
    uint64_t *at = strmap_get(&s->by_address, address);
    return at && *at ? &s->resources[*at - 1] : NULL;
}

static int resource_cmp(const StateResource *a, const StateResource *b) {
    int order = str_cmp(a->module, b->module);
    if (!order) order = (int)b->data - (int)a->data;
    if (!order) order = str_cmp(a->type, b->type);
    return order ? order : str_cmp(a->name, b->name);
}

static int object_cmp(const StateObject *a, const StateObject *b) {
    int order = key_cmp(a->key, b->key);
    return order ? order : str_cmp(a->deposed, b->deposed);
}

static Str address_make(Arena *arena, Str module, bool data, Str type, Str name) {
    size_t n = (module.n ? module.n + 1 : 0) + (data ? 5 : 0) + type.n + 1 + name.n;
    char *p = arena_alloc(arena, n + 1), *at = p;
    if (module.n) {
        at = (char *)mempcpy(at, module.p, module.n);
        *at++ = '.';
    }
    if (data) at = (char *)mempcpy(at, "data.", 5);
    at = (char *)mempcpy(at, type.p, type.n);
    *at++ = '.';
    at = (char *)mempcpy(at, name.p, name.n);
    *at = 0;
    return str_make(p, n);
}

StateResource *snapshot_add_resource(Snapshot *s, const StateResource *like) {
    ArenaMark mark = arena_mark(s->arena);
    Str address = address_make(s->arena, like->module, like->data, like->type, like->name);
    StateResource *found = snapshot_find(s, address);
    if (found) {
        arena_release(s->arena, mark);
        return found;
    }
    if (s->resource_count == s->resource_cap) {
        uint32_t cap = s->resource_cap ? s->resource_cap * 2 : 16;
        assert(cap > s->resource_cap);
        s->resources =
            arena_grow(s->arena, s->resources, s->resource_cap * sizeof *s->resources, cap * sizeof *s->resources);
        s->resource_cap = cap;
    }
    assert(s->resources);
    StateResource *r = &s->resources[s->resource_count++];
    *r = *like;
    r->address = address;
    *strmap_put(&s->by_address, address, NULL) = s->resource_count;
    if (s->resource_count > 1 && resource_cmp(r - 1, r) > 0) s->unsorted = true;
    return r;
}

StateResource *snapshot_put_resource(Snapshot *s, Str module, bool data, Str type, Str name, Str provider) {
    uint32_t before = s->resource_count;
    StateResource like = {.module = module, .data = data, .type = type, .name = name};
    StateResource *r = snapshot_add_resource(s, &like);
    if (s->resource_count > before) {
        r->module = str_copy(s->arena, module);
        r->type = str_copy(s->arena, type);
        r->name = str_copy(s->arena, name);
    }
    if (!str_eq(r->provider, provider)) r->provider = str_copy(s->arena, provider);
    return r;
}

static uint32_t object_hash(InstanceKey key, Str deposed) {
    uint64_t h = (uint64_t)key.i * UINT64_C(0x9E3779B97F4A7C15);
    if (key.kind == KEY_STRING) h = str_hash(key.s);
    if (deposed.n) h ^= str_hash(deposed) * 31;
    return (uint32_t)(h ^ h >> 32);
}

static bool object_is(const StateObject *o, InstanceKey key, Str deposed) {
    return key_equal(o->key, key) && str_eq(o->deposed, deposed);
}

static uint32_t *index_slot(const StateResource *r, InstanceKey key, Str deposed) {
    uint32_t mask = r->index_size - 1;
    for (uint32_t at = object_hash(key, deposed) & mask;; at = (at + 1) & mask) {
        uint32_t place = r->index[at];
        if (place == 0) return NULL;
        if (place != INDEX_HOLE && object_is(&r->objects[place - 1], key, deposed)) return &r->index[at];
    }
}

static void index_add(StateResource *r, uint32_t place) {
    uint32_t mask = r->index_size - 1;
    uint32_t at = object_hash(r->objects[place].key, r->objects[place].deposed) & mask;
    while (r->index[at]) at = (at + 1) & mask;
    r->index[at] = place + 1;
    r->index_used++;
}

// Makes the table for the objects there are and one more. Holes count as used until the next time.
static void index_ready(Snapshot *s, StateResource *r) {
    if (r->unsorted && (r->index_used + 1) * 3 <= r->index_size * 2) return;
    uint32_t size = 32;
    while (size / 2 < r->n + 1) size *= 2;
    if (size > r->index_size) {
        r->index = ARENA_ARRAY(s->arena, uint32_t, size);
        r->index_size = size;
    } else {
        memset(r->index, 0, r->index_size * sizeof *r->index);
    }
    r->index_used = 0;
    r->unsorted = true;
    for (uint32_t i = 0; i < r->n; i++) index_add(r, i);
}

StateObject *snapshot_object(const StateResource *r, InstanceKey key, Str deposed) {
    if (r->n <= INDEX_MIN) {
        for (uint32_t i = 0; i < r->n; i++)
            if (object_is(&r->objects[i], key, deposed)) return &r->objects[i];
        return NULL;
    }
    if (r->unsorted) {
        uint32_t *slot = index_slot(r, key, deposed);
        return slot ? &r->objects[*slot - 1] : NULL;
    }
    StateObject want = {.key = key, .deposed = deposed};
    uint32_t low = 0, high = r->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = object_cmp(&r->objects[middle], &want);
        if (order == 0) return &r->objects[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// Not looked for: the caller knows that it is new, or sorts and looks for doubles after.
StateObject *snapshot_add_object(Snapshot *s, StateResource *r) {
    if (r->n == r->cap) {
        uint32_t cap = r->cap ? r->cap * 2 : 1;
        assert(cap > r->cap);
        r->objects = arena_grow(s->arena, r->objects, r->cap * sizeof *r->objects, cap * sizeof *r->objects);
        r->cap = cap;
    }
    StateObject *o = &r->objects[r->n++];
    memset(o, 0, sizeof *o);
    return o;
}

StateObject *snapshot_put_object(Snapshot *s, StateResource *r, InstanceKey key, Str deposed) {
    StateObject *o = snapshot_object(r, key, deposed);
    if (o) {
        StateObject cleared = {.key = o->key, .deposed = o->deposed};
        *o = cleared;
        return o;
    }
    if (key.kind == KEY_STRING) key.s = str_copy(s->arena, key.s);
    if (deposed.n) deposed = str_copy(s->arena, deposed);
    StateObject want = {.key = key, .deposed = deposed};
    bool last = !r->unsorted && (r->n == 0 || object_cmp(&r->objects[r->n - 1], &want) < 0);
    if (!last) index_ready(s, r);
    o = snapshot_add_object(s, r);
    *o = want;
    if (!last) index_add(r, r->n - 1);
    return o;
}

static void resource_remove(Snapshot *s, StateResource *r) {
    *strmap_get(&s->by_address, r->address) = 0;
    StateResource *last = &s->resources[--s->resource_count];
    if (r == last) return;
    *r = *last;
    *strmap_get(&s->by_address, r->address) = (uint64_t)(r - s->resources) + 1;
    s->unsorted = true;
}

void snapshot_remove_object(Snapshot *s, Str address, InstanceKey key, Str deposed) {
    StateResource *r = snapshot_find(s, address);
    StateObject *o = r ? snapshot_object(r, key, deposed) : NULL;
    if (!o) return;
    splice_note(s, r->address, o);
    StateObject *last = &r->objects[r->n - 1];
    if (o != last) index_ready(s, r);
    if (r->unsorted) {
        *index_slot(r, o->key, o->deposed) = INDEX_HOLE;
        if (o != last) *index_slot(r, last->key, last->deposed) = (uint32_t)(o - r->objects) + 1;
    }
    *o = *last;
    if (--r->n == 0) resource_remove(s, r);
}

static int order_resources(const void *a, const void *b) { return resource_cmp(a, b); }
static int order_objects(const void *a, const void *b) { return object_cmp(a, b); }

void snapshot_settle(Snapshot *s) {
    for (uint32_t i = 0; i < s->resource_count; i++) {
        StateResource *r = &s->resources[i];
        if (!r->unsorted) continue;
        if (r->n) qsort(r->objects, r->n, sizeof *r->objects, order_objects);
        r->unsorted = false;
    }
    if (s->unsorted) {
        qsort(s->resources, s->resource_count, sizeof *s->resources, order_resources);
        for (uint32_t i = 0; i < s->resource_count; i++) *strmap_get(&s->by_address, s->resources[i].address) = i + 1;
        s->unsorted = false;
    }
    splice_apply(s);
}

// The place of the name, or where it belongs.
static uint32_t output_place(const Snapshot *s, Str name, bool *found) {
    uint32_t low = 0, high = s->output_count;
    *found = false;
    // Names mostly come in order.
    if (high && str_cmp(s->outputs[high - 1].name, name) < 0) return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(s->outputs[middle].name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void snapshot_put_output(Snapshot *s, const StateOutput *output) {
    bool found;
    uint32_t place = output_place(s, output->name, &found);
    if (!found) {
        if (s->output_count == s->output_cap) {
            uint32_t cap = s->output_cap ? s->output_cap * 2 : 8;
            s->outputs = arena_grow(s->arena, s->outputs, s->output_cap * sizeof *s->outputs, cap * sizeof *s->outputs);
            s->output_cap = cap;
        }
        StateOutput *at = &s->outputs[place];
        memmove(at + 1, at, (s->output_count - place) * sizeof *at);
        s->output_count++;
    }
    StateOutput *o = &s->outputs[place];
    Str name = found ? o->name : str_copy(s->arena, output->name);
    *o = (StateOutput){name, str_copy(s->arena, output->value), str_copy(s->arena, output->type), output->sensitive,
                       str_copy(s->arena, output->deprecated)};
}

void snapshot_remove_output(Snapshot *s, Str name) {
    bool found;
    uint32_t place = output_place(s, name, &found);
    if (!found) return;
    StateOutput *at = &s->outputs[place];
    memmove(at, at + 1, (s->output_count - place - 1) * sizeof *at);
    s->output_count--;
}

uint32_t snapshot_object_count(const Snapshot *s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->resource_count; i++) n += s->resources[i].n;
    return n;
}

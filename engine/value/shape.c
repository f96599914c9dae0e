#include "engine/value/type_table.h"

#include "engine/value/order.h"

// Up to here a scan of pointers is quicker than a search by text.
#define SHAPE_SCAN 16u

static uint32_t shape_hash(const Name *names, uint32_t n) {
    uint64_t h = n;
    for (uint32_t i = 0; i < n; i++) h = (h ^ (uintptr_t)names[i]) * UINT64_C(0x9E3779B97F4A7C15) + (h >> 29);
    return (uint32_t)(h >> 32);
}

static const Shape *shape_new(Arena *arena, const Name *names, uint32_t n) {
    Shape *shape = ARENA_NEW(arena, Shape);
    Name *own = ARENA_ARRAY(arena, Name, n);
    if (n) memcpy(own, names, n * sizeof *names);
    *shape = (Shape){n, own};
    return shape;
}

static void shape_table_grow(Process *p, TypeTable *t) {
    const Shape **old = t->shapes;
    uint32_t old_size = t->shapes_size;
    t->shapes_size *= 2;
    t->shapes = ARENA_ARRAY(p->arena, const Shape *, t->shapes_size);
    for (uint32_t i = 0; i < old_size; i++) {
        if (!old[i]) continue;
        uint32_t to = shape_hash(old[i]->names, old[i]->n) & (t->shapes_size - 1);
        while (t->shapes[to]) to = (to + 1) & (t->shapes_size - 1);
        t->shapes[to] = old[i];
    }
}

const Shape *shape_of_sorted(Arena *arena, const Name *names, uint32_t n) {
    if (n > SHAPE_INTERNED) return shape_new(arena, names, n);
    Process *p = arena_process(arena);
    TypeTable *t = p->types;
    uint32_t at = shape_hash(names, n) & (t->shapes_size - 1);
    for (; t->shapes[at]; at = (at + 1) & (t->shapes_size - 1)) {
        const Shape *s = t->shapes[at];
        if (s->n == n && (n == 0 || memcmp(s->names, names, n * sizeof *names) == 0)) return s;
    }
    const Shape *shape = t->shapes[at] = shape_new(p->arena, names, n);
    if (++t->shapes_n > t->shapes_size / 3 * 2) shape_table_grow(p, t);
    return shape;
}

const Shape *shape_of(Arena *arena, const Name *names, uint32_t n) {
    uint32_t sorted = 1;
    while (sorted < n && str_cmp(name_str(names[sorted - 1]), name_str(names[sorted])) < 0) sorted++;
    if (sorted >= n) return shape_of_sorted(arena, names, n);
    Buf memory = {0};
    char *at = buf_reserve(&memory, n * (2 * sizeof(OrderItem) + sizeof(Name)));
    OrderItem *items = (OrderItem *)(void *)at;
    Name *ordered = (Name *)(void *)(items + 2 * (size_t)n);
    for (uint32_t i = 0; i < n; i++) items[i] = (OrderItem){name_str(names[i]), i};
    order_sort(items, items + n, n);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        Name name = names[items[i].index];
        if (kept == 0 || ordered[kept - 1] != name) ordered[kept++] = name;
    }
    const Shape *shape = shape_of_sorted(arena, ordered, kept);
    buf_free(&memory);
    return shape;
}

const Shape *shape_of_type(Process *p, const Type *object) {
    TypeNode *node = type_node(object);
    if (!node->shape) node->shape = shape_of_sorted(p->arena, object->names, object->n);
    return node->shape;
}

int32_t shape_find(const Shape *shape, Str name) {
    uint32_t low = 0, high = shape->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(name_str(shape->names[middle]), name);
        if (order == 0) return (int32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int32_t shape_index(const Shape *shape, Name name) {
    if (shape->n > SHAPE_SCAN) return shape_find(shape, name_str(name));
    for (uint32_t i = 0; i < shape->n; i++)
        if (shape->names[i] == name) return (int32_t)i;
    return -1;
}

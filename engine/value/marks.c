#include "engine/value/marks.h"

#include "engine/base/map.h"

#include <stdlib.h>

enum { MARK_BITS = (1 << MARK_SET_SHIFT) - 1, MARK_SETS = UINT16_MAX >> MARK_SET_SHIFT };

// A set of deprecation messages: interned and sorted names, so that sets are compared by their pointers.
typedef struct MarkSet {
    uint32_t n;
    const Name *names;
    Str *messages;
} MarkSet;

typedef struct MarkTable {
    MarkSet sets[MARK_SETS]; // id 0 is the empty set; the largest id is not a set but stands for all (MARKS_DEPRECATED)
    uint32_t n;
    StrMap ids; // the bytes of the names' pointers to the id
} MarkTable;

void marks_init(Process *process) {
    MarkTable *t = process->marks = ARENA_NEW(process->arena, MarkTable);
    t->n = 1;
    t->ids = strmap_in(process->arena);
}

// names are sorted by pointer, without doubles. When there is no id left, the fallback stands in.
static uint32_t mark_set(Process *p, const Name *names, uint32_t n, uint32_t fallback) {
    MarkTable *t = p->marks;
    Str key = {(const char *)names, n * sizeof *names};
    const uint64_t *known = strmap_get(&t->ids, key);
    if (known) return (uint32_t)*known;
    if (t->n == MARK_SETS) return fallback;
    Name *own = ARENA_ARRAY(p->arena, Name, n);
    Str *messages = ARENA_ARRAY(p->arena, Str, n);
    for (uint32_t i = 0; i < n; i++) {
        own[i] = names[i];
        messages[i] = name_str(names[i]);
    }
    // Messages are shown in a stable order, not in that of the pointers.
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t k = i; k > 0 && str_cmp(messages[k - 1], messages[k]) > 0; k--) {
            Str swap = messages[k];
            messages[k] = messages[k - 1];
            messages[k - 1] = swap;
        }
    t->sets[t->n] = (MarkSet){n, own, messages};
    *strmap_put(&t->ids, (Str){(const char *)own, key.n}, NULL) = t->n;
    return t->n++;
}

static uint32_t sets_union(Process *p, uint32_t a, uint32_t b) {
    const MarkSet *x = &p->marks->sets[a], *y = &p->marks->sets[b];
    Buf memory = {0};
    Name *names = (Name *)(void *)buf_reserve(&memory, (size_t)(x->n + y->n + 1) * sizeof *names);
    uint32_t n = 0, i = 0, k = 0;
    while (i < x->n || k < y->n) {
        if (k == y->n || (i < x->n && (uintptr_t)x->names[i] <= (uintptr_t)y->names[k])) {
            if (k < y->n && x->names[i] == y->names[k]) k++;
            names[n++] = x->names[i++];
        } else {
            names[n++] = y->names[k++];
        }
    }
    uint32_t id = mark_set(p, names, n, a);
    buf_free(&memory);
    return id;
}

Marks marks_union(Process *p, Marks a, Marks b) {
    unsigned bits = (unsigned)(a | b) & MARK_BITS;
    uint32_t x = a >> MARK_SET_SHIFT, y = b >> MARK_SET_SHIFT;
    uint32_t set = x == y || !y ? x : !x ? y : sets_union(p, x, y);
    return (Marks)(bits | set << MARK_SET_SHIFT);
}

Value marks_add(Process *p, Value v, Marks marks) {
    return marks ? value_with_marks(v, marks_union(p, v.marks, marks)) : v;
}

Marks marks_deprecated(Process *p, Str message) {
    Name name = name_of(p, message);
    return (Marks)(mark_set(p, &name, 1, 0) << MARK_SET_SHIFT);
}

uint32_t marks_messages(Process *p, Marks m, const Str **out) {
    const MarkSet *set = &p->marks->sets[m >> MARK_SET_SHIFT];
    *out = set->messages;
    return set->n;
}

Marks marks_deep(Process *p, Value v) {
    Marks all = v.marks;
    if (!(v.bits & VALUE_MARKED_INSIDE)) return all;
    for (uint32_t i = 0, n = value_parts(v); i < n; i++) {
        Value part = value_part(v, i);
        if (part.bits & VALUE_MARKED_INSIDE) all = marks_union(p, all, marks_deep(p, part));
    }
    return all;
}

// The step from a container to its part.
static Path part_path(Arena *arena, Path parent, Value v, uint32_t i) {
    if (v.kind == TYPE_OBJECT) return path_attr(arena, parent, v.obj->shape->names[i]);
    if (v.kind == TYPE_MAP) return path_index(arena, parent, value_string_raw(arena, v.map->at[i].key));
    if (v.kind == TYPE_SET) return path_index(arena, parent, v.list->at[i]);
    return path_index(arena, parent, value_int(i));
}

static Value strip(Arena *arena, Value v, Path path, PathMarksList *paths) {
    if (!(v.bits & VALUE_MARKED_INSIDE)) return v;
    if (v.marks && paths) vec_push(arena, &paths->list, ((PathMarks){path, v.marks}));
    Value plain = value_with_marks(v, 0);
    uint32_t n = value_parts(plain);
    if (!(plain.bits & VALUE_MARKED_INSIDE) || n == 0) return plain;
    Buf memory = {0};
    Value *parts = (Value *)(void *)buf_reserve(&memory, n * sizeof *parts);
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = value_part(v, i);
        if (!(parts[i].bits & VALUE_MARKED_INSIDE)) continue;
        Path below = paths ? part_path(arena, path, v, i) : path;
        parts[i] = strip(arena, parts[i], below, paths);
    }
    plain = value_with_parts(arena, plain, parts);
    buf_free(&memory);
    return plain;
}

Value marks_strip(Arena *arena, Value v, PathMarksList *paths) { return strip(arena, v, (Path){NULL, 0}, paths); }

Value marks_remove(Arena *arena, Value v, Marks bits) {
    if (!(v.bits & VALUE_MARKED_INSIDE)) return v;
    Value left = value_with_marks(v, (Marks)(v.marks & ~bits));
    uint32_t n = value_parts(left);
    bool inside = false;
    for (uint32_t i = 0; i < n && !inside; i++) inside = value_part(left, i).bits & VALUE_MARKED_INSIDE;
    if (!inside) return left;
    Buf memory = {0};
    Value *parts = (Value *)(void *)buf_reserve(&memory, n * sizeof *parts);
    for (uint32_t i = 0; i < n; i++) parts[i] = marks_remove(arena, value_part(left, i), bits);
    left = value_with_parts(arena, left, parts);
    buf_free(&memory);
    return left;
}

// The index of the part that a step leads to, or -1.
static int64_t step_index(Value v, PathStep step) {
    if (!value_is_set(v)) return -1;
    int64_t i = -1;
    switch ((TypeKind)v.kind) {
    case TYPE_OBJECT: return step.attr ? shape_index(v.obj->shape, step.attr) : -1;
    case TYPE_LIST:
    case TYPE_TUPLE: return !step.attr && value_to_i64(step.index, &i) && i >= 0 && i < v.n ? i : -1;
    case TYPE_MAP: {
        if (step.attr || step.index.kind != TYPE_STRING || !value_is_set(step.index)) return -1;
        const Value *item = value_get_str(v, value_str(step.index));
        // Back from the value to its place among the items.
        return item ? (const MapItem *)(const void *)((const char *)item - offsetof(MapItem, value)) - v.map->at : -1;
    }
    default: return -1;
    }
}

typedef struct Pending {
    const PathMarks *marks;
    int64_t part; // that the path goes through on this level
} Pending;

static int pending_cmp(const void *a, const void *b) {
    const Pending *x = a, *y = b;
    if (x->part != y->part) return x->part < y->part ? -1 : 1;
    return (x->marks > y->marks) - (x->marks < y->marks);
}

// Applies those of `pending` that pass here; `depth` steps of each are done. Each container is copied once.
static Value apply(Arena *arena, Value v, Pending *pending, uint32_t n, uint32_t depth) {
    Process *p = arena_process(arena);
    uint32_t deeper = 0;
    Marks own = 0;
    for (uint32_t i = 0; i < n; i++) {
        const PathMarks *m = pending[i].marks;
        int64_t part = m->path.n > depth ? step_index(v, m->path.at[depth]) : -1;
        // What is marked inside of a set is a mark of the set.
        bool here = m->path.n == depth || v.kind == TYPE_SET;
        if (here) own = marks_union(p, own, m->marks);
        if (!here && part >= 0) pending[deeper++] = (Pending){m, part};
    }
    if (deeper == 0) return marks_add(p, v, own);
    qsort(pending, deeper, sizeof *pending, pending_cmp);
    Buf memory = {0};
    Value *parts = (Value *)(void *)buf_reserve(&memory, v.n * sizeof *parts);
    for (uint32_t i = 0; i < v.n; i++) parts[i] = value_part(v, i);
    for (uint32_t from = 0, to; from < deeper; from = to) {
        for (to = from + 1; to < deeper && pending[to].part == pending[from].part;) to++;
        Value *part = &parts[pending[from].part];
        *part = apply(arena, *part, pending + from, to - from, depth + 1);
    }
    Value made = value_with_parts(arena, v, parts);
    buf_free(&memory);
    return marks_add(p, made, own);
}

Value marks_apply(Arena *arena, Value v, const PathMarksList *paths) {
    if (!paths || paths->list.n == 0) return v;
    Buf memory = {0};
    Pending *pending = (Pending *)(void *)buf_reserve(&memory, paths->list.n * sizeof *pending);
    for (uint32_t i = 0; i < paths->list.n; i++) pending[i] = (Pending){&paths->list.at[i], 0};
    Value made = apply(arena, v, pending, paths->list.n, 0);
    buf_free(&memory);
    return made;
}

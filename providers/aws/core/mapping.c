#include "providers/aws/core/mapping.h"

typedef struct Pairing { // one of the last few structures that a list of attributes was paired with
    const Name *names;
    uint32_t n;
    int32_t *member; // by attribute
    struct Pairing *next;
} Pairing;

static char next_letter(Str s, size_t *i) {
    while (*i < s.n && s.p[*i] == '_') ++*i;
    if (*i >= s.n) return '\0';
    char c = s.p[(*i)++];
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

// 0: differ; 1: equal; 2: equal with an added s on the right.
static int alike(Str a, Str b) {
    size_t i = 0, j = 0;
    for (;;) {
        char x = next_letter(a, &i), y = next_letter(b, &j);
        if (x == y && x == '\0') return 1;
        if (x == '\0' && y == 's') return next_letter(b, &j) == '\0' ? 2 : 0;
        if (x != y) return 0;
    }
}

int32_t mapping_find(const Attr *a, const Name *names, uint32_t n) {
    if (a->unpaired || a->alias || a->dropped) return -1;
    int32_t plural = -1;
    for (uint32_t i = 0; i < n; i++) {
        if (a->api) {
            if (a->api == names[i]) return (int32_t)i;
            continue;
        }
        int how = alike(name_str(a->name), name_str(names[i]));
        if (how == 1) return (int32_t)i;
        if (how == 2 && a->type->kind >= TYPE_LIST) plural = (int32_t)i;
    }
    return plural;
}

static const Pairing *pairing(Arena *arena, const Attrs *attrs, const Name *names, uint32_t n) {
    for (Pairing *p = attrs->pairings; p; p = p->next)
        if (p->names == names && p->n == n) return p;
    Pairing *p = ARENA_NEW(arena, Pairing);
    *p = (Pairing){names, n, ARENA_ARRAY(arena, int32_t, attrs->n + 1), attrs->pairings};
    for (uint32_t i = 0; i < attrs->n; i++) p->member[i] = mapping_find(&attrs->at[i], names, n);
    ((Attrs *)(uintptr_t)attrs)->pairings = p;
    return p;
}

// What is sent for an attribute: empty strings of those that are not nullable are left out.
static Value sent(const Frame *f, const Attr *a, Value v) {
    bool empty = value_is_set(v) && v.kind == TYPE_STRING && v.n == 0 && !a->nullable;
    return empty ? frame_null(f) : v;
}

static bool is_meta(const Def *def, const Attr *a) {
    return a->name == def->id_name || a->name == def->tags_name || a->name == def->tags_all_name ||
           a->name == def->timeouts_name || a->name == def->region_name;
}

const Attrs *mapping_attrs_of(const Attrs *attrs, Value object) {
    if (!value_is_set(object) || object.kind != TYPE_OBJECT) return NULL;
    if (attrs->shape == object.obj->shape) return attrs;
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attrs *found = attrs->at[i].inside ? mapping_attrs_of(attrs->at[i].inside, object) : NULL;
        if (found) return found;
    }
    return NULL;
}

// A nested value with members renamed where `api` says so. Recursion is over the schema's nesting.
static Value rename_inside(Frame *f, const Attrs *attrs, Value v) {
    if (!attrs || !value_is_set(v) || v.kind < TYPE_LIST) return v;
    Arena *arena = frame_arena(f);
    if (v.kind != TYPE_OBJECT) {
        Value *parts = ARENA_ARRAY(arena, Value, v.n + 1);
        for (uint32_t i = 0; i < v.n; i++) parts[i] = rename_inside(f, attrs, value_part(v, i));
        return value_tuple(arena, parts, v.n);
    }
    Name *names = ARENA_ARRAY(arena, Name, v.n + 1);
    Value *values = ARENA_ARRAY(arena, Value, v.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        if (a->unpaired || attr_only_computed(a)) continue;
        names[n] = a->api ? a->api : a->name;
        values[n++] = rename_inside(f, a->inside, sent(f, a, frame_get(f, v, a->name)));
    }
    return value_object_of(arena, names, values, n);
}

Value mapping_input(Frame *f, const Attrs *attrs, Value object, const AwsShape *shape, MappingWanted *wanted) {
    Arena *arena = frame_arena(f);
    if (!value_is_set(object) || object.kind != TYPE_OBJECT) return object;
    if (!shape) return rename_inside(f, attrs, object);
    const Pairing *p = pairing(f->def->core->arena, attrs, shape->object->names, shape->object->n);
    Name *names = ARENA_ARRAY(arena, Name, attrs->n + 1);
    Value *values = ARENA_ARRAY(arena, Value, attrs->n + 1);
    uint32_t n = 0;
    Diags quiet = diags_in(arena);
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        bool top = attrs == f->def->attrs;
        if (p->member[i] < 0 || a->local || attr_only_computed(a) || (top && is_meta(f->def, a))) continue;
        if (wanted && !wanted(f, a)) continue;
        if (a->applies && !frame_true(f, a->applies, true, &quiet)) continue;
        names[n] = shape->object->names[p->member[i]];
        values[n++] = rename_inside(f, a->inside, sent(f, a, frame_get(f, object, a->name)));
    }
    return value_object_of(arena, names, values, n);
}

Value mapping_output(Frame *f, const Attrs *attrs, Value x) {
    Arena *arena = frame_arena(f);
    if (!value_is_set(x) || x.kind != TYPE_OBJECT) return x;
    // Only shapes that live as long as the process have a lasting address.
    const Shape *shape = x.obj->shape;
    const Pairing *p = shape->n <= SHAPE_INTERNED ? pairing(f->def->core->arena, attrs, shape->names, shape->n) : NULL;
    Name *names = ARENA_ARRAY(arena, Name, attrs->n + 1);
    Value *values = ARENA_ARRAY(arena, Value, attrs->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        int32_t m = p ? p->member[i] : mapping_find(a, shape->names, shape->n);
        if (m < 0 || a->local || (attrs == f->def->attrs && is_meta(f->def, a))) continue;
        names[n] = a->name;
        values[n++] = x.obj->at[m];
    }
    return value_object_of(arena, names, values, n);
}

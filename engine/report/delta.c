// Values along types.
#include "engine/report/delta.h"

#include "engine/plan/diff.h"

static Delta *delta_new(Arena *arena, Delta d) {
    Delta *out = ARENA_NEW(arena, Delta);
    *out = d;
    return out;
}

static Delta delta_with(Arena *arena, DeltaKind kind, uint8_t action, Delta inner) {
    return (Delta){.kind = (uint8_t)kind, .action = action, .n = 1, .parts = delta_new(arena, inner)};
}

// Whether one value stands for both sides, so that it need not be taken apart.
static bool change_none(const Change *c) {
    return c->replace.n == 0 && !c->parts_unknown && value_is_whole(c->after) && value_identical(c->before, c->after);
}

static Delta delta_same(Arena *arena, DeltaSame same) {
    DeltaSame *s = ARENA_NEW(arena, DeltaSame);
    *s = same;
    return (Delta){.kind = DELTA_SAME, .action = ACTION_NOOP, .same = s};
}

static Delta delta_text(const Change *c, TypeKind kind) {
    bool before = !change_nil(c->before), after = !change_nil(c->after);
    Delta d = {.kind = DELTA_TEXT, .text = (uint8_t)kind, .before = c->before, .after = c->after};
    d.replace = path_set_ends(&c->replace);
    if (!before && !c->has_before && (after || c->has_after))
        d.action = ACTION_CREATE;
    else if (!after && !c->has_after && (before || c->has_before))
        d.action = ACTION_DELETE;
    else if (change_same(c->before, c->after) && c->has_before == c->has_after)
        d.action = ACTION_NOOP;
    else
        d.action = ACTION_UPDATE;
    return d;
}

// ---- what is the same for every kind of value: sensitive, then unknown ----

typedef struct Along { // what a value is compared along
    const Type *type;
    const SchemaBlock *nested, *block;
    Nesting nesting;
} Along;

static Delta delta_along(Arena *arena, Change c, const Along *along);

static Delta delta_sensitive(Arena *arena, Change c, const Along *along) {
    bool before = value_is_sensitive(c.before), after = value_is_sensitive(c.after);
    bool nothing = change_nil(c.before) && !c.has_before && value_is_null(c.after) && !c.has_after;
    c.before = value_with_marks(c.before, 0);
    c.after = value_with_marks(c.after, 0);
    Delta inner = delta_along(arena, c, along);
    uint8_t action = inner.action == ACTION_NOOP && before != after && !nothing ? ACTION_UPDATE : inner.action;
    Delta d = delta_with(arena, along->block ? DELTA_SENSITIVE_BLOCK : DELTA_SENSITIVE, action, inner);
    d.before_sensitive = before;
    d.after_sensitive = after;
    d.replace = path_set_ends(&c.replace);
    return d;
}

static Delta delta_unknown(Arena *arena, Change c, const Along *along) {
    bool replace = path_set_ends(&c.replace);
    if (change_nil(c.before) && !c.has_before)
        return (Delta){.kind = DELTA_UNKNOWN, .action = ACTION_CREATE, .replace = replace};
    c.after = (Value){.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    c.has_after = false;
    c.parts_unknown = along->nested != NULL || along->block != NULL;
    c.replace = (PathSet){.depth = c.replace.depth};
    Delta inner = change_nil(c.before) ? delta_text(&c, TYPE_DYNAMIC) : delta_along(arena, c, along);
    Delta d = delta_with(arena, DELTA_UNKNOWN, ACTION_UPDATE, inner);
    d.replace = replace;
    return d;
}

// ---- collections ----

typedef Delta (*DeltaPart)(Arena *arena, Change c, const void *along);

static Delta part_type(Arena *arena, Change c, const void *along) { return delta_type(arena, c, along); }

static Delta part_any(Arena *arena, Change c, const void *along) {
    (void)along;
    return delta_value(arena, c);
}

static Delta part_nested(Arena *arena, Change c, const void *along) {
    return delta_nested(arena, c, along, NEST_SINGLE);
}

static Delta delta_open(const Change *c, DeltaKind kind) {
    return (Delta){.kind = (uint8_t)kind, .action = change_action_whole(c), .replace = path_set_ends(&c->replace)};
}

static Delta delta_elements(Arena *arena, const Change *c, DeltaKind kind, DeltaPart part, const void *along,
                            bool keyed) {
    bool set = kind == DELTA_SET || kind == DELTA_NESTED_SET;
    Delta d = delta_open(c, kind);
    DiffPair *pairs;
    uint32_t n = set ? change_pairs_set(arena, c, keyed, &pairs) : change_pairs_list(arena, c, keyed, &pairs);
    d.parts = ARENA_ARRAY(arena, Delta, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Delta *e = &d.parts[d.n++];
        *e = part(arena, change_pair(arena, c, pairs[i], set), along);
        if (set && pairs[i].before != DIFF_NONE && pairs[i].after != DIFF_NONE && e->action == ACTION_UPDATE)
            e->paired = true;
        d.action = change_action_add(d.action, e->action);
    }
    return d;
}

// Element by element: tuples and nested lists.
static Delta delta_positions(Arena *arena, const Change *c, DeltaKind kind, DeltaPart part, const Type *const *types,
                             const void *along) {
    Delta d = delta_open(c, kind);
    uint32_t a = value_parts(c->before), b = value_parts(c->after), n = a > b ? a : b;
    d.parts = ARENA_ARRAY(arena, Delta, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Delta *e = &d.parts[d.n++];
        *e =
            part(arena, change_index(arena, c, i < a ? i : DIFF_NONE, i < b ? i : DIFF_NONE), types ? types[i] : along);
        d.action = change_action_add(d.action, e->action);
    }
    return d;
}

static bool value_keyed(Value v) { return value_is_set(v) && (v.kind == TYPE_MAP || v.kind == TYPE_OBJECT); }

static Str value_key(Value v, uint32_t i) {
    return v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
}

// Both sides are sorted by key: one pass.
static Delta delta_keys(Arena *arena, const Change *c, DeltaKind kind, DeltaPart part, const void *along) {
    Delta d = delta_open(c, kind);
    uint32_t a = value_keyed(c->before) ? c->before.n : 0, b = value_keyed(c->after) ? c->after.n : 0, i = 0, j = 0;
    Str *keys = ARENA_ARRAY(arena, Str, a + b + 1);
    d.keys = keys;
    d.parts = ARENA_ARRAY(arena, Delta, a + b + 1);
    while (i < a || j < b) {
        int cmp = i == a ? 1 : j == b ? -1 : str_cmp(value_key(c->before, i), value_key(c->after, j));
        keys[d.n] = cmp <= 0 ? value_key(c->before, i) : value_key(c->after, j);
        Value before = cmp <= 0 ? value_part(c->before, i) : c->before;
        Value after = cmp >= 0 ? value_part(c->after, j) : c->after;
        Change k = change_key(arena, c, keys[d.n], cmp <= 0 ? &before : NULL, cmp >= 0 ? &after : NULL);
        Delta *e = &d.parts[d.n++];
        *e = part(arena, k, along);
        d.action = change_action_add(d.action, e->action);
        i += cmp <= 0;
        j += cmp >= 0;
    }
    return d;
}

// Attributes that are null before and after are not even counted.
static void delta_attr(Delta *d, Str *keys, Str key, const Change *c, Delta part) {
    if (part.action == ACTION_NOOP && change_nil(c->before) && change_nil(c->after)) return;
    keys[d->n] = key;
    d->parts[d->n++] = part;
    d->action = change_action_add(d->action, part.action);
}

static Delta delta_object(Arena *arena, const Change *c, const Type *type) {
    Delta d = delta_open(c, DELTA_OBJECT);
    Str *keys = ARENA_ARRAY(arena, Str, type->n + 1);
    d.keys = keys;
    d.parts = ARENA_ARRAY(arena, Delta, type->n + 1);
    for (uint32_t i = 0; i < type->n; i++) {
        Change a = change_attr(arena, c, type->names[i]);
        delta_attr(&d, keys, name_str(type->names[i]), &a, delta_type(arena, a, type->types[i]));
    }
    return d;
}

// ---- JSON-like ----

typedef enum Like { LIKE_NULL, LIKE_BOOL, LIKE_NUMBER, LIKE_STRING, LIKE_ARRAY, LIKE_OBJECT } Like;

static Like like_of(Value v) {
    if (!value_is_set(v)) return LIKE_NULL;
    switch ((TypeKind)v.kind) {
    case TYPE_STRING: return LIKE_STRING;
    case TYPE_NUMBER: return LIKE_NUMBER;
    case TYPE_BOOL: return LIKE_BOOL;
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: return LIKE_ARRAY;
    case TYPE_MAP:
    case TYPE_OBJECT: return LIKE_OBJECT;
    case TYPE_DYNAMIC: break;
    }
    return LIKE_NULL;
}

static Delta delta_like(Arena *arena, const Change *c, Like like) {
    switch (like) {
    case LIKE_ARRAY: return delta_elements(arena, c, DELTA_LIST, part_any, NULL, true);
    case LIKE_OBJECT: return delta_keys(arena, c, DELTA_OBJECT, part_any, NULL);
    case LIKE_STRING: return delta_text(c, TYPE_STRING);
    default: return delta_text(c, TYPE_DYNAMIC);
    }
}

static Delta delta_any(Arena *arena, Change c) {
    Like before = like_of(c.before), after = like_of(c.after);
    bool created = before == LIKE_NULL && !c.has_before, deleted = after == LIKE_NULL && !c.has_after;
    if (before == after || created || deleted) return delta_like(arena, &c, before == LIKE_NULL ? after : before);
    Change old = c, new = c;
    old.after = new.before = (Value){.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    old.has_after = new.has_before = false;
    old.has_before = new.has_after = true;
    Delta *parts = ARENA_ARRAY(arena, Delta, 2);
    parts[0] = delta_like(arena, &old, before);
    parts[1] = delta_like(arena, &new, after);
    return (Delta){.kind = DELTA_TYPE_CHANGE, .action = ACTION_UPDATE, .n = 2, .parts = parts};
}

Delta delta_value(Arena *arena, Change c) {
    static const Along along = {0};
    return delta_along(arena, c, &along);
}

// ---- along a type ----

Delta delta_type(Arena *arena, Change c, const Type *type) {
    Along along = {.type = type && type->kind != TYPE_DYNAMIC ? type : NULL};
    return delta_along(arena, c, &along);
}

static Delta delta_typed(Arena *arena, const Change *c, const Type *type) {
    bool object = type->elem && type->elem->kind == TYPE_OBJECT;
    switch ((TypeKind)type->kind) {
    case TYPE_STRING: return delta_text(c, TYPE_STRING);
    case TYPE_LIST: return delta_elements(arena, c, DELTA_LIST, part_type, type->elem, object);
    case TYPE_SET: return delta_elements(arena, c, DELTA_SET, part_type, type->elem, object);
    case TYPE_MAP: return delta_keys(arena, c, DELTA_MAP, part_type, type->elem);
    case TYPE_TUPLE: return delta_positions(arena, c, DELTA_LIST, part_type, type->types, NULL);
    case TYPE_OBJECT: return delta_object(arena, c, type);
    default: return delta_text(c, TYPE_DYNAMIC);
    }
}

// ---- structured attributes ----

static Delta delta_nested_object(Arena *arena, const Change *c, const SchemaBlock *nested) {
    Delta d = delta_open(c, DELTA_NESTED_OBJECT);
    Str *keys = ARENA_ARRAY(arena, Str, nested->attr_count + 1);
    d.keys = keys;
    d.parts = ARENA_ARRAY(arena, Delta, nested->attr_count + 1);
    for (uint32_t i = 0; i < nested->attr_count; i++) {
        const SchemaAttr *a = &nested->attrs[i];
        Change attr = change_attr(arena, c, a->name);
        Delta part =
            a->flags & ATTR_WRITE_ONLY
                ? (Delta){.kind = DELTA_WRITE_ONLY, .action = d.action, .replace = path_set_ends(&attr.replace)}
            : a->nested ? delta_nested(arena, attr, a->nested, a->nesting)
                        : delta_type(arena, attr, a->type);
        delta_attr(&d, keys, name_str(a->name), &attr, part);
    }
    return d;
}

static Delta delta_nested_in(Arena *arena, const Change *c, const SchemaBlock *nested, Nesting nesting) {
    switch (nesting) {
    case NEST_LIST: return delta_positions(arena, c, DELTA_NESTED_LIST, part_nested, NULL, nested);
    case NEST_SET: return delta_elements(arena, c, DELTA_NESTED_SET, part_nested, nested, true);
    case NEST_MAP: return delta_keys(arena, c, DELTA_NESTED_MAP, part_nested, nested);
    default: return delta_nested_object(arena, c, nested);
    }
}

Delta delta_nested(Arena *arena, Change c, const SchemaBlock *nested, Nesting nesting) {
    Along along = {.nested = nested, .nesting = nesting};
    return delta_along(arena, c, &along);
}

// ---- all of them ----

static Delta delta_inside(Arena *arena, const Change *c, const Along *along) {
    if (along->block) return delta_block_inside(arena, c, along->block);
    if (along->nested) return delta_nested_in(arena, c, along->nested, along->nesting);
    if (along->type) return delta_typed(arena, c, along->type);
    return delta_any(arena, *c);
}

static Delta delta_along(Arena *arena, Change c, const Along *along) {
    if (value_is_sensitive(c.before) || value_is_sensitive(c.after)) return delta_sensitive(arena, c, along);
    if (value_is_unknown(c.after)) return delta_unknown(arena, c, along);
    if (!along->block && value_parts(c.before) && change_none(&c))
        return delta_same(arena, (DeltaSame){c, along->type, along->nested, along->nesting});
    return delta_inside(arena, &c, along);
}

Delta delta_expand(Arena *arena, const Delta *d) {
    const DeltaSame *s = d->same;
    Along along = {.type = s->type, .nested = s->nested, .nesting = s->nesting};
    return delta_inside(arena, &s->change, &along);
}

Delta delta_block(Arena *arena, Change c, const SchemaBlock *block) {
    Along along = {.block = block};
    return delta_along(arena, c, &along);
}

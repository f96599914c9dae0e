// Functions over lists and objects.
#include "providers/aws/core/functions.h"
#include "providers/aws/core/mapping.h"

static Value null_of(FuncCall *call) {
    Process *p = arena_process(call->arena);
    return value_null(p, type_dynamic(p));
}

static Value unknown_of(FuncCall *call) {
    Process *p = arena_process(call->arena);
    return value_unknown(p, type_dynamic(p));
}

static bool is_sequence(Value v) { return v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE; }

bool fn_present(FuncCall *call, Value *out) {
    Value v = call->args[0];
    if (value_is_unknown(v))
        *out = value_unknown(arena_process(call->arena), type_bool(arena_process(call->arena)));
    else
        *out = value_bool(value_present(v));
    return true;
}

bool fn_first(FuncCall *call, Value *out) {
    *out = null_of(call);
    for (uint32_t i = 0; i < call->n; i++) {
        if (value_is_null(call->args[i])) continue;
        *out = call->args[i];
        break;
    }
    return true;
}

// Two elements are the same thing: by the named attributes, or altogether.
static bool same_identity(FuncCall *call, Value a, Value b) {
    if (call->n == 2) return value_same(a, b);
    for (uint32_t i = 2; i < call->n; i++) {
        Str name = value_str(call->args[i]);
        const Value *x = value_get_str(a, name), *y = value_get_str(b, name);
        bool no_x = !x || value_is_zero(*x), no_y = !y || value_is_zero(*y);
        if (no_x != no_y || (!no_x && !value_same(*x, *y))) return false;
    }
    return true;
}

static bool has(FuncCall *call, Value list, Value item, Value *found) {
    for (uint32_t i = 0; i < value_parts(list); i++) {
        if (!same_identity(call, value_part(list, i), item)) continue;
        *found = value_part(list, i);
        return true;
    }
    return false;
}

typedef enum Difference { ONLY_IN_NEW, ONLY_IN_OLD, IN_BOTH_BUT_DIFFERENT } Difference;

static bool difference(FuncCall *call, Difference which, Value *out) {
    Value now = call->args[0], old = call->args[1];
    if (value_is_unknown(now) || value_is_unknown(old)) {
        *out = unknown_of(call);
        return true;
    }
    Value from = which == ONLY_IN_OLD ? old : now, other = which == ONLY_IN_OLD ? now : old, twin;
    Value *at = ARENA_ARRAY(call->arena, Value, value_parts(from) + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(from); i++) {
        Value item = value_part(from, i);
        bool there = has(call, other, item, &twin);
        if (which == IN_BOTH_BUT_DIFFERENT ? there && !value_same(item, twin) : !there) at[n++] = item;
    }
    *out = value_tuple(call->arena, at, n);
    return true;
}

bool fn_added(FuncCall *call, Value *out) { return difference(call, ONLY_IN_NEW, out); }
bool fn_removed(FuncCall *call, Value *out) { return difference(call, ONLY_IN_OLD, out); }
bool fn_replaced(FuncCall *call, Value *out) { return difference(call, IN_BOTH_BUT_DIFFERENT, out); }

// As chunklist, of elements whose types differ.
bool fn_chunks(FuncCall *call, Value *out) {
    Value list = call->args[0];
    int64_t size;
    if (value_is_unknown(list)) {
        *out = unknown_of(call);
        return true;
    }
    if (!value_to_i64(call->args[1], &size) || size < 1) return func_fail(call, 1, "a size of at least 1 is needed");
    uint32_t n = value_parts(list), step = size > n ? n : (uint32_t)size, count = 0;
    Value *at = ARENA_ARRAY(call->arena, Value, n + 1), *chunk = ARENA_ARRAY(call->arena, Value, n + 1);
    for (uint32_t i = 0; i < n; i++) at[i] = value_part(list, i);
    for (uint32_t i = 0; i < n; i += step)
        chunk[count++] = value_tuple(call->arena, at + i, n - i < step ? n - i : step);
    *out = value_tuple(call->arena, chunk, count);
    return true;
}

bool fn_kv(FuncCall *call, Value *out) {
    *out = value_is_unknown(call->args[0]) ? unknown_of(call) : mapping_pairs(call->arena, call->args[0]);
    return true;
}

bool fn_filters(FuncCall *call, Value *out) {
    Process *p = arena_process(call->arena);
    Value v = call->args[0];
    Value *at = ARENA_ARRAY(call->arena, Value, value_parts(v) + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(v); i++) {
        Str name = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        Value part = value_part(v, i);
        if (!value_present(part)) continue;
        Name names[2] = {name_of(p, STR("Name")), name_of(p, STR("Values"))};
        Value values[2] = {value_string_raw(call->arena, name),
                           is_sequence(part) ? part : value_tuple(call->arena, &part, 1)};
        at[n++] = value_object_of(call->arena, names, values, 2);
    }
    *out = n ? value_tuple(call->arena, at, n) : null_of(call);
    return true;
}

bool fn_tag_specs(FuncCall *call, Value *out) {
    Process *p = arena_process(call->arena);
    *out = null_of(call);
    if (!value_is_set(call->args[1]) || value_is_zero(call->args[1])) return true;
    Name names[2] = {name_of(p, STR("ResourceType")), name_of(p, STR("Tags"))};
    Value spec = value_object_of(call->arena, names, (Value[]){call->args[0], call->args[1]}, 2);
    *out = value_tuple(call->arena, &spec, 1);
    return true;
}

bool fn_only(FuncCall *call, Value *out) {
    Value list = call->args[0];
    uint32_t n = value_parts(list);
    if (n == 1)
        *out = value_part(list, 0);
    else if (n == 0)
        return func_fail(call, -1, "no %.*s was found", STR_ARG(value_str(call->args[1])));
    else
        return func_fail(call, -1, "%u %.*ss were found where one is wanted", n, STR_ARG(value_str(call->args[1])));
    return true;
}

bool fn_newest(FuncCall *call, Value *out) {
    Str name = value_str(call->args[1]), best = STR_NONE;
    *out = null_of(call);
    for (uint32_t i = 0; i < value_parts(call->args[0]); i++) {
        Value part = value_part(call->args[0], i);
        const Value *when = value_get_str(part, name);
        if (!when || !value_is_set(*when) || when->kind != TYPE_STRING || str_cmp(value_str(*when), best) <= 0)
            continue;
        best = value_str(*when);
        *out = part;
    }
    return true;
}

// The member of an atom that is one part: the index of the part that is set, or -1.
static int32_t atom_part(Value atom, Value parts, Value *element) {
    for (uint32_t k = 0; k < value_parts(parts); k++) {
        const Value *v = value_get_str(atom, value_str(value_part(parts, k)));
        if (!v || value_is_zero(*v)) continue;
        *element = v->kind >= TYPE_LIST && v->kind != TYPE_MAP && v->kind != TYPE_OBJECT ? value_part(*v, 0) : *v;
        return (int32_t)k;
    }
    return -1;
}

static bool is_part(Str name, Value parts) {
    for (uint32_t k = 0; k < value_parts(parts); k++)
        if (str_eq(name, value_str(value_part(parts, k)))) return true;
    return false;
}

// The attributes besides the parts agree; null and zero are alike.
static bool same_head(Value a, Value b, Value parts) {
    for (uint32_t i = 0; i < value_parts(a); i++) {
        Name name = a.obj->shape->names[i];
        if (is_part(name_str(name), parts)) continue;
        const Value *other = value_get(b, name);
        Value x = value_part(a, i);
        bool none = !other || value_is_zero(*other);
        if (value_is_zero(x) != none || (!none && !value_same(x, *other))) return false;
    }
    return true;
}

static bool list_has(Value list, Value element) {
    for (uint32_t i = 0; i < value_parts(list); i++)
        if (value_same(value_part(list, i), element)) return true;
    return false;
}

typedef struct Regroup {
    FuncCall *call;
    Value atoms, parts;
    bool *used;
} Regroup;

// All elements of a group's parts are among the atoms not used yet: they are then.
static bool covered(Regroup *r, Value group) {
    uint32_t need = 0, met = 0, n = value_parts(r->atoms);
    uint32_t *which = ARENA_ARRAY(r->call->arena, uint32_t, n + 1);
    for (uint32_t k = 0; k < value_parts(r->parts); k++) {
        const Value *list = value_get_str(group, value_str(value_part(r->parts, k)));
        if (list && !value_is_zero(*list)) need += list->kind >= TYPE_LIST && list->kind != TYPE_MAP ? list->n : 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        Value element, atom = value_part(r->atoms, i);
        int32_t k = r->used[i] ? -1 : atom_part(atom, r->parts, &element);
        if (k < 0 || !same_head(atom, group, r->parts)) continue;
        const Value *list = value_get_str(group, value_str(value_part(r->parts, (uint32_t)k)));
        bool there = list && value_is_set(*list) &&
                     (list->kind == TYPE_BOOL || list->kind == TYPE_STRING ? value_same(*list, element)
                                                                           : list_has(*list, element));
        if (there) which[met++] = i;
    }
    if (need == 0 || met != need) return false;
    for (uint32_t i = 0; i < met; i++) r->used[which[i]] = true;
    return true;
}

// The atoms that have the same head as atom i, with their parts joined.
static Value joined(Regroup *r, uint32_t first) {
    Value head = value_part(r->atoms, first);
    uint32_t n = value_parts(r->atoms), width = value_parts(head);
    Value *values = ARENA_ARRAY(r->call->arena, Value, width + 1);
    for (uint32_t a = 0; a < width; a++) {
        Name name = head.obj->shape->names[a];
        values[a] = value_part(head, a);
        if (!is_part(name_str(name), r->parts) || value_part(head, a).kind == TYPE_BOOL) continue;
        Value *at = ARENA_ARRAY(r->call->arena, Value, n + 1);
        uint32_t count = 0;
        for (uint32_t i = first; i < n; i++) {
            Value atom = value_part(r->atoms, i);
            if (r->used[i] || !same_head(atom, head, r->parts)) continue;
            const Value *list = value_get(atom, name);
            if (!list || value_is_zero(*list)) continue;
            for (uint32_t e = 0; e < value_parts(*list); e++) at[count++] = value_part(*list, e);
        }
        values[a] = value_tuple(r->call->arena, at, count);
    }
    const Value *self = value_get_str(head, STR("self"));
    for (uint32_t i = first; i < n; i++) {
        Value atom = value_part(r->atoms, i);
        if (r->used[i] || !same_head(atom, head, r->parts)) continue;
        r->used[i] = true;
        const Value *own = value_get_str(atom, STR("self"));
        if (self && own && value_true(*own) && is_part(STR("self"), r->parts))
            values[shape_find(head.obj->shape, STR("self"))] = *own;
    }
    return value_object(r->call->arena, head.obj->shape, values);
}

bool fn_regroup(FuncCall *call, Value *out) {
    Regroup r = {call, call->args[0], call->args[2], NULL};
    Value like = call->args[1];
    if (value_is_unknown(r.atoms)) {
        *out = unknown_of(call);
        return true;
    }
    uint32_t n = value_parts(r.atoms), count = 0;
    r.used = ARENA_ARRAY(call->arena, bool, n + 1);
    Value *at = ARENA_ARRAY(call->arena, Value, n + value_parts(like) + 1);
    for (uint32_t i = 0; i < value_parts(like); i++)
        if (covered(&r, value_part(like, i))) at[count++] = value_part(like, i);
    for (uint32_t i = 0; i < n; i++)
        if (!r.used[i]) at[count++] = joined(&r, i);
    *out = value_tuple(call->arena, at, count);
    return true;
}

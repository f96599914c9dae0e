// Maps and objects.
#include "engine/base/map.h"

#include <stdlib.h>

#include "engine/eval/equal.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/value/convert.h"

static Str key_at(Value mapping, uint32_t i) {
    return mapping.kind == TYPE_MAP ? mapping.map->at[i].key : name_str(mapping.obj->shape->names[i]);
}

const Type *result_keys(FuncCall *call) {
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[0]);
    if (type->kind == TYPE_MAP) return type_list(p, type_string(p));
    if (type->kind != TYPE_OBJECT) {
        func_fail(call, 0, "must have map or object type");
        return NULL;
    }
    const Type **types = ARENA_ARRAY(call->arena, const Type *, type->n);
    for (uint32_t i = 0; i < type->n; i++) types[i] = type_string(p);
    return type_tuple(p, types, type->n);
}

bool map_keys(FuncCall *call, Value *out) {
    Value v = call->args[0];
    Process *p = call_process(call);
    if (!is_mapping(v.kind)) return func_fail(call, 0, "must have map or object type");
    if (value_is_unknown(v) && v.kind == TYPE_MAP) {
        *out = value_with_marks(value_unknown(p, result_keys(call)), v.marks);
        return true;
    }
    bool unknown = value_is_unknown(v);
    uint32_t n = unknown ? v.unk->type->n : v.n;
    ListData *data = value_list_data(call->arena, v.kind == TYPE_MAP ? type_string(p) : NULL, n);
    for (uint32_t i = 0; i < n; i++) {
        Str key = unknown ? name_str(v.unk->type->names[i]) : key_at(v, i);
        data->at[i] = value_string_raw(call->arena, key);
    }
    TypeKind kind = v.kind == TYPE_MAP ? TYPE_LIST : TYPE_TUPLE;
    *out = value_with_marks(value_finish_list(call->arena, kind, data, n), v.marks);
    return true;
}

const Type *result_values(FuncCall *call) {
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[0]);
    if (type->kind == TYPE_MAP) return type_list(p, type->elem);
    if (type->kind == TYPE_OBJECT) return type_tuple(p, type->types, type->n);
    func_fail(call, -1, "values() requires a map as the first argument");
    return NULL;
}

bool map_values(FuncCall *call, Value *out) {
    Value v = call->args[0];
    if (!is_mapping(v.kind)) return func_fail(call, -1, "values() requires a map as the first argument");
    ListData *data = value_list_data(call->arena, v.kind == TYPE_MAP ? v.map->elem : NULL, v.n);
    for (uint32_t i = 0; i < v.n; i++) data->at[i] = value_part(v, i);
    TypeKind kind = v.kind == TYPE_MAP ? TYPE_LIST : TYPE_TUPLE;
    *out = value_with_marks(value_finish_list(call->arena, kind, data, v.n), v.marks);
    return true;
}

// The default as the result's type; for a map it must become of the element type.
static bool lookup_default(FuncCall *call, const Type *elem, Value *out) {
    if (call->n < 3) return true;
    *out = call->args[2];
    if (!elem || convert_value(call->arena, *out, elem, out, NULL)) return true;
    return func_fail(call, 2, "the default value must have the same type as the map elements");
}

static bool lookup_checks(FuncCall *call) {
    if (call->n > 3) return func_fail(call, -1, "lookup() takes two or three arguments, got %u", call->n);
    if (!is_mapping(call->args[0].kind)) return func_fail(call, 0, "lookup() requires a map as the first argument");
    return true;
}

const Type *result_lookup(FuncCall *call) {
    if (!lookup_checks(call)) return NULL;
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[0]);
    Value spare;
    if (type->kind == TYPE_MAP) return lookup_default(call, type->elem, &spare) ? type->elem : NULL;
    if (value_is_unknown(call->args[1])) return NULL;
    Name name = name_find(p, call_str(call, 1));
    int32_t at = name ? type_attr(type, name) : -1;
    if (at >= 0) return type->types[at];
    if (call->n == 3) return value_type(p, call->args[2]);
    func_fail(call, 0, "the given object has no attribute \"%s\"", call_z(call, call_str(call, 1)));
    return NULL;
}

bool map_lookup(FuncCall *call, Value *out) {
    if (!lookup_checks(call)) return false;
    Process *p = call_process(call);
    Value v = call->args[0], key = call->args[1];
    if (!lookup_default(call, v.kind == TYPE_MAP ? v.map->elem : NULL, out)) return false;
    const Value *found = value_get_str(v, value_str(key));
    if (found)
        *out = *found;
    else if (call->n < 3 && v.kind == TYPE_OBJECT) {
        return func_fail(call, 0, "the given object has no attribute %s",
                         call_z(call, call_quote(call, value_str(key), key.marks)));
    } else if (call->n < 3) {
        return func_fail(call, -1, "lookup failed to find key %s",
                         call_z(call, call_quote(call, value_str(key), key.marks)));
    }
    *out = marks_add(p, *out, marks_union(p, v.marks, key.marks));
    return true;
}

// The element type when all arguments are maps of one type, else NULL: the result is an object.
static const Type *merged_elem(FuncCall *call) {
    const Type *elem = NULL;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (v.kind != TYPE_MAP) return NULL;
        const Type *own = value_is_null(v) ? v.type->elem : value_is_unknown(v) ? v.unk->type->elem : v.map->elem;
        if (elem && own != elem) return NULL;
        elem = own;
    }
    return elem;
}

// settled: every argument is known; else one without a type leaves all open.
static bool merge_checks(FuncCall *call, bool settled) {
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (is_mapping(v.kind)) continue;
        if (v.kind == TYPE_DYNAMIC && !settled) return true;
        if (v.kind == TYPE_DYNAMIC) continue;
        return func_fail(call, -1, "arguments must be maps or objects, got \"%s\"",
                         call_z(call, call_friendly(call, value_type(call_process(call), v))));
    }
    return true;
}

typedef struct TypeMerge {
    FuncCall *call;
    IdMap seen;
    VEC(TypeField) fields;
} TypeMerge;

static void merge_field(TypeMerge *m, Name name, const Type *type) {
    bool added;
    uint64_t *at = idmap_put(&m->seen, (uint64_t)(uintptr_t)name, &added);
    if (added) {
        *at = m->fields.n;
        TypeField field = {.name = name};
        vec_push(m->call->arena, &m->fields, field);
    }
    m->fields.at[*at].type = type;
}

const Type *result_merge(FuncCall *call) {
    if (!merge_checks(call, false)) return NULL;
    Process *p = call_process(call);
    const Type *elem = merged_elem(call);
    if (elem) return type_map(p, elem);
    const Type *first = value_type(p, call->args[0]);
    bool same = true;
    TypeMerge m = {.call = call, .seen = idmap_in(call->arena)};
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (v.kind == TYPE_DYNAMIC) return NULL;
        const Type *type = value_type(p, v);
        same = same && type == first;
        if (value_is_null(v)) continue;
        if (v.kind == TYPE_OBJECT) {
            for (uint32_t j = 0; j < type->n; j++) merge_field(&m, type->names[j], type->types[j]);
        } else if (value_is_unknown(v)) {
            return NULL;
        } else {
            for (uint32_t j = 0; j < v.n; j++) merge_field(&m, name_of(p, v.map->at[j].key), type->elem);
        }
    }
    return same ? first : type_object(p, m.fields.at, m.fields.n);
}

static Value merge_maps(FuncCall *call, const Type *elem, uint32_t n) {
    MapItem *items = ARENA_ARRAY(call->arena, MapItem, n);
    uint32_t at = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t j = 0, parts = value_parts(call->args[i]); j < parts; j++) items[at++] = call->args[i].map->at[j];
    }
    return value_map(call->arena, elem, items, at);
}

static Value merge_objects(FuncCall *call, uint32_t n) {
    Name *names = ARENA_ARRAY(call->arena, Name, n);
    Value *values = ARENA_ARRAY(call->arena, Value, n);
    uint32_t at = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        for (uint32_t j = 0, parts = value_parts(v); j < parts; j++) {
            names[at] = v.kind == TYPE_OBJECT ? v.obj->shape->names[j] : name_of(call_process(call), v.map->at[j].key);
            values[at++] = value_part(v, j);
        }
    }
    return value_object_of(call->arena, names, values, at);
}

bool map_merge(FuncCall *call, Value *out) {
    if (!merge_checks(call, true)) return false;
    uint64_t n = 0;
    Marks marks = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (!value_is_null(v)) marks = marks_union(call_process(call), marks, v.marks);
        n += value_parts(v);
    }
    if (n > UINT32_MAX / 2) return func_fail(call, -1, "the result would have too many elements");
    const Type *elem = merged_elem(call);
    *out = elem ? merge_maps(call, elem, (uint32_t)n) : merge_objects(call, (uint32_t)n);
    *out = value_with_marks(*out, marks);
    return true;
}

const Type *result_zipmap(FuncCall *call) {
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[1]);
    if (type->kind == TYPE_LIST) return type_map(p, type->elem);
    if (type->kind != TYPE_TUPLE) func_fail(call, -1, "values argument must be a list or tuple value");
    return NULL;
}

static bool zipmap_checks(FuncCall *call) {
    Value keys = call->args[0], values = call->args[1];
    if (values.kind != TYPE_LIST && values.kind != TYPE_TUPLE) {
        return func_fail(call, -1, "values argument must be a list or tuple value");
    }
    if (!value_is_whole(keys)) return true;
    if (keys.n != values.n) {
        return func_fail(call, -1, "number of keys (%u) does not match number of values (%u)", keys.n, values.n);
    }
    for (uint32_t i = 0; i < keys.n; i++) {
        if (value_is_null(keys.list->at[i])) return func_fail(call, -1, "keys list has null value at index %u", i);
    }
    return true;
}

bool map_zipmap(FuncCall *call, Value *out) {
    if (!zipmap_checks(call)) return false;
    Process *p = call_process(call);
    Value keys = call->args[0], values = call->args[1];
    Marks marks = marks_union(p, keys.marks, values.marks);
    bool map = values.kind == TYPE_LIST;
    if (!value_is_whole(keys)) {
        *out = value_with_marks(value_unknown(p, map ? type_map(p, values.list->elem) : type_dynamic(p)), marks);
        return true;
    }
    MapItem *items = ARENA_ARRAY(call->arena, MapItem, map ? keys.n : 0);
    Name *names = ARENA_ARRAY(call->arena, Name, map ? 0 : keys.n);
    for (uint32_t i = 0; i < keys.n; i++) {
        Value key = keys.list->at[i];
        marks = marks_union(p, marks, key.marks);
        if (map)
            items[i] = (MapItem){value_str(key), values.list->at[i]};
        else
            names[i] = name_of(p, value_str(key));
    }
    *out = map ? value_map(call->arena, values.list->elem, items, keys.n)
               : value_object_of(call->arena, names, values.list->at, keys.n);
    *out = value_with_marks(*out, marks);
    return true;
}

typedef struct Pair {
    Str key, value;
} Pair;

static int compare_pairs(const void *a, const void *b) {
    const Pair *x = a, *y = b;
    int order = str_cmp(x->key, y->key);
    return order ? order : str_cmp(x->value, y->value);
}

static bool collect_pairs(FuncCall *call, Value map, Pair **pairs, uint32_t *count) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < map.n; i++) n += value_parts(map.map->at[i].value);
    if (n > UINT32_MAX / 4) return func_fail(call, -1, "the result would have too many elements");
    *pairs = ARENA_ARRAY(call->arena, Pair, n);
    *count = 0;
    for (uint32_t i = 0; i < map.n; i++) {
        const MapItem *item = &map.map->at[i];
        const char *key = call_z(call, call_quote(call, item->key, 0));
        if (value_is_null(item->value)) return func_fail(call, 0, "cannot use null list for [%s]", key);
        for (uint32_t j = 0; j < item->value.n; j++) {
            Value v = item->value.list->at[j];
            if (value_is_null(v)) return func_fail(call, 0, "cannot use null string for [%s][%u]", key, j);
            (*pairs)[(*count)++] = (Pair){value_str(v), item->key};
        }
    }
    return true;
}

bool map_transpose(FuncCall *call, Value *out) {
    Process *p = call_process(call);
    Pair *pairs = NULL;
    uint32_t n = 0, groups = 0;
    if (!collect_pairs(call, call->args[0], &pairs, &n)) return false;
    if (n > 1) qsort(pairs, n, sizeof *pairs, compare_pairs);
    MapItem *items = ARENA_ARRAY(call->arena, MapItem, n);
    for (uint32_t i = 0; i < n;) {
        uint32_t end = i;
        while (end < n && str_eq(pairs[end].key, pairs[i].key)) end++;
        ListData *data = value_list_data(call->arena, type_string(p), end - i);
        for (uint32_t j = i; j < end; j++) data->at[j - i] = value_string_raw(call->arena, pairs[j].value);
        items[groups++] = (MapItem){pairs[i].key, value_finish_list(call->arena, TYPE_LIST, data, end - i)};
        i = end;
    }
    *out = value_map(call->arena, type_list(p, type_string(p)), items, groups);
    return true;
}

static bool same_searched(FuncCall *call, Value *keys, Value *searched) {
    Process *p = call_process(call);
    const Type *types[2] = {value_type(p, *keys), value_type(p, *searched)};
    const Type *type = types[0] == types[1] ? types[0] : convert_unify(p, types, 2);
    if (!type) return func_fail(call, -1, "keys and searchset must be of the same type");
    bool fits = convert_value(call->arena, *keys, type, keys, NULL) &&
                convert_value(call->arena, *searched, type, searched, NULL);
    return fits || func_fail(call, -1, "keys and searchset must be of the same type");
}

bool map_matchkeys(FuncCall *call, Value *out) {
    Value values = call->args[0], keys = call->args[1], searched = call->args[2];
    if (values.n != keys.n) return func_fail(call, -1, "length of keys and values should be equal");
    if (!same_searched(call, &keys, &searched)) return false;
    *out = value_list(call->arena, values.list->elem, NULL, 0);
    if (searched.n == 0) return true;
    if (!value_is_whole(values) || !value_is_whole(keys)) {
        *out = value_unknown(call_process(call), value_type(call_process(call), values));
        return true;
    }
    ListData *data = value_list_data(call->arena, values.list->elem, values.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < keys.n; i++) {
        for (uint32_t j = 0; j < searched.n; j++) {
            Equality equal = equal_values(call->arena, keys.list->at[i], searched.list->at[j]);
            if (equal == EQUAL_UNKNOWN) return true;
            if (equal == EQUAL_NO) continue;
            data->at[n++] = values.list->at[i];
            break;
        }
    }
    *out = value_finish_list(call->arena, TYPE_LIST, data, n);
    return true;
}

static bool removed(FuncCall *call, const char *name, const char *instead) {
    return func_fail(call, -1, "the \"%s\" function is no longer part of the language; use %s", name, instead);
}

const Type *result_removed(FuncCall *call) {
    func_fail(call, -1, "this function is no longer part of the language; use tolist([ ... ]) or tomap({ ... })");
    return NULL;
}

bool map_map(FuncCall *call, Value *out) {
    (void)out;
    return removed(call, "map", "tomap({ ... })");
}

bool map_list(FuncCall *call, Value *out) {
    (void)out;
    return removed(call, "list", "tolist([ ... ])");
}

// Lists, tuples and sets as sequences.
#include "engine/base/map.h"
#include "engine/base/utf8.h"
#include "engine/eval/equal.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/value/convert.h"

static Value unknown_of(FuncCall *call, const Type *type) { return value_unknown(call_process(call), type); }

static bool give_unknown_bool(FuncCall *call, Value *out) {
    *out = unknown_of(call, type_bool(call_process(call)));
    return true;
}

const Type *result_length(FuncCall *call) { return type_number(call_process(call)); }

static bool unknown_length(FuncCall *call, Value v, Value *out) {
    const Type *type = v.unk->type;
    if (type->kind == TYPE_TUPLE || type->kind == TYPE_OBJECT) {
        *out = value_int_prec(type->n, NUM_PRECISION_COUNT);
        return true;
    }
    Unknown known = {.type = type_number(call_process(call)), .not_null = true, .max_length = UINT32_MAX};
    if (type->kind != TYPE_DYNAMIC) {
        uint32_t least = v.unk->has_length ? v.unk->min_length : 0;
        if (type->kind == TYPE_STRING) least = (uint32_t)utf8_grapheme_count(v.unk->prefix);
        known.min = value_int_prec(least, NUM_PRECISION_COUNT);
        known.min_inclusive = true;
        if (v.unk->has_length && v.unk->max_length != UINT32_MAX) {
            known.max = value_int_prec(v.unk->max_length, NUM_PRECISION_COUNT);
            known.max_inclusive = true;
        }
    }
    *out = value_refined(call->arena, &known);
    return true;
}

// Elements of a set that are unknown may turn out to be equal to others.
static Value set_length(FuncCall *call, Value set) {
    Unknown known = {.type = type_number(call_process(call)),
                     .not_null = true,
                     .max_length = UINT32_MAX,
                     .min_inclusive = true,
                     .max_inclusive = true};
    known.min = value_int_prec(1, NUM_PRECISION_COUNT);
    known.max = value_int_prec(set.n, NUM_PRECISION_COUNT);
    return value_refined(call->arena, &known);
}

bool list_length(FuncCall *call, Value *out) {
    Value v = call->args[0];
    Marks marks = v.marks;
    bool fits = v.kind == TYPE_DYNAMIC || v.kind == TYPE_STRING || v.kind >= TYPE_LIST;
    if (!fits) {
        return func_fail(call, -1, "argument must be a string, a collection type, or a structural type");
    }
    if (value_is_unknown(v))
        unknown_length(call, v, out);
    else if (v.kind == TYPE_STRING)
        *out = value_int_prec((int64_t)utf8_grapheme_count(value_str(v)), NUM_PRECISION_COUNT);
    else if (v.kind == TYPE_SET && !value_is_whole(v))
        *out = set_length(call, v);
    else
        *out = value_int_prec(v.n, NUM_PRECISION_COUNT);
    *out = value_with_marks(*out, marks);
    return true;
}

bool list_alltrue(FuncCall *call, Value *out) {
    Value list = call->args[0];
    *out = value_bool(true);
    for (uint32_t i = 0; i < list.n; i++) {
        Value v = list.list->at[i];
        if (value_is_unknown(v)) return give_unknown_bool(call, out);
        if (!value_true(v)) {
            *out = value_bool(false);
            return true;
        }
    }
    return true;
}

bool list_anytrue(FuncCall *call, Value *out) {
    Value list = call->args[0];
    bool unknown = false;
    *out = value_bool(false);
    for (uint32_t i = 0; i < list.n; i++) {
        Value v = list.list->at[i];
        unknown |= value_is_unknown(v);
        if (!value_true(v)) continue;
        *out = value_bool(true);
        return true;
    }
    return unknown ? give_unknown_bool(call, out) : true;
}

const Type *result_coalesce(FuncCall *call) {
    Process *p = call_process(call);
    const Type **types = ARENA_ARRAY(call->arena, const Type *, call->n);
    for (uint32_t i = 0; i < call->n; i++) types[i] = value_type(p, call->args[i]);
    const Type *type = call->n ? convert_unify(p, types, call->n) : NULL;
    if (!type) func_fail(call, -1, "all arguments must have the same type");
    return type;
}

bool list_coalesce(FuncCall *call, Value *out) {
    if (call->n == 0) return func_fail(call, -1, "no non-null, non-empty-string arguments");
    const Type *type = result_coalesce(call);
    if (!type) return false;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        // As in the peer, what cannot become of the common type is passed over.
        if (!convert_value(call->arena, v, type, &v, NULL)) continue;
        if (value_is_unknown(v)) {
            *out = unknown_of(call, type);
            return true;
        }
        if (value_is_null(v) || (type->kind == TYPE_STRING && v.n == 0)) continue;
        *out = v;
        return true;
    }
    return func_fail(call, -1, "no non-null, non-empty-string arguments");
}

bool list_coalescelist(FuncCall *call, Value *out) {
    if (call->n == 0) return func_fail(call, -1, "at least one argument is required");
    bool known = true;
    for (uint32_t i = 0; i < call->n && known; i++) {
        Value v = call->args[i];
        known = value_is_known(v);
        if (known && v.kind != TYPE_LIST && v.kind != TYPE_TUPLE) {
            return func_fail(call, -1, "coalescelist arguments must be lists or tuples");
        }
    }
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (value_is_unknown(v)) {
            *out = unknown_of(call, type_dynamic(call_process(call)));
            return true;
        }
        if (value_is_null(v) || v.n == 0) continue;
        *out = v;
        return true;
    }
    return func_fail(call, -1, "no non-null arguments");
}

bool list_compact(FuncCall *call, Value *out) {
    Value list = call->args[0];
    ListData *data = value_list_data(call->arena, type_string(call_process(call)), list.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        Value v = list.list->at[i];
        if (!value_is_null(v) && v.n > 0) data->at[n++] = v;
    }
    *out = value_finish_list(call->arena, TYPE_LIST, data, n);
    return true;
}

// The list type that all arguments share, or NULL: then the result is a tuple.
static const Type *common_list(FuncCall *call) {
    Process *p = call_process(call);
    const Type **types = ARENA_ARRAY(call->arena, const Type *, call->n);
    bool same = true;
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->args[i].kind != TYPE_LIST) return NULL;
        types[i] = value_type(p, call->args[i]);
        same = same && types[i] == types[0];
    }
    return same ? types[0] : convert_unify(p, types, call->n);
}

static bool concat_checks(FuncCall *call) {
    if (call->n == 0) return func_fail(call, -1, "at least one argument is required");
    for (uint32_t i = 0; i < call->n; i++) {
        uint8_t kind = call->args[i].kind;
        // Of a list that is not known the peer gives up here, before it looks at the rest.
        if (kind == TYPE_LIST && value_is_unknown(call->args[i]) && call->args[0].kind == TYPE_LIST) return true;
        if (kind == TYPE_LIST || kind == TYPE_TUPLE) continue;
        return func_fail(call, (int32_t)i, "all arguments must be lists or tuples; got %s",
                         call_z(call, call_friendly(call, value_type(call_process(call), call->args[i]))));
    }
    return true;
}

const Type *result_concat(FuncCall *call) {
    if (!concat_checks(call)) return NULL;
    const Type *list = common_list(call);
    if (list && list->kind == TYPE_LIST) return list;
    Process *p = call_process(call);
    VEC(const Type *) types = {0};
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        if (value_is_unknown(v) && v.kind == TYPE_LIST) return NULL;
        const Type *type = value_type(p, v);
        uint32_t n = type->kind == TYPE_TUPLE ? type->n : v.n;
        for (uint32_t j = 0; j < n; j++) {
            vec_push(call->arena, &types, type->kind == TYPE_TUPLE ? type->types[j] : type->elem);
        }
    }
    return type_tuple(p, types.at, types.n);
}

bool list_concat(FuncCall *call, Value *out) {
    if (!concat_checks(call)) return false;
    const Type *type = common_list(call);
    Value *parts = ARENA_ARRAY(call->arena, Value, call->n);
    Marks marks = 0;
    uint64_t n = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        parts[i] = call->args[i];
        ConvertError error;
        if (type && !convert_value(call->arena, parts[i], type, &parts[i], &error)) {
            return func_fail(call, (int32_t)i, "%s", call_z(call, error.message));
        }
        marks = marks_union(call_process(call), marks, parts[i].marks);
        n += parts[i].n;
    }
    if (n > UINT32_MAX / 2) return func_fail(call, -1, "the result would have too many elements");
    ListData *data = value_list_data(call->arena, type ? type->elem : NULL, (uint32_t)n);
    uint32_t at = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t j = 0; j < parts[i].n; j++) data->at[at++] = parts[i].list->at[j];
    }
    *out = value_with_marks(value_finish_list(call->arena, type ? TYPE_LIST : TYPE_TUPLE, data, at), marks);
    return true;
}

bool list_contains(FuncCall *call, Value *out) {
    Value list = call->args[0], wanted = call->args[1];
    if (!is_sequence(list.kind)) return func_fail(call, -1, "argument must be list, tuple, or set");
    bool unknown = false;
    *out = value_bool(false);
    for (uint32_t i = 0; i < list.n; i++) {
        Equality equal = equal_values(call->arena, wanted, list.list->at[i]);
        unknown |= equal == EQUAL_UNKNOWN;
        if (equal != EQUAL_YES) continue;
        *out = value_bool(true);
        return true;
    }
    return unknown ? give_unknown_bool(call, out) : true;
}

// Adds the index when no equal value is in the table yet; values of one hash are chained through next.
static bool add_distinct(IdMap *map, uint32_t *next, const Value *at, uint32_t i) {
    bool added;
    uint64_t *first = idmap_put(map, value_hash(at[i]), &added);
    if (!added) {
        for (uint32_t j = (uint32_t)*first; j != UINT32_MAX; j = next[j]) {
            if (value_same(at[j], at[i])) return false;
        }
    }
    next[i] = added ? UINT32_MAX : (uint32_t)*first;
    *first = i;
    return true;
}

bool list_distinct(FuncCall *call, Value *out) {
    Value list = call->args[0];
    ListData *data = value_list_data(call->arena, list.list->elem, list.n);
    uint32_t *next = ARENA_ARRAY(call->arena, uint32_t, list.n), n = 0;
    IdMap map = idmap_in(call->arena);
    for (uint32_t i = 0; i < list.n; i++) {
        if (add_distinct(&map, next, list.list->at, i)) data->at[n++] = list.list->at[i];
    }
    *out = value_finish_list(call->arena, TYPE_LIST, data, n);
    return true;
}

static bool element_checks(FuncCall *call, int64_t *index) {
    const Type *type = value_type(call_process(call), call->args[0]);
    if (type->kind != TYPE_LIST && type->kind != TYPE_TUPLE) {
        return func_fail(call, -1, "cannot read elements from %s", call_z(call, call_friendly(call, type)));
    }
    if (value_is_unknown(call->args[1])) return true;
    if (!value_to_i64(call->args[1], index)) {
        return func_fail(call, -1,
                         "invalid index: value must be a whole number, between -9223372036854775808 and "
                         "9223372036854775807");
    }
    return true;
}

const Type *result_element(FuncCall *call) {
    int64_t index = 0;
    if (!element_checks(call, &index)) return NULL;
    const Type *type = value_type(call_process(call), call->args[0]);
    if (type->kind == TYPE_LIST) return type->elem;
    if (value_is_unknown(call->args[1])) return NULL;
    if (type->n == 0) {
        func_fail(call, -1, "cannot use element function with an empty list");
        return NULL;
    }
    index %= type->n;
    return type->types[index < 0 ? index + type->n : index];
}

bool list_element(FuncCall *call, Value *out) {
    int64_t index = 0;
    if (!element_checks(call, &index)) return false;
    Value list = call->args[0];
    if (list.n == 0) return func_fail(call, -1, "cannot use element function with an empty list");
    index %= list.n;
    *out = marks_add(call_process(call), list.list->at[index < 0 ? index + list.n : index], list.marks);
    return true;
}

typedef struct Flat {
    FuncCall *call;
    VEC(Value) parts;
    Marks marks;
    bool known;
} Flat;

// Nesting of values is bounded by LIMIT_VALUE_DEPTH where they are made from foreign input.
static void flatten_into(Flat *flat, Value list) {
    flat->marks = marks_union(call_process(flat->call), flat->marks, list.marks);
    if (list.kind == TYPE_SET && !value_is_whole(list) && list.n > 1) flat->known = false;
    for (uint32_t i = 0; i < list.n; i++) {
        Value v = list.list->at[i];
        bool nested = is_sequence(v.kind) && !value_is_null(v);
        if (v.kind == TYPE_DYNAMIC && value_is_unknown(v)) flat->known = false;
        if (!nested) {
            vec_push(flat->call->arena, &flat->parts, v);
        } else if (value_is_unknown(v)) {
            flat->known = false;
            flat->marks = marks_union(call_process(flat->call), flat->marks, v.marks);
        } else {
            flatten_into(flat, v);
        }
    }
}

const Type *result_flatten(FuncCall *call) {
    (void)call;
    return NULL;
}

bool list_flatten(FuncCall *call, Value *out) {
    Value list = call->args[0];
    if (!is_sequence(list.kind)) return func_fail(call, -1, "can only flatten lists, sets and tuples");
    Flat flat = {.call = call, .known = true};
    flatten_into(&flat, list);
    if (flat.known)
        *out = value_tuple(call->arena, flat.parts.at, flat.parts.n);
    else
        *out = unknown_of(call, type_dynamic(call_process(call)));
    *out = value_with_marks(*out, flat.marks);
    return true;
}

bool list_index(FuncCall *call, Value *out) {
    Value list = call->args[0];
    if (list.kind != TYPE_LIST && list.kind != TYPE_TUPLE)
        return func_fail(call, -1, "argument must be a list or tuple");
    if (list.n == 0) return func_fail(call, -1, "cannot search an empty list");
    for (uint32_t i = 0; i < list.n; i++) {
        Equality equal = equal_values(call->arena, list.list->at[i], call->args[1]);
        if (equal == EQUAL_NO) continue;
        *out = equal == EQUAL_YES ? value_int_prec(i, NUM_PRECISION_COUNT)
                                  : unknown_of(call, type_number(call_process(call)));
        return true;
    }
    return func_fail(call, -1, "item not found");
}

const Type *result_list_of_first(FuncCall *call) {
    Process *p = call_process(call);
    return type_list(p, value_type(p, call->args[0]));
}

bool list_chunklist(FuncCall *call, Value *out) {
    Value list = call->args[0];
    int64_t size;
    if (!value_to_i64(call->args[1], &size)) {
        return func_fail(call, -1,
                         "invalid size: value must be a whole number, between -9223372036854775808 and "
                         "9223372036854775807");
    }
    if (size < 0) return func_fail(call, -1, "the size argument must be positive");
    if (size == 0) size = list.n;
    uint32_t step = size > list.n ? list.n : (uint32_t)size;
    uint32_t n = list.n ? (list.n + step - 1) / step : 0;
    Process *p = call_process(call);
    ListData *data = value_list_data(call->arena, type_list(p, list.list->elem), n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = i * step, count = list.n - from < step ? list.n - from : step;
        data->at[i] = value_list(call->arena, list.list->elem, list.list->at + from, count);
    }
    Marks marks = marks_union(p, list.marks, call->args[1].marks);
    *out = value_with_marks(value_finish_list(call->arena, TYPE_LIST, data, n), marks);
    return true;
}

const Type *result_one(FuncCall *call) {
    const Type *type = value_type(call_process(call), call->args[0]);
    if (type->kind == TYPE_LIST || type->kind == TYPE_SET) return type->elem;
    if (type->kind == TYPE_TUPLE && type->n == 0) return type_dynamic(call_process(call));
    if (type->kind == TYPE_TUPLE && type->n == 1) return type->types[0];
    func_fail(call, 0, "must be a list, set, or tuple value with either zero or one elements");
    return NULL;
}

bool list_one(FuncCall *call, Value *out) {
    Value v = call->args[0];
    if (!is_sequence(v.kind) || (v.n > 1 && (v.kind != TYPE_SET || value_is_whole(v)))) {
        return func_fail(call, 0, "must be a list, set, or tuple value with either zero or one elements");
    }
    if (v.n == 1)
        *out = v.list->at[0];
    else if (v.n > 1)
        *out = unknown_of(call, v.list->elem);
    else
        *out = value_null(call_process(call), v.kind == TYPE_TUPLE ? type_dynamic(call_process(call)) : v.list->elem);
    return true;
}

static bool reverse_checks(FuncCall *call) {
    Value v = call->args[0];
    if (is_sequence(v.kind)) return true;
    return func_fail(call, 0, "can only reverse list or tuple values, not %s",
                     call_z(call, call_friendly(call, value_type(call_process(call), v))));
}

const Type *result_reverse(FuncCall *call) {
    if (!reverse_checks(call)) return NULL;
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[0]);
    if (type->kind != TYPE_TUPLE) return type_list(p, type->elem);
    const Type **types = ARENA_ARRAY(call->arena, const Type *, type->n);
    for (uint32_t i = 0; i < type->n; i++) types[i] = type->types[type->n - 1 - i];
    return type_tuple(p, types, type->n);
}

bool list_reverse(FuncCall *call, Value *out) {
    if (!reverse_checks(call)) return false;
    Value v = call->args[0];
    ListData *data = value_list_data(call->arena, v.list->elem, v.n);
    for (uint32_t i = 0; i < v.n; i++) data->at[i] = v.list->at[v.n - 1 - i];
    TypeKind kind = v.kind == TYPE_TUPLE ? TYPE_TUPLE : TYPE_LIST;
    *out = value_with_marks(value_finish_list(call->arena, kind, data, v.n), v.marks);
    return true;
}

static bool slice_bound(FuncCall *call, int32_t arg, const char *what, int64_t length, int64_t *out) {
    if (value_is_unknown(call->args[arg])) return true;
    if (!value_to_i64(call->args[arg], out)) {
        return func_fail(call, arg,
                         "invalid %s index: value must be a whole number, between -9223372036854775808 and "
                         "9223372036854775807",
                         what);
    }
    if (*out < 0) return func_fail(call, arg, "%s index must not be less than zero", what);
    if (*out > length) return func_fail(call, arg, "%s index must not be greater than the length of the list", what);
    return true;
}

static bool slice_checks(FuncCall *call, int64_t *from, int64_t *to) {
    Value v = call->args[0];
    if (v.kind == TYPE_SET) {
        return func_fail(call, 0,
                         "cannot slice a set, because its elements do not have indices; explicitly convert to a "
                         "list if the ordering of the result is not important");
    }
    if (v.kind != TYPE_LIST && v.kind != TYPE_TUPLE) return func_fail(call, 0, "must be a list or tuple value");
    int64_t length = INT64_MAX;
    if (value_is_known(v))
        length = v.n;
    else if (v.kind == TYPE_TUPLE)
        length = v.unk->type->n;
    if (!slice_bound(call, 1, "start", length, from) || !slice_bound(call, 2, "end", length, to)) return false;
    bool known = value_is_known(call->args[1]) && value_is_known(call->args[2]);
    if (known && *from > *to) return func_fail(call, 1, "start index must not be greater than end index");
    return true;
}

const Type *result_slice(FuncCall *call) {
    int64_t from = 0, to = 0;
    if (!slice_checks(call, &from, &to)) return NULL;
    const Type *type = value_type(call_process(call), call->args[0]);
    if (type->kind == TYPE_LIST) return type;
    if (value_is_unknown(call->args[1]) || value_is_unknown(call->args[2])) return NULL;
    return type_tuple(call_process(call), type->types + from, (uint32_t)(to - from));
}

bool list_slice(FuncCall *call, Value *out) {
    int64_t from = 0, to = 0;
    if (!slice_checks(call, &from, &to)) return false;
    Value v = call->args[0];
    uint32_t n = (uint32_t)(to - from);
    const Value *at = v.list->at + from;
    Value made = v.kind == TYPE_TUPLE ? value_tuple(call->arena, at, n) : value_list(call->arena, v.list->elem, at, n);
    *out = value_with_marks(made, v.marks);
    return true;
}

// Set operations.
#include "engine/base/limits.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/value/convert.h"

const Type *result_set(FuncCall *call) {
    Process *p = call_process(call);
    const Type **types = ARENA_ARRAY(call->arena, const Type *, call->n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        const Type *type = value_type(p, v);
        if (type->kind != TYPE_SET) return NULL;
        bool empty = value_is_known(v) && v.n == 0 && type->elem->kind == TYPE_DYNAMIC;
        if (!empty) types[n++] = type->elem;
    }
    if (n == 0) return type_set(p, type_dynamic(p));
    bool same = true;
    for (uint32_t i = 1; i < n; i++) same = same && types[i] == types[0];
    const Type *elem = same ? types[0] : convert_unify(p, types, n);
    if (elem) return type_set(p, elem);
    func_fail(call, -1, "given sets must all have compatible element types");
    return NULL;
}

static bool convert_sets(FuncCall *call, Value **sets, const Type **type) {
    *type = result_set(call);
    if (!*type) return call->error.p ? false : func_fail(call, -1, "given sets must all have compatible element types");
    *sets = ARENA_ARRAY(call->arena, Value, call->n);
    for (uint32_t i = 0; i < call->n; i++) {
        ConvertError error;
        if (!convert_value(call->arena, call->args[i], *type, &(*sets)[i], &error)) {
            return func_fail(call, (int32_t)i, "%s", call_z(call, error.message));
        }
    }
    return true;
}

bool set_union(FuncCall *call, Value *out) {
    Value *sets = NULL;
    const Type *type;
    if (!convert_sets(call, &sets, &type) || !sets) return false;
    uint64_t n = 0;
    for (uint32_t i = 0; i < call->n; i++) n += sets[i].n;
    if (n > LIMIT_ELEMENTS) return func_fail(call, -1, "the result would have too many elements");
    Value *all = ARENA_ARRAY(call->arena, Value, n);
    uint32_t at = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t j = 0; j < sets[i].n; j++) all[at++] = sets[i].list->at[j];
    }
    *out = value_set(call->arena, type->elem, all, at);
    return true;
}

// The elements of a that are in b, or that are not: both are in the same order.
static Value filter(FuncCall *call, Value a, Value b, bool keep) {
    ListData *data = value_list_data(call->arena, a.list->elem, a.n);
    uint32_t n = 0, j = 0;
    for (uint32_t i = 0; i < a.n; i++) {
        int order = 1;
        while (j < b.n && (order = value_set_cmp(call->arena, b.list->at[j], a.list->at[i])) < 0) j++;
        bool found = j < b.n && order == 0 && value_same(b.list->at[j], a.list->at[i]);
        if (found == keep) data->at[n++] = a.list->at[i];
    }
    return value_finish_list(call->arena, TYPE_SET, data, n);
}

static bool fold_sets(FuncCall *call, bool keep, Value *out) {
    Value *sets = NULL;
    const Type *type;
    if (!convert_sets(call, &sets, &type) || !sets) return false;
    *out = sets[0];
    for (uint32_t i = 1; i < call->n; i++) *out = filter(call, *out, sets[i], keep);
    return true;
}

bool set_intersection(FuncCall *call, Value *out) { return fold_sets(call, true, out); }

bool set_subtract(FuncCall *call, Value *out) { return fold_sets(call, false, out); }

static const Type *product_elem(FuncCall *call, uint32_t i) {
    Process *p = call_process(call);
    const Type *type = value_type(p, call->args[i]);
    if (type->kind == TYPE_SET || type->kind == TYPE_LIST) return type->elem;
    if (type->kind != TYPE_TUPLE) {
        func_fail(call, (int32_t)i, "a set or a list is required");
        return NULL;
    }
    if (type->n == 0) return type_dynamic(p);
    bool same = true;
    for (uint32_t j = 1; j < type->n; j++) same = same && type->types[j] == type->types[0];
    const Type *elem = same ? type->types[0] : convert_unify(p, type->types, type->n);
    if (!elem) func_fail(call, (int32_t)i, "all elements must be of the same type");
    return elem;
}

const Type *result_setproduct(FuncCall *call) {
    if (call->n < 2) {
        func_fail(call, -1, "at least two arguments are required");
        return NULL;
    }
    Process *p = call_process(call);
    const Type **elems = ARENA_ARRAY(call->arena, const Type *, call->n);
    bool set = false;
    for (uint32_t i = 0; i < call->n; i++) {
        elems[i] = product_elem(call, i);
        if (!elems[i]) return NULL;
        set = set || call->args[i].kind == TYPE_SET;
    }
    const Type *tuple = type_tuple(p, elems, call->n);
    return set ? type_set(p, tuple) : type_list(p, tuple);
}

static bool length_known(Value v) { return value_is_known(v) && (v.kind != TYPE_SET || value_is_whole(v) || v.n <= 1); }

static Value unknown_product(FuncCall *call, const Type *type) {
    Unknown known = {.type = type, .not_null = true, .max_length = UINT32_MAX};
    uint64_t most = 1;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        uint64_t max = UINT32_MAX;
        if (value_is_known(v))
            max = v.n;
        else if (v.kind == TYPE_TUPLE)
            max = v.unk->type->n;
        else if (v.unk->has_length)
            max = v.unk->max_length;
        // Larger bounds than these say too little to be kept.
        if (max > 1024 || most * max > 2048) return value_refined(call->arena, &known);
        most *= max;
    }
    known.has_length = true;
    known.min_length = most ? 1 : 0;
    known.max_length = (uint32_t)most;
    return value_refined(call->arena, &known);
}

static bool fill_product(FuncCall *call, const Type *tuple, Value *all, uint32_t total) {
    uint32_t *at = ARENA_ARRAY(call->arena, uint32_t, call->n);
    for (uint32_t i = 0; i < total; i++) {
        ListData *data = value_list_data(call->arena, NULL, call->n);
        for (uint32_t j = 0; j < call->n; j++) {
            Value v = call->args[j].list->at[at[j]];
            if (!convert_value(call->arena, v, tuple->types[j], &data->at[j], NULL)) {
                return func_fail(call, (int32_t)j, "all elements must be of the same type");
            }
        }
        all[i] = value_finish_list(call->arena, TYPE_TUPLE, data, call->n);
        for (uint32_t j = call->n; j-- > 0;) {
            if (++at[j] < call->args[j].n) break;
            at[j] = 0;
        }
    }
    return true;
}

bool set_product(FuncCall *call, Value *out) {
    const Type *type = result_setproduct(call);
    if (!type) return false;
    Marks marks = 0;
    uint64_t total = 1;
    bool known = true;
    for (uint32_t i = 0; i < call->n; i++) {
        Value v = call->args[i];
        marks = marks_union(call_process(call), marks, v.marks);
        if (!length_known(v))
            known = false;
        else if (total <= LIMIT_ELEMENTS)
            total *= v.n;
    }
    if (!known) {
        *out = value_with_marks(unknown_product(call, type), marks);
        return true;
    }
    if (total > LIMIT_ELEMENTS) return func_fail(call, -1, "the result would have too many elements");
    Value *all = ARENA_ARRAY(call->arena, Value, total);
    if (total && !fill_product(call, type->elem, all, (uint32_t)total)) return false;
    *out = type->kind == TYPE_SET ? value_set(call->arena, type->elem, all, (uint32_t)total)
                                  : value_list(call->arena, type->elem, all, (uint32_t)total);
    *out = marks_add(call_process(call), *out, marks);
    return true;
}

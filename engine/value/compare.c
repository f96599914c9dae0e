// Equality and hashes of values.
#include "engine/value/number_text.h"
#include "engine/value/value.h"

static bool shapes_same(const Shape *a, const Shape *b) {
    return a == b || (a->n == b->n && (a->n == 0 || memcmp(a->names, b->names, a->n * sizeof *a->names) == 0));
}

static bool values_equal(Value a, Value b, bool marks);

static bool parts_equal(const Value *a, const Value *b, uint32_t n, bool marks) {
    for (uint32_t i = 0; i < n; i++)
        if (!values_equal(a[i], b[i], marks)) return false;
    return true;
}

static bool maps_equal(Value a, Value b, bool marks) {
    if (a.map->elem != b.map->elem) return false;
    for (uint32_t i = 0; i < a.n; i++) {
        if (!str_eq(a.map->at[i].key, b.map->at[i].key)) return false;
        if (!values_equal(a.map->at[i].value, b.map->at[i].value, marks)) return false;
    }
    return true;
}

static bool values_equal(Value a, Value b, bool marks) {
    const unsigned absent = VALUE_NULL | VALUE_UNKNOWN;
    if (a.kind != b.kind || ((a.bits ^ b.bits) & absent)) return false;
    if (marks && (a.marks != b.marks || ((a.bits ^ b.bits) & VALUE_MARKED_INSIDE))) return false;
    if (value_is_null(a)) return a.type == b.type;
    if (value_is_unknown(a)) return a.unk->type == b.unk->type;
    if (a.kind == TYPE_NUMBER) return number_same(a, b);
    if (a.kind == TYPE_BOOL) return a.i == b.i;
    if (a.n != b.n) return false;
    if (a.s == b.s) return true; // the same payload
    switch ((TypeKind)a.kind) {
    case TYPE_STRING: return memcmp(a.s, b.s, a.n) == 0;
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: return a.list->elem == b.list->elem && parts_equal(a.list->at, b.list->at, a.n, marks);
    case TYPE_MAP: return maps_equal(a, b, marks);
    case TYPE_OBJECT: return shapes_same(a.obj->shape, b.obj->shape) && parts_equal(a.obj->at, b.obj->at, a.n, marks);
    default: return true;
    }
}

bool value_identical(Value a, Value b) { return values_equal(a, b, true); }

bool value_same(Value a, Value b) { return values_equal(a, b, false); }

static uint64_t mix(uint64_t h, uint64_t x) {
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 32);
}

// Equal numbers may differ in precision, and fractions even in their bits (number_same).
static uint64_t number_hash(Value v) {
    int64_t i;
    if (value_to_i64(v, &i)) return mix(TYPE_NUMBER, (uint64_t)i);
    if (num_is_int(v.num)) {
        double d = num_to_double(v.num);
        uint64_t bits;
        memcpy(&bits, &d, sizeof bits);
        return mix(TYPE_NUMBER, bits);
    }
    Buf text = {0};
    num_print(v.num, &text);
    uint64_t h = mix(TYPE_NUMBER, str_hash(buf_str(&text)));
    buf_free(&text);
    return h;
}

uint64_t value_hash(Value v) {
    if (value_is_null(v)) return mix(1, v.kind);
    if (value_is_unknown(v)) return mix(2, v.kind);
    if (v.kind == TYPE_NUMBER) return number_hash(v);
    if (v.kind == TYPE_BOOL) return mix(TYPE_BOOL, (uint64_t)v.i);
    if (v.kind == TYPE_STRING) return mix(TYPE_STRING, str_hash(value_str(v)));
    uint64_t h = mix(v.kind, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.kind == TYPE_MAP) h = mix(h, str_hash(v.map->at[i].key));
        if (v.kind == TYPE_OBJECT) h = mix(h, v.obj->shape->names[i]->hash);
        h = mix(h, value_hash(value_part(v, i)));
    }
    return h;
}

#include "engine/eval/equal.h"

#include "engine/base/limits.h"
#include "engine/base/process.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

// Whether a value of the type may be of a type of which parts are not known.
static bool conforms(const Type *type, const Type *want) {
    if (want->kind == TYPE_DYNAMIC || type == want) return true;
    if (type->kind != want->kind || type->n != want->n) return false;
    if (type_is_collection(type)) return conforms(type->elem, want->elem);
    for (uint32_t i = 0; i < type->n; i++) {
        if (type->kind == TYPE_OBJECT && type->names[i] != want->names[i]) return false;
        if (!conforms(type->types[i], want->types[i])) return false;
    }
    return true;
}

// What is known of an unknown rules a known value out.
static bool excluded(Arena *arena, Value known, Value unknown) {
    const Unknown *range = unknown.unk;
    if (value_is_null(known)) return range->not_null;
    if (range->type->kind == TYPE_DYNAMIC) return false;
    if (known.kind != range->type->kind) return true;
    bool parts = range->type->has_dynamic && !type_is_primitive(range->type);
    if (parts && !conforms(value_type(arena_process(arena), known), range->type)) return true;
    if (known.kind == TYPE_STRING && range->type->kind == TYPE_STRING)
        return !str_starts(value_str(known), range->prefix);
    if (range->has_length && type_is_collection(range->type) && known.kind == range->type->kind) {
        return known.n < range->min_length || known.n > range->max_length;
    }
    if (known.kind != TYPE_NUMBER || range->type->kind != TYPE_NUMBER) return false;
    const Num *n = value_number(arena, known);
    if (range->min.kind == TYPE_NUMBER && value_is_set(range->min)) {
        int order = num_cmp(n, value_number(arena, range->min));
        if (order < 0 || (order == 0 && !range->min_inclusive)) return true;
    }
    if (range->max.kind == TYPE_NUMBER && value_is_set(range->max)) {
        int order = num_cmp(n, value_number(arena, range->max));
        if (order > 0 || (order == 0 && !range->max_inclusive)) return true;
    }
    return false;
}

static Equality one_unknown(Arena *arena, Value known, Value unknown) {
    if (excluded(arena, known, unknown)) return EQUAL_NO;
    const Type *type = unknown.unk->type;
    if (value_is_null(known) || type->has_dynamic) return EQUAL_UNKNOWN;
    bool same = type_is_primitive(type) ? known.kind == type->kind : value_type(arena_process(arena), known) == type;
    return same ? EQUAL_UNKNOWN : EQUAL_NO;
}

static Equality equal_deep(Arena *arena, Value a, Value b);

static Equality equal_elements(Arena *arena, const Value *a, const Value *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        Equality each = equal_deep(arena, a[i], b[i]);
        if (each != EQUAL_YES) return each;
    }
    return EQUAL_YES;
}

static Equality equal_maps(Arena *arena, Value a, Value b) {
    if (a.n != b.n) return EQUAL_NO;
    for (uint32_t i = 0; i < a.n; i++) {
        if (!str_eq(a.map->at[i].key, b.map->at[i].key)) return EQUAL_NO;
        Equality each = equal_deep(arena, a.map->at[i].value, b.map->at[i].value);
        if (each != EQUAL_YES) return each;
    }
    return EQUAL_YES;
}

// Both are known, not null, of one type, and something inside is unknown.
static Equality equal_parts(Arena *arena, Value a, Value b) {
    switch ((TypeKind)a.kind) {
    case TYPE_LIST:
    case TYPE_TUPLE:
    case TYPE_OBJECT: return a.n == b.n ? equal_elements(arena, value_elements(a), value_elements(b), a.n) : EQUAL_NO;
    case TYPE_MAP: return equal_maps(arena, a, b);
    case TYPE_SET: return EQUAL_UNKNOWN;
    default: return value_same(a, b) ? EQUAL_YES : EQUAL_NO;
    }
}

// Whether the type may still turn into another: something inside has no type yet.
static bool undecided(const Type *type) { return type->has_dynamic; }

static Equality equal_deep(Arena *arena, Value a, Value b) {
    if (value_is_unknown(a) && value_is_unknown(b)) return EQUAL_UNKNOWN;
    if (value_is_unknown(b)) return one_unknown(arena, a, b);
    if (value_is_unknown(a)) return one_unknown(arena, b, a);
    if (value_is_null(a) || value_is_null(b)) return value_is_null(a) && value_is_null(b) ? EQUAL_YES : EQUAL_NO;
    if (a.kind != b.kind) return EQUAL_NO;
    if (type_is_primitive(&(Type){.kind = a.kind})) return value_same(a, b) ? EQUAL_YES : EQUAL_NO;
    if (!((a.bits | b.bits) & VALUE_UNKNOWN_INSIDE)) return value_same(a, b) ? EQUAL_YES : EQUAL_NO;
    Process *process = arena_process(arena);
    const Type *type_a = value_type(process, a), *type_b = value_type(process, b);
    if (undecided(type_a) || undecided(type_b)) {
        bool never = !convert_possible(process, type_a, type_b) && !convert_possible(process, type_b, type_a);
        return never ? EQUAL_NO : EQUAL_UNKNOWN;
    }
    if (type_a != type_b) return EQUAL_NO;
    return equal_parts(arena, a, b);
}

Equality equal_values(Arena *arena, Value a, Value b) { return equal_deep(arena, a, b); }

Equality equal_marked(Arena *arena, Value a, Value b, Marks *marks) {
    *marks = 0;
    if (!((a.bits | b.bits) & VALUE_MARKED_INSIDE) && !a.marks && !b.marks) return equal_deep(arena, a, b);
    Process *process = arena_process(arena);
    Marks left = marks_deep(process, a), right = marks_deep(process, b);
    *marks = marks_union(process, left, right);
    return equal_deep(arena, marks_strip(arena, a, NULL), marks_strip(arena, b, NULL));
}

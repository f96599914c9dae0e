// Making values.
#include "engine/value/marks.h"
#include "engine/value/order.h"
#include "engine/value/set.h"
#include "engine/value/type_table.h"

#include "engine/base/limits.h"
#include "engine/base/utf8.h"

#include <assert.h>
#include <math.h>

#define INSIDE (VALUE_UNKNOWN_INSIDE | VALUE_MARKED_INSIDE)

static uint8_t life_bits(const Arena *arena) { return (uint8_t)((unsigned)arena_life(arena) << VALUE_LIFE_SHIFT); }

static uint8_t inside_bits(const Value *at, uint32_t n) {
    unsigned bits = 0;
    for (uint32_t i = 0; i < n; i++) bits |= at[i].bits;
    return (uint8_t)(bits & INSIDE);
}

Value value_null(Process *p, const Type *type) {
    const Type *plain = type_without_optional(p, type);
    return (Value){.kind = plain->kind, .bits = VALUE_NULL, .type = plain};
}

Value value_unknown(Process *p, const Type *type) {
    const Type *plain = type_without_optional(p, type);
    return (Value){.kind = plain->kind, .bits = VALUE_UNKNOWN | VALUE_UNKNOWN_INSIDE, .unk = &type_node(plain)->plain};
}

static bool refined_says_nothing(const Unknown *r) {
    if (r->type->kind == TYPE_DYNAMIC) return true;
    return !r->not_null && !r->prefix.n && r->min.kind == TYPE_DYNAMIC && r->max.kind == TYPE_DYNAMIC &&
           (!r->has_length || (r->min_length == 0 && r->max_length == UINT32_MAX));
}

// The value when the refinement leaves but one, or a collection of known length with unknown elements.
static bool refined_is_known(Arena *arena, const Unknown *r, Value *out) {
    if (!r->not_null) return false;
    Process *p = arena_process(arena);
    bool both = r->min.kind == TYPE_NUMBER && r->max.kind == TYPE_NUMBER && r->min_inclusive && r->max_inclusive;
    if (both && value_same(r->min, r->max)) {
        *out = r->min;
        return true;
    }
    if (!type_is_collection(r->type) || !r->has_length || r->min_length != r->max_length) return false;
    uint32_t n = r->min_length;
    bool list = r->type->kind == TYPE_LIST && n <= LIMIT_ELEMENTS, set = r->type->kind == TYPE_SET && n == 1;
    if (n > 0 && !list && !set) return false;
    if (r->type->kind == TYPE_MAP) {
        *out = value_map(arena, r->type->elem, NULL, 0);
        return true;
    }
    ListData *data = value_list_data(arena, r->type->elem, n);
    for (uint32_t i = 0; i < n; i++) data->at[i] = value_unknown(p, r->type->elem);
    *out = value_finish_list(arena, (TypeKind)r->type->kind, data, n);
    return true;
}

Value value_refined(Arena *arena, const Unknown *refined) {
    Value known;
    if (refined_says_nothing(refined)) return value_unknown(arena_process(arena), refined->type);
    if (refined_is_known(arena, refined, &known)) return known;
    Unknown *own = ARENA_NEW(arena, Unknown);
    *own = *refined;
    own->type = type_without_optional(arena_process(arena), refined->type);
    if (!own->has_length) {
        own->min_length = 0;
        own->max_length = UINT32_MAX;
    }
    return (Value){.kind = own->type->kind,
                   .bits = (uint8_t)(VALUE_UNKNOWN | VALUE_UNKNOWN_INSIDE | life_bits(arena)),
                   .unk = own};
}

Value value_bool(bool b) { return (Value){.kind = TYPE_BOOL, .i = b}; }

Value value_int_prec(int64_t i, uint32_t precision) {
    return (Value){.n = precision, .kind = TYPE_NUMBER, .i = i};
}

Value value_int(int64_t i) { return value_int_prec(i, NUM_PRECISION_TEXT); }

// An integer of more bits than the precision prints as fewer digits than it has, and a negative zero keeps its sign,
// so these stay a Num.
static bool narrow_exactly(const Num *num, int64_t i, uint32_t precision) {
    if (i == 0) return !signbit(num_to_double(num));
    if (precision >= 64) return true;
    uint64_t size = i < 0 ? -(uint64_t)i : (uint64_t)i;
    return size >> precision == 0;
}

Value value_num(Arena *arena, const Num *num) {
    int64_t i;
    uint32_t precision = num_precision(num);
    if (num_to_i64(num, &i) && narrow_exactly(num, i, precision)) return value_int_prec(i, precision);
    return (Value){
        .n = precision, .kind = TYPE_NUMBER, .bits = (uint8_t)(VALUE_BIG | life_bits(arena)), .num = num};
}

static Value string_value(Str text, uint8_t bits) {
    assert(text.n <= UINT32_MAX);
    if (text.n == 0) return (Value){.kind = TYPE_STRING, .s = ""};
    return (Value){.n = (uint32_t)text.n, .kind = TYPE_STRING, .bits = bits, .s = text.p};
}

Value value_string_raw(Arena *arena, Str text) { return string_value(text, life_bits(arena)); }

Value value_string(Arena *arena, Str text) {
    if (text.n == 0) return string_value(text, 0);
    Str normal = utf8_nfc(arena, text);
    return value_string_raw(arena, normal.p == text.p ? str_copy(arena, text) : normal);
}

ListData *value_list_data(Arena *arena, const Type *elem, uint32_t n) {
    ListData *data = arena_zalloc(arena, sizeof *data + n * sizeof data->at[0]);
    data->elem = elem;
    return data;
}

ObjectData *value_object_data(Arena *arena, const Shape *shape) {
    ObjectData *data = arena_zalloc(arena, sizeof *data + shape->n * sizeof data->at[0]);
    data->shape = shape;
    return data;
}

Value value_finish_list(Arena *arena, TypeKind kind, ListData *data, uint32_t n) {
    Marks marks = 0;
    if (kind == TYPE_SET) n = set_arrange(arena, data->at, n, &marks);
    Value v = {.n = n,
               .kind = (uint8_t)kind,
               .bits = (uint8_t)(inside_bits(data->at, n) | life_bits(arena)),
               .list = data};
    return marks ? value_with_marks(v, marks) : v;
}

Value value_finish_object(Arena *arena, ObjectData *data) {
    uint32_t n = data->shape->n;
    return (Value){
        .n = n, .kind = TYPE_OBJECT, .bits = (uint8_t)(inside_bits(data->at, n) | life_bits(arena)), .obj = data};
}

static Value list_of(Arena *arena, TypeKind kind, const Type *elem, const Value *at, uint32_t n) {
    ListData *data = arena_alloc(arena, sizeof *data + n * sizeof *at);
    data->elem = elem ? type_without_optional(arena_process(arena), elem) : NULL;
    if (n) memcpy(data->at, at, n * sizeof *at);
    return value_finish_list(arena, kind, data, n);
}

Value value_list(Arena *arena, const Type *elem, const Value *at, uint32_t n) {
    return list_of(arena, TYPE_LIST, elem, at, n);
}

Value value_tuple(Arena *arena, const Value *at, uint32_t n) { return list_of(arena, TYPE_TUPLE, NULL, at, n); }

Value value_set(Arena *arena, const Type *elem, const Value *at, uint32_t n) {
    return list_of(arena, TYPE_SET, elem, at, n);
}

// Sorts and lets the last of a key win; returns how many are left.
static uint32_t map_arrange(MapItem *at, uint32_t n) {
    uint32_t sorted = 1;
    while (sorted < n && str_cmp(at[sorted - 1].key, at[sorted].key) < 0) sorted++;
    if (sorted >= n) return n;
    Buf memory = {0};
    OrderItem *items =
        (OrderItem *)(void *)buf_reserve(&memory, (size_t)n * (2 * sizeof(OrderItem) + sizeof(MapItem)));
    MapItem *old = (MapItem *)(void *)(items + 2 * (size_t)n);
    memcpy(old, at, n * sizeof *at);
    for (uint32_t i = 0; i < n; i++) items[i] = (OrderItem){at[i].key, i};
    order_sort(items, items + n, n);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (kept && str_eq(at[kept - 1].key, items[i].key)) kept--;
        at[kept++] = old[items[i].index];
    }
    buf_free(&memory);
    return kept;
}

Value value_map(Arena *arena, const Type *elem, MapItem *at, uint32_t n) {
    n = map_arrange(at, n);
    MapData *data = arena_alloc(arena, sizeof *data + n * sizeof *at);
    data->elem = type_without_optional(arena_process(arena), elem);
    unsigned bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        data->at[i] = at[i];
        bits |= at[i].value.bits;
    }
    return (Value){
        .n = n, .kind = TYPE_MAP, .bits = (uint8_t)((bits & INSIDE) | life_bits(arena)), .map = data};
}

Value value_object(Arena *arena, const Shape *shape, const Value *at) {
    ObjectData *data = arena_alloc(arena, sizeof *data + shape->n * sizeof *at);
    data->shape = shape;
    if (shape->n) memcpy(data->at, at, shape->n * sizeof *at);
    return value_finish_object(arena, data);
}

Value value_object_of(Arena *arena, const Name *names, const Value *at, uint32_t n) {
    uint32_t sorted = 1;
    while (sorted < n && str_cmp(name_str(names[sorted - 1]), name_str(names[sorted])) < 0) sorted++;
    if (sorted >= n) return value_object(arena, shape_of_sorted(arena, names, n), at);
    Buf memory = {0};
    OrderItem *items = (OrderItem *)(void *)buf_reserve(
        &memory, (size_t)n * (2 * sizeof(OrderItem) + sizeof(Name) + sizeof(Value)));
    Value *values = (Value *)(void *)(items + 2 * (size_t)n);
    Name *ordered = (Name *)(void *)(values + n);
    for (uint32_t i = 0; i < n; i++) items[i] = (OrderItem){name_str(names[i]), i};
    order_sort(items, items + n, n);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = items[i].index;
        if (kept && ordered[kept - 1] == names[from]) kept--;
        ordered[kept] = names[from];
        values[kept++] = at[from];
    }
    Value v = value_object(arena, shape_of_sorted(arena, ordered, kept), values);
    buf_free(&memory);
    return v;
}

Value value_with_parts(Arena *arena, Value v, const Value *parts) {
    Value made = v;
    switch ((TypeKind)v.kind) {
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: made = list_of(arena, (TypeKind)v.kind, v.list->elem, parts, v.n); break;
    case TYPE_OBJECT: made = value_object(arena, v.obj->shape, parts); break;
    case TYPE_MAP: {
        MapData *data = arena_alloc(arena, sizeof *data + v.n * sizeof data->at[0]);
        data->elem = v.map->elem;
        for (uint32_t i = 0; i < v.n; i++) data->at[i] = (MapItem){v.map->at[i].key, parts[i]};
        made.bits = (uint8_t)(inside_bits(parts, v.n) | life_bits(arena));
        made.marks = 0;
        made.map = data;
        break;
    }
    default: assert(v.kind >= TYPE_LIST); break;
    }
    return marks_add(arena_process(arena), made, v.marks);
}

Value value_with_marks(Value v, Marks marks) {
    v.marks = marks;
    if (marks) {
        v.bits |= VALUE_MARKED_INSIDE;
        return v;
    }
    if (!(v.bits & VALUE_MARKED_INSIDE)) return v;
    v.bits &= (uint8_t)~VALUE_MARKED_INSIDE;
    for (uint32_t i = 0, n = value_parts(v); i < n; i++) v.bits |= value_part(v, i).bits & VALUE_MARKED_INSIDE;
    return v;
}

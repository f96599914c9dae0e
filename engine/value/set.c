// The order of sets: known before unknown before null; strings by bytes, numbers by size, false before true. Other
// kinds go by a text made of the element, which users see through tolist() and the plan's JSON, so it is kept as
// the peers have it. Fact source: zclconf/go-cty cty/set_internals.go.
#include "engine/value/set.h"

#include "engine/value/marks.h"
#include "engine/value/number_text.h"
#include "engine/value/order.h"
#include "engine/value/quote.h"

static int order_class(Value v) { return value_is_null(v) ? 2 : value_is_unknown(v) ? 1 : 0; }

static void set_text(Value v, Buf *out);

static void set_text_parts(Value v, const char *brackets, Buf *out) {
    buf_char(out, brackets[0]);
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.kind == TYPE_MAP) {
            quote_go(v.map->at[i].key, out);
            buf_char(out, ':');
        }
        set_text(value_part(v, i), out);
        buf_char(out, ';');
    }
    buf_char(out, brackets[1]);
}

static void set_text(Value v, Buf *out) {
    if (value_is_unknown(v)) {
        buf_char(out, '?');
        return;
    }
    if (value_is_null(v)) {
        buf_char(out, '~');
        return;
    }
    switch ((TypeKind)v.kind) {
    case TYPE_STRING: quote_go(value_str(v), out); break;
    case TYPE_NUMBER: number_print_short(v, out); break;
    case TYPE_BOOL: buf_char(out, v.i ? 'T' : 'F'); break;
    case TYPE_LIST:
    case TYPE_SET: set_text_parts(v, "[]", out); break;
    case TYPE_MAP: set_text_parts(v, "{}", out); break;
    case TYPE_TUPLE:
    case TYPE_OBJECT: set_text_parts(v, "<>", out); break;
    case TYPE_DYNAMIC: break;
    }
}

static int number_cmp(Arena *scratch, Value a, Value b) {
    if (!((a.bits | b.bits) & VALUE_BIG)) return a.i < b.i ? -1 : a.i > b.i;
    ArenaMark mark = arena_mark(scratch);
    int order = num_cmp(value_number(scratch, a), value_number(scratch, b));
    arena_release(scratch, mark);
    return order;
}

int value_set_cmp(Arena *scratch, Value a, Value b) {
    int order = order_class(a) - order_class(b);
    if (order != 0 || order_class(a) != 0) return order;
    if (a.kind == TYPE_STRING && b.kind == TYPE_STRING) return str_cmp(value_str(a), value_str(b));
    if (a.kind == TYPE_NUMBER && b.kind == TYPE_NUMBER) return number_cmp(scratch, a, b);
    if (a.kind == TYPE_BOOL && b.kind == TYPE_BOOL) return (int)(a.i - b.i);
    ArenaMark mark = arena_mark(scratch);
    Buf x = buf_in(scratch), y = buf_in(scratch);
    set_text(a, &x);
    set_text(b, &y);
    order = str_cmp(buf_str(&x), buf_str(&y));
    arena_release(scratch, mark);
    return order;
}

// Keys point at the value itself for numbers and bools.
static const Value *key_value(const OrderItem *item) { return (const Value *)(const void *)item->key.p; }

static int order_by_int(const OrderItem *a, const OrderItem *b) {
    int64_t x = key_value(a)->i, y = key_value(b)->i;
    return x < y ? -1 : x > y;
}

static int order_by_num(const OrderItem *a, const OrderItem *b) {
    return num_cmp(key_value(a)->num, key_value(b)->num);
}

// Doubles are next to each other among the items whose keys are equal; what is not whole equals nothing.
static uint32_t keep_unique(const OrderItem *items, uint32_t n, OrderCompare *compare, const Value *old, Value *at,
                            uint32_t kept) {
    uint32_t run = kept;
    for (uint32_t i = 0; i < n; i++) {
        Value v = old[items[i].index];
        bool equal_key = i > 0 && (compare ? compare(&items[i - 1], &items[i]) == 0
                                           : str_eq(items[i - 1].key, items[i].key));
        if (!equal_key) run = kept;
        bool is_double = false;
        for (uint32_t k = run; k < kept && !is_double && value_is_whole(v); k++)
            is_double = value_is_whole(at[k]) && value_same(at[k], v);
        if (!is_double) at[kept++] = v;
    }
    return kept;
}

typedef enum KeyKind { KEY_TEXT, KEY_INT, KEY_NUM } KeyKind;

static KeyKind key_kind(const Value *at, const OrderItem *items, uint32_t n) {
    if (n == 0) return KEY_TEXT;
    TypeKind kind = (TypeKind)at[items[0].index].kind;
    if (kind == TYPE_BOOL) return KEY_INT;
    if (kind != TYPE_NUMBER) return KEY_TEXT;
    for (uint32_t i = 0; i < n; i++)
        if (at[items[i].index].bits & VALUE_BIG) return KEY_NUM;
    return KEY_INT;
}

static void set_keys(Arena *arena, KeyKind kind, const Value *old, OrderItem *items, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const Value *v = &old[items[i].index];
        if (kind == KEY_TEXT && v->kind == TYPE_STRING) {
            items[i].key = value_str(*v);
        } else if (kind == KEY_TEXT) {
            Buf text = buf_in(arena);
            set_text(*v, &text);
            items[i].key = buf_str(&text);
        } else if (kind == KEY_NUM && !(v->bits & VALUE_BIG)) {
            Value *wide = ARENA_NEW(arena, Value);
            *wide = *v;
            wide->num = value_number(arena, *v);
            items[i].key = (Str){(const char *)wide, sizeof *wide};
        } else {
            items[i].key = (Str){(const char *)v, sizeof *v};
        }
    }
}

static bool is_arranged(const Value *at, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].kind != TYPE_STRING || !value_is_set(at[i])) return n == 1;
        if (i > 0 && str_cmp(value_str(at[i - 1]), value_str(at[i])) >= 0) return false;
    }
    return true;
}

static void take_marks(Arena *arena, Value *at, uint32_t n, Marks *marks) {
    Process *p = arena_process(arena);
    for (uint32_t i = 0; i < n; i++) {
        if (!(at[i].bits & VALUE_MARKED_INSIDE)) continue;
        *marks = marks_union(p, *marks, marks_deep(p, at[i]));
        at[i] = marks_strip(arena, at[i], NULL);
    }
}

uint32_t set_arrange(Arena *arena, Value *at, uint32_t n, Marks *marks) {
    take_marks(arena, at, n, marks);
    if (is_arranged(at, n)) return n;
    ArenaMark mark = arena_mark(arena);
    Value *old = ARENA_ARRAY(arena, Value, n);
    OrderItem *items = ARENA_ARRAY(arena, OrderItem, 2 * (size_t)n);
    memcpy(old, at, n * sizeof *at);
    uint32_t kept = 0;
    for (int class = 0; class < 3; class++) {
        uint32_t m = 0;
        for (uint32_t i = 0; i < n; i++)
            if (order_class(old[i]) == class) items[m++] = (OrderItem){STR_NONE, i};
        KeyKind kind = class == 0 ? key_kind(old, items, m) : KEY_TEXT;
        OrderCompare *compare = kind == KEY_INT ? order_by_int : kind == KEY_NUM ? order_by_num : NULL;
        if (class == 0) set_keys(arena, kind, old, items, m);
        if (compare)
            order_sort_by(items, items + n, m, compare);
        else
            order_sort(items, items + n, m);
        kept = keep_unique(items, m, compare, old, at, kept);
    }
    arena_release(arena, mark);
    return kept;
}

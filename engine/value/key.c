#include "engine/value/key.h"

#include "engine/value/render.h"

int key_cmp(InstanceKey a, InstanceKey b) {
    if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
    if (a.kind == KEY_INT) return a.i < b.i ? -1 : a.i > b.i;
    return a.kind == KEY_STRING ? str_cmp(a.s, b.s) : 0;
}

bool key_equal(InstanceKey a, InstanceKey b) {
    if (a.kind != b.kind) return false;
    if (a.kind == KEY_INT) return a.i == b.i;
    return a.kind == KEY_NONE || str_eq(a.s, b.s);
}

void key_print(InstanceKey key, Buf *out) {
    if (key.kind == KEY_NONE) return;
    buf_char(out, '[');
    if (key.kind == KEY_INT)
        num_print_i64(key.i, out);
    else
        render_string(key.s, out);
    buf_char(out, ']');
}

bool key_of_value(Value v, InstanceKey *out) {
    if (!value_is_set(v)) return false;
    if (v.kind == TYPE_STRING) {
        *out = (InstanceKey){KEY_STRING, 0, value_str(v)};
        return true;
    }
    int64_t i;
    if (v.kind != TYPE_NUMBER || !value_to_i64(v, &i)) return false;
    *out = (InstanceKey){KEY_INT, i, STR_NONE};
    return true;
}

Value key_value(Arena *arena, InstanceKey key) {
    if (key.kind == KEY_INT) return value_int_prec(key.i, NUM_PRECISION_COUNT);
    if (key.kind == KEY_STRING) return value_string(arena, key.s);
    return value_null(arena_process(arena), type_dynamic(arena_process(arena)));
}

// Numbers.
#include <math.h>

#include "engine/eval/funcs/funcs.h"

static bool give_num(FuncCall *call, const Num *num, Value *out) {
    *out = value_num(call->arena, num);
    return true;
}

bool numeric_abs(FuncCall *call, Value *out) {
    Value v = call->args[0];
    const Num *num = value_number(call->arena, v);
    if (num_sign(num) >= 0)
        *out = v;
    else
        *out = value_with_marks(value_num(call->arena, num_neg(call->arena, num)), v.marks);
    return true;
}

bool numeric_ceil(FuncCall *call, Value *out) {
    return give_num(call, num_round(call->arena, NUM_CEIL, value_number(call->arena, call->args[0])), out);
}

bool numeric_floor(FuncCall *call, Value *out) {
    return give_num(call, num_round(call->arena, NUM_FLOOR, value_number(call->arena, call->args[0])), out);
}

static bool give_double(FuncCall *call, double d, Value *out) {
    if (!isfinite(d)) return func_fail(call, -1, "the result is not a number that can be represented");
    return give_num(call, num_from_double(call->arena, d), out);
}

static double as_double(FuncCall *call, uint32_t i) { return num_to_double(value_number(call->arena, call->args[i])); }

bool numeric_log(FuncCall *call, Value *out) {
    return give_double(call, log(as_double(call, 0)) / log(as_double(call, 1)), out);
}

bool numeric_pow(FuncCall *call, Value *out) {
    return give_double(call, pow(as_double(call, 0), as_double(call, 1)), out);
}

bool numeric_signum(FuncCall *call, Value *out) {
    int64_t i;
    if (!call_int(call, 0, false, &i)) return false;
    *out = value_int_prec((i > 0) - (i < 0), NUM_PRECISION_COUNT);
    return true;
}

static bool extreme(FuncCall *call, int sign, Value *out) {
    if (call->n == 0) return func_fail(call, -1, "must pass at least one number");
    const Num *best = value_number(call->arena, call->args[0]);
    *out = call->args[0];
    for (uint32_t i = 1; i < call->n; i++) {
        const Num *num = value_number(call->arena, call->args[i]);
        if (num_cmp(num, best) * sign <= 0) continue;
        best = num;
        *out = call->args[i];
    }
    return true;
}

bool numeric_max(FuncCall *call, Value *out) { return extreme(call, 1, out); }

bool numeric_min(FuncCall *call, Value *out) { return extreme(call, -1, out); }

// The value of a digit in a base up to 62: digits, small letters, capital letters (the same as small ones up to 36).
static int digit_of(char c, int64_t base) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + (base <= 36 ? 10 : 36);
    return 99;
}

static const Num *parse_digits(Arena *arena, Str text, int64_t base) {
    bool minus = text.n && text.p[0] == '-';
    if (text.n && (text.p[0] == '-' || text.p[0] == '+')) text = str_slice(text, 1, text.n);
    if (text.n == 0) return NULL;
    // As many bits as the digits can fill, so that no digit is lost.
    uint64_t bits = (uint64_t)text.n * 6 + 1;
    uint32_t precision = bits < 64 ? 64 : bits > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)bits;
    const Num *sum = num_from_i64(arena, 0, precision), *scale = num_from_i64(arena, base, precision);
    int64_t small = 0;
    bool fits = true;
    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i], base);
        if (digit >= base) return NULL;
        int64_t next;
        if (fits && !__builtin_mul_overflow(small, base, &next) && !__builtin_add_overflow(next, digit, &next)) {
            small = next;
            continue;
        }
        if (fits) sum = num_from_i64(arena, small, precision);
        fits = false;
        sum = num_op(arena, NUM_ADD, num_op(arena, NUM_MUL, sum, scale), num_from_i64(arena, digit, precision));
    }
    if (fits) sum = num_from_i64(arena, small, NUM_PRECISION_COUNT);
    return minus ? num_neg(arena, sum) : sum;
}

const Type *result_parseint(FuncCall *call) {
    Value v = call->args[0];
    if (v.kind != TYPE_STRING) {
        func_fail(call, 0, "first argument must be a string, not %s",
                  call_z(call, call_friendly(call, value_type(call_process(call), v))));
        return NULL;
    }
    return type_number(call_process(call));
}

enum { PARSEINT_DIGITS = 100000 };

bool numeric_parseint(FuncCall *call, Value *out) {
    if (!result_parseint(call)) return false;
    int64_t base;
    if (!call_int(call, 1, true, &base)) return false;
    if (base < 2 || base > 62) return func_fail(call, 1, "base must be a whole number between 2 and 62 inclusive");
    Str text = call_str(call, 0);
    Marks marks = call->args[0].marks, base_marks = call->args[1].marks;
    if (text.n > PARSEINT_DIGITS) return func_fail(call, 0, "the number has more than %d digits", PARSEINT_DIGITS);
    const Num *num = parse_digits(call->arena, text, base);
    if (!num) {
        bool hidden = base_marks & (MARK_SENSITIVE | MARK_EPHEMERAL);
        Str shown = hidden ? call_quote(call, STR(""), base_marks) : str_format(call->arena, "%d", (int)base);
        return func_fail(call, 0, "cannot parse %s as a base %.*s integer", call_z(call, call_quote(call, text, marks)),
                         STR_ARG(shown));
    }
    *out = value_with_marks(value_num(call->arena, num), marks_union(call_process(call), marks, base_marks));
    return true;
}

bool numeric_sum(FuncCall *call, Value *out) {
    Value list = call->args[0];
    if (!is_sequence(list.kind) && !is_mapping(list.kind)) return func_fail(call, 0, "cannot sum noniterable");
    if (list.n == 0) return func_fail(call, 0, "cannot sum an empty list");
    if (!is_sequence(list.kind)) {
        return func_fail(call, 0, "argument must be list, set, or tuple. Received %s",
                         call_z(call, call_friendly(call, value_type(call_process(call), list))));
    }
    if (!value_is_whole(list)) {
        *out = value_unknown(call_process(call), type_number(call_process(call)));
        return true;
    }
    const Num *sum = NULL;
    for (uint32_t i = 0; i < list.n; i++) {
        Value v = list.list->at[i];
        if (value_is_null(v) || !call_number(call, &v)) {
            return func_fail(call, 0, "argument must be list, set, or tuple of number values");
        }
        const Num *num = value_number(call->arena, v);
        sum = sum ? num_op(call->arena, NUM_ADD, sum, num) : num;
    }
    return give_num(call, sum, out);
}

bool numeric_range(FuncCall *call, Value *out) {
    if (call->n < 1 || call->n > 3) return func_fail(call, -1, "must have one, two, or three arguments");
    Arena *arena = call->arena;
    const Num *zero = num_from_i64(arena, 0, NUM_PRECISION_COUNT);
    const Num *start = call->n > 1 ? value_number(arena, call->args[0]) : zero;
    const Num *end = value_number(arena, call->args[call->n > 1 ? 1 : 0]);
    bool down = num_cmp(end, start) < 0;
    const Num *step =
        call->n == 3 ? value_number(arena, call->args[2]) : num_from_i64(arena, down ? -1 : 1, NUM_PRECISION_COUNT);
    if (num_sign(step) == 0) return func_fail(call, 2, "step must not be zero");
    if (num_sign(step) < 0 && num_cmp(end, start) > 0) {
        return func_fail(call, 1, "end must be less than start when step is negative");
    }
    if (num_sign(step) > 0 && down) {
        return func_fail(call, 1, "end must be greater than start when step is positive");
    }
    enum { MOST = 1024 };
    Value values[MOST];
    uint32_t n = 0;
    for (const Num *at = start; num_cmp(at, end) * num_sign(step) < 0; at = num_op(arena, NUM_ADD, at, step)) {
        if (n == MOST) {
            return func_fail(call, -1,
                             "more than %d values were generated; either decrease the difference between "
                             "start and end or use a smaller step",
                             MOST);
        }
        values[n++] = value_num(arena, at);
    }
    *out = value_list(arena, type_number(call_process(call)), values, n);
    return true;
}

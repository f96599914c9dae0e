#include "engine/value/number_text.h"

#define SHORT_DIGITS 10

void number_print(Value v, Buf *out) {
    if (v.bits & VALUE_BIG)
        num_print(v.num, out);
    else
        num_print_i64(v.i, out);
}

bool number_same(Value a, Value b) {
    if (!((a.bits | b.bits) & VALUE_BIG)) return a.i == b.i;
    int64_t x, y;
    bool small = value_to_i64(a, &x);
    if (small != value_to_i64(b, &y)) return false;
    if (small) return x == y;
    bool whole = num_is_int(a.num);
    if (whole != num_is_int(b.num)) return false;
    if (whole || a.n == b.n) return num_cmp(a.num, b.num) == 0;
    Buf s = {0}, t = {0};
    num_print(a.num, &s);
    num_print(b.num, &t);
    bool same = str_eq(buf_str(&s), buf_str(&t));
    buf_free(&s);
    buf_free(&t);
    return same;
}

// A decimal number 0.d1d2d3… times ten to the power of `point`.
typedef struct Decimal {
    bool negative;
    char digits[SHORT_DIGITS + 1];
    int n;
    int point;
} Decimal;

// Whether a printed number that has a five after the kept digits, and nothing else, rounds up. The shortest text is
// not the number itself, so the number is compared with what the text says exactly.
static bool tie_rounds_up(Value v, Str text, char last_kept) {
    if (v.bits & VALUE_BIG) {
        Arena *scratch = arena_new(NULL, LIFE_OP, "tie");
        const Num *exact = num_parse(scratch, text, v.n + 256);
        int order = exact ? num_cmp(v.num, exact) * (text.p[0] == '-' ? -1 : 1) : 0;
        arena_free(scratch);
        if (order != 0) return order > 0;
    }
    return (last_kept - '0') % 2 == 1;
}

static void decimal_round(Decimal *d, Value v, Str text, Str all) {
    if (all.n <= SHORT_DIGITS) return;
    bool tie = all.p[SHORT_DIGITS] == '5' && all.n == SHORT_DIGITS + 1;
    bool up = tie ? tie_rounds_up(v, text, d->digits[SHORT_DIGITS - 1]) : all.p[SHORT_DIGITS] >= '5';
    if (!up) return;
    int i = SHORT_DIGITS - 1;
    while (i >= 0 && d->digits[i] == '9') i--;
    if (i < 0) {
        d->digits[0] = '1';
        d->n = 1;
        d->point++;
        return;
    }
    d->digits[i]++;
    d->n = i + 1;
}

// From the printed form, which has no exponent.
static Decimal decimal_of(Value v, Str text) {
    Decimal d = {0};
    Buf all = {0};
    bool fraction = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '-') d.negative = true;
        if (c == '.') fraction = true;
        if (c < '0' || c > '9') continue;
        bool leading = c == '0' && all.n == 0;
        if (!leading) buf_char(&all, c);
        if (leading && fraction) d.point--;
        if (!leading && !fraction) d.point++;
    }
    while (all.n && all.p[all.n - 1] == '0') all.n--;
    d.n = all.n < SHORT_DIGITS ? (int)all.n : SHORT_DIGITS;
    if (d.n) memcpy(d.digits, all.p, (size_t)d.n);
    decimal_round(&d, v, text, buf_str(&all));
    while (d.n && d.digits[d.n - 1] == '0') d.n--;
    buf_free(&all);
    return d;
}

static void decimal_print_exponent(const Decimal *d, Buf *out) {
    int exponent = d->point - 1;
    buf_char(out, d->digits[0]);
    if (d->n > 1) buf_char(out, '.');
    buf_bytes(out, d->digits + 1, (size_t)(d->n - 1));
    buf_format(out, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static void decimal_print_plain(const Decimal *d, Buf *out) {
    if (d->point <= 0) buf_char(out, '0');
    for (int i = 0; i < d->point; i++) buf_char(out, i < d->n ? d->digits[i] : '0');
    if (d->n <= d->point) return;
    buf_char(out, '.');
    if (d->point < 0) buf_fill(out, '0', (size_t)-d->point);
    int from = d->point > 0 ? d->point : 0;
    buf_bytes(out, d->digits + from, (size_t)(d->n - from));
}

void number_print_short(Value v, Buf *out) {
    if (!(v.bits & VALUE_BIG) && v.i > -9999999999 && v.i < 9999999999) {
        num_print_i64(v.i, out);
        return;
    }
    Buf text = {0};
    number_print(v, &text);
    Decimal d = decimal_of(v, buf_str(&text));
    buf_free(&text);
    if (d.negative) buf_char(out, '-');
    int exponent = d.point - 1;
    int most = d.n < SHORT_DIGITS && d.n >= d.point ? d.n : SHORT_DIGITS;
    if (d.n && (exponent < -4 || exponent >= most))
        decimal_print_exponent(&d, out);
    else
        decimal_print_plain(&d, out);
}

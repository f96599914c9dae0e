#include "engine/base/number.h"

#include "engine/base/arena.h"
#include "engine/base/limits.h"

#include <assert.h>
#include <gmp.h>
#include <mpfr.h>
#include <stdlib.h>

// What MPFR keeps in an mpfr_t, without its pointer: a view is made when a number is used.
struct Num {
    uint32_t precision;
    int32_t kind; // of mpfr_custom_init_set: zero or regular, with the sign
    int64_t exponent;
    mp_limb_t limbs[];
};

// Bits that LIMIT_NUMBER_EXPONENT decimal digits take, rounded up: log2(10) < 3.33.
#define EXPONENT_BITS ((mpfr_exp_t)LIMIT_NUMBER_EXPONENT * 333 / 100)

#define MUL_PRECISION 512

static Num *num_new(Arena *arena, uint32_t precision) {
    assert(precision >= 1 && precision < UINT32_MAX / 2);
    Num *n = arena_alloc(arena, sizeof *n + mpfr_custom_get_size(precision));
    n->precision = precision;
    return n;
}

static void num_view(const Num *n, mpfr_ptr x) {
    mpfr_custom_init_set(x, n->kind, n->exponent, (mpfr_prec_t)n->precision, (void *)(uintptr_t)n->limbs);
}

// A place to compute into; num_done makes a number of it.
static void num_begin(Num *n, mpfr_ptr x) {
    mpfr_custom_init(n->limbs, n->precision);
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, (mpfr_prec_t)n->precision, n->limbs);
}

// NULL when the value is beyond what numbers may be.
static const Num *num_done(Num *n, mpfr_srcptr x) {
    n->kind = mpfr_custom_get_kind(x);
    n->exponent = 0;
    if (mpfr_zero_p(x)) {
        // What is never read is still copied and compared.
        memset(n->limbs, 0, mpfr_custom_get_size(n->precision));
        return n;
    }
    if (!mpfr_regular_p(x)) return NULL;
    n->exponent = mpfr_get_exp(x);
    return n->exponent > EXPONENT_BITS || n->exponent < -EXPONENT_BITS ? NULL : n;
}

static size_t skip_digits(Str s, size_t at) {
    while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') at++;
    return at;
}

// The parts of a literal: the text up to `mantissa` is sign, digits and fraction; then an exponent of base 10 or 2.
typedef struct Literal {
    size_t mantissa;
    int64_t exponent;
    bool binary;
} Literal;

static bool literal_read(Str s, Literal *l) {
    size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+'), start = at;
    at = skip_digits(s, at);
    size_t digits = at - start;
    if (at < s.n && s.p[at] == '.') {
        size_t end = skip_digits(s, at + 1);
        digits += end - at - 1;
        at = end;
    }
    *l = (Literal){at, 0, false};
    if (digits == 0) return false;
    if (at == s.n) return true;
    char mark = s.p[at++];
    l->binary = mark == 'p' || mark == 'P';
    if (mark != 'e' && mark != 'E' && !l->binary) return false;
    bool negative = at < s.n && s.p[at] == '-';
    at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
    if (at == s.n || skip_digits(s, at) != s.n) return false;
    // Larger ones are all alike: beyond the limit, unless the mantissa is 0.
    for (; at < s.n; at++)
        if (l->exponent <= INT64_C(1000000000000)) l->exponent = l->exponent * 10 + (s.p[at] - '0');
    if (negative) l->exponent = -l->exponent;
    return true;
}

static bool is_zero_text(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '1' && s.p[i] <= '9') return false;
    return true;
}

const Num *num_parse(Arena *arena, Str text, uint32_t precision) {
    Literal l;
    if (!literal_read(text, &l)) return NULL;
    Str mantissa = str_slice(text, 0, l.mantissa);
    bool zero = is_zero_text(mantissa);
    int64_t limit = l.binary ? EXPONENT_BITS : LIMIT_NUMBER_EXPONENT;
    // Digits may make up for an exponent (0.00…1e9), so text as long as the limit is let through to be judged.
    if (!zero && llabs(l.exponent) > limit + (int64_t)mantissa.n * 4) return NULL;
    Num *n = num_new(arena, precision);
    mpfr_t x;
    num_begin(n, x);
    ArenaMark mark = arena_mark(arena);
    const char *z = str_to_z(arena, zero ? str_slice(mantissa, 0, mantissa.p[0] == '-' ? 1 : 0)
                                         : str_slice(text, 0, l.binary ? l.mantissa : text.n));
    if (zero)
        mpfr_set_zero(x, *z == '-' ? -1 : 1);
    else
        mpfr_strtofr(x, z, NULL, 10, MPFR_RNDN);
    arena_release(arena, mark);
    if (l.binary && !zero) mpfr_mul_2si(x, x, l.exponent, MPFR_RNDN);
    return num_done(n, x);
}

const Num *num_parse_int(Arena *arena, Str text, int base) {
    assert(base >= 2 && base <= 62);
    size_t sign = text.n && (text.p[0] == '-' || text.p[0] == '+');
    if (text.n == sign || text.n > LIMIT_NUMBER_EXPONENT) return NULL;
    // mpz_set_str lets white space pass, and has upper case first where Go has lower case first.
    ArenaMark mark = arena_mark(arena);
    char *z = str_to_z(arena, str_slice(text, sign, text.n));
    bool ok = true;
    for (char *c = z; c < z + (text.n - sign); c++) {
        bool lower = *c >= 'a' && *c <= 'z', upper = *c >= 'A' && *c <= 'Z';
        ok = ok && (lower || upper || (*c >= '0' && *c <= '9'));
        if (base > 36 && (lower || upper)) *c = (char)(*c ^ 0x20);
    }
    mpz_t integer;
    mpz_init(integer);
    ok = ok && mpz_set_str(integer, z, base) == 0;
    arena_release(arena, mark);
    const Num *result = NULL;
    if (ok) {
        if (text.p[0] == '-') mpz_neg(integer, integer);
        size_t bits = mpz_sizeinbase(integer, 2);
        Num *n = num_new(arena, bits > 64 ? (uint32_t)bits : 64);
        mpfr_t x;
        num_begin(n, x);
        mpfr_set_z(x, integer, MPFR_RNDN);
        result = num_done(n, x);
    }
    mpz_clear(integer);
    return result;
}

const Num *num_from_i64(Arena *arena, int64_t i, uint32_t precision) {
    Num *n = num_new(arena, precision);
    mpfr_t x;
    num_begin(n, x);
    mpfr_set_sj(x, i, MPFR_RNDN);
    return num_done(n, x);
}

const Num *num_from_double(Arena *arena, double d) {
    Num *n = num_new(arena, NUM_PRECISION_FLOAT);
    mpfr_t x;
    num_begin(n, x);
    mpfr_set_d(x, d, MPFR_RNDN);
    return num_done(n, x);
}

uint32_t num_precision(const Num *n) { return n->precision; }

size_t num_size(const Num *n) { return sizeof *n + mpfr_custom_get_size(n->precision); }

const Num *num_copy(Arena *arena, const Num *n) { return memcpy(arena_alloc(arena, num_size(n)), n, num_size(n)); }

bool num_to_i64(const Num *n, int64_t *out) {
    mpfr_t x;
    num_view(n, x);
    if (!mpfr_integer_p(x) || !mpfr_fits_intmax_p(x, MPFR_RNDN)) return false;
    *out = mpfr_get_sj(x, MPFR_RNDN);
    return true;
}

double num_to_double(const Num *n) {
    mpfr_t x;
    num_view(n, x);
    return mpfr_get_d(x, MPFR_RNDN);
}

bool num_is_int(const Num *n) {
    mpfr_t x;
    num_view(n, x);
    return mpfr_integer_p(x) != 0;
}

int num_sign(const Num *n) {
    mpfr_t x;
    num_view(n, x);
    int sign = mpfr_sgn(x);
    return (sign > 0) - (sign < 0);
}

int num_cmp(const Num *a, const Num *b) {
    mpfr_t x, y;
    num_view(a, x);
    num_view(b, y);
    int order = mpfr_cmp(x, y);
    return (order > 0) - (order < 0);
}

// The product is exact where 512 bits hold it, though both factors may be of 64 (cty's Multiply).
static const Num *num_mul(Arena *arena, mpfr_srcptr a, mpfr_srcptr b, uint32_t precision) {
    mp_limb_t limbs[MUL_PRECISION / 8 / sizeof(mp_limb_t)];
    mpfr_t product;
    mpfr_custom_init(limbs, MUL_PRECISION);
    mpfr_custom_init_set(product, MPFR_ZERO_KIND, 0, MUL_PRECISION, limbs);
    mpfr_mul(product, a, b, MPFR_RNDN);
    uint32_t least = (uint32_t)mpfr_min_prec(product);
    Num *n = num_new(arena, least > precision ? least : precision);
    mpfr_t x;
    num_begin(n, x);
    mpfr_set(x, product, MPFR_RNDN);
    return num_done(n, x);
}

// a - b * trunc(a / b), each step rounded: the quotient as DIV is, the rest to a's precision (cty's Modulo).
static const Num *num_mod(Arena *arena, mpfr_srcptr a, mpfr_srcptr b, uint32_t precision) {
    Num *n = num_new(arena, (uint32_t)mpfr_get_prec(a));
    mpfr_t x, quotient;
    num_begin(n, x);
    ArenaMark mark = arena_mark(arena);
    num_begin(num_new(arena, precision), quotient);
    mpfr_div(quotient, a, b, MPFR_RNDN);
    mpfr_trunc(quotient, quotient);
    mpfr_set(x, quotient, MPFR_RNDN);
    arena_release(arena, mark);
    if (mpfr_zero_p(x)) mpfr_set_zero(x, 1); // cty takes it through an integer, which has no -0
    mpfr_mul(x, b, x, MPFR_RNDN);
    mpfr_sub(x, a, x, MPFR_RNDN);
    return num_done(n, x);
}

const Num *num_op(Arena *arena, NumOp op, const Num *a, const Num *b) {
    assert((op != NUM_DIV && op != NUM_MOD) || num_sign(b) != 0);
    mpfr_t x, y, result;
    num_view(a, x);
    num_view(b, y);
    uint32_t precision = a->precision > b->precision ? a->precision : b->precision;
    if (op == NUM_MUL) return num_mul(arena, x, y, precision);
    if (op == NUM_MOD) return num_mod(arena, x, y, precision);
    Num *n = num_new(arena, precision);
    num_begin(n, result);
    switch (op) {
    case NUM_ADD: mpfr_add(result, x, y, MPFR_RNDN); break;
    case NUM_SUB: mpfr_sub(result, x, y, MPFR_RNDN); break;
    default: mpfr_div(result, x, y, MPFR_RNDN); break;
    }
    return num_done(n, result);
}

const Num *num_neg(Arena *arena, const Num *a) {
    mpfr_t x, result;
    num_view(a, x);
    Num *n = num_new(arena, a->precision);
    num_begin(n, result);
    mpfr_neg(result, x, MPFR_RNDN);
    return num_done(n, result);
}

const Num *num_round(Arena *arena, NumRound how, const Num *a) {
    mpfr_t x, result;
    num_view(a, x);
    if (how == NUM_TRUNC && mpfr_integer_p(x)) return a;
    uint32_t precision = a->precision;
    if (how == NUM_TRUNC) precision = a->exponent > 64 ? (uint32_t)a->exponent : 64;
    Num *n = num_new(arena, precision);
    num_begin(n, result);
    switch (how) {
    case NUM_FLOOR: mpfr_floor(result, x); break;
    case NUM_CEIL: mpfr_ceil(result, x); break;
    case NUM_TRUNC: mpfr_trunc(result, x); break;
    }
    if (mpfr_zero_p(result)) mpfr_set_zero(result, 1);
    return num_done(n, result);
}

void num_print_i64(int64_t i, Buf *out) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t left = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (i < 0) *--at = '-';
    buf_bytes(out, at, (size_t)(digits + sizeof digits - at));
}

// Decimal digits without trailing zeros; the point stands before digit 0 when point is 0.
typedef struct Decimal {
    char *digits;
    size_t n;
    int64_t point;
    void *memory;
} Decimal;

// integer * 2^exponent, exactly. The integer is used up.
static Decimal decimal_of(mpz_ptr integer, int64_t exponent) {
    Decimal d = {0};
    if (exponent < 0) {
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 5, (unsigned long)-exponent); // 2^-k = 5^k / 10^k
        mpz_mul(integer, integer, power);
        mpz_clear(power);
    } else {
        mpz_mul_2exp(integer, integer, (mp_bitcnt_t)exponent);
    }
    d.memory = d.digits = malloc(mpz_sizeinbase(integer, 10) + 2);
    if (!d.digits) abort();
    mpz_get_str(d.digits, 10, integer);
    d.n = strlen(d.digits);
    d.point = (int64_t)d.n + (exponent < 0 ? exponent : 0);
    while (d.n > 0 && d.digits[d.n - 1] == '0') d.n--;
    return d;
}

static char decimal_digit(const Decimal *d, size_t i) { return i < d->n ? d->digits[i] : '0'; }

static void decimal_down(Decimal *d, size_t keep) {
    d->n = keep;
    while (d->n > 0 && d->digits[d->n - 1] == '0') d->n--;
}

static void decimal_up(Decimal *d, size_t keep) {
    while (keep > 0 && d->digits[keep - 1] == '9') keep--;
    if (keep == 0) { // 99 is followed by 100
        d->digits[0] = '1';
        d->n = 1;
        d->point++;
        return;
    }
    d->digits[keep - 1]++;
    d->n = keep;
}

static void decimal_nearest(Decimal *d, size_t keep) {
    if (keep >= d->n) return;
    bool half = d->digits[keep] == '5' && keep + 1 == d->n;
    bool up = half ? keep > 0 && (d->digits[keep - 1] - '0') % 2 != 0 : d->digits[keep] >= '5';
    if (up)
        decimal_up(d, keep);
    else
        decimal_down(d, keep);
}

// Cuts d after the first digit that tells it from all other numbers of its precision, which lie at or beyond low and
// high. Go's rule, with its quirk that digits are compared by index even where low has one digit less.
static void decimal_shorten(Decimal *d, const Decimal *low, const Decimal *high, bool inclusive) {
    for (size_t i = 0; i < d->n; i++) {
        char m = d->digits[i], l = decimal_digit(low, i), u = decimal_digit(high, i);
        bool down = l != m || (inclusive && i + 1 == low->n);
        bool up = m != u && (inclusive || m + 1 < u || i + 1 < high->n);
        if (down && up)
            decimal_nearest(d, i + 1);
        else if (down)
            decimal_down(d, i + 1);
        else if (up)
            decimal_up(d, i + 1);
        if (down || up) return;
    }
}

static void decimal_print(const Decimal *d, Buf *out) {
    size_t whole = d->point > 0 ? (size_t)d->point : 0;
    if (whole == 0) buf_char(out, '0');
    buf_bytes(out, d->digits, whole < d->n ? whole : d->n);
    if (whole > d->n) buf_fill(out, '0', whole - d->n);
    if (whole >= d->n) return;
    buf_char(out, '.');
    if (d->point < 0) buf_fill(out, '0', (size_t)-d->point);
    buf_bytes(out, d->digits + whole, d->n - whole);
}

void num_print(const Num *n, Buf *out) {
    mpfr_t x;
    num_view(n, x);
    int64_t i;
    if (mpfr_zero_p(x)) {
        buf_z(out, mpfr_signbit(x) ? "-0" : "0");
        return;
    }
    // A whole number with no bits missing needs all its digits.
    if (n->exponent <= (int64_t)n->precision && num_to_i64(n, &i)) {
        num_print_i64(i, out);
        return;
    }
    if (mpfr_signbit(x)) buf_char(out, '-');
    // x = m * 2^e with one bit more than the precision: m - 1 and m + 1 are half-way to the neighbours.
    mpz_t m, low, high;
    mpz_init(m);
    mpz_init(low);
    mpz_init(high);
    int64_t e = mpfr_get_z_2exp(m, x) - 1;
    mpz_abs(m, m);
    bool inclusive = mpz_even_p(m) != 0; // a tie goes to the even one, which this is
    mpz_mul_2exp(m, m, 1);
    mpz_sub_ui(low, m, 1);
    mpz_add_ui(high, m, 1);
    Decimal d = decimal_of(m, e), l = decimal_of(low, e), h = decimal_of(high, e);
    decimal_shorten(&d, &l, &h, inclusive);
    decimal_print(&d, out);
    free(d.memory);
    free(l.memory);
    free(h.memory);
    mpz_clear(m);
    mpz_clear(low);
    mpz_clear(high);
}

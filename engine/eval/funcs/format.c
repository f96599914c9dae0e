// format and formatlist. The verbs and flags are those of Go's fmt that the language has.
#include <gmp.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/prefix.h"
#include "engine/value/convert.h"

enum { FORMAT_WIDTH = 100000 };

typedef struct Verb {
    char mode;
    bool zero, sharp, plus, minus, space;
    bool has_precision, has_width;
    uint32_t precision, width, arg; // arg from 1
    size_t offset;
    Str raw;
} Verb;

typedef struct Format {
    FuncCall *call;
    const Value *args;
    uint32_t n;
    Buf out;
    uint32_t next, highest;
} Format;

static bool unsupported(Format *f, const Verb *verb, const char *why) {
    return func_fail(f->call, -1, "unsupported value for \"%.*s\" at %zu: %s", STR_ARG(verb->raw), verb->offset, why);
}

static void add_padded(Format *f, const Verb *verb, Str text) {
    size_t have = verb->has_width ? utf8_grapheme_count(text) : 0;
    size_t pad = verb->has_width && verb->width > have ? verb->width - have : 0;
    if (!verb->minus) buf_fill(&f->out, verb->zero ? '0' : ' ', pad);
    buf_add(&f->out, text);
    if (verb->minus) buf_fill(&f->out, verb->zero ? '0' : ' ', pad);
}

// Digits with sign, prefix and padding as Go's big numbers have them.
static void add_number(Format *f, const Verb *verb, bool negative, const char *prefix, Str digits, bool zeros_fill) {
    const char *sign = negative ? "-" : verb->plus ? "+" : verb->space ? " " : "";
    size_t length = strlen(sign) + strlen(prefix) + digits.n;
    size_t pad = verb->has_width && verb->width > length ? verb->width - length : 0;
    bool zero = verb->zero && !verb->minus && zeros_fill;
    if (!verb->minus && !zero) buf_fill(&f->out, ' ', pad);
    buf_z(&f->out, sign);
    buf_z(&f->out, prefix);
    if (zero) buf_fill(&f->out, '0', pad);
    buf_add(&f->out, digits);
    if (verb->minus) buf_fill(&f->out, ' ', pad);
}

// The number as MPFR has it, from the shortest text that reads back the same.
static void mpfr_of(FuncCall *call, Value v, mpfr_t out) {
    Buf text = buf_in(call->arena);
    const Num *num = value_number(call->arena, v);
    num_print(num, &text);
    mpfr_init2(out, num_precision(num) < 64 ? 64 : num_precision(num));
    mpfr_set_str(out, call_z(call, buf_str(&text)), 10, MPFR_RNDN);
}

static bool add_integer(Format *f, const Verb *verb, Value v) {
    const Num *num = value_number(f->call->arena, v);
    if (!num_is_int(num)) return unsupported(f, verb, "an integer is required");
    int base = verb->mode == 'b' ? 2 : verb->mode == 'o' ? 8 : verb->mode == 'd' ? 10 : 16;
    const char *prefix = !verb->sharp || base == 10 ? ""
                         : base == 2                ? "0b"
                         : base == 8                ? "0"
                         : verb->mode == 'x'        ? "0x"
                                                    : "0X";
    Buf text = buf_in(f->call->arena), digits = buf_in(f->call->arena);
    num_print(num, &text);
    mpz_t whole;
    mpz_init_set_str(whole, call_z(f->call, buf_str(&text)), 10);
    bool negative = mpz_sgn(whole) < 0;
    mpz_abs(whole, whole);
    char *own = mpz_get_str(NULL, verb->mode == 'X' ? -base : base, whole);
    size_t n = strlen(own);
    bool nothing = verb->has_precision && verb->precision == 0 && mpz_sgn(whole) == 0;
    if (verb->has_precision && verb->precision > n) buf_fill(&digits, '0', verb->precision - n);
    buf_z(&digits, own);
    mpz_clear(whole);
    void (*free_text)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &free_text);
    free_text(own, n + 1);
    if (!nothing) add_number(f, verb, negative, prefix, buf_str(&digits), !verb->has_precision);
    return true;
}

// Significant digits of a number, d.ddd × 10^exponent.
typedef struct Digits {
    Str text; // without trailing zeros, at least "0"
    long exponent;
    bool negative;
} Digits;

static Digits trimmed(Str text, long exponent, bool negative) {
    while (text.n > 1 && text.p[text.n - 1] == '0') text.n--;
    bool zero = str_eqz(text, "0");
    return (Digits){text, zero ? 0 : exponent, negative};
}

static Digits shortest_digits(FuncCall *call, Value v) {
    Buf text = buf_in(call->arena), digits = buf_in(call->arena);
    num_print(value_number(call->arena, v), &text);
    Str t = buf_str(&text);
    bool negative = t.p[0] == '-';
    if (negative) t = str_slice(t, 1, t.n);
    ptrdiff_t point = str_find_char(t, '.');
    long before = point < 0 ? (long)t.n : (long)point, exponent = before - 1;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '.') continue;
        if (digits.n == 0 && t.p[i] == '0')
            exponent--;
        else
            buf_char(&digits, t.p[i]);
    }
    if (digits.n == 0) buf_char(&digits, '0');
    return trimmed(buf_str(&digits), exponent, negative);
}

static Digits rounded_digits(FuncCall *call, Value v, uint32_t n) {
    mpfr_t x;
    mpfr_of(call, v, x);
    Digits out = {STR("0"), 0, false};
    if (!mpfr_zero_p(x)) {
        char *big = NULL;
        int size = mpfr_asprintf(&big, "%.*RNe", (int)(n - 1), x);
        Buf digits = buf_in(call->arena);
        long exponent = 0;
        for (int i = 0; i < size; i++) {
            if (big[i] >= '0' && big[i] <= '9') buf_char(&digits, big[i]);
            if (big[i] != 'e') continue;
            exponent = strtol(big + i + 1, NULL, 10);
            break;
        }
        mpfr_free_str(big);
        out = trimmed(buf_str(&digits), exponent, mpfr_sgn(x) < 0);
    }
    mpfr_clear(x);
    return out;
}

static void print_exponent(const Digits *d, char letter, Buf *out) {
    buf_char(out, d->text.p[0]);
    if (d->text.n > 1) {
        buf_char(out, '.');
        buf_add(out, str_slice(d->text, 1, d->text.n));
    }
    long size = d->exponent < 0 ? -d->exponent : d->exponent;
    buf_format(out, "%c%c%02ld", letter, d->exponent < 0 ? '-' : '+', size);
}

static void print_plain(const Digits *d, Buf *out) {
    if (d->exponent < 0) {
        buf_z(out, "0.");
        buf_fill(out, '0', (size_t)(-d->exponent - 1));
        buf_add(out, d->text);
        return;
    }
    size_t whole = (size_t)d->exponent + 1;
    buf_add(out, str_slice(d->text, 0, whole));
    if (whole > d->text.n) buf_fill(out, '0', whole - d->text.n);
    if (whole < d->text.n) {
        buf_char(out, '.');
        buf_add(out, str_slice(d->text, whole, d->text.n));
    }
}

// %g: plain while the exponent is small.
static void print_general(const Digits *d, bool shortest, uint32_t precision, char letter, Buf *out) {
    long most = shortest ? 6 : (long)precision;
    if (!shortest && most > (long)d->text.n && (long)d->text.n >= d->exponent + 1) most = (long)d->text.n;
    if (d->exponent < -4 || d->exponent >= most)
        print_exponent(d, letter, out);
    else
        print_plain(d, out);
}

static bool add_float(Format *f, const Verb *verb, Value v) {
    Buf text = buf_in(f->call->arena);
    bool negative;
    if (verb->mode == 'g' || verb->mode == 'G') {
        uint32_t precision = verb->has_precision && verb->precision == 0 ? 1 : verb->precision;
        Digits d = verb->has_precision ? rounded_digits(f->call, v, precision) : shortest_digits(f->call, v);
        negative = d.negative;
        print_general(&d, !verb->has_precision, precision, verb->mode == 'g' ? 'e' : 'E', &text);
    } else {
        mpfr_t x;
        mpfr_of(f->call, v, x);
        negative = mpfr_signbit(x);
        mpfr_abs(x, x, MPFR_RNDN);
        int precision = verb->has_precision ? (int)verb->precision : 6;
        const char *how = verb->mode == 'f' ? "%.*RNf" : verb->mode == 'e' ? "%.*RNe" : "%.*RNE";
        char *own = NULL;
        mpfr_asprintf(&own, how, precision, x);
        buf_z(&text, own);
        mpfr_free_str(own);
        mpfr_clear(x);
    }
    add_number(f, verb, negative, "", buf_str(&text), true);
    return true;
}

static bool add_as_is(Format *f, const Verb *verb, Value v) {
    if (!verb->sharp && value_is_set(v) && v.kind == TYPE_STRING) {
        add_padded(f, verb, value_str(v));
    } else if (!verb->sharp && value_is_set(v) && v.kind == TYPE_NUMBER) {
        Buf text = buf_in(f->call->arena);
        Digits d = shortest_digits(f->call, v);
        if (d.negative) buf_char(&text, '-');
        print_general(&d, true, 0, 'e', &text);
        add_padded(f, verb, buf_str(&text));
    } else {
        add_padded(f, verb, call_json(f->call, v));
    }
    return true;
}

static bool convert_arg(Format *f, const Verb *verb, const Type *want, Value *v) {
    ConvertError error;
    if (convert_value(f->call->arena, *v, want, v, &error)) return true;
    return unsupported(f, verb, call_z(f->call, error.message));
}

static bool add_text(Format *f, const Verb *verb, Value v) {
    if (!convert_arg(f, verb, type_string(call_process(f->call)), &v)) return false;
    Str text = value_str(v);
    if (verb->has_precision && verb->precision > 0) {
        size_t at = 0;
        for (uint32_t i = 0; i < verb->precision && at < text.n; i++) at += utf8_grapheme(str_slice(text, at, text.n));
        text.n = at;
    }
    if (verb->mode == 'q') text = call_json(f->call, value_string(f->call->arena, text));
    add_padded(f, verb, text);
    return true;
}

static bool add_value(Format *f, const Verb *verb) {
    if (verb->arg == 0 || verb->arg > f->n) {
        return func_fail(f->call, -1, "not enough arguments for \"%.*s\" at %zu: need index %u but have %u total",
                         STR_ARG(verb->raw), verb->offset, verb->arg, f->n);
    }
    Value v = f->args[verb->arg - 1];
    Process *p = call_process(f->call);
    if (verb->mode != 'v' && value_is_null(v)) return unsupported(f, verb, "null value cannot be formatted");
    switch (verb->mode) {
    case 'v': return add_as_is(f, verb, v);
    case 't':
        if (!convert_arg(f, verb, type_bool(p), &v)) return false;
        buf_z(&f->out, v.i ? "true" : "false");
        return true;
    case 'b':
    case 'd':
    case 'o':
    case 'x':
    case 'X': return convert_arg(f, verb, type_number(p), &v) && add_integer(f, verb, v);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G': return convert_arg(f, verb, type_number(p), &v) && add_float(f, verb, v);
    case 's':
    case 'q': return add_text(f, verb, v);
    default:
        return func_fail(f->call, -1, "unsupported format verb '%c' in \"%.*s\" at offset %zu", verb->mode,
                         STR_ARG(verb->raw), verb->offset);
    }
}

static bool is_digit(Str t, size_t i) { return i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; }

static bool scan_number(Format *f, Str t, size_t *i, uint32_t *out) {
    *out = 0;
    for (; is_digit(t, *i); ++*i) {
        *out = *out * 10 + (uint32_t)(t.p[*i] - '0');
        if (*out > FORMAT_WIDTH) return func_fail(f->call, 0, "a width or precision is over %d", FORMAT_WIDTH);
    }
    return true;
}

static bool scan_failed(Format *f, Str t, size_t i) {
    if (i >= t.n) return func_fail(f->call, -1, "invalid format string starting at offset %zu", i);
    uint32_t code;
    size_t n = utf8_decode(str_slice(t, i, t.n), &code);
    return func_fail(f->call, -1, "unrecognized format character '%.*s' at offset %zu", (int)(n ? n : 1), t.p + i, i);
}

static void scan_flags(Str t, size_t *i, Verb *verb) {
    for (; *i < t.n; ++*i) {
        switch (t.p[*i]) {
        case '0': verb->zero = true; break;
        case '#': verb->sharp = true; break;
        case '-': verb->minus = true; break;
        case '+': verb->plus = true; break;
        case ' ': verb->space = true; break;
        default: return;
        }
    }
}

// After the percent sign: flags, width, precision, [index], and the verb's letter.
static bool scan_verb(Format *f, Str t, size_t *i, Verb *verb) {
    size_t start = *i - 1;
    scan_flags(t, i, verb);
    verb->has_width = is_digit(t, *i);
    if (!scan_number(f, t, i, &verb->width)) return false;
    if (*i < t.n && t.p[*i] == '.') {
        ++*i;
        verb->has_precision = true;
        if (!scan_number(f, t, i, &verb->precision)) return false;
    }
    verb->arg = f->next;
    if (*i < t.n && t.p[*i] == '[') {
        ++*i;
        if (!is_digit(t, *i) || t.p[*i] == '0') return scan_failed(f, t, *i);
        if (!scan_number(f, t, i, &verb->arg)) return false;
        if (*i >= t.n || t.p[*i] != ']') return scan_failed(f, t, *i);
        ++*i;
    }
    char c = *i < t.n ? t.p[*i] : 0;
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return scan_failed(f, t, *i);
    verb->mode = c;
    ++*i;
    verb->offset = start;
    verb->raw = str_slice(t, start, *i);
    return true;
}

static bool run_format(Format *f, Str t) {
    f->next = 1;
    for (size_t i = 0; i < t.n;) {
        if (t.p[i] != '%') {
            buf_char(&f->out, t.p[i++]);
            continue;
        }
        i++;
        if (i < t.n && t.p[i] == '%') {
            buf_char(&f->out, '%');
            i++;
            continue;
        }
        Verb verb = {0};
        if (!scan_verb(f, t, &i, &verb)) return false;
        if (verb.arg > f->highest) f->highest = verb.arg;
        if (!add_value(f, &verb)) return false;
        f->next = verb.arg + 1;
    }
    if (f->highest >= f->n) return true;
    int32_t bad = (int32_t)f->highest + 1;
    if (f->highest == 0) return func_fail(f->call, bad, "too many arguments; no verbs in format string");
    return func_fail(f->call, bad, "too many arguments; only %u used by format string", f->highest);
}

bool format_format(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    for (uint32_t i = 1; i < call->n; i++) {
        if (value_is_whole(call->args[i])) continue;
        ptrdiff_t percent = str_find_char(text, '%');
        if (percent > 0)
            *out = prefix_unknown(call->arena, str_slice(text, 0, (size_t)percent));
        else
            *out = value_unknown(call_process(call), type_string(call_process(call)));
        return true;
    }
    Format f = {.call = call, .args = call->args + 1, .n = call->n - 1, .out = buf_in(call->arena)};
    return run_format(&f, text) && call_string(call, buf_str(&f.out), out);
}

typedef struct Columns {
    uint32_t length;
    bool any;     // some argument is a sequence
    bool unknown; // some sequence is not known
} Columns;

static bool measure(FuncCall *call, Columns *columns) {
    uint32_t chooser = 0;
    for (uint32_t i = 1; i < call->n; i++) {
        Value v = call->args[i];
        bool dynamic = v.kind == TYPE_DYNAMIC && value_is_unknown(v);
        columns->unknown |= dynamic;
        if (!is_sequence(v.kind) || value_is_null(v)) continue;
        bool counted = value_is_known(v) ? v.kind != TYPE_SET || value_is_whole(v) || v.n < 2 : v.kind == TYPE_TUPLE;
        columns->unknown |= !counted || value_is_unknown(v);
        if (!counted) continue;
        uint32_t n = value_is_known(v) ? v.n : v.unk->type->n;
        if (columns->any && n != columns->length) {
            return func_fail(call, (int32_t)i,
                             "argument %u has length %u, which is inconsistent with argument %u of length %u", i, n,
                             chooser, columns->length);
        }
        if (!columns->any) chooser = i;
        columns->any = true;
        columns->length = n;
    }
    return true;
}

static bool format_row(FuncCall *call, uint32_t row, Value *args, Value *out) {
    Process *p = call_process(call);
    for (uint32_t i = 1; i < call->n; i++) {
        Value v = call->args[i];
        args[i - 1] = is_sequence(v.kind) && !value_is_null(v) ? v.list->at[row] : v;
        if (value_is_whole(args[i - 1])) continue;
        Unknown known = {.type = type_string(p), .not_null = true, .max_length = UINT32_MAX};
        *out = value_refined(call->arena, &known);
        return true;
    }
    Format f = {.call = call, .args = args, .n = call->n - 1, .out = buf_in(call->arena)};
    if (run_format(&f, call_str(call, 0))) return call_string(call, buf_str(&f.out), out);
    Str why = call->error;
    return func_fail(call, -1, "error on format iteration %u: %.*s", row, STR_ARG(why));
}

bool format_formatlist(FuncCall *call, Value *out) {
    Columns columns = {.length = 1};
    if (!measure(call, &columns)) return false;
    Process *p = call_process(call);
    if (columns.unknown) {
        *out = value_unknown(p, type_list(p, type_string(p)));
        return true;
    }
    ListData *data = value_list_data(call->arena, type_string(p), columns.length);
    Value *args = ARENA_ARRAY(call->arena, Value, call->n);
    for (uint32_t i = 0; i < columns.length; i++) {
        if (!format_row(call, i, args, &data->at[i])) return false;
    }
    *out = value_finish_list(call->arena, TYPE_LIST, data, columns.length);
    return true;
}

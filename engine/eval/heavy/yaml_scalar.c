#include "engine/eval/heavy/yaml_scalar.h"

#include <stdio.h>
#include <yaml.h>

#include "engine/eval/funcs/funcs.h"

static bool one_of(Str text, const char *const *words) {
    for (; *words; words++) {
        if (str_eqz(text, *words)) return true;
    }
    return false;
}

typedef enum Word { WORD_NONE, WORD_TRUE, WORD_FALSE, WORD_NULL, WORD_INFINITE, WORD_NAN } Word;

static Word word_of(Str text) {
    static const char *const yes[] = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL};
    static const char *const no[] = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", NULL};
    static const char *const null[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const infinite[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                           "+.INF", "-.inf", "-.Inf", "-.INF", NULL};
    static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
    if (text.n > 5) return WORD_NONE;
    if (one_of(text, yes)) return WORD_TRUE;
    if (one_of(text, no)) return WORD_FALSE;
    if (one_of(text, null)) return WORD_NULL;
    if (one_of(text, infinite)) return WORD_INFINITE;
    return one_of(text, nan) ? WORD_NAN : WORD_NONE;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_at(Str t, size_t i) {
    size_t n = 0;
    while (i + n < t.n && is_digit(t.p[i + n])) n++;
    return n;
}

// "1", "-1.5", ".5", "1e3".
static bool is_decimal(Str t) {
    size_t i = t.n && (t.p[0] == '-' || t.p[0] == '+') ? 1 : 0;
    size_t whole = digits_at(t, i), part = 0;
    i += whole;
    if (i < t.n && t.p[i] == '.') {
        part = digits_at(t, i + 1);
        if (whole == 0 && part == 0) return false;
        i += 1 + part;
    }
    if (whole == 0 && part == 0) return false;
    if (i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
        i++;
        if (i < t.n && (t.p[i] == '-' || t.p[i] == '+')) i++;
        size_t exponent = digits_at(t, i);
        if (exponent == 0) return false;
        i += exponent;
    }
    return i == t.n;
}

// "0x1F", "0o17".
static bool read_based(Str t, int64_t *out) {
    if (t.n < 3 || t.p[0] != '0' || (t.p[1] != 'x' && t.p[1] != 'o')) return false;
    int base = t.p[1] == 'x' ? 16 : 8;
    *out = 0;
    for (size_t i = 2; i < t.n; i++) {
        char c = t.p[i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : 99;
        if (digit >= base || __builtin_mul_overflow(*out, base, out) || __builtin_add_overflow(*out, digit, out))
            return false;
    }
    return true;
}

static bool read_number(FuncCall *call, Str text, Value *out) {
    Buf plain = buf_in(call->arena);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '_') buf_char(&plain, text.p[i]);
    }
    int64_t whole;
    if (read_based(buf_str(&plain), &whole)) {
        *out = value_int_prec(whole, NUM_PRECISION_COUNT);
        return true;
    }
    const Num *num = is_decimal(buf_str(&plain)) ? num_parse(call->arena, buf_str(&plain), NUM_PRECISION_TEXT) : NULL;
    if (num) *out = value_num(call->arena, num);
    return num != NULL;
}

static bool take_number(Str t, size_t *i, size_t least, size_t most, int *out) {
    size_t n = digits_at(t, *i);
    if (n < least || n > most) return false;
    *out = 0;
    for (size_t k = 0; k < n; k++) *out = *out * 10 + (t.p[*i + k] - '0');
    *i += n;
    return true;
}

static bool take_char(Str t, size_t *i, const char *any) {
    if (*i >= t.n || !strchr(any, t.p[*i])) return false;
    ++*i;
    return true;
}

static bool days_fit(int year, int month, int day) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + leap;
}

static bool take_zone(Str t, size_t *i, bool lettered, char zone[12]) {
    strcpy(zone, "Z");
    if (!lettered || take_char(t, i, "Z")) return true;
    char sign = *i < t.n ? t.p[*i] : 0;
    int hours, minutes;
    if (!take_char(t, i, "+-") || !take_number(t, i, 2, 2, &hours) || !take_char(t, i, ":") ||
        !take_number(t, i, 2, 2, &minutes) || hours > 24 || minutes > 60) {
        return false;
    }
    snprintf(zone, 12, "%c%02d:%02d", sign, hours % 100, minutes % 100);
    return true;
}

// A date, or a date and time; as RFC 3339 without a fraction.
static bool read_timestamp(FuncCall *call, Str t, Value *out) {
    int year, month, day, hour = 0, minute = 0, second = 0;
    size_t i = 0;
    char zone[12] = "Z";
    if (!take_number(t, &i, 4, 4, &year) || !take_char(t, &i, "-") || !take_number(t, &i, 1, 2, &month) ||
        !take_char(t, &i, "-") || !take_number(t, &i, 1, 2, &day) || !days_fit(year, month, day)) {
        return false;
    }
    if (i < t.n) {
        bool lettered = t.p[i] != ' ';
        if (!take_char(t, &i, "Tt ") || !take_number(t, &i, 1, 2, &hour) || !take_char(t, &i, ":") ||
            !take_number(t, &i, 1, 2, &minute) || !take_char(t, &i, ":") || !take_number(t, &i, 1, 2, &second)) {
            return false;
        }
        if (hour > 23 || minute > 59 || second > 59) return false;
        if (take_char(t, &i, ".,")) i += digits_at(t, i);
        if (!take_zone(t, &i, lettered, zone)) return false;
    }
    if (i != t.n) return false;
    if (strcmp(zone, "+00:00") == 0) strcpy(zone, "Z");
    Str text = str_format(call->arena, "%04d-%02d-%02dT%02d:%02d:%02d%s", year, month, day, hour, minute, second, zone);
    *out = value_string(call->arena, text);
    return true;
}

static const char *cannot_parse(FuncCall *call, Str text, const char *tag) {
    return call_z(call, str_format(call->arena, "cannot parse %.*s as %s", STR_ARG(call_quote(call, text, 0)), tag));
}

// A scalar without a tag: by its first character it may be a word, a number or a date.
static bool resolve_plain(FuncCall *call, const char *tag, Str text, Value *out, const char **why) {
    Process *p = call_process(call);
    *why = NULL;
    Word word = word_of(text);
    char first = text.n ? text.p[0] : 'N';
    bool hinted = text.n == 0 || is_digit(first) || strchr("+-.yYnNtTfFoO~", first);
    if (!hinted) return false;
    if (word == WORD_TRUE || word == WORD_FALSE)
        *out = value_bool(word == WORD_TRUE);
    else if (word == WORD_NULL)
        *out = value_null(p, type_dynamic(p));
    else if (word == WORD_INFINITE)
        *why = "an infinite number is not supported";
    else if (word == WORD_NAN && !*tag)
        *why = "floating point NaN is not supported";
    else if (is_digit(first) && (!*tag || strcmp(tag, YAML_TIMESTAMP_TAG) == 0) && read_timestamp(call, text, out))
        return true;
    else if ((is_digit(first) || first == '+' || first == '-' || first == '.') && !memchr(text.p, '_', text.n)) {
        return read_number(call, text, out);
    } else
        return false;
    return true;
}

static const char *resolve_tagged(FuncCall *call, const char *tag, Str text, Value *out) {
    Process *p = call_process(call);
    Str spare;
    if (strcmp(tag, "tag:yaml.org,2002:binary") == 0 && !call_base64(call, text, &spare)) {
        return cannot_parse(call, text, "binary: not valid base64");
    }
    if (strcmp(tag, YAML_NULL_TAG) == 0) {
        *out = value_null(p, type_dynamic(p));
        return NULL;
    }
    if (strcmp(tag, YAML_BOOL_TAG) == 0) return cannot_parse(call, text, tag);
    bool number = strcmp(tag, YAML_INT_TAG) == 0 || strcmp(tag, YAML_FLOAT_TAG) == 0;
    if (number) return read_number(call, text, out) ? NULL : cannot_parse(call, text, tag);
    if (strcmp(tag, YAML_TIMESTAMP_TAG) == 0)
        return read_timestamp(call, text, out) ? NULL : cannot_parse(call, text, tag);
    *out = value_string(call->arena, text);
    return NULL;
}

const char *yaml_scalar(FuncCall *call, const char *tag, Str text, bool quoted, Value *out) {
    static const char *const tags[] = {"",
                                       YAML_STR_TAG,
                                       YAML_BOOL_TAG,
                                       YAML_INT_TAG,
                                       YAML_FLOAT_TAG,
                                       YAML_NULL_TAG,
                                       YAML_TIMESTAMP_TAG,
                                       "tag:yaml.org,2002:binary",
                                       NULL};
    if (!one_of(str_of(tag), tags)) {
        return call_z(call, str_format(call->arena, "unsupported tag \"%s\"", tag));
    }
    bool opaque = strcmp(tag, YAML_STR_TAG) == 0 || strcmp(tag, "tag:yaml.org,2002:binary") == 0;
    const char *why = NULL;
    if (!opaque && quoted) {
        *out = value_string(call->arena, text);
        return NULL;
    }
    if (!opaque && resolve_plain(call, tag, text, out, &why)) return why;
    return resolve_tagged(call, tag, text, out);
}

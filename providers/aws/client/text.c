#include "providers/aws/client/text.h"

#include "engine/base/clock.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>

static bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

void text_uri(Buf *out, Str s, bool keep_slash) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved((char)c) || (keep_slash && c == '/')) {
            buf_char(out, (char)c);
        } else {
            char code[3] = {'%', digits[c >> 4], digits[c & 15]};
            buf_bytes(out, code, 3);
        }
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

Str text_uri_decode(Arena *arena, Str s) {
    Buf out = buf_in(arena);
    buf_reserve(&out, s.n);
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
        if (low < 0) {
            buf_char(&out, s.p[i]);
        } else {
            buf_char(&out, (char)(high << 4 | low));
            i += 2;
        }
    }
    return buf_str(&out);
}

void text_base64(Buf *out, Str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t whole = (s.n + 2) / 3 * 4;
    char *to = buf_reserve(out, whole);
    for (size_t i = 0; i < s.n; i += 3, to += 4) {
        size_t left = s.n - i;
        unsigned bits = (unsigned)(unsigned char)s.p[i] << 16;
        if (left > 1) bits |= (unsigned)(unsigned char)s.p[i + 1] << 8;
        if (left > 2) bits |= (unsigned char)s.p[i + 2];
        to[0] = digits[bits >> 18];
        to[1] = digits[bits >> 12 & 63];
        to[2] = left > 1 ? digits[bits >> 6 & 63] : '=';
        to[3] = left > 2 ? digits[bits & 63] : '=';
    }
    out->n += whole;
    out->p[out->n] = '\0';
}

static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool text_base64_decode(Arena *arena, Str s, Str *out) {
    Buf bytes = buf_in(arena);
    buf_reserve(&bytes, s.n / 4 * 3 + 3);
    unsigned bits = 0, have = 0, padding = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        if (c == '=') {
            padding++;
            continue;
        }
        int digit = base64_digit(c);
        if (digit < 0 || padding) return false;
        bits = bits << 6 | (unsigned)digit;
        if (++have == 4) {
            char three[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
            buf_bytes(&bytes, three, 3);
            bits = have = 0;
        }
    }
    if (have == 1 || (padding && (have < 2 || have + padding != 4))) return false;
    if (have > 1) buf_char(&bytes, (char)(bits >> (have * 6 - 8)));
    if (have > 2) buf_char(&bytes, (char)(bits >> (have * 6 - 16)));
    *out = buf_str(&bytes);
    return true;
}

bool text_same(Str a, Str b) { return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0); }

Str text_lower(Arena *arena, Str s) {
    char *z = str_to_z(arena, s);
    for (size_t i = 0; i < s.n; i++)
        if (z[i] >= 'A' && z[i] <= 'Z') z[i] = (char)(z[i] - 'A' + 'a');
    return str_make(z, s.n);
}

// Seconds rounded down, also before 1970.
static time_t whole_seconds(int64_t ns, int64_t *rest) {
    int64_t s = ns / NS_PER_S;
    *rest = ns % NS_PER_S;
    if (*rest < 0) *rest += NS_PER_S, s--;
    return (time_t)s;
}

static void print_utc(Buf *out, const char *format, int64_t ns) {
    int64_t rest;
    time_t s = whole_seconds(ns, &rest);
    struct tm tm;
    char text[64];
    gmtime_r(&s, &tm);
    buf_bytes(out, text, strftime(text, sizeof text, format, &tm));
}

void text_time(Buf *out, AwsTime form, int64_t ns) {
    int64_t rest;
    time_t s = whole_seconds(ns, &rest);
    if (form == AWS_TIME_ISO8601) {
        clock_rfc3339(ns, 9, true, out);
    } else if (form == AWS_TIME_RFC822) {
        print_utc(out, "%a, %d %b %Y %H:%M:%S GMT", ns);
    } else {
        buf_format(out, "%lld", (long long)s);
        if (!rest) return;
        buf_format(out, ".%09lld", (long long)rest);
        while (out->p[out->n - 1] == '0') out->n--;
    }
}

// "1576540098", "1576540098.25", "1.576540098E9": a double holds microseconds for the next centuries.
static bool parse_unix(Str s, int64_t *ns) {
    char text[64];
    if (s.n == 0 || s.n >= sizeof text) return false;
    int64_t whole;
    if (str_to_i64(s, &whole)) {
        if (whole > INT64_MAX / NS_PER_S || whole < INT64_MIN / NS_PER_S) return false;
        *ns = whole * NS_PER_S;
        return true;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *end;
    double seconds = strtod(text, &end);
    if (*end || !(seconds > -9e9 && seconds < 9e9)) return false;
    int64_t micros = (int64_t)(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5));
    *ns = micros * 1000;
    return true;
}

// "Mon, 16 Dec 2019 23:48:18 GMT", also with a fraction of the second.
static bool parse_rfc822(Str s, int64_t *ns) {
    char text[64];
    if (s.n >= sizeof text) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    struct tm tm = {0};
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S", &tm);
    if (!end) return false;
    int64_t fraction = 0;
    if (*end == '.') {
        int64_t unit = NS_PER_S;
        for (end++; *end >= '0' && *end <= '9'; end++)
            if ((unit /= 10) > 0) fraction += (*end - '0') * unit;
    }
    if (strcmp(end, " GMT") != 0) return false;
    *ns = (int64_t)timegm(&tm) * NS_PER_S + fraction;
    return true;
}

bool text_time_parse(Str s, int64_t *ns) {
    s = str_trim(s);
    return clock_parse_rfc3339(s, ns) || parse_unix(s, ns) || (s.n && parse_rfc822(s, ns));
}

void text_time_compact(Buf *out, int64_t ns) { print_utc(out, "%Y%m%dT%H%M%SZ", ns); }

bool text_time_compact_parse(Str s, int64_t *ns) {
    char text[32];
    if (s.n >= sizeof text) return false;
    memcpy(text, s.n ? s.p : "", s.n);
    text[s.n] = '\0';
    struct tm tm = {0};
    const char *end = strptime(text, "%Y%m%dT%H%M%SZ", &tm);
    if (!end || *end) return false;
    *ns = (int64_t)timegm(&tm) * NS_PER_S;
    return true;
}

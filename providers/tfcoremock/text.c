#include "providers/tfcoremock/mock.h"

#include <stdio.h>
#include <string.h>

InfraText text_of(const char *z) { return (InfraText){z, z ? strlen(z) : 0}; }
int text_same(InfraText a, InfraText b) { return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0); }
int text_is(InfraText s, const char *z) { return text_same(s, text_of(z)); }

void text_add(Text *t, InfraText s) {
    if (t->n + s.n + 1 > t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 256;
        while (cap < t->n + s.n + 1) cap *= 2;
        char *p = t->host->alloc(t->arena, cap);
        if (t->n) memcpy(p, t->p, t->n);
        t->p = p;
        t->cap = cap;
    }
    if (s.n) memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
    t->p[t->n] = 0;
}

void text_z(Text *t, const char *z) { text_add(t, text_of(z)); }

const char *text_end(Text *t) {
    text_z(t, "");
    return t->p;
}

void text_json(Text *t, InfraText s) {
    char escape[8];
    text_z(t, "\"");
    for (size_t i = 0, from = 0; i <= s.n; i++) {
        unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
        int separator =
            i + 2 < s.n && c == 0xE2 && (unsigned char)s.p[i + 1] == 0x80 && ((unsigned char)s.p[i + 2] | 1) == 0xA9;
        if (i < s.n && c >= 0x20 && !strchr("\"\\<>&", c) && !separator) continue;
        text_add(t, (InfraText){s.p + from, i - from});
        from = i + 1;
        if (i == s.n) break;
        const char *special = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : NULL;
        if (c == '\t') special = "\\t";
        if (separator) {
            special = (unsigned char)s.p[i + 2] == 0xA8 ? "\\u2028" : "\\u2029";
            i += 2;
            from = i + 1;
        }
        if (!special) snprintf(escape, sizeof escape, "\\u%04x", c);
        text_z(t, special ? special : escape);
    }
    text_z(t, "\"");
}

/* Significant digits of a plain decimal, and the place of the point: 0.DIGITS times ten to the point. */
static size_t digits_of(InfraText decimal, char *digits, long *point) {
    size_t n = 0;
    long whole = 0;
    int seen_point = 0;
    for (size_t i = 0; i < decimal.n; i++) {
        char c = decimal.p[i];
        if (c == '.') seen_point = 1;
        if (c < '0' || c > '9') continue;
        if (n == 0 && c == '0') {
            if (seen_point) whole--;
            continue;
        }
        digits[n++] = c;
        if (!seen_point) whole++;
    }
    while (n > 0 && digits[n - 1] == '0') n--;
    *point = whole;
    return n;
}

void text_number(Text *t, InfraText decimal) {
    char *digits = t->host->alloc(t->arena, decimal.n + 1);
    long point;
    size_t n = digits_of(decimal, digits, &point);
    if (n == 0 || (point - 1 >= -4 && point - 1 < 6)) {
        text_add(t, decimal);
        return;
    }
    if (decimal.p[0] == '-') text_z(t, "-");
    text_add(t, (InfraText){digits, 1});
    if (n > 1) text_z(t, ".");
    text_add(t, (InfraText){digits + 1, n - 1});
    char exponent[32];
    long e = point - 1;
    snprintf(exponent, sizeof exponent, "e%c%02ld", e < 0 ? '-' : '+', e < 0 ? -e : e);
    text_z(t, exponent);
}

InfraText text_uuid(const InfraHost *host, InfraArena *arena) {
    unsigned char b[16];
    host->random(host, b, sizeof b);
    return host->format(arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
                        b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

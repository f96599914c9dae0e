#include "engine/base/base64.h"

#include "engine/base/arena.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(Str bytes, Buf *out) {
    const uint8_t *p = (const uint8_t *)bytes.p;
    size_t i = 0;
    char *o = buf_reserve(out, (bytes.n + 2) / 3 * 4 + 1), *start = o;
    for (; i + 2 < bytes.n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
        *o++ = digits[v >> 18];
        *o++ = digits[v >> 12 & 63];
        *o++ = digits[v >> 6 & 63];
        *o++ = digits[v & 63];
    }
    if (i < bytes.n) {
        bool two = i + 1 < bytes.n;
        uint32_t v = (uint32_t)p[i] << 16 | (two ? (uint32_t)p[i + 1] << 8 : 0);
        *o++ = digits[v >> 18];
        *o++ = digits[v >> 12 & 63];
        *o++ = two ? digits[v >> 6 & 63] : '=';
        *o++ = '=';
    }
    *o = 0;
    out->n += (size_t)(o - start);
}

static int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(Arena *arena, Str text, Str *out) {
    if (text.n % 4 != 0) return false;
    size_t pad = text.n >= 1 && text.p[text.n - 1] == '=' ? (text.p[text.n - 2] == '=' ? 2 : 1) : 0;
    char *p = arena_alloc(arena, text.n / 4 * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i += 4) {
        size_t have = i + 4 == text.n ? 4 - pad : 4;
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k < have ? base64_value(text.p[i + k]) : 0;
            if (d < 0) return false;
            v = v << 6 | (uint32_t)d;
        }
        if ((have == 2 && (v & 0xffff)) || (have == 3 && (v & 0xff))) return false;
        p[n++] = (char)(v >> 16);
        if (have > 2) p[n++] = (char)(v >> 8 & 255);
        if (have > 3) p[n++] = (char)(v & 255);
    }
    p[n] = 0;
    *out = str_make(p, n);
    return true;
}

#include "engine/base/str.h"

#include "engine/base/arena.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

int str_cmp(Str a, Str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(Str s, Str prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(Str s, Str suffix) {
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

ptrdiff_t str_find(Str s, Str needle) {
    if (needle.n == 0) return 0;
    if (needle.n > s.n) return -1;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? at - s.p : -1;
}

ptrdiff_t str_find_char(Str s, char c) {
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

Str str_slice(Str s, size_t from, size_t to) {
    if (to > s.n) to = s.n;
    if (from >= to) return (Str){s.p, 0};
    return (Str){s.p + from, to - from};
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Str str_trim(Str s) {
    while (s.n && is_space(s.p[0])) s.p++, s.n--;
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

// The end is told from an empty last piece by the pointer: after the last piece *rest has p == NULL.
bool str_next(Str *rest, char sep, Str *piece) {
    if (!rest->p) return false;
    ptrdiff_t at = str_find_char(*rest, sep);
    if (at < 0) {
        *piece = *rest;
        *rest = STR_NONE;
    } else {
        *piece = (Str){rest->p, (size_t)at};
        *rest = (Str){rest->p + at + 1, rest->n - (size_t)at - 1};
    }
    return true;
}

static uint64_t hash_fold(uint64_t h, uint64_t word) {
    unsigned __int128 product = (unsigned __int128)(h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// FNV-1a's scheme (combine, then multiply) over words of eight bytes; the high half is folded in.
uint64_t str_hash(Str s) {
    uint64_t h = UINT64_C(0xCBF29CE484222325) ^ s.n, word;
    const char *p = s.p;
    size_t n = s.n;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&word, p, 8);
        h = hash_fold(h, word);
    }
    if (n) {
        word = 0;
        memcpy(&word, p, n);
        h = hash_fold(h, word);
    }
    return hash_fold(h, UINT64_C(0xD6E8FEB86659FD93));
}

bool str_to_i64(Str s, int64_t *out) {
    bool negative = s.n && s.p[0] == '-';
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
    if (i == s.n) return false;
    uint64_t value = 0, limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = (int64_t)(negative ? 0 - value : value);
    return true;
}

char *str_to_z(Arena *arena, Str s) {
    char *z = arena_alloc(arena, s.n + 1);
    if (s.n) memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    return z;
}

Str str_copy(Arena *arena, Str s) { return (Str){str_to_z(arena, s), s.n}; }

Str str_format(Arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Buf b = buf_in(arena);
    buf_vformat(&b, format, args);
    va_end(args);
    return buf_str(&b);
}

Str str_concat(Arena *arena, Str a, Str b) {
    char *p = arena_alloc(arena, a.n + b.n + 1);
    if (a.n) memcpy(p, a.p, a.n);
    if (b.n) memcpy(p + a.n, b.p, b.n);
    p[a.n + b.n] = '\0';
    return (Str){p, a.n + b.n};
}

void buf_free(Buf *b) {
    if (!b->arena) free(b->p);
    *b = (Buf){NULL, 0, 0, b->arena};
}

static void buf_grow(Buf *b, size_t need) {
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need) cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (b->arena) {
        b->p = arena_grow(b->arena, b->p, b->cap, cap);
    } else {
        char *p = realloc(b->p, cap);
        if (!p) {
            fputs("infra: out of memory\n", stderr);
            abort();
        }
        b->p = p;
    }
    b->cap = cap;
}

char *buf_reserve(Buf *b, size_t more) {
    assert(more < SIZE_MAX / 2 - b->n);
    if (b->n + more + 1 > b->cap) buf_grow(b, b->n + more + 1);
    return b->p + b->n;
}

void buf_bytes(Buf *b, const void *p, size_t n) {
    char *to = buf_reserve(b, n);
    if (n) memcpy(to, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_char(Buf *b, char c) {
    *buf_reserve(b, 1) = c;
    b->p[++b->n] = '\0';
}

void buf_z(Buf *b, const char *z) { buf_bytes(b, z, strlen(z)); }

void buf_fill(Buf *b, char c, size_t count) {
    memset(buf_reserve(b, count), c, count);
    b->n += count;
    b->p[b->n] = '\0';
}

void buf_format(Buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vformat(b, format, args);
    va_end(args);
}

void buf_vformat(Buf *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    char *to = buf_reserve(b, 0);
    int n = vsnprintf(to, b->cap - b->n, format, args);
    assert(n >= 0);
    if ((size_t)n >= b->cap - b->n) {
        to = buf_reserve(b, (size_t)n);
        vsnprintf(to, (size_t)n + 1, format, again);
    }
    va_end(again);
    b->n += (size_t)n;
}

#include "engine/base/utf8.h"

#include "engine/base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <utf8proc.h>

// Bytes at the start that are ASCII.
static size_t ascii_prefix(Str s) {
    size_t i = 0;
    for (uint64_t word; s.n - i >= 8; i += 8) {
        memcpy(&word, s.p + i, 8);
        if (word & UINT64_C(0x8080808080808080)) break;
    }
    while (i < s.n && (unsigned char)s.p[i] < 0x80) i++;
    return i;
}

size_t utf8_decode(Str s, uint32_t *code) {
    unsigned char lead = (unsigned char)s.p[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t n = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || s.n < n) return 0;
    uint32_t c = lead & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)s.p[i];
        if ((next & 0xC0) != 0x80) return 0;
        c = c << 6 | (next & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *code = c;
    return n;
}

size_t utf8_valid(Str s) {
    size_t at = 0;
    for (;;) {
        at += ascii_prefix(str_slice(s, at, s.n));
        if (at == s.n) return at;
        uint32_t code;
        size_t n = utf8_decode(str_slice(s, at, s.n), &code);
        if (n == 0) return at;
        at += n;
    }
}

void utf8_encode(Buf *out, uint32_t code) {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
    unsigned char *p = (unsigned char *)buf_reserve(out, 4);
    if (code < 0x80) {
        p[0] = (unsigned char)code;
        out->n += 1;
    } else if (code < 0x800) {
        p[0] = (unsigned char)(0xC0 | code >> 6);
        p[1] = (unsigned char)(0x80 | (code & 0x3F));
        out->n += 2;
    } else if (code < 0x10000) {
        p[0] = (unsigned char)(0xE0 | code >> 12);
        p[1] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
        p[2] = (unsigned char)(0x80 | (code & 0x3F));
        out->n += 3;
    } else {
        p[0] = (unsigned char)(0xF0 | code >> 18);
        p[1] = (unsigned char)(0x80 | (code >> 12 & 0x3F));
        p[2] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
        p[3] = (unsigned char)(0x80 | (code & 0x3F));
        out->n += 4;
    }
    out->p[out->n] = '\0';
}

// The next code point and its length; a byte that starts none is U+FFFD.
static uint32_t next_code(Str s, size_t *n) {
    uint32_t code;
    *n = utf8_decode(s, &code);
    if (*n == 0) {
        *n = 1;
        return 0xFFFD;
    }
    return code;
}

// True when the text is NFC for sure: all of it is valid and below the first combining mark.
static bool is_plainly_nfc(Str s) {
    for (size_t at = ascii_prefix(s), n; at < s.n; at += n) {
        uint32_t code;
        n = utf8_decode(str_slice(s, at, s.n), &code);
        if (n == 0 || code >= 0x300) return false;
    }
    return true;
}

// Runs of marks longer than this are cut by U+034F, as the Stream-Safe Text Format (UAX 15) has it and Go does: the
// ordering of marks takes quadratic time in the run.
#define MARKS_MAX 30

static void nfc_prepare(Str s, Buf *out) {
    int marks = 0;
    for (size_t at = 0, n; at < s.n; at += n) {
        uint32_t code = next_code(str_slice(s, at, s.n), &n);
        marks = utf8proc_get_property((utf8proc_int32_t)code)->combining_class ? marks + 1 : 0;
        if (marks > MARKS_MAX) {
            utf8_encode(out, 0x34F);
            marks = 1;
        }
        utf8_encode(out, code);
    }
}

Str utf8_nfc(Arena *arena, Str s) {
    if (is_plainly_nfc(s)) return s;
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    Buf prepared = {0};
    nfc_prepare(s, &prepared);
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)prepared.p;
    utf8proc_ssize_t size = (utf8proc_ssize_t)prepared.n, n = utf8proc_decompose(bytes, size, NULL, 0, options);
    assert(n > 0);
    Buf codes = {0}; // 32-bit code points; one more for the NUL of the result
    utf8proc_int32_t *at = (void *)buf_reserve(&codes, ((size_t)n + 1) * sizeof *at);
    n = utf8proc_decompose(bytes, size, at, n, options);
    n = utf8proc_reencode(at, n, options);
    assert(n > 0);
    Str composed = {(const char *)at, (size_t)n};
    Str result = str_eq(composed, s) ? s : str_copy(arena, composed);
    buf_free(&prepared);
    buf_free(&codes);
    return result;
}

size_t utf8_grapheme(Str s) {
    if (s.n == 0) return 0;
    // Two ASCII bytes in a row are apart, but for CR LF.
    if (s.n == 1 || ((unsigned char)s.p[0] < 0x80 && (unsigned char)s.p[1] < 0x80 && s.p[0] != '\r')) return 1;
    size_t at, n;
    utf8proc_int32_t state = 0, before = (utf8proc_int32_t)next_code(s, &at);
    while (at < s.n) {
        utf8proc_int32_t code = (utf8proc_int32_t)next_code(str_slice(s, at, s.n), &n);
        if (utf8proc_grapheme_break_stateful(before, code, &state)) break;
        before = code;
        at += n;
    }
    return at;
}

size_t utf8_grapheme_count(Str s) {
    size_t count = 0;
    for (size_t at = 0; at < s.n; count++) at += utf8_grapheme(str_slice(s, at, s.n));
    return count;
}

size_t utf8_width(Str s) {
    size_t width = 0;
    while (s.n) {
        Str cluster = str_slice(s, 0, utf8_grapheme(s));
        s = str_slice(s, cluster.n, s.n);
        size_t columns = 0;
        for (size_t at = 0, n; at < cluster.n; at += n)
            columns += (size_t)utf8proc_charwidth((utf8proc_int32_t)next_code(str_slice(cluster, at, cluster.n), &n));
        // A cluster of several wide characters (a family, a flag) is drawn as one.
        width += columns < 2 ? columns : 2;
    }
    return width;
}

#include "grammar/space.h"

#include "engine/base/utf8.h"

// The length of the white space character at the start of s, or 0.
static size_t space_length(Str s) {
    uint32_t code;
    if (s.n == 0) return 0;
    size_t n = utf8_decode(s, &code);
    if (n == 0) return 0;
    bool space = (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
                 (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
                 code == 0x205F || code == 0x3000;
    return space ? n : 0;
}

size_t space_leading(Str s) {
    size_t at = 0;
    for (size_t n; (n = space_length(str_slice(s, at, s.n))); at += n) {
    }
    return at;
}

Str space_trim_left(Str s) { return str_slice(s, space_leading(s), s.n); }

Str space_trim_right(Str s) {
    while (s.n) {
        size_t start = s.n - 1;
        while (start > 0 && ((unsigned char)s.p[start] & 0xC0) == 0x80) start--;
        if (space_length(str_slice(s, start, s.n)) != s.n - start) break;
        s.n = start;
    }
    return s;
}

// UTF-8: checking, decoding, NFC, grapheme clusters (utf8proc), display width.
#ifndef INFRA_BASE_UTF8_H
#define INFRA_BASE_UTF8_H

#include "engine/base/str.h"

// Length of the longest valid prefix; s.n when all is valid.
size_t utf8_valid(Str s);
// Decodes one code point at s.p (s.n > 0); its length, or 0 when invalid.
size_t utf8_decode(Str s, uint32_t *code);
// Appends the code point; surrogates and values over 0x10FFFF become U+FFFD.
void utf8_encode(Buf *out, uint32_t code);
// s in NFC; s itself when it already is (ASCII always). Invalid bytes become U+FFFD each.
Str utf8_nfc(Arena *arena, Str s);
// Bytes of the first grapheme cluster; 0 when s is empty.
size_t utf8_grapheme(Str s);
size_t utf8_grapheme_count(Str s);
// Terminal columns of the text (wide characters are 2, combining marks 0).
size_t utf8_width(Str s);

#endif

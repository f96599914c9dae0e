#include "engine/eval/prefix.h"

#include "engine/base/process.h"
#include "engine/base/utf8.h"

// Longer prefixes help nobody and make plans larger.
enum { PREFIX_BYTES = 128 };

static bool stands_alone(Str cluster) {
    return cluster.n == 1 && strchr("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'", cluster.p[0]) != NULL;
}

static Str safe_prefix(Str text) {
    Str rest = text;
    size_t last = 0;
    while (rest.n) {
        size_t n = utf8_grapheme(rest);
        last = text.n - rest.n;
        rest = str_slice(rest, n ? n : 1, rest.n);
    }
    if (stands_alone(str_slice(text, last, text.n))) return text;
    return str_slice(text, 0, last);
}

Value prefix_unknown_full(Arena *arena, Str text) {
    Unknown known = {.type = type_string(arena_process(arena)),
                     .not_null = true,
                     .max_length = UINT32_MAX,
                     .prefix = str_copy(arena, text)};
    return value_refined(arena, &known);
}

Value prefix_unknown(Arena *arena, Str text) {
    Str cut = text.n > PREFIX_BYTES ? str_slice(text, 0, PREFIX_BYTES) : text;
    cut.n = utf8_valid(cut);
    return prefix_unknown_full(arena, safe_prefix(utf8_nfc(arena, cut)));
}

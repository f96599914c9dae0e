// Texts.
#include <stdlib.h>

#include <utf8proc.h>

#include "engine/base/limits.h"
#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"

typedef uint32_t (*MapCode)(uint32_t code, uint32_t before);

// Each code point through the map; `before` is the code point in front of it, 0 at the start.
static bool map_text(FuncCall *call, Str text, MapCode map, Value *out) {
    Buf buf = buf_in(call->arena);
    uint32_t before = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        size_t n = utf8_decode(str_slice(text, i, text.n), &code);
        if (n == 0) {
            code = 0xFFFD;
            n = 1;
        }
        utf8_encode(&buf, map(code, before));
        before = code;
        i += n;
    }
    return call_string(call, buf_str(&buf), out);
}

// Its capital has a small letter of its own, which would not lead back.
enum { SHARP_S = 0xDF };

static uint32_t upper_code(uint32_t code, uint32_t before) {
    (void)before;
    if (code == SHARP_S) return code;
    return (uint32_t)utf8proc_toupper((int32_t)code);
}

static uint32_t lower_code(uint32_t code, uint32_t before) {
    (void)before;
    return (uint32_t)utf8proc_tolower((int32_t)code);
}

static bool is_letter(uint32_t code) {
    utf8proc_category_t c = utf8proc_category((int32_t)code);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

static bool is_space(uint32_t code) {
    if (code <= 0xFF) return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xA0;
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

// What ends a word: in ASCII anything but letters, digits and the underscore; elsewhere only space.
static bool ends_word(uint32_t code) {
    if (code <= 0x7F) {
        bool word = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
        return !word && code != '_';
    }
    if (is_letter(code) || utf8proc_category((int32_t)code) == UTF8PROC_CATEGORY_ND) return false;
    return is_space(code);
}

static uint32_t title_code(uint32_t code, uint32_t before) {
    bool starts = before == 0 || ends_word(before);
    return starts && code != SHARP_S ? (uint32_t)utf8proc_totitle((int32_t)code) : code;
}

bool string_upper(FuncCall *call, Value *out) { return map_text(call, call_str(call, 0), upper_code, out); }

bool string_lower(FuncCall *call, Value *out) { return map_text(call, call_str(call, 0), lower_code, out); }

bool string_title(FuncCall *call, Value *out) { return map_text(call, call_str(call, 0), title_code, out); }

bool string_strrev(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    char *p = arena_alloc(call->arena, text.n + 1);
    size_t to = text.n;
    for (size_t i = 0; i < text.n;) {
        size_t n = utf8_grapheme(str_slice(text, i, text.n));
        if (n == 0) n = 1;
        to -= n;
        memcpy(p + to, text.p + i, n);
        i += n;
    }
    return call_string(call, (Str){p, text.n}, out);
}

bool string_chomp(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) text.n--;
    return call_string(call, text, out);
}

bool string_indent(FuncCall *call, Value *out) {
    int64_t spaces;
    if (!call_int(call, 0, false, &spaces)) return false;
    if (spaces < 0) return func_fail(call, 0, "the number of spaces must not be negative");
    Str text = call_str(call, 1);
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    if (lines && (uint64_t)spaces > LIMIT_SOURCE_BYTES / lines)
        return func_fail(call, 0, "the result would be too large");
    Buf buf = buf_in(call->arena);
    for (size_t i = 0; i < text.n; i++) {
        buf_char(&buf, text.p[i]);
        if (text.p[i] == '\n') buf_fill(&buf, ' ', (size_t)spaces);
    }
    return call_string(call, buf_str(&buf), out);
}

static bool in_set(Str set, Str code) {
    for (size_t i = 0; i < set.n;) {
        uint32_t unused;
        size_t n = utf8_decode(str_slice(set, i, set.n), &unused);
        if (n == 0) n = 1;
        if (n == code.n && memcmp(set.p + i, code.p, n) == 0) return true;
        i += n;
    }
    return false;
}

static Str first_code(Str text) {
    uint32_t unused;
    size_t n = utf8_decode(text, &unused);
    return str_slice(text, 0, n ? n : 1);
}

static Str last_code(Str text) {
    size_t at = text.n - 1;
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80) at--;
    return str_slice(text, at, text.n);
}

bool string_trim(FuncCall *call, Value *out) {
    Str text = call_str(call, 0), set = call_str(call, 1);
    while (text.n && in_set(set, first_code(text))) text = str_slice(text, first_code(text).n, text.n);
    while (text.n && in_set(set, last_code(text))) text.n -= last_code(text).n;
    return call_string(call, text, out);
}

bool string_trimprefix(FuncCall *call, Value *out) {
    Str text = call_str(call, 0), prefix = call_str(call, 1);
    if (str_starts(text, prefix)) text = str_slice(text, prefix.n, text.n);
    return call_string(call, text, out);
}

bool string_trimsuffix(FuncCall *call, Value *out) {
    Str text = call_str(call, 0), suffix = call_str(call, 1);
    if (str_ends(text, suffix)) text.n -= suffix.n;
    return call_string(call, text, out);
}

static bool space_code(Str code) {
    uint32_t c;
    return utf8_decode(code, &c) && is_space(c);
}

bool string_trimspace(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    while (text.n && space_code(first_code(text))) text = str_slice(text, first_code(text).n, text.n);
    while (text.n && space_code(last_code(text))) text.n -= last_code(text).n;
    return call_string(call, text, out);
}

bool string_startswith(FuncCall *call, Value *out) {
    Str prefix = call_str(call, 1);
    Value v = call->args[0];
    if (value_is_known(v)) {
        *out = value_bool(str_starts(value_str(v), prefix));
        return true;
    }
    Str known = v.unk->prefix;
    if (prefix.n == 0 || (known.n && str_starts(known, prefix)))
        *out = value_bool(true);
    else if (known.n >= prefix.n)
        *out = value_bool(false);
    else
        *out = value_unknown(call_process(call), type_bool(call_process(call)));
    return true;
}

bool string_endswith(FuncCall *call, Value *out) {
    *out = value_bool(str_ends(call_str(call, 0), call_str(call, 1)));
    return true;
}

bool string_strcontains(FuncCall *call, Value *out) {
    *out = value_bool(str_find(call_str(call, 0), call_str(call, 1)) >= 0);
    return true;
}

// Bytes of the first n grapheme clusters; fewer when the text ends.
static size_t clusters(Str text, int64_t n) {
    size_t at = 0;
    for (int64_t i = 0; i < n && at < text.n; i++) {
        size_t size = utf8_grapheme(str_slice(text, at, text.n));
        at += size ? size : 1;
    }
    return at;
}

bool string_substr(FuncCall *call, Value *out) {
    int64_t offset, length;
    if (!call_int(call, 1, false, &offset) || !call_int(call, 2, false, &length)) return false;
    Str text = call_str(call, 0);
    if (offset < 0)
        offset += (int64_t)utf8_grapheme_count(text);
    else if (length == 0)
        return call_string(call, STR(""), out);
    if (offset > 0) text = str_slice(text, clusters(text, offset), text.n);
    // The peer never stops at a length of 0 that comes with a negative offset: it gives the rest.
    if (length > 0) text.n = clusters(text, length);
    return call_string(call, text, out);
}

bool string_join(FuncCall *call, Value *out) {
    if (call->n < 2) return func_fail(call, -1, "at least one list is required");
    Str separator = call_str(call, 0);
    Buf buf = buf_in(call->arena);
    bool first = true;
    for (uint32_t l = 1; l < call->n; l++) {
        Value list = call->args[l];
        for (uint32_t i = 0; i < list.n; i++) {
            Value v = list.list->at[i];
            if (value_is_null(v) && call->n > 2) {
                return func_fail(call, (int32_t)l, "element %u of list %u is null; cannot concatenate null values", i,
                                 l);
            }
            if (value_is_null(v)) {
                return func_fail(call, (int32_t)l, "element %u is null; cannot concatenate null values", i);
            }
            if (!first) buf_add(&buf, separator);
            buf_add(&buf, value_str(v));
            first = false;
        }
    }
    return call_string(call, buf_str(&buf), out);
}

bool string_split(FuncCall *call, Value *out) {
    Str separator = call_str(call, 0), text = call_str(call, 1);
    VEC(Value) parts = {0};
    while (true) {
        ptrdiff_t at = separator.n ? str_find(text, separator) : -1;
        Str piece = text;
        if (separator.n == 0 && text.n)
            piece = first_code(text);
        else if (at >= 0)
            piece = str_slice(text, 0, (size_t)at);
        bool last = separator.n == 0 ? piece.n == text.n : at < 0;
        if (separator.n || piece.n) vec_push(call->arena, &parts, value_string(call->arena, piece));
        if (last) break;
        text = str_slice(text, piece.n + separator.n, text.n);
    }
    *out = value_list(call->arena, type_string(call_process(call)), parts.at, parts.n);
    return true;
}

static int compare_texts(const void *a, const void *b) {
    return str_cmp(value_str(*(const Value *)a), value_str(*(const Value *)b));
}

bool string_sort(FuncCall *call, Value *out) {
    Value list = call->args[0];
    Process *p = call_process(call);
    const Type *type = type_list(p, type_string(p));
    if (!value_is_whole(list)) {
        Unknown known = {.type = type, .not_null = true, .has_length = true, .max_length = UINT32_MAX};
        if (value_is_known(list))
            known.min_length = known.max_length = list.n;
        else if (list.unk->has_length) {
            known.min_length = list.unk->min_length;
            known.max_length = list.unk->max_length;
        }
        *out = value_refined(call->arena, &known);
        return true;
    }
    ListData *data = value_list_data(call->arena, type_string(p), list.n);
    for (uint32_t i = 0; i < list.n; i++) {
        if (value_is_null(list.list->at[i])) {
            return func_fail(call, -1, "given list element %u is null; a null string cannot be sorted", i);
        }
        data->at[i] = list.list->at[i];
    }
    if (list.n > 1) qsort(data->at, list.n, sizeof(Value), compare_texts);
    *out = value_finish_list(call->arena, TYPE_LIST, data, list.n);
    return true;
}

// A search text between slashes is a pattern.
bool string_replace(FuncCall *call, Value *out) {
    Str text = call_str(call, 0), what = call_str(call, 1), with = call_str(call, 2);
    if (what.n > 1 && what.p[0] == '/' && what.p[what.n - 1] == '/') return heavy_run(call, out);
    Buf buf = buf_in(call->arena);
    while (what.n) {
        ptrdiff_t at = str_find(text, what);
        if (at < 0) break;
        buf_add(&buf, str_slice(text, 0, (size_t)at));
        buf_add(&buf, with);
        text = str_slice(text, (size_t)at + what.n, text.n);
        if (buf.n > LIMIT_SOURCE_BYTES) return func_fail(call, -1, "the result is too large");
    }
    // Nothing is found before each character and at the end.
    while (what.n == 0 && text.n) {
        Str code = first_code(text);
        buf_add(&buf, with);
        buf_add(&buf, code);
        text = str_slice(text, code.n, text.n);
    }
    if (what.n == 0) buf_add(&buf, with);
    buf_add(&buf, text);
    return call_string(call, buf_str(&buf), out);
}

// JSON, base64, URLs and character sets.
#include <errno.h>
#include <iconv.h>
#include <strings.h>

#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/prefix.h"
#include "engine/value/json.h"

bool encoding_jsonencode(FuncCall *call, Value *out) {
    Value v = call->args[0];
    Process *p = call_process(call);
    if (value_is_whole(v)) return call_string(call, call_json(call, v), out);
    // An unknown value that may be null says nothing about the first character.
    bool sure = value_is_known(v) || v.unk->not_null;
    if (sure && v.kind == TYPE_STRING)
        *out = prefix_unknown_full(call->arena, STR("\""));
    else if (sure && is_mapping(v.kind))
        *out = prefix_unknown_full(call->arena, STR("{"));
    else if (sure && is_sequence(v.kind))
        *out = prefix_unknown_full(call->arena, STR("["));
    else
        *out = value_unknown(p, type_string(p));
    return true;
}

bool encoding_jsondecode(FuncCall *call, Value *out) {
    JsonError error;
    if (json_decode(call->arena, call_str(call, 0), out, &error)) return true;
    return func_fail(call, -1, "%s at offset %zu", error.message, error.at);
}

bool encoding_base64encode(FuncCall *call, Value *out) {
    Buf buf = buf_in(call->arena);
    base64_encode(call_str(call, 0), &buf);
    return call_string(call, buf_str(&buf), out);
}

bool encoding_base64decode(FuncCall *call, Value *out) {
    Str text = call_str(call, 0), bytes;
    Marks marks = call->args[0].marks;
    if (!call_base64(call, text, &bytes)) {
        return func_fail(call, -1, "failed to decode base64 data %s", call_z(call, call_quote(call, text, marks)));
    }
    if (utf8_valid(bytes) < bytes.n) {
        return func_fail(call, -1, "the result of decoding the provided string is not valid UTF-8");
    }
    *out = value_with_marks(value_string(call->arena, bytes), marks);
    return true;
}

static bool url_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c);
}

bool encoding_urlencode(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    Buf buf = buf_in(call->arena);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c && url_plain(c))
            buf_char(&buf, c);
        else if (c == ' ')
            buf_char(&buf, '+');
        else
            buf_format(&buf, "%%%02X", (unsigned)(unsigned char)c);
    }
    return call_string(call, buf_str(&buf), out);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool encoding_urldecode(FuncCall *call, Value *out) {
    Str text = call_str(call, 0);
    Buf buf = buf_in(call->arena);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c != '%') {
            buf_char(&buf, c == '+' ? ' ' : c);
            continue;
        }
        int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1, low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
        if (low < 0) {
            Str bad = str_slice(text, i, i + 3);
            return func_fail(call, -1, "failed to decode URL '': invalid URL escape \"%.*s\"", STR_ARG(bad));
        }
        buf_char(&buf, (char)(high * 16 + low));
        i += 2;
    }
    return call_string(call, buf_str(&buf), out);
}

// UTF-16 without a byte order: big-endian, with a mark in front that says so.
static bool is_utf16(const FuncCall *call) {
    Str name = call_str(call, 1);
    return name.n == 6 && strncasecmp(name.p, "UTF-16", 6) == 0;
}

// Opens a conversion between UTF-8 and a character set by its IANA name. False after func_fail.
static bool charset_open(FuncCall *call, bool encode, iconv_t *out) {
    const char *name = call_z(call, call_str(call, 1));
    const char *actual = is_utf16(call) ? "UTF-16BE" : name;
    bool plain = *name && !strchr(name, '/');
    *out = !plain ? (iconv_t)-1 : encode ? iconv_open(actual, "UTF-8") : iconv_open("UTF-8", actual);
    if (*out != (iconv_t)-1) return true;
    return func_fail(call, 1, "\"%s\" is not a supported IANA encoding name or alias", name);
}

static bool charset_run(FuncCall *call, iconv_t conversion, Str text, Buf *out) {
    char *from = (char *)(uintptr_t)text.p;
    size_t left = text.n;
    *out = buf_in(call->arena);
    while (true) {
        size_t room = left * 2 + 16;
        char *to = buf_reserve(out, room), *start = to;
        size_t result = left ? iconv(conversion, &from, &left, &to, &room) : iconv(conversion, NULL, NULL, &to, &room);
        out->n += (size_t)(to - start);
        if (result == (size_t)-1 && errno != E2BIG) return false;
        if (result != (size_t)-1 && left == 0) return true;
    }
}

bool encoding_textencodebase64(FuncCall *call, Value *out) {
    iconv_t conversion;
    if (!charset_open(call, true, &conversion)) return false;
    Buf bytes, text = buf_in(call->arena);
    bool fits = charset_run(call, conversion, call_str(call, 0), &bytes);
    iconv_close(conversion);
    if (!fits) {
        return func_fail(call, 0, "the given string contains characters that cannot be represented in %s",
                         call_z(call, call_str(call, 1)));
    }
    Str marked = str_concat(call->arena, is_utf16(call) ? STR("\xFE\xFF") : STR(""), buf_str(&bytes));
    base64_encode(marked, &text);
    return call_string(call, buf_str(&text), out);
}

// Takes the byte order mark off, and brings little-endian text to big-endian.
static Str order_utf16(FuncCall *call, Str bytes) {
    if (str_starts(bytes, STR("\xFE\xFF"))) return str_slice(bytes, 2, bytes.n);
    if (!str_starts(bytes, STR("\xFF\xFE"))) return bytes;
    char *swapped = arena_alloc(call->arena, bytes.n);
    for (size_t i = 2; i < bytes.n; i++) swapped[i - 2] = bytes.p[(i ^ 1) < bytes.n ? i ^ 1 : i];
    return (Str){swapped, bytes.n - 2};
}

static size_t bad_symbol(Str text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
                    c == '/' || c == '\n' || c == '\r' || c == '=';
        if (!fine) return i;
    }
    return text.n;
}

bool encoding_textdecodebase64(FuncCall *call, Value *out) {
    iconv_t conversion;
    if (!charset_open(call, false, &conversion)) return false;
    Str text = call_str(call, 0), bytes = STR_NONE;
    Buf decoded;
    bool valid = call_base64(call, text, &bytes);
    if (valid && is_utf16(call)) bytes = order_utf16(call, bytes);
    bool fits = valid && charset_run(call, conversion, bytes, &decoded);
    iconv_close(conversion);
    if (!valid) {
        return func_fail(call, 0, "the given value has an invalid base64 symbol at offset %zu", bad_symbol(text));
    }
    if (!fits || utf8_valid(buf_str(&decoded)) < decoded.n) {
        return func_fail(call, 0, "the given string contains symbols that are not defined for %s",
                         call_z(call, call_str(call, 1)));
    }
    return call_string(call, buf_str(&decoded), out);
}

#include "state/codec.h"

// Bytes of a string that cannot be copied as they are: its end, escapes, what Go's encoder escapes for HTML, and the
// first byte of U+2028 and U+2029.
static const bool string_stops[256] = {
    ['"'] = true, ['\\'] = true, ['<'] = true, ['>'] = true, ['&'] = true, [0xE2] = true,
};

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// p is after the opening quote; returns after the closing one. Everything from `from` on is copied.
static const char *copy_string(Buf *out, const char *p, const char *end) {
    const char *from = p - 1;
    while (p < end) {
        while (p < end && !string_stops[(unsigned char)*p]) p++;
        if (p == end) break;
        char c = *p;
        if (c == '"') {
            p++;
            break;
        }
        if (c == '\\') {
            p += end - p > 1 ? 2 : 1;
            continue;
        }
        bool separator = c == '\xE2' && end - p > 2 && p[1] == '\x80' && ((unsigned char)p[2] | 1) == 0xA9;
        if (c == '\xE2' && !separator) {
            p++;
            continue;
        }
        buf_bytes(out, from, (size_t)(p - from));
        if (separator)
            buf_bytes(out, (unsigned char)p[2] == 0xA8 ? "\\u2028" : "\\u2029", 6);
        else
            buf_bytes(out, c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026", 6);
        p += separator ? 3 : 1;
        from = p;
    }
    buf_bytes(out, from, (size_t)(p - from));
    return p;
}

static void new_line(const JsonWriter *w, Buf *out, uint32_t depth) {
    if (!w->indent) return;
    size_t spaces = (size_t)depth * w->indent;
    char *at = buf_reserve(out, spaces + 1);
    at[0] = '\n';
    memset(at + 1, ' ', spaces);
    out->n += spaces + 1;
}

static const char *copy_open(const JsonWriter *w, Buf *out, const char *p, const char *end, uint32_t *depth) {
    buf_char(out, *p++);
    while (p < end && is_blank(*p)) p++;
    if (p < end && (*p == '}' || *p == ']')) {
        buf_char(out, *p);
        return p + 1;
    }
    new_line(w, out, ++*depth);
    return p;
}

void codec_raw(JsonWriter *w, Str raw) {
    json_raw(w, STR_NONE); // the comma, the line and its indent
    Buf *out = w->out;
    uint32_t depth = w->depth;
    const char *p = raw.p, *end = p + raw.n;
    while (p < end) {
        char c = *p;
        if (c == '"') {
            p = copy_string(out, p + 1, end);
        } else if (is_blank(c)) {
            do p++;
            while (p < end && is_blank(*p));
        } else if (c == '{' || c == '[') {
            p = copy_open(w, out, p, end, &depth);
        } else {
            p++;
            if (c == '}' || c == ']') new_line(w, out, depth > 0 ? --depth : 0);
            buf_char(out, c);
            if (c == ',') new_line(w, out, depth);
            if (c == ':' && w->indent) buf_char(out, ' ');
        }
    }
}

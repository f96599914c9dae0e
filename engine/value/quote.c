#include "engine/value/quote.h"

#include "engine/value/render.h"

#include "engine/base/utf8.h"

#include <utf8proc.h>

static bool code_printable(uint32_t code) {
    if (code < 0x7F) return code >= 0x20;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
    }
}

static void quote_code(uint32_t code, bool go, Buf *out) {
    if (go && (code < 0x20 || code == 0x7F))
        buf_format(out, "\\x%02x", (unsigned)code);
    else
        buf_format(out, code > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)code);
}

static char short_escape(unsigned char c, bool go) {
    switch (c) {
    case '"':
    case '\\': return (char)c;
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\a': return go ? 'a' : 0;
    case '\b': return go ? 'b' : 0;
    case '\f': return go ? 'f' : 0;
    case '\v': return go ? 'v' : 0;
    default: return 0;
    }
}

static void quote(Str s, bool go, Buf *out) {
    buf_char(out, '"');
    size_t plain = 0;
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        char escape = short_escape(c, go);
        bool template = !go && (c == '$' || c == '%') && i + 1 < s.n && s.p[i + 1] == '{';
        uint32_t code = c;
        size_t size = c < 0x80 ? 1 : utf8_decode(str_slice(s, i, s.n), &code);
        if (!escape && !template && size && code_printable(code)) {
            i += size;
            continue;
        }
        if (i > plain) buf_bytes(out, s.p + plain, i - plain);
        if (escape) {
            buf_char(out, '\\');
            buf_char(out, escape);
        } else if (template) {
            buf_char(out, (char)c);
            buf_char(out, (char)c);
        } else if (size == 0) {
            buf_format(out, go ? "\\x%02x" : "\\u00%02x", (unsigned)c);
            size = 1;
        } else {
            quote_code(code, go, out);
        }
        i += size;
        plain = i;
    }
    if (s.n > plain) buf_bytes(out, s.p + plain, s.n - plain);
    buf_char(out, '"');
}

void quote_go(Str s, Buf *out) { quote(s, true, out); }

void render_string(Str s, Buf *out) { quote(s, false, out); }

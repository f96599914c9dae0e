// The token stream. The lexer knows single tokens; here are the structure, strings, and skipping.
#include "engine/value/json.h"
#include "engine/value/json_lexer.h"

#include "engine/base/utf8.h"

#include <assert.h>

// What may come next.
typedef enum State {
    AT_VALUE,
    AT_FIRST_ELEMENT, // or ]
    AT_FIRST_KEY,     // or }
    AT_NEXT, // comma or closing bracket; the end at depth 0
} State;

JsonReader json_reader(Arena *scratch, Str text) {
    return (JsonReader){.text = text, .scratch = scratch, .state = AT_VALUE};
}

static JsonToken fail(JsonReader *r, const char *error) {
    r->error = error;
    return JSON_ERROR;
}

static bool in_object(const JsonReader *r) {
    uint32_t level = r->depth - 1;
    return r->stack[level / 8] >> (level % 8) & 1;
}

static JsonToken open(JsonReader *r, bool object) {
    if (r->depth >= LIMIT_VALUE_DEPTH) return fail(r, "nested too deeply");
    uint8_t bit = (uint8_t)(1u << (r->depth % 8)), *byte = &r->stack[r->depth / 8];
    *byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
    r->depth++;
    r->state = object ? AT_FIRST_KEY : AT_FIRST_ELEMENT;
    return object ? JSON_OBJECT_OPEN : JSON_ARRAY_OPEN;
}

static JsonToken close(JsonReader *r, bool object) {
    r->depth--;
    r->state = AT_NEXT;
    return object ? JSON_OBJECT_CLOSE : JSON_ARRAY_CLOSE;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

// Whether any of eight bytes is a quote, a backslash, a control character, or not ASCII.
static bool needs_care(const char *p) {
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t quote = x ^ (ONES * '"'), slash = x ^ (ONES * '\\');
    uint64_t found = ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((x - ONES * 0x20) & ~x) | x;
    return found & HIGHS;
}

// Finds the closing quote from `at` on, which is just inside of the string. False at a control character or the end.
static bool string_end(Str text, size_t at, size_t *end, bool *ascii, bool *escaped) {
    *ascii = true;
    *escaped = false;
    for (size_t i = at; i < text.n;) {
        if (i + 8 <= text.n && !needs_care(text.p + i)) {
            i += 8;
            continue;
        }
        unsigned char c = (unsigned char)text.p[i];
        if (c == '"') {
            *end = i;
            return true;
        }
        if (c < 0x20) return false;
        if (c >= 0x80) *ascii = false;
        if (c == '\\') *escaped = true;
        i += c == '\\' ? 2 : 1;
    }
    return false;
}

static int hex4(const char *p) {
    int code = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

// \uXXXX at *at, and the second half of a surrogate pair. A half alone becomes U+FFFD. False when malformed.
static bool unescape_unicode(Str raw, size_t *at, Buf *out) {
    int code = raw.n - *at >= 6 ? hex4(raw.p + *at + 2) : -1;
    if (code < 0) return false;
    *at += 6;
    if (code >= 0xD800 && code < 0xDC00 && raw.n - *at >= 6 && raw.p[*at] == '\\' && raw.p[*at + 1] == 'u') {
        int low = hex4(raw.p + *at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            *at += 6;
        }
    }
    utf8_encode(out, (uint32_t)code);
    return true;
}

static bool unescape(Arena *scratch, Str raw, Str *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    Buf buf = buf_in(scratch);
    buf_reserve(&buf, raw.n);
    for (size_t i = 0; i < raw.n;) {
        const char *slash = memchr(raw.p + i, '\\', raw.n - i);
        size_t plain = slash ? (size_t)(slash - raw.p) : raw.n;
        buf_bytes(&buf, raw.p + i, plain - i);
        i = plain;
        if (i == raw.n) break;
        if (i + 1 == raw.n) return false;
        const char *known = raw.p[i + 1] ? strchr(from, raw.p[i + 1]) : NULL;
        if (known) {
            buf_char(&buf, to[known - from]);
            i += 2;
        } else if (raw.p[i + 1] != 'u' || !unescape_unicode(raw, &i, &buf)) {
            return false;
        }
    }
    *out = buf_str(&buf);
    return true;
}

static bool ascii_only(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) return false;
    return true;
}

// The opening quote was read.
static bool read_string(JsonReader *r) {
    size_t end;
    bool escaped;
    if (!string_end(r->text, r->at, &end, &r->ascii, &escaped)) {
        fail(r, "a string is not closed, or has a control character in it");
        return false;
    }
    Str raw = str_slice(r->text, r->at, end);
    r->at = end + 1;
    r->borrowed = !escaped;
    r->string = raw;
    if (!escaped) return true;
    if (!unescape(r->scratch, raw, &r->string)) {
        fail(r, "a string has an escape that JSON does not know");
        return false;
    }
    r->ascii = ascii_only(r->string);
    return true;
}

static JsonToken read_key(JsonReader *r, JsonLex token) {
    if (token != LEX_QUOTE) return fail(r, "an object's key must be a string in double quotes");
    if (!read_string(r)) return JSON_ERROR;
    size_t start, key_start = r->token_start;
    if (json_lex(r->text, &r->at, &start) != LEX_COLON) {
        r->token_start = start;
        return fail(r, "a colon must follow an object's key");
    }
    r->token_start = key_start;
    r->state = AT_VALUE;
    return JSON_KEY;
}

static JsonToken read_value(JsonReader *r, JsonLex token) {
    switch (token) {
    case LEX_OBJECT_OPEN: return open(r, true);
    case LEX_ARRAY_OPEN: return open(r, false);
    case LEX_END: return fail(r, "the document ends where a value must be");
    default: break;
    }
    r->state = AT_NEXT;
    switch (token) {
    case LEX_QUOTE: return read_string(r) ? JSON_STRING : JSON_ERROR;
    case LEX_NUMBER: r->string = str_slice(r->text, r->token_start, r->at); return JSON_NUMBER;
    case LEX_TRUE: return JSON_TRUE;
    case LEX_FALSE: return JSON_FALSE;
    case LEX_NULL: return JSON_NULL;
    default: return fail(r, "a value is expected here");
    }
}

static JsonToken after_comma(JsonReader *r) {
    bool object = in_object(r);
    JsonLex token = json_lex(r->text, &r->at, &r->token_start);
    if (object) return read_key(r, token);
    return read_value(r, token);
}

JsonToken json_next(JsonReader *r) {
    if (r->error) return JSON_ERROR;
    JsonLex token = json_lex(r->text, &r->at, &r->token_start);
    switch ((State)r->state) {
    case AT_VALUE: return read_value(r, token);
    case AT_FIRST_ELEMENT:
        if (token == LEX_ARRAY_CLOSE) return close(r, false);
        return read_value(r, token);
    case AT_FIRST_KEY:
        if (token == LEX_OBJECT_CLOSE) return close(r, true);
        return read_key(r, token);
    case AT_NEXT: break;
    }
    if (r->depth == 0) return token == LEX_END ? JSON_END : fail(r, "something follows the document's value");
    bool object = in_object(r);
    if (token == LEX_COMMA) return after_comma(r);
    if (token == (object ? LEX_OBJECT_CLOSE : LEX_ARRAY_CLOSE)) return close(r, object);
    return fail(r, object ? "a comma or } is expected here" : "a comma or ] is expected here");
}

// Past the matching bracket of the one just before `at`; strings are stepped over.
static bool skip_brackets(Str text, size_t *at) {
    uint64_t depth = 1;
    for (size_t i = *at; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"') {
            bool ascii, escaped;
            if (!string_end(text, i + 1, &i, &ascii, &escaped)) return false;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            *at = i + 1;
            return true;
        }
    }
    return false;
}

bool json_more(const JsonReader *r) {
    if (r->error) return false;
    size_t at = r->at, start;
    JsonLex token = json_lex(r->text, &at, &start);
    return token != LEX_END && token != LEX_OBJECT_CLOSE && token != LEX_ARRAY_CLOSE;
}

bool json_skip(JsonReader *r, Str *raw) {
    if (r->error) return false;
    assert(r->state != AT_FIRST_KEY);
    if (r->state == AT_NEXT) {
        assert(r->depth > 0 && !in_object(r));
        if (json_lex(r->text, &r->at, &r->token_start) != LEX_COMMA) {
            fail(r, "a comma is expected here");
            return false;
        }
    }
    JsonLex token = json_lex(r->text, &r->at, &r->token_start);
    size_t start = r->token_start;
    r->state = AT_NEXT;
    if (token == LEX_OBJECT_OPEN || token == LEX_ARRAY_OPEN) {
        if (!skip_brackets(r->text, &r->at)) {
            fail(r, "a bracket is not closed");
            return false;
        }
    } else if (token == LEX_QUOTE) {
        size_t end;
        bool escaped;
        if (!string_end(r->text, r->at, &end, &r->ascii, &escaped)) {
            fail(r, "a string is not closed, or has a control character in it");
            return false;
        }
        r->at = end + 1;
    } else if (read_value(r, token) == JSON_ERROR) {
        return false;
    }
    if (raw) *raw = str_slice(r->text, start, r->at);
    return true;
}

void json_where(const JsonReader *r, uint32_t *line, uint32_t *column) {
    size_t end = r->token_start < r->text.n ? r->token_start : r->text.n, line_start = 0;
    *line = 1;
    for (size_t i = 0; i < end; i++) {
        if (r->text.p[i] != '\n') continue;
        ++*line;
        line_start = i + 1;
    }
    *column = (uint32_t)(end - line_start) + 1;
}

#include "engine/value/json.h"
#include "engine/value/number_text.h"

#include "engine/base/utf8.h"

#include <assert.h>
#include <stdio.h>

JsonWriter json_writer(Buf *out, uint8_t indent) { return (JsonWriter){.out = out, .indent = indent, .empty = true}; }

// The escape of a byte below 0x80: a letter, 'u' for \u00XX, or 0 for none.
static char escape_of(unsigned char c, bool escape_html) {
    switch (c) {
    case '"':
    case '\\': return (char)c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '<':
    case '>':
    case '&': return escape_html ? 'u' : 0;
    default: return c < 0x20 ? 'u' : 0;
    }
}

// Bytes of the character at s, which is not ASCII; *escape is set when it is written as one.
static size_t escape_wide(Str s, const char **escape) {
    uint32_t code;
    size_t size = utf8_decode(s, &code);
    *escape = size == 0 ? "\\ufffd" : code == 0x2028 ? "\\u2028" : code == 0x2029 ? "\\u2029" : NULL;
    return size ? size : 1;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

static uint64_t bytes_like(uint64_t x, char c) {
    uint64_t y = x ^ (ONES * (uint8_t)c);
    return (y - ONES) & ~y;
}

// How many bytes at the start surely need no escape.
static size_t plain_prefix(Str s, bool escape_html) {
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t x;
        memcpy(&x, s.p + i, sizeof x);
        uint64_t found = bytes_like(x, '"') | bytes_like(x, '\\') | ((x - ONES * 0x20) & ~x) | x;
        if (escape_html) found |= bytes_like(x, '<') | bytes_like(x, '>') | bytes_like(x, '&');
        if (found & HIGHS) return i;
    }
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80 || escape_of(c, escape_html)) break;
    }
    return i;
}

static void escape_rest(Buf *out, Str s, bool escape_html) {
    size_t plain = 0;
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        char text[8];
        const char *escape = NULL;
        size_t size = 1;
        char short_form = c < 0x80 ? escape_of(c, escape_html) : 0;
        if (c >= 0x80) {
            size = escape_wide(str_slice(s, i, s.n), &escape);
        } else if (short_form) {
            snprintf(text, sizeof text, short_form == 'u' ? "\\u%04x" : "\\%c",
                     short_form == 'u' ? (unsigned)c : (unsigned)short_form);
            escape = text;
        }
        if (escape) {
            if (i > plain) buf_bytes(out, s.p + plain, i - plain);
            buf_z(out, escape);
            plain = i + size;
        }
        i += size;
    }
    if (s.n > plain) buf_bytes(out, s.p + plain, s.n - plain);
}

void json_escape(Buf *out, Str s, bool escape_html) {
    size_t plain = plain_prefix(s, escape_html);
    char *at = buf_reserve(out, s.n + 2);
    at[0] = '"';
    if (plain) memcpy(at + 1, s.p, plain);
    out->n += plain + 1;
    if (plain < s.n) escape_rest(out, str_slice(s, plain, s.n), escape_html);
    buf_char(out, '"');
}

static void line(JsonWriter *w) {
    if (!w->indent) return;
    buf_char(w->out, '\n');
    buf_fill(w->out, ' ', (size_t)w->depth * w->indent);
}

// What comes before a value or key.
static void before(JsonWriter *w) {
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->need_comma) buf_char(w->out, ',');
    if (w->depth > 0) line(w);
}

static void after(JsonWriter *w) {
    w->need_comma = w->depth > 0;
    w->empty = false;
    if (w->flush && w->out->n > w->flush_at && !w->failed) w->failed = !w->flush(w->flush_ctx, w->out);
    if (w->failed) buf_clear(w->out);
}

static void open(JsonWriter *w, char bracket) {
    before(w);
    buf_char(w->out, bracket);
    w->depth++;
    w->need_comma = false;
    w->empty = true;
}

static void close(JsonWriter *w, char bracket) {
    assert(w->depth > 0 && !w->after_key);
    w->depth--;
    if (!w->empty) line(w);
    buf_char(w->out, bracket);
    after(w);
}

void json_open_object(JsonWriter *w) { open(w, '{'); }
void json_close_object(JsonWriter *w) { close(w, '}'); }
void json_open_array(JsonWriter *w) { open(w, '['); }
void json_close_array(JsonWriter *w) { close(w, ']'); }

void json_key(JsonWriter *w, Str key) {
    assert(!w->after_key);
    before(w);
    json_escape(w->out, key, w->escape_html);
    buf_z(w->out, w->indent ? ": " : ":");
    w->after_key = true;
}

void json_string(JsonWriter *w, Str s) {
    before(w);
    json_escape(w->out, s, w->escape_html);
    after(w);
}

void json_int(JsonWriter *w, int64_t i) {
    before(w);
    num_print_i64(i, w->out);
    after(w);
}

void json_raw(JsonWriter *w, Str raw) {
    before(w);
    buf_add(w->out, raw);
    after(w);
}

void json_bool(JsonWriter *w, bool b) { json_raw(w, b ? STR("true") : STR("false")); }

void json_null(JsonWriter *w) { json_raw(w, STR("null")); }

static void write_value(JsonWriter *w, Value v, const Type *type);

// A type that says nothing of what is inside is passed on as NULL: no "any" to look for.
static const Type *below(const Type *type, uint32_t i) {
    if (!type || !type->has_dynamic) return NULL;
    return type->elem ? type->elem : type->types && i < type->n ? type->types[i] : NULL;
}

static void write_parts(JsonWriter *w, Value v, const Type *type) {
    bool object = v.kind == TYPE_OBJECT || v.kind == TYPE_MAP;
    open(w, object ? '{' : '[');
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.kind == TYPE_OBJECT) json_key(w, name_str(v.obj->shape->names[i]));
        if (v.kind == TYPE_MAP) json_key(w, v.map->at[i].key);
        write_value(w, value_part(v, i), below(type, i));
    }
    close(w, object ? '}' : ']');
}

// The value's type in cty's JSON form, without building the type.
static void write_type_of(Value v, Buf *out) {
    if (value_is_null(v)) {
        type_to_json(v.type, out);
        return;
    }
    switch ((TypeKind)v.kind) {
    case TYPE_STRING: buf_z(out, "\"string\""); return;
    case TYPE_NUMBER: buf_z(out, "\"number\""); return;
    case TYPE_BOOL: buf_z(out, "\"bool\""); return;
    case TYPE_DYNAMIC: buf_z(out, "\"dynamic\""); return;
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_MAP:
        buf_z(out, v.kind == TYPE_LIST ? "[\"list\"," : v.kind == TYPE_SET ? "[\"set\"," : "[\"map\",");
        type_to_json(v.kind == TYPE_MAP ? v.map->elem : v.list->elem, out);
        buf_char(out, ']');
        return;
    case TYPE_TUPLE:
    case TYPE_OBJECT: break;
    }
    bool object = v.kind == TYPE_OBJECT;
    buf_z(out, object ? "[\"object\",{" : "[\"tuple\",[");
    for (uint32_t i = 0; i < v.n; i++) {
        if (i) buf_char(out, ',');
        if (object) {
            json_escape(out, name_str(v.obj->shape->names[i]), true);
            buf_char(out, ':');
        }
        write_type_of(value_part(v, i), out);
    }
    buf_z(out, object ? "}]" : "]]");
}

// What stands for "any" carries its type.
static void write_wrapped(JsonWriter *w, Value v) {
    Buf type = {0};
    write_type_of(v, &type);
    json_open_object(w);
    json_key(w, STR("value"));
    write_value(w, v, NULL);
    json_key(w, STR("type"));
    json_raw(w, buf_str(&type));
    json_close_object(w);
    buf_free(&type);
}

static void write_value(JsonWriter *w, Value v, const Type *type) {
    assert(value_is_known(v));
    if (type && type->kind == TYPE_DYNAMIC && !(value_is_null(v) && v.kind == TYPE_DYNAMIC)) {
        write_wrapped(w, v);
        return;
    }
    if (value_is_null(v)) {
        json_null(w);
        return;
    }
    switch ((TypeKind)v.kind) {
    case TYPE_STRING: json_string(w, value_str(v)); break;
    case TYPE_BOOL: json_bool(w, v.i); break;
    case TYPE_NUMBER:
        before(w);
        number_print(v, w->out);
        after(w);
        break;
    default: write_parts(w, v, type); break;
    }
}

void json_value(JsonWriter *w, Value v, const Type *type, JsonMode mode) {
    write_value(w, v, mode == JSON_WRAPPED_DYNAMIC ? type : NULL);
}

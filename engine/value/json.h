// Exact JSON: a streaming reader and writer that hold numbers as text, for values, state, plan and UI.
// One reader and writer for everything: a library that keeps numbers as doubles or int64 cannot hold a state.
#ifndef INFRA_VALUE_JSON_H
#define INFRA_VALUE_JSON_H

#include "engine/base/limits.h"
#include "engine/value/path.h"
#include "engine/value/value.h"

typedef enum JsonToken {
    JSON_ERROR,
    JSON_END, // of the document
    JSON_OBJECT_OPEN,
    JSON_OBJECT_CLOSE,
    JSON_ARRAY_OPEN,
    JSON_ARRAY_CLOSE,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
} JsonToken;

// A pull reader over bytes in memory (a state file is mapped). Depth is bounded by LIMIT_VALUE_DEPTH. Structure is
// checked: a key is followed by a value, commas and brackets fit.
typedef struct JsonReader {
    Str text;
    size_t at;
    Arena *scratch;      // unescaped strings
    Str string;          // of the last KEY, STRING (unescaped, valid until scratch is reset) or NUMBER (its text)
    const char *error;   // after JSON_ERROR: what is wrong; static
    size_t token_start;  // offset of the last token
    bool ascii;          // the last string is ASCII only
    bool borrowed;       // the last string is a slice of text
    bool share;          // set by the caller when text lives at least as long as the values that are made of it:
                         // their strings then are slices of text wherever nothing is escaped
    uint32_t depth;
    uint8_t state;
    uint8_t stack[LIMIT_VALUE_DEPTH / 8 + 1]; // one bit a level: object or array
} JsonReader;

JsonReader json_reader(Arena *scratch, Str text);
JsonToken json_next(JsonReader *r);
// Whether a further element or key follows in the open bracket (or a value, at the start).
bool json_more(const JsonReader *r);
// The bytes of the next whole value, skipped without unescaping (only balanced; strings are scanned). For slices
// that are decoded when needed. False on error.
bool json_skip(JsonReader *r, Str *raw);
// 1-based line and column of the last token, for messages.
void json_where(const JsonReader *r, uint32_t *line, uint32_t *column);

// The next value as `type` ("any" inside is decoded from {"value":…,"type":…} when `wrapped_dynamic`, as cty's json
// package and the state do, else by implied type). On failure false; error (may be NULL) says where.
typedef enum JsonMode { JSON_IMPLIED, JSON_WRAPPED_DYNAMIC } JsonMode;
typedef struct JsonError {
    const char *message;
    Path path;
    size_t at;
} JsonError;
bool json_read_value(Arena *arena, JsonReader *r, const Type *type, JsonMode mode, Value *out, JsonError *error);
// A whole document as a value of implied type (objects and tuples), as jsondecode gives it.
bool json_decode(Arena *arena, Str text, Value *out, JsonError *error);

// A writer with explicit structure. indent 0: compact. Escapes as Go's encoding/json (with escape_html: < > & too).
typedef struct JsonWriter {
    Buf *out;
    uint8_t indent;
    bool escape_html;
    bool need_comma;
    bool after_key;
    bool empty; // the open bracket has nothing yet
    uint32_t depth;
    // When set, called whenever out holds more than flush_at bytes; must empty it.
    bool (*flush)(void *ctx, Buf *out);
    void *flush_ctx;
    size_t flush_at;
    bool failed; // flush said so
} JsonWriter;

JsonWriter json_writer(Buf *out, uint8_t indent);
void json_open_object(JsonWriter *w);
void json_close_object(JsonWriter *w);
void json_open_array(JsonWriter *w);
void json_close_array(JsonWriter *w);
void json_key(JsonWriter *w, Str key);
void json_string(JsonWriter *w, Str s);
void json_int(JsonWriter *w, int64_t i);
void json_bool(JsonWriter *w, bool b);
void json_null(JsonWriter *w);
void json_raw(JsonWriter *w, Str raw); // a whole JSON value, as it is
// Marks are ignored. Unknowns must not be there (asserted). type NULL or without "any": as it is; where type has
// "any" and mode is wrapped, {"value":…,"type":…}.
void json_value(JsonWriter *w, Value v, const Type *type, JsonMode mode);
// Appends the escaped, quoted string.
void json_escape(Buf *out, Str s, bool escape_html);

#endif

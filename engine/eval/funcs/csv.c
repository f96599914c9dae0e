// csvdecode: RFC 4180 as Go's encoding/csv reads it. A quote inside an unquoted field is an error, empty lines are
// skipped, and "\r\n" is a line end, also inside quotes.
#include "engine/base/map.h"
#include "engine/eval/funcs/funcs.h"

typedef struct CsvReader {
    FuncCall *call;
    Str text;
    size_t at;
    uint32_t line;
    VEC(Str) fields;
} CsvReader;

static bool csv_fail(CsvReader *r, uint32_t line, const char *why) {
    return func_fail(r->call, -1, "CSV parse error on line %u: %s", line, why);
}

static bool at_line_end(const CsvReader *r) {
    if (r->at >= r->text.n || r->text.p[r->at] == '\n') return true;
    return r->text.p[r->at] == '\r' && (r->at + 1 == r->text.n || r->text.p[r->at + 1] == '\n');
}

static void skip_line_end(CsvReader *r) {
    if (r->at < r->text.n && r->text.p[r->at] == '\r') r->at++;
    if (r->at < r->text.n && r->text.p[r->at] == '\n') r->at++;
    r->line++;
}

// After the opening quote. Stops behind the closing one.
static bool quoted_field(CsvReader *r, Str *out) {
    Buf buf = buf_in(r->call->arena);
    while (r->at < r->text.n) {
        char c = r->text.p[r->at];
        if (c == '"' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '"') {
            buf_char(&buf, '"');
            r->at += 2;
        } else if (c == '"') {
            r->at++;
            *out = buf_str(&buf);
            if (at_line_end(r) || r->text.p[r->at] == ',') return true;
            return csv_fail(r, r->line, "extraneous or missing \" in quoted-field");
        } else if (c == '\r' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '\n') {
            r->at++;
        } else {
            r->line += c == '\n';
            buf_char(&buf, c);
            r->at++;
        }
    }
    return csv_fail(r, r->line, "extraneous or missing \" in quoted-field");
}

static bool plain_field(CsvReader *r, Str *out) {
    size_t start = r->at;
    while (!at_line_end(r) && r->text.p[r->at] != ',') {
        if (r->text.p[r->at] == '"') return csv_fail(r, r->line, "bare \" in non-quoted-field");
        r->at++;
    }
    *out = str_slice(r->text, start, r->at);
    return true;
}

// The next record; *end when there is none.
static bool read_record(CsvReader *r, bool *end) {
    while (r->at < r->text.n && at_line_end(r)) skip_line_end(r);
    *end = r->at >= r->text.n;
    r->fields.n = 0;
    while (!*end) {
        Str field;
        bool quoted = r->at < r->text.n && r->text.p[r->at] == '"';
        if (quoted) r->at++;
        if (!(quoted ? quoted_field(r, &field) : plain_field(r, &field))) return false;
        vec_push(r->call->arena, &r->fields, field);
        if (at_line_end(r)) break;
        r->at++;
    }
    if (!*end) skip_line_end(r);
    return true;
}

static bool read_header(CsvReader *r, Name **names) {
    bool end;
    if (!read_record(r, &end)) return false;
    if (end) return func_fail(r->call, -1, "missing header line");
    *names = ARENA_ARRAY(r->call->arena, Name, r->fields.n);
    IdMap seen = idmap_in(r->call->arena);
    for (uint32_t i = 0; i < r->fields.n; i++) {
        Value text = value_string(r->call->arena, r->fields.at[i]);
        bool added;
        (*names)[i] = name_of(call_process(r->call), value_str(text));
        idmap_put(&seen, (uint64_t)(uintptr_t)(*names)[i], &added);
        if (!added) {
            return func_fail(r->call, -1, "duplicate column name %s",
                             call_z(r->call, call_quote(r->call, value_str(text), 0)));
        }
    }
    return true;
}

bool csv_csvdecode(FuncCall *call, Value *out) {
    CsvReader r = {.call = call, .text = call_str(call, 0), .line = 1};
    Name *names = NULL;
    if (!read_header(&r, &names) || !names) return false;
    uint32_t columns = r.fields.n;
    Process *p = call_process(call);
    TypeField *fields = ARENA_ARRAY(call->arena, TypeField, columns);
    for (uint32_t i = 0; i < columns; i++) fields[i] = (TypeField){names[i], type_string(p), false};
    const Shape *shape = shape_of(call->arena, names, columns);
    VEC(Value) rows = {0};
    for (bool end = false;;) {
        uint32_t line = r.line;
        if (!read_record(&r, &end)) return false;
        if (end) break;
        if (r.fields.n != columns) return csv_fail(&r, r.line - 1 > line ? r.line - 1 : line, "wrong number of fields");
        ObjectData *data = value_object_data(call->arena, shape);
        for (uint32_t i = 0; i < columns; i++) {
            data->at[shape_index(shape, names[i])] = value_string(call->arena, r.fields.at[i]);
        }
        vec_push(call->arena, &rows, value_finish_object(call->arena, data));
    }
    *out = value_list(call->arena, type_object(p, fields, columns), rows.at, rows.n);
    return true;
}

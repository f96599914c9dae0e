#include "engine/cli/diag_json.h"

#include "engine/base/secret.h"

static void text(Process *process, JsonWriter *w, const char *key, Str s) {
    Buf clean = {0};
    secret_scrub(process, s, &clean);
    json_key(w, str_of(key));
    json_string(w, buf_str(&clean));
    buf_free(&clean);
}

static void position(JsonWriter *w, const char *key, SourcePos p) {
    json_key(w, str_of(key));
    json_open_object(w);
    json_key(w, STR("line"));
    json_int(w, p.line);
    json_key(w, STR("column"));
    json_int(w, p.column);
    json_key(w, STR("byte"));
    json_int(w, p.byte);
    json_close_object(w);
}

// The construct around up to its brace, or null.
static void context(Process *process, const Diag *diag, JsonWriter *w) {
    Str title = source_text(process, diag->context);
    ptrdiff_t end = str_find_char(title, '\n');
    if (end >= 0) title = str_slice(title, 0, (size_t)end);
    title = str_trim(title);
    if (str_ends(title, STR("{"))) title = str_trim(str_slice(title, 0, title.n - 1));
    if (title.n) {
        text(process, w, "context", title);
        return;
    }
    json_key(w, STR("context"));
    json_null(w);
}

static void snippet(Process *process, const Diag *diag, SourcePos start, SourcePos end, JsonWriter *w) {
    const SourceFile *file = start.file;
    size_t from = file->line_starts[start.line - 1];
    uint32_t last = end.line > start.line && end.byte == file->line_starts[end.line - 1] ? end.line - 1 : end.line;
    size_t to = last < file->lines ? file->line_starts[last] - 1 : file->text.n;
    Str code = str_slice(file->text, from, to);
    if (str_ends(code, STR("\r"))) code.n--;
    json_key(w, STR("snippet"));
    json_open_object(w);
    context(process, diag, w);
    text(process, w, "code", code);
    json_key(w, STR("start_line"));
    json_int(w, start.line);
    json_key(w, STR("highlight_start_offset"));
    json_int(w, (int64_t)(start.byte - from));
    json_key(w, STR("highlight_end_offset"));
    json_int(w, (int64_t)((end.byte < from + code.n ? end.byte : from + code.n) - from));
    json_key(w, STR("values"));
    json_open_array(w);
    for (uint32_t i = 0; i < diag->values.n; i++) {
        json_open_object(w);
        text(process, w, "traversal", diag->values.at[i].expression);
        text(process, w, "statement", diag->values.at[i].statement);
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
}

void diag_json(Process *process, const Diag *diag, JsonWriter *w) {
    SourcePos start, end;
    json_open_object(w);
    text(process, w, "severity", diag->severity == SEV_ERROR ? STR("error") : STR("warning"));
    text(process, w, "summary", diag->summary);
    text(process, w, "detail", diag->detail);
    if (diag->address.n) text(process, w, "address", diag->address);
    if (source_pos(process, diag->subject, &start, &end)) {
        json_key(w, STR("range"));
        json_open_object(w);
        text(process, w, "filename", start.file->path);
        position(w, "start", start);
        position(w, "end", end);
        json_close_object(w);
        snippet(process, diag, start, end, w);
    }
    json_close_object(w);
}

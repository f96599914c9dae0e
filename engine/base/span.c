#include "engine/base/span.h"

#include "engine/base/process.h"
#include "engine/base/utf8.h"
#include "engine/base/vec.h"

typedef struct SourceMap {
    VEC(SourceFile *) files; // by base
    uint32_t next;           // base of the next file
} SourceMap;

Span span_join(Span a, Span b) {
    if (!span_known(a)) return b;
    if (!span_known(b) || b.at + b.n < a.at) return a;
    return (Span){a.at, b.at + b.n - a.at};
}

const SourceFile *source_add(Process *process, Str path, Str text) {
    SourceMap *map = process->sources;
    if (!map) {
        map = process->sources = ARENA_NEW(process->arena, SourceMap);
        map->next = 1;
    }
    // One more than the text has, so that the place after its last byte is this file's and no other's.
    if (text.n >= UINT32_MAX - map->next) return NULL;
    SourceFile *file = ARENA_NEW(process->arena, SourceFile);
    file->path = path;
    file->text = text;
    file->base = map->next;
    map->next += (uint32_t)text.n + 1;
    vec_push(process->arena, &map->files, file);
    return file;
}

static SourceFile *file_of(Process *process, Span span) {
    const SourceMap *map = process->sources;
    if (!map || !span_known(span) || span.at >= map->next) return NULL;
    uint32_t low = 0, high = map->files.n; // files.at[low].base <= span.at
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (map->files.at[mid]->base <= span.at)
            low = mid;
        else
            high = mid;
    }
    return map->files.at[low];
}

const SourceFile *source_find(Process *process, Span span) { return file_of(process, span); }

static void source_lines(Process *process, SourceFile *file) {
    uint32_t lines = 1;
    for (size_t i = 0; i < file->text.n; i++) lines += file->text.p[i] == '\n';
    uint32_t *starts = arena_alloc(process->arena, lines * sizeof *starts);
    uint32_t line = 0;
    starts[line++] = 0;
    for (size_t i = 0; i < file->text.n; i++)
        if (file->text.p[i] == '\n') starts[line++] = (uint32_t)i + 1;
    file->line_starts = starts;
    file->lines = lines;
}

static SourcePos pos_at(const SourceFile *file, uint32_t byte) {
    uint32_t low = 0, high = file->lines;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (file->line_starts[mid] <= byte)
            low = mid;
        else
            high = mid;
    }
    Str before = str_slice(file->text, file->line_starts[low], byte);
    // A byte order mark is no column.
    if (low == 0 && str_starts(before, STR("\xEF\xBB\xBF"))) before = str_slice(before, 3, before.n);
    return (SourcePos){file, low + 1, (uint32_t)utf8_grapheme_count(before) + 1, byte};
}

static uint32_t span_end(const SourceFile *file, Span span) {
    uint32_t from = span.at - file->base, left = (uint32_t)file->text.n - from;
    return from + (span.n < left ? span.n : left);
}

bool source_pos(Process *process, Span span, SourcePos *start, SourcePos *end) {
    SourceFile *file = file_of(process, span);
    if (!file) return false;
    if (!file->line_starts) source_lines(process, file);
    if (start) *start = pos_at(file, span.at - file->base);
    if (end) *end = pos_at(file, span_end(file, span));
    return true;
}

Str source_text(Process *process, Span span) {
    const SourceFile *file = file_of(process, span);
    if (!file) return STR_NONE;
    return str_slice(file->text, span.at - file->base, span_end(file, span));
}

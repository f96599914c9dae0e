// Source positions. All source texts of a process share one 32-bit offset space: a file added to the SourceMap
// gets a base, and base + byte offset names file and place at once. Line and column are found on demand.
#ifndef INFRA_BASE_SPAN_H
#define INFRA_BASE_SPAN_H

#include "engine/base/str.h"

typedef struct Process Process;

typedef struct Span {
    uint32_t at; // offset in the shared space; 0 means no position
    uint32_t n;  // bytes
} Span;

#define SPAN_NONE ((Span){0, 0})

static inline bool span_known(Span s) { return s.at != 0; }
// From the start of a to the end of b. Either may be unknown.
Span span_join(Span a, Span b);

typedef struct SourceFile {
    Str path;              // as shown to people: relative to the working folder where possible
    Str text;              // the bytes as read, BOM included
    uint32_t base;         // text.p[i] has position base + i
    uint32_t *line_starts; // made on first use
    uint32_t lines;
} SourceFile;

// Registers a text. Path and text must live as long as the process or until the spans are used no more.
// NULL when the 32-bit space is used up (4 GiB of sources).
const SourceFile *source_add(Process *process, Str path, Str text);
// The file a span lies in, or NULL for SPAN_NONE.
const SourceFile *source_find(Process *process, Span span);

typedef struct SourcePos {
    const SourceFile *file;
    uint32_t line;   // from 1
    uint32_t column; // from 1, in grapheme clusters as editors count
    uint32_t byte;   // from 0, offset in the file
} SourcePos;

// Where a span starts, and where it ends (one past). False when unknown.
bool source_pos(Process *process, Span span, SourcePos *start, SourcePos *end);
// The text under the span, clamped to its file.
Str source_text(Process *process, Span span);

#endif

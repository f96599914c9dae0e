// What functions have read in one walk: file contents by path, and templates, which are parsed and compiled once.
#ifndef INFRA_EVAL_FILES_H
#define INFRA_EVAL_FILES_H

#include "engine/base/map.h"
#include "engine/eval/func.h"

typedef struct FileCache {
    StrMap contents;  // absolute path -> Str *
    StrMap templates; // path and text -> Template *
} FileCache;

// A template's code reads its variables as slots, numbered in order of first mention.
typedef struct Template {
    const Code *code;
    uint32_t n;
    const Name *names;
    const Span *spans; // of the first mention of each
} Template;

FileCache *files_of(FuncContext *context);

#endif

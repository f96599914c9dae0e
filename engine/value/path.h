// Paths into a value: .attr, ["key"], [0]; a step into a set is the element itself.
#ifndef INFRA_VALUE_PATH_H
#define INFRA_VALUE_PATH_H

#include "engine/base/vec.h"
#include "engine/value/value.h"

typedef struct PathStep {
    Name attr;   // an attribute step, or NULL
    Value index; // else: string (map), number (list, tuple), any (set element)
} PathStep;

typedef struct Path {
    const PathStep *at;
    uint32_t n;
} Path;

typedef struct PathList {
    VEC(Path) list;
} PathList;

typedef struct PathMarks {
    Path path;
    Marks marks;
} PathMarks;

typedef struct PathMarksList {
    VEC(PathMarks) list;
} PathMarksList;

// parent plus one step, in the arena.
Path path_attr(Arena *arena, Path parent, Name attr);
Path path_index(Arena *arena, Path parent, Value index);
Path path_copy(Arena *arena, Path path);
bool path_equal(Path a, Path b);
bool path_starts(Path path, Path prefix);
bool path_list_has(const PathList *list, Path path);
// The value at the path; false when it leads nowhere (null, unknown, missing).
bool path_get(Value v, Path path, Value *out);
// ".tags[\"a\"]"
void path_print(Path path, Buf *out);

#endif

#include "engine/value/path.h"

#include "engine/value/number_text.h"
#include "engine/value/quote.h"

static Path path_add(Arena *arena, Path parent, PathStep step) {
    PathStep *at = ARENA_ARRAY(arena, PathStep, parent.n + 1);
    if (parent.n) memcpy(at, parent.at, parent.n * sizeof *at);
    at[parent.n] = step;
    return (Path){at, parent.n + 1};
}

Path path_attr(Arena *arena, Path parent, Name attr) { return path_add(arena, parent, (PathStep){.attr = attr}); }

Path path_index(Arena *arena, Path parent, Value index) {
    return path_add(arena, parent, (PathStep){.index = index});
}

Path path_copy(Arena *arena, Path path) {
    PathStep *at = ARENA_ARRAY(arena, PathStep, path.n);
    for (uint32_t i = 0; i < path.n; i++)
        at[i] = (PathStep){path.at[i].attr, value_copy(arena, path.at[i].index)};
    return (Path){at, path.n};
}

static bool step_equal(PathStep a, PathStep b) {
    return a.attr == b.attr && (a.attr || value_same(a.index, b.index));
}

bool path_starts(Path path, Path prefix) {
    if (prefix.n > path.n) return false;
    for (uint32_t i = 0; i < prefix.n; i++)
        if (!step_equal(path.at[i], prefix.at[i])) return false;
    return true;
}

bool path_equal(Path a, Path b) { return a.n == b.n && path_starts(a, b); }

bool path_list_has(const PathList *list, Path path) {
    for (uint32_t i = 0; i < list->list.n; i++)
        if (path_equal(list->list.at[i], path)) return true;
    return false;
}

static const Value *step_get(Value v, PathStep step) {
    if (step.attr) return v.kind == TYPE_OBJECT ? value_get(v, step.attr) : NULL;
    int64_t i;
    switch ((TypeKind)v.kind) {
    case TYPE_MAP:
        if (step.index.kind != TYPE_STRING || !value_is_set(step.index)) return NULL;
        return value_get_str(v, value_str(step.index));
    case TYPE_LIST:
    case TYPE_TUPLE:
        if (!value_is_set(v) || !value_to_i64(step.index, &i) || i < 0 || i >= v.n) return NULL;
        return &v.list->at[i];
    case TYPE_SET:
        if (!value_is_set(v)) return NULL;
        for (uint32_t k = 0; k < v.n; k++)
            if (value_same(v.list->at[k], step.index)) return &v.list->at[k];
        return NULL;
    default: return NULL;
    }
}

bool path_get(Value v, Path path, Value *out) {
    for (uint32_t i = 0; i < path.n; i++) {
        const Value *next = step_get(v, path.at[i]);
        if (!next) return false;
        v = *next;
    }
    *out = v;
    return true;
}

void path_print(Path path, Buf *out) {
    for (uint32_t i = 0; i < path.n; i++) {
        PathStep step = path.at[i];
        if (step.attr) {
            buf_char(out, '.');
            buf_add(out, name_str(step.attr));
            continue;
        }
        buf_char(out, '[');
        if (value_is_set(step.index) && step.index.kind == TYPE_STRING)
            quote_go(value_str(step.index), out);
        else if (value_is_set(step.index) && step.index.kind == TYPE_NUMBER)
            number_print(step.index, out);
        else
            buf_z(out, "...");
        buf_char(out, ']');
    }
}

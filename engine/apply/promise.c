#include "engine/apply/promise.h"

#include "engine/value/render.h"

static bool broken(Arena *arena, Value then, Value now, Path path, Path *where);

static bool broken_parts(Arena *arena, Value then, Value now, Path path, Path *where) {
    for (uint32_t i = 0; i < then.n; i++) {
        bool bad;
        if (then.kind == TYPE_OBJECT) {
            Path at = path_attr(arena, path, then.obj->shape->names[i]);
            bad = broken(arena, then.obj->at[i], now.obj->at[i], at, where);
        } else if (then.kind == TYPE_MAP) {
            Path at = path_index(arena, path, value_string_raw(arena, then.map->at[i].key));
            *where = at;
            bad = !str_eq(then.map->at[i].key, now.map->at[i].key) ||
                  broken(arena, then.map->at[i].value, now.map->at[i].value, at, where);
        } else {
            Path at = path_index(arena, path, value_int((int64_t)i));
            bad = broken(arena, value_elements(then)[i], value_elements(now)[i], at, where);
        }
        if (bad) return true;
    }
    return false;
}

// *where is the place of the first difference.
static bool broken(Arena *arena, Value then, Value now, Path path, Path *where) {
    if (value_is_unknown(then)) return false;
    *where = path;
    if (value_is_unknown(now)) return true;
    if (value_is_null(then) || value_is_null(now)) return value_is_null(then) != value_is_null(now);
    if (value_same(then, now)) return false;
    if (then.kind == TYPE_SET) return value_is_whole(then); // unknown elements cannot be paired
    if (then.kind != now.kind || then.n != now.n || then.kind < TYPE_LIST) return true;
    if (then.kind == TYPE_OBJECT && then.obj->shape != now.obj->shape) return true;
    return broken_parts(arena, then, now, path, where);
}

bool promise_kept(Arena *scratch, Value planned, Value now, const char *summary, Diags *diags) {
    Path where = {NULL, 0};
    if (!broken(scratch, planned, now, where, &where)) return true;
    Process *p = arena_process(scratch);
    Value before = value_null(p, type_dynamic(p)), after = before;
    path_get(planned, where, &before);
    path_get(now, where, &after);
    Buf path = buf_in(scratch), a = buf_in(scratch), b = buf_in(scratch);
    path_print(where, &path);
    render_value(p, before, 0, &a);
    render_value(p, after, 0, &b);
    return diag_error(diags, "inconsistent", SPAN_NONE, summary, "%.*s was planned as %.*s, but now is %.*s.",
                      STR_ARG(path.n ? buf_str(&path) : STR("The object")), STR_ARG(buf_str(&a)),
                      STR_ARG(buf_str(&b)));
}

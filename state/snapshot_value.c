#include "state/snapshot.h"

#include "engine/base/process.h"

bool snapshot_decode(Arena *arena, const StateObject *o, const Type *type, Value *out, JsonError *error) {
    JsonReader r = json_reader(arena, o->attributes.n ? o->attributes : STR("{}"));
    r.share = true;
    if (!json_read_value(arena, &r, type, JSON_WRAPPED_DYNAMIC, out, error)) return false;
    if (json_next(&r) == JSON_END) return true;
    if (error) *error = (JsonError){.message = "something follows the object", .at = r.token_start};
    return false;
}

// {"type":"get_attr","value":"name"} or {"type":"index","value":{"value":…,"type":…}}. The opening bracket was read.
static bool read_step(Arena *arena, JsonReader *r, PathStep *step) {
    Str kind = STR_NONE, value = STR_NONE;
    while (json_next(r) == JSON_KEY) {
        bool is_kind = str_eqz(r->string, "type"), is_value = str_eqz(r->string, "value");
        if (is_kind) {
            if (json_next(r) != JSON_STRING) return false;
            kind = r->string;
        } else if (!json_skip(r, is_value ? &value : NULL)) {
            return false;
        }
    }
    if (r->error) return false;
    JsonReader in = json_reader(arena, value);
    if (str_eqz(kind, "get_attr")) {
        if (json_next(&in) != JSON_STRING) return false;
        *step = (PathStep){.attr = name_of(arena_process(arena), in.string)};
        return true;
    }
    *step = (PathStep){0};
    return str_eqz(kind, "index") &&
           json_read_value(arena, &in, type_dynamic(arena_process(arena)), JSON_WRAPPED_DYNAMIC, &step->index, NULL);
}

static bool read_path(Arena *arena, JsonReader *r, Path *path) {
    VEC(PathStep) steps = {0};
    JsonToken t;
    while ((t = json_next(r)) == JSON_OBJECT_OPEN) {
        PathStep step;
        if (!read_step(arena, r, &step)) return false;
        vec_push(arena, &steps, step);
    }
    *path = (Path){steps.at, steps.n};
    return t == JSON_ARRAY_CLOSE;
}

bool snapshot_sensitive(Arena *arena, const StateObject *o, PathMarksList *out) {
    if (!o->sensitive.n) return true;
    JsonReader r = json_reader(arena, o->sensitive);
    if (json_next(&r) != JSON_ARRAY_OPEN) return false;
    JsonToken t;
    while ((t = json_next(&r)) == JSON_ARRAY_OPEN) {
        PathMarks at = {.marks = MARK_SENSITIVE};
        if (!read_path(arena, &r, &at.path)) return false;
        vec_push(arena, &out->list, at);
    }
    return t == JSON_ARRAY_CLOSE;
}

static void write_path(JsonWriter *w, Path path) {
    json_open_array(w);
    for (uint32_t i = 0; i < path.n; i++) {
        const PathStep *step = &path.at[i];
        json_open_object(w);
        json_key(w, STR("type"));
        json_string(w, step->attr ? STR("get_attr") : STR("index"));
        json_key(w, STR("value"));
        if (step->attr)
            json_string(w, name_str(step->attr));
        else
            json_value(w, step->index, type_dynamic(arena_process(w->out->arena)), JSON_WRAPPED_DYNAMIC);
        json_close_object(w);
    }
    json_close_array(w);
}

void snapshot_encode(Snapshot *s, StateObject *o, Value v, const Type *type) {
    PathMarksList paths = {0};
    Value plain = marks_strip(s->arena, v, &paths);
    Buf attributes = buf_in(s->arena);
    JsonWriter w = json_writer(&attributes, 0);
    w.escape_html = true;
    json_value(&w, plain, type, JSON_WRAPPED_DYNAMIC);
    o->attributes = buf_str(&attributes);
    o->attributes_flat = STR_NONE;

    o->sensitive = STR_NONE;
    Buf sensitive = buf_in(s->arena);
    w = json_writer(&sensitive, 0);
    w.escape_html = true;
    json_open_array(&w);
    bool any = false;
    for (uint32_t i = 0; i < paths.list.n; i++) {
        if (!(paths.list.at[i].marks & MARK_SENSITIVE)) continue;
        write_path(&w, paths.list.at[i].path);
        any = true;
    }
    json_close_array(&w);
    if (any) o->sensitive = buf_str(&sensitive);
}

#include "providers/aws/client/slice.h"

#include "engine/base/vec.h"
#include "engine/value/json.h"

bool slice_object(Arena *arena, Str raw, StrMap *out) {
    *out = strmap_in(arena);
    JsonReader r = json_reader(arena, raw);
    if (json_next(&r) != JSON_OBJECT_OPEN) return false;
    for (JsonToken token; (token = json_next(&r)) != JSON_OBJECT_CLOSE;) {
        if (token != JSON_KEY) return false;
        Str key = r.string, *value = ARENA_NEW(arena, Str);
        if (!json_skip(&r, value)) return false;
        strmap_put_ptr(out, key, value);
    }
    return json_next(&r) == JSON_END;
}

Str slice_get(const StrMap *object, const char *key) {
    const Str *value = strmap_get_ptr(object, str_of(key));
    return value ? *value : STR_NONE;
}

Str slice_text(Arena *arena, Str raw) {
    JsonReader r = json_reader(arena, raw);
    return raw.n && json_next(&r) == JSON_STRING ? r.string : STR_NONE;
}

bool slice_true(Str raw) { return str_eqz(raw, "true"); }

void slice_strings(Arena *arena, Str raw, const char *key, Str **out, uint32_t *n) {
    VEC(Str) list = {0};
    JsonReader r = json_reader(arena, raw);
    bool wanted = false;
    for (JsonToken token = JSON_NULL; raw.n && token != JSON_END && token != JSON_ERROR;) {
        token = json_next(&r);
        if (token == JSON_STRING && (wanted || r.depth < 2)) vec_push(arena, &list, r.string);
        wanted = token == JSON_KEY && r.depth == 2 && key && str_eqz(r.string, key);
    }
    *out = list.at;
    *n = list.n;
}

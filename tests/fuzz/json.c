// JSON documents from anywhere: state files, plan files, jsondecode(). What decodes must come back the same from its
// own text, and a slice that json_skip steps over must end where reading ends.
#include "engine/value/json.h"
#include "engine/value/marks.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) abort();
}

static void fuzz_skip(Arena *arena, Str text) {
    JsonReader skipper = json_reader(arena, text), reader = skipper;
    Str raw;
    JsonToken token;
    while ((token = json_next(&reader)) != JSON_ERROR && reader.depth > 0) {
    }
    if (token != JSON_ERROR) check(json_skip(&skipper, &raw) && skipper.at == reader.at);
}

static void fuzz_round_trip(Arena *arena, Str text) {
    Value v, again;
    JsonError error;
    if (!json_decode(arena, text, &v, &error)) {
        check(error.message && error.at <= text.n);
        return;
    }
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    check(json_decode(arena, buf_str(&out), &again, &error) && value_same(v, again));
    check(value_hash(v) == value_hash(again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    Process *p = process_new();
    type_init(p);
    marks_init(p);
    Arena *arena = arena_new(p, LIFE_OP, "fuzz");
    Str text = {(const char *)data, size};
    fuzz_skip(arena, text);
    fuzz_round_trip(arena, text);
    const Type *type = type_from_json(p, text);
    if (type) {
        Buf out = buf_in(arena);
        type_to_json(type, &out);
        check(type_from_json(p, buf_str(&out)) == type);
    }
    static const char wrapped[] = "[\"map\",[\"object\",{\"a\":\"dynamic\",\"b\":[\"set\",\"number\"]}]]";
    JsonReader r = json_reader(arena, text);
    Value v;
    JsonError error;
    r.share = true;
    if (json_read_value(arena, &r, type_from_json(p, str_of(wrapped)), JSON_WRAPPED_DYNAMIC, &v, &error))
        check(value_has_type(v, value_type(p, v)));
    arena_free(arena);
    process_free(p);
    return 0;
}

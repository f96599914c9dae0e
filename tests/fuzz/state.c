// Any bytes as a state: what is read is written so that it reads the same again, in both forms, before and after edits.
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/process.h"
#include "engine/base/utf8.h"
#include "engine/value/marks.h"
#include "state/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

// text: the input is UTF-8. What is not becomes U+FFFD when it is written, as an escape, and that reads as another
// form.
static void round_trip(Arena *arena, Snapshot *s, bool text, Diags *diags) {
    Buf compact = buf_in(arena), indented = buf_in(arena), again = buf_in(arena);
    codec_encode(s, false, &compact);
    codec_encode(s, true, &indented);
    if (!text) return;
    Snapshot *back = codec_read(arena, buf_str(&indented), STR("again"), diags);
    check(back != NULL);
    codec_encode(back, false, &again);
    check(str_eq(buf_str(&again), buf_str(&compact)));
    check(codec_same(back, buf_str(&again), buf_str(&indented)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_WALK, "fuzz");
    Diags diags = diags_in(arena);
    bool text = utf8_valid(str_make((const char *)data, size)) == size;
    Snapshot *s = codec_read(arena, str_make((const char *)data, size), STR("fuzz"), &diags);
    check((s == NULL) == diags_failed(&diags));
    if (s) {
        round_trip(arena, s, text, &diags);
        for (uint32_t i = 0; i < s->resource_count && i < 4; i++) {
            StateResource *r = &s->resources[i];
            PathMarksList paths = {0};
            if (!r->n) continue;
            snapshot_sensitive(arena, r->objects, &paths);
            StateObject o = r->objects[0];
            snapshot_remove_object(s, r->address, o.key, o.deposed);
        }
        round_trip(arena, s, text, &diags);
    }
    arena_free(arena);
    process_free(process);
    return 0;
}

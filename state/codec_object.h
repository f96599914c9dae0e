// One object of a state as JSON, for the state and the journal. Only for the sources of this folder.
#ifndef INFRA_STATE_CODEC_OBJECT_H
#define INFRA_STATE_CODEC_OBJECT_H

#include "state/codec.h"

// provider: of the resource when its objects have to say theirs, else empty.
void codec_write_object(JsonWriter *w, Arena *scratch, const StateObject *o, Str provider);
// From the next value of r. Texts are slices of r's text or in the arena. False on what no state may hold.
bool codec_read_object(Arena *arena, JsonReader *r, StateObject *out);
// Empty, or 8 printable ASCII characters (hexadecimal digits in all that peers write).
bool codec_is_deposed(Str key);
// Replaces the outputs of s by those of a JSON object.
bool codec_read_outputs(Arena *arena, Str json, Snapshot *s);

#endif

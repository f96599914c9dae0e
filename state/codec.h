// State version 4 as OpenTofu and Terraform write it (versions 1 to 3 are refused with advice), streaming.
// Facts: internal/states/statefile/version4.go; compact JSON and a newline, two-space indent and an empty line for
// local files. Members of resources and objects that this version does not know are kept.
#ifndef INFRA_STATE_CODEC_H
#define INFRA_STATE_CODEC_H

#include "engine/base/diag.h"
#include "state/snapshot.h"

// bytes must live as long as arena. Truncated, malformed or newer states give an error that says so and where.
Snapshot *codec_read(Arena *arena, Str bytes, Str where, Diags *diags);
// Settles the snapshot and writes it whole, with the end of line. Objects of ephemeral resources never get here.
// terraform_version is the language level.
void codec_write(Snapshot *s, JsonWriter *w);
// The same into a buffer, compact or indented.
void codec_encode(Snapshot *s, bool indent, Buf *out);
// Is the content of s (all but version, serial and lineage) what these bytes, written by whomever, hold?
// encoded: s as codec_encode gives it, in the same form as the bytes.
bool codec_same(Snapshot *s, Str encoded, Str bytes);

// What a state says of itself, without reading the rest.
typedef struct CodecHead {
    uint64_t version, serial;
    Str lineage, terraform_version;
} CodecHead;
// False when the bytes are not a whole JSON object with these (cut off, for example).
bool codec_head(Arena *arena, Str bytes, CodecHead *out);

// Appends a JSON value, compact or indented as w says and with Go's escapes, whatever form raw has.
void codec_raw(JsonWriter *w, Str raw);

// The language level, as states, locks and `version` say it.
#define STATE_TERRAFORM_VERSION "1.12.6"

#endif

// State version 4 as OpenTofu and Terraform write it (versions 1 to 3 are refused with advice), streaming.
// Facts: internal/states/statefile/version4.go; compact JSON and a newline, two-space indent for local files.
#ifndef INFRA_STATE_CODEC_H
#define INFRA_STATE_CODEC_H

#include "engine/base/diag.h"
#include "state/snapshot.h"

// bytes must live as long as arena. Truncated, malformed or newer states give an error that says so and where.
Snapshot *codec_read(Arena *arena, Str bytes, Str where, Diags *diags);
// Objects of ephemeral resources never get here. terraform_version is the language level.
void codec_write(const Snapshot *s, JsonWriter *w);

#endif

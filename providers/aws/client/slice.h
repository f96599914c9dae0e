// JSON read by pieces: an object as a map from key to the bytes of its value, nothing decoded that is not asked for.
#ifndef INFRA_AWS_CLIENT_SLICE_H
#define INFRA_AWS_CLIENT_SLICE_H

#include "engine/base/map.h"

// The fields of an object in their order; values are bytes of `raw`. False when malformed or not an object.
bool slice_object(Arena *arena, Str raw, StrMap *out);
// The bytes of a field's value, empty when absent.
Str slice_get(const StrMap *object, const char *key);
// A string value, unescaped; empty when raw is not a string.
Str slice_text(Arena *arena, Str raw);
bool slice_true(Str raw);
// The strings of an array; or, of objects in it, those under `key`. A lone string counts as an array of one.
void slice_strings(Arena *arena, Str raw, const char *key, Str **out, uint32_t *n);

#endif

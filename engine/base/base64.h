// Base64 (RFC 4648, standard alphabet, padded).
#ifndef INFRA_BASE_BASE64_H
#define INFRA_BASE_BASE64_H

#include "engine/base/str.h"

void base64_encode(Str bytes, Buf *out);
// Strict: padding, length and unused bits must be right. False otherwise.
bool base64_decode(Arena *arena, Str text, Str *out);

#endif

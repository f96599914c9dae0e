// The small encodings of AWS's wire: percent, base64, timestamps.
#ifndef INFRA_AWS_CLIENT_TEXT_H
#define INFRA_AWS_CLIENT_TEXT_H

#include "providers/aws/client/model.h"

// Percent-encodes everything but A-Z a-z 0-9 - _ . ~ and, where asked, the slash.
void text_uri(Buf *out, Str s, bool keep_slash);
// Percent-decodes; a '+' stays one.
Str text_uri_decode(Arena *arena, Str s);
void text_base64(Buf *out, Str s);
// Standard alphabet; white space is skipped. False when malformed.
bool text_base64_decode(Arena *arena, Str s, Str *out);
// Equal but for ASCII case.
bool text_same(Str a, Str b);
Str text_lower(Arena *arena, Str s);

// Nanoseconds since 1970 in the wire's form; AWS_TIME_DEFAULT is not one.
void text_time(Buf *out, AwsTime form, int64_t ns);
// Any of the three forms, whatever was announced.
bool text_time_parse(Str s, int64_t *ns);
// "20150830T123600Z".
void text_time_compact(Buf *out, int64_t ns);
bool text_time_compact_parse(Str s, int64_t *ns);

#endif

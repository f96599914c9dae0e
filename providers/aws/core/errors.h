// Error patterns of definitions: "Code", "Code: part of the message", "Code*", or an HTTP status "404".
#ifndef INFRA_AWS_CORE_ERRORS_H
#define INFRA_AWS_CORE_ERRORS_H

#include "providers/aws/core/frame.h"

bool error_matches(const AwsError *error, Str pattern);
// Whether it is in a list of patterns (an expression's value).
bool error_in(const AwsError *error, Value patterns);
// The duration that a retry object (pattern = duration) gives to the error, or 0. deadline_ns: what is left of the
// verb's time.
int64_t error_retry(const AwsError *error, Value retry, int64_t deadline_ns);
// "2m" in ns; "deadline" is what is left.
int64_t error_duration(Value v, int64_t deadline_ns, int64_t otherwise);
bool error_not_found(Frame *f, const AwsError *error);
// Errors that would meet every request alike: no use in sending fewer objects.
bool error_is_general(const AwsError *error);
AwsError *error_copy(Arena *arena, const AwsError *error);
// { code, message }
Value error_value(Arena *arena, const AwsError *error);

#endif

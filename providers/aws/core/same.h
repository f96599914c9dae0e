// When two values of an attribute are the same although they are spelled differently, and what a state holds.
#ifndef INFRA_AWS_CORE_SAME_H
#define INFRA_AWS_CORE_SAME_H

#include "providers/aws/core/frame.h"

// By `same`, after `normal`, with null and zero alike where the attribute says so. Unknowns are the same as nothing.
bool same_values(Frame *f, const Attr *a, Value old, Value now);
// `now` in the spelling of `old` as far as the two are the same.
Value same_keep(Frame *f, const Attr *a, Value old, Value now);
// What state gets: `got` was read, `was` is the planned or prior value.
Value same_settle(Frame *f, const Attr *a, Value was, Value got);

#endif

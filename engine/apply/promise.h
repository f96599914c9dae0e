// Does a value keep what the plan promised? What was known while planning must be the same later.
#ifndef INFRA_APPLY_PROMISE_H
#define INFRA_APPLY_PROMISE_H

#include "engine/base/diag.h"
#include "engine/value/path.h"

// False after an error with path, planned and actual value (sensitive ones are not shown). schema marks are looked at.
bool promise_kept(Arena *scratch, Value planned, Value now, const char *summary, Diags *diags);

#endif

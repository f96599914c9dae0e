// Do two JSON documents say the same? For plans and states: times and versions are passed over, every UUID counts as
// the same one, numbers are compared exactly.
#ifndef INFRA_HARNESS_PLAN_COMPARE_H
#define INFRA_HARNESS_PLAN_COMPARE_H

#include "engine/base/str.h"

// Adds a line "path: want … got …" for each difference. False when there is one, or a document cannot be read.
bool plan_compare(Str want, Str got, Buf *out);

#endif

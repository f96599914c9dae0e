// The dependencies that the state records for each resource: addresses without keys, sorted. The transitive list while
// it has at most DEPENDS_LISTED entries, beyond that the direct ones (which, followed, say the same).
#ifndef INFRA_PLAN_DEPENDS_H
#define INFRA_PLAN_DEPENDS_H

#include "engine/plan/plan.h"

#define DEPENDS_LISTED 128u

typedef struct Depends {
    const Str *at;
    uint32_t n;
} Depends;

// One per block id; only resource blocks have entries. Instances share their block's list.
Depends *depends_all(Arena *arena, const Walk *w);

#endif

// What writing and reading of plan files share.
#ifndef INFRA_PLAN_PLANFILE_FORMAT_H
#define INFRA_PLAN_PLANFILE_FORMAT_H

#include "state/snapshot.h"

// The digit is the format's version: any change of a section's content raises it.
#define PLANFILE_MAGIC STR("infra plan 1\n")

typedef enum PlanfileTag {
    PLANFILE_END,
    PLANFILE_META,
    PLANFILE_VARIABLES,
    PLANFILE_SOURCES,
    PLANFILE_STATE,
    PLANFILE_ROWS,
    PLANFILE_DRIFT,
    PLANFILE_CHECKS,
    PLANFILE_TAGS,
} PlanfileTag;

// What of a stored object must be the same for a plan to hold.
uint64_t planfile_digest(const StateObject *o);
Str planfile_object_name(Arena *arena, const StateResource *r, const StateObject *o);

#endif

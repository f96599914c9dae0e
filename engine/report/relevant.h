// Which attributes of which resources have a say in what a plan changes: drift in others is not worth a note.
//
// From the references of everything that changes, followed through locals, variables, outputs and calls to attributes
// of resources. Linear in the references. Facts: opentofu internal/lang/globalref (which references count).
#ifndef INFRA_REPORT_RELEVANT_H
#define INFRA_REPORT_RELEVANT_H

#include "engine/plan/plan.h"

typedef struct RelevantItem {
    Str address; // of the resource, with the instance key when the reference has one: else it is about every instance
    Path path;   // into an instance; empty: all of it
} RelevantItem;

typedef struct Relevant {
    RelevantItem *at; // by address, then path
    uint32_t n;
    StrMap by_address; // first index + 1
} Relevant;

Relevant *relevant_find(Arena *arena, const Plan *plan);
// The paths that matter of the object; false when none does.
bool relevant_paths(Arena *arena, const Relevant *relevant, const PriorObject *object, PathList *out);

#endif

// Dependencies of objects that left the state, given on to those who depended on them. Only for snapshot.c.
#ifndef INFRA_STATE_SPLICE_H
#define INFRA_STATE_SPLICE_H

#include "state/snapshot.h"

// An object of the resource is about to be removed.
void splice_note(Snapshot *s, Str address, const StateObject *o);
// Splices the edges of all resources noted that are gone now.
void splice_apply(Snapshot *s);

#endif

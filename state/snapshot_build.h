// How the codec fills a snapshot. Only for the sources of this folder.
#ifndef INFRA_STATE_SNAPSHOT_BUILD_H
#define INFRA_STATE_SNAPSHOT_BUILD_H

#include "state/snapshot.h"

// The resource of the same address, or a new one with the texts of `like`, which are not copied.
StateResource *snapshot_add_resource(Snapshot *s, const StateResource *like);
// A cleared object at the end of the table. Whoever adds out of order sets r->unsorted and settles before looking up.
StateObject *snapshot_add_object(Snapshot *s, StateResource *r);

#endif

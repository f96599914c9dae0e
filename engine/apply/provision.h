// local-exec provisioners: commands that run after an object was created, or before it is destroyed.
#ifndef INFRA_APPLY_PROVISION_H
#define INFRA_APPLY_PROVISION_H

#include "engine/apply/applier.h"

// Runs the resource's provisioners of that time one after another; then calls next. failed: one failed that was not to
// be passed over, its diagnostic is added. Output lines go to the hook as APPLY_OUTPUT.
void provision_run(Change *c, const Resource *resource, bool destroy, Value self, void (*next)(Change *c, bool failed));
// Has it any of that time?
bool provision_wanted(const Resource *resource, bool destroy);

#endif

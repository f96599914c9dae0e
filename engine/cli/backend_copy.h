// Moving states from one backend to another, for init -migrate-state and state push.
#ifndef INFRA_CLI_BACKEND_COPY_H
#define INFRA_CLI_BACKEND_COPY_H

#include "engine/cli/session.h"

// Has some workspace of the backend objects or outputs in its state, or operations that an interrupted run left open?
bool backend_has_state(Session *s, Backend *backend, bool *has);
// Copies the states of all workspaces, each under both locks. Asks before writing over another state unless force.
bool backend_copy_states(Session *s, Backend *from, Backend *to, bool force);
// The state as it is, serial and lineage included. The store is locked by the caller's manager, which writes nothing
// after it.
bool backend_write_state(Session *s, StateStore *store, Snapshot *state);

#endif

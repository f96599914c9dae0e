// States in files. Peers' lock (an fcntl lock on the file, and .<name>.lock.info beside it), their paths, and their way
// of writing in place, made safe: new content is whole in <state>.new before the state is touched, and whoever locks
// next finishes what was interrupted.
#ifndef INFRA_STATE_BACKEND_LOCAL_H
#define INFRA_STATE_BACKEND_LOCAL_H

#include "state/backend.h"

extern const BackendType backend_local;

#endif

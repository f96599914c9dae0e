// What all backends share: a result delivered later, from the loop, and reading their configuration.
// Only for the sources of this folder.
#ifndef INFRA_STATE_BACKEND_REPLY_H
#define INFRA_STATE_BACKEND_REPLY_H

#include "state/backend.h"

void reply_later(Loop *loop, StoreDone done, void *ctx, StoreResult result);

// Attributes of the configuration; absent and null give the fallback. Texts live as the value does.
Str config_text(Process *process, Value config, const char *name, Str fallback);
bool config_bool(Process *process, Value config, const char *name, bool fallback);

// An error about the backend's configuration; returns false.
bool config_error(Diags *diags, const char *summary, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Is the name usable as one part of a path?
bool workspace_check(Str name, Diags *diags);

#endif

// The file of a local state: writing it in place, and finishing what a crash left half done.
// Only for the sources of this folder.
#ifndef INFRA_STATE_BACKEND_LOCAL_FILE_H
#define INFRA_STATE_BACKEND_LOCAL_FILE_H

#include "state/backend.h"

// What went wrong: `what` to `path` (static or living as the job does), errno. error 0: nothing.
typedef struct FileProblem {
    int error;
    const char *what, *path;
} FileProblem;

typedef struct LocalPaths {
    const char *state;
    const char *fresh;      // <state>.new: whole whenever it is there
    const char *unfinished; // <state>.new.tmp: not yet
    const char *backup;     // NULL: none wanted
    const char *lock_info;
} LocalPaths;

LocalPaths local_paths(Arena *arena, Str state, Str backup);

// The whole content of the open file.
bool local_load(Arena *arena, int fd, const char *path, Str *out, Diags *diags);
// Any thread. Makes the content of fd, the open state, these bytes. backup: first saves the old content there.
FileProblem local_save(const LocalPaths *paths, int fd, Str bytes, const char *backup);
// With the lock held: finishes an interrupted save. false after diagnostics.
bool local_finish(Arena *scratch, const LocalPaths *paths, int fd, Diags *diags);
// Without it: the content that finishing would leave. *found false: the state as it is.
bool local_peek(Arena *arena, const LocalPaths *paths, Str state, Str *out, bool *found, Diags *diags);

#endif

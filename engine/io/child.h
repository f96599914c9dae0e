// Child processes: credential_process, local-exec, external.
#ifndef INFRA_IO_CHILD_H
#define INFRA_IO_CHILD_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"

typedef struct Child Child;

typedef struct ChildSpec {
    const char *const *argv; // NULL-terminated; argv[0] is looked up on PATH
    const char *const *env;  // NULL-terminated "K=V", or NULL: ours
    const char *dir;         // NULL: ours
    Str input;               // written to its standard input
    uint32_t max_output;     // bytes kept of each of stdout and stderr
    // Called with each piece of output as it comes (fd 1 or 2), or NULL.
    void (*output)(void *ctx, int fd, Str bytes);
    // Exit status (>= 0) or minus the signal that ended it. Outputs are valid during the call.
    void (*done)(void *ctx, int status, Str out, Str err);
    void *ctx;
} ChildSpec;

// NULL with a diagnostic when it cannot be started. Freed after done.
Child *child_start(Loop *loop, const ChildSpec *spec, Diags *diags);
// SIGTERM to its process group, SIGKILL after grace_ns.
void child_stop(Child *child, int64_t grace_ns);

#endif

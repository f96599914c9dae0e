// Lock information, byte for byte as Go encodes it: {"ID","Operation","Info","Who","Version","Created","Path"}.
#ifndef INFRA_STATE_LOCK_H
#define INFRA_STATE_LOCK_H

#include "engine/base/diag.h"
#include "engine/base/process.h"

typedef struct LockInfo {
    Str id, operation, info, who, version, created, path;
} LockInfo;

// A new lock of this process: random id, user@host, now.
LockInfo lock_new(Arena *arena, Str operation, Str info, Str path);
void lock_encode(const LockInfo *lock, Buf *out);
// False when it is not JSON of this shape with an ID. Members that are not known are passed over.
bool lock_decode(Arena *arena, Str json, LockInfo *out);
// The name of this host, as in `who`.
Str lock_host(Arena *arena);
// "Error acquiring the state lock" with holder, age, id and what to do.
void lock_error(const LockInfo *holder, Process *process, Str reason, Diags *diags);

#endif

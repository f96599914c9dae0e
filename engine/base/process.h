// One run of the program: what every layer may need and nothing else may own globally.
//
// Made once by main (or a test), passed on through arenas (arena_process). The slots of upper layers are opaque
// here; the layer's own init function fills them (types and marks: engine/value).
#ifndef INFRA_BASE_PROCESS_H
#define INFRA_BASE_PROCESS_H

#include "engine/base/arena.h"
#include "engine/base/name.h"

typedef struct Clock Clock;     // clock.h
typedef struct Log Log;         // log.h
typedef struct Secrets Secrets; // secret.h

struct Process {
    Arena *arena; // LIFE_PROCESS
    struct NameTable *names;
    struct SourceMap *sources;
    struct TypeTable *types; // engine/value
    struct MarkTable *marks; // engine/value
    Secrets *secrets;
    Log *log;
    const Clock *clock;
    // Fills p with n random bytes; replaceable in tests. Never fails (aborts).
    void (*random)(Process *process, void *p, size_t n);
};

// A process with the system's clock and randomness, no log output, empty tables.
Process *process_new(void);
void process_free(Process *process);
// A random (version 4) UUID as 36 characters and a NUL.
void process_uuid(Process *process, char out[37]);

#endif

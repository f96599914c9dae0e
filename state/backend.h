// Where states live. A backend is a row of functions (vtable); one contract test runs on every backend.
//
// Slow functions are asynchronous: they deliver once on the loop, never within the call. backend_wait turns one into a
// blocking call for code that has nothing else to do. Bytes that are written, and the list of diagnostics, must live
// until delivery. One operation of a store at a time.
#ifndef INFRA_STATE_BACKEND_H
#define INFRA_STATE_BACKEND_H

#include "engine/io/loop.h"
#include "engine/schema/schema.h"
#include "state/lock.h"

typedef struct Backend Backend;       // configured
typedef struct StateStore StateStore; // one workspace's state in it

typedef struct StoreResult {
    bool ok;          // false: diagnostics were added to the list given (but not for `held` and `changed`)
    bool found;       // read: there was a state
    Str bytes;        // read
    Str version;      // read, write: opaque token of this content for write's if_match (ETag, or a digest)
    LockInfo holder;  // lock refused: who has it (id empty: unknown)
    bool held;        // lock refused because it is held (worth waiting for)
    bool changed;     // write refused because the content is not that of if_match; take_over: the lock is another
    Str raw_lock;     // the stored lock text, for take_over
    const Str *names; // list
    uint32_t count;
} StoreResult;

typedef void (*StoreDone)(void *ctx, const StoreResult *result);

typedef struct BackendType {
    const char *name; // "s3"
    const SchemaBlock *(*schema)(Process *process);
    // config conforms to the schema (with -backend-config merged in). NULL with diagnostics when it cannot be.
    Backend *(*configure)(Loop *loop, Arena *arena, Value config, Diags *diags);
} BackendType;

typedef struct BackendVtable {
    const BackendType *type;
    // Names of workspaces that have a state, "default" always among them.
    void (*workspaces)(Backend *b, Arena *arena, StoreDone done, void *ctx, Diags *diags);
    void (*remove_workspace)(Backend *b, Str name, StoreDone done, void *ctx, Diags *diags);
    StateStore *(*open)(Backend *b, Arena *arena, Str workspace, Diags *diags);
    void (*free)(Backend *b);
} BackendVtable;

struct Backend {
    const BackendVtable *vt;
    Loop *loop;
};

typedef struct StoreVtable {
    void (*read)(StateStore *s, Arena *arena, StoreDone done, void *ctx, Diags *diags);
    // if_match: the version this is based on; empty: it does not matter.
    void (*write)(StateStore *s, Str bytes, Str if_match, StoreDone done, void *ctx, Diags *diags);
    // NULL in a store without locks.
    void (*lock)(StateStore *s, Arena *arena, const LockInfo *info, StoreDone done, void *ctx, Diags *diags);
    void (*unlock)(StateStore *s, Str id, StoreDone done, void *ctx, Diags *diags);
    // Replaces exactly the lock whose stored text is raw by info, or fails.
    void (*take_over)(StateStore *s, Str raw, const LockInfo *info, StoreDone done, void *ctx, Diags *diags);
    // Pieces of a journal next to the state (write-behind); NULL in local stores, where the journal itself is beside.
    // Names are letters, digits and dashes; a list is sorted. They may be under way beside another operation.
    void (*segment_put)(StateStore *s, Str name, Str bytes, StoreDone done, void *ctx, Diags *diags);
    void (*segment_list)(StateStore *s, Arena *arena, StoreDone done, void *ctx, Diags *diags);
    void (*segment_read)(StateStore *s, Arena *arena, Str name, StoreDone done, void *ctx, Diags *diags);
    void (*segment_delete)(StateStore *s, Str name, StoreDone done, void *ctx, Diags *diags);
    // Gives back what the system lent; a lock that is held stays in the store unless the system ends it with the
    // process.
    void (*close)(StateStore *s);
} StoreVtable;

struct StateStore {
    const StoreVtable *vt;
    Loop *loop;
    Str where;        // for messages: a path, "s3://bucket/key"
    Str lock_path;    // what LockInfo.path says
    Str journal_path; // where this store's local journal lies
    bool indent;      // local files are written with two spaces
};

// "local", "inmem", "s3"; NULL for any other.
const BackendType *backend_find(Str name);
// All names, for messages.
const BackendType *const *backend_all(uint32_t *n);

// A state file by its path, with no backend around it (-state, terraform_remote_state, errored.tfstate). backup: where
// the content as it was goes before the first write; empty: nowhere.
StateStore *local_store(Loop *loop, Arena *arena, Str path, Str backup);

// Runs the loop until delivery. Result texts as delivered.
typedef struct BackendWait {
    bool done;
    StoreResult result;
} BackendWait;
void backend_wait_done(void *ctx, const StoreResult *result); // ctx: a BackendWait
bool backend_wait(Loop *loop, BackendWait *wait);             // result.ok

#endif

// One command's hold on a state: lock, read, journal, write, unlock, and recovery from what an earlier run left.
//
// Functions that wait run the loop, so they are not called from within callbacks. The store is the caller's; arena must
// live until manager_unlock.
#ifndef INFRA_STATE_MANAGER_H
#define INFRA_STATE_MANAGER_H

#include "state/backend.h"
#include "state/codec.h"
#include "state/journal.h"

typedef struct StateManager StateManager;

typedef struct ManagerOptions {
    bool lock;               // -lock
    int64_t lock_timeout_ns; // -lock-timeout
    Str operation;           // "OperationTypePlan", "OperationTypeApply", …
    bool write;              // false: recover in memory only
    // Said once while waiting for a lock and when a dead process's lock is taken over, or NULL.
    void (*notice)(void *ctx, Str text);
    void *notice_ctx;
} ManagerOptions;

// Locks (with retries after 1, 2, 4, 8, 16, 16… s until the timeout), takes a dead process's lock over when it is the
// one in our journal, reads, applies the results found in the journal. NULL after diagnostics; then nothing stays
// locked.
StateManager *manager_open(Loop *loop, Arena *arena, StateStore *store, const ManagerOptions *options, Diags *diags);
// The state as stored plus recovered results.
Snapshot *manager_snapshot(StateManager *m);
// Intents whose outcome nobody knows yet: apply (and plan, in memory) asks the provider to recover each.
const JournalRecord *manager_unknown(const StateManager *m, uint32_t *n);
// The journal, opened at the first use. NULL with diagnostics when it cannot be written.
Journal *manager_journal(StateManager *m, Diags *diags);
// Writes the snapshot when its content differs from what is stored (serial + 1, same lineage), then empties the
// journal. If the backend fails, the state is saved as errored.tfstate in dir and the message says how to push it.
bool manager_persist(StateManager *m, Str dir, Diags *diags);
// The same in the background during an apply (compaction); does nothing while one is under way. A failure is left to
// the next write. May be called from within callbacks.
void manager_persist_start(StateManager *m);
// Releases the lock if there is one, closes the journal. The manager is gone after it, whatever the result.
bool manager_unlock(StateManager *m, Diags *diags);

#endif

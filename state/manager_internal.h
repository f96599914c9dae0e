// The manager's parts. Only for manager*.c.
#ifndef INFRA_STATE_MANAGER_INTERNAL_H
#define INFRA_STATE_MANAGER_INTERNAL_H

#include "state/manager.h"

struct StateManager {
    Process *process;
    Loop *loop;
    Arena *arena;
    StateStore *store;
    ManagerOptions options;
    LockInfo lock;
    bool locked;
    Snapshot *snapshot;
    bool found;          // there is a stored state: these bytes, of this version and serial
    Str stored, version;
    uint64_t stored_serial;
    Buf bytes;           // what `stored` points to once this process has written; else stored is in the arena
    bool left;           // an earlier run's records are in the journal
    const JournalRecord *unknown;
    uint32_t unknown_count;
    Journal *journal;
    bool journal_based;  // the journal's head knows the state
    // The write under way, of either kind.
    bool saving, saved, saving_ok; // saved: it is over, well or not
    Buf attempt;
    uint64_t attempt_serial;
    Diags saving_diags;
};

// Opens the journal when it is not open; quiet about failure but for diags.
bool manager_open_journal(StateManager *m, Diags *diags);
void manager_close_journal(StateManager *m);
bool manager_lock(StateManager *m, Diags *diags);
// After the state was read: what the journal adds to it.
bool manager_recover(StateManager *m, Diags *diags);

#endif

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
    bool found; // there is a stored state: these bytes, of this version and serial
    Str stored, version;
    uint64_t stored_serial;
    Buf bytes; // what `stored` points to once this process has written; else stored is in the arena
    bool left; // an earlier run's records are in the journal
    const JournalRecord *unknown;
    uint32_t unknown_count;
    Journal *journal;
    bool journal_based; // the journal's head knows the state
    // The write under way, of either kind.
    bool saving, saved, saving_ok; // saved: it is over, well or not
    Buf attempt;
    uint64_t attempt_serial;
    Diags saving_diags;
    // The copy of the journal beside a remote state.
    VEC(Str) segments; // what is stored, of this run and of others
    Str segment_run;   // names of this run's begin so; empty: not begun
    uint32_t segment_next, segment_failures;
    uint64_t segment_sent;              // bytes of the journal
    bool segment_putting, segment_idle; // idle: the opposite, to wait for
    Str segment_name;
    Arena *segment_arena; // of the piece under way
    Diags segment_diags;
    Timer *segment_timer;
    void (*segment_then)(StateManager *m); // once all is sent
};

// Makes the journal's folder.
bool manager_make_folder(StateManager *m, Diags *diags);
// Opens the journal when it is not open; quiet about failure but for diags.
bool manager_open_journal(StateManager *m, Diags *diags);
void manager_close_journal(StateManager *m);
bool manager_lock(StateManager *m, Diags *diags);
// After the state was read: what the journal adds to it.
bool manager_recover(StateManager *m, Diags *diags);

// Copies the journal beside a remote state from now on, a while after it grew.
void segments_begin(StateManager *m);
// Calls `then` when the copy is as far as the journal, at once when there is no copy, or when it cannot be made.
void segments_flush(StateManager *m, void (*then)(StateManager *m));
// What the state says counts; the copies are removed.
void segments_clear(StateManager *m);
// Stops and waits for what is under way. all: sends what is not there yet first.
void segments_end(StateManager *m, bool all);
// The journal that the newest run left there; empty when there is none or it cannot be read. Notes all for clearing.
Str segments_fetch(StateManager *m);

#endif

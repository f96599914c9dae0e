// The local journal: what an apply is about to do and what came of it, on disk before and after.
//
// A file of checksummed records, 0600. Before a call that creates, changes or destroys something outside, its intent
// is appended and synced; after it, its result is appended; a result and the next intents share a sync. Operations of
// no_effect providers append only a result, which is durable before any later intent is.
//
//   file   = "INFRAJ1\n" record*             the first record is a head
//   record = length u32le, crc32c u32le of kind and payload, kind u8, payload (length bytes of compact JSON)
//
// A torn end is cut off; damage before it is an error that names the offset. A process that goes on with what another
// left adds a head of its own. A write that fails is tried again with the next sync; after a sync that failed the
// journal is broken for good (the system may have dropped what it held).
#ifndef INFRA_STATE_JOURNAL_H
#define INFRA_STATE_JOURNAL_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"
#include "state/lock.h"
#include "state/snapshot.h"

typedef struct Journal Journal;

typedef struct JournalHead {
    LockInfo lock; // empty when run without one
    Str lineage;
    uint64_t serial;         // of the state that the records build on
    Str host, boot_id;       // host: name, machine id and process namespace
    int64_t pid, start_time; // /proc/PID/stat field 22, so that a reused pid is told apart
} JournalHead;

// Fills host, boot id, pid and start time of this process.
void journal_head_here(Arena *arena, JournalHead *head);

typedef enum JournalKind {
    JOURNAL_HEAD = 1,
    JOURNAL_INTENT,  // a call is about to be made
    JOURNAL_RESULT,  // an object's new content, or that it is gone
    JOURNAL_FAILED,  // the call failed and had no effect, or left what the object says
    JOURNAL_OUTPUTS, // root outputs after the walk
    JOURNAL_SAVING,  // a state that holds the outcome of all records so far is about to be written
} JournalKind;

typedef enum JournalAction { ACT_CREATE, ACT_UPDATE, ACT_DELETE, ACT_FORGET } JournalAction;

typedef struct JournalRecord {
    JournalKind kind;
    uint64_t op; // number that joins an intent and its result (journal_next_op); 0: a result without intent
    JournalAction action;
    Str address; // resource address without key
    Str module, type, name;
    bool data;
    InstanceKey key;
    Str deposed; // of the object acted on or made
    Str provider;
    // INTENT: what to look for when the outcome is unknown.
    Str token;   // client token sent with the call
    Str planned; // JSON of the planned value, as the caller wants it back
    Str before;  // provider's note for recover (ids that existed before, natural key), JSON
    // RESULT: the object as it is to be in the state, or gone: it is no more. FAILED: the same when has_object or gone,
    // else the call left everything as it was.
    bool gone, has_object;
    StateObject object; // key and deposed are those of the record
    Str outputs;        // OUTPUTS: a JSON object of outputs as in the state; replaces all
    // SAVING: which state.
    uint64_t serial, size;
    uint32_t crc;
} JournalRecord;

// Opens for appending. A new or empty file gets the magic and the head; one with content is cut at a torn end and gets
// the head added. Nothing is on disk before the first sync. The head's texts live as long as the journal.
// It is locked against other processes as long as it is open; a journal that another process has open is an error.
Journal *journal_open(Process *process, Loop *loop, const char *path, const JournalHead *head, Diags *diags);
// Does another process have it open?
bool journal_in_use(const char *path);
// A head written before the state was known has no lineage: adds one with it.
void journal_base(Journal *j, Str lineage, uint64_t serial);
uint64_t journal_next_op(Journal *j);
// Buffered. The record's bytes are encoded at once.
void journal_append(Journal *j, const JournalRecord *record);
// Calls done once everything appended so far is on disk: one fsync (on the job pool) serves all callers that wait.
void journal_sync(Journal *j, void (*done)(void *ctx, bool ok), void *ctx);
// The same, running the loop until it is done. Not from within a callback.
bool journal_sync_wait(Journal *j);
// Why the last sync failed, as an error.
bool journal_problem(const Journal *j, Diags *diags);
// All outcomes so far are in the state of this serial, which was written whole: the file is emptied, but for intents
// whose outcome is still unknown. Runs the loop until pending writes are done.
bool journal_finish(Journal *j, uint64_t serial, Diags *diags);
// Cuts the file back to what it was when opened: for a run that had nothing to say but its head.
void journal_withdraw(Journal *j);
// Waits for pending writes. A file that holds no record but heads is removed.
void journal_close(Journal *j);
// Records appended by this process, its head not counted.
uint64_t journal_records(const Journal *j);
// fn is called from the loop whenever more of the file is on disk. For copies of it elsewhere.
void journal_on_durable(Journal *j, void (*fn)(void *ctx), void *ctx);
// The file's bytes from there on, as far as they are on disk, in the arena. Empty when they cannot be read.
Str journal_slice(const Journal *j, Arena *arena, uint64_t from);

// For fault tests: the process dies by SIGKILL around the nth record that is appended (1: the first).
// INFRA_TEST_KILL_AT in the environment does the same at journal_open: "3" after the third is on disk, "3-" before any
// of it is, "3~" with half of it.
typedef enum JournalKill { KILL_AFTER, KILL_BEFORE, KILL_TORN } JournalKill;
void journal_kill_at(Journal *j, uint64_t record, JournalKill how);

// Reading what an earlier run left.
typedef struct JournalContent {
    VEC(JournalHead) heads;     // never empty; the first with a lineage says what the records build on
    VEC(JournalRecord) records; // all but heads
    uint64_t good_size;         // bytes up to the torn end
    bool torn;                  // the last record was cut off
} JournalContent;
// *out is NULL when there is no file or nothing in it. Texts live in the arena.
bool journal_read(Arena *arena, const char *path, JournalContent **out, Diags *diags);
// The same on bytes in memory; path is for messages.
bool journal_parse(Arena *arena, const char *path, Str file, JournalContent **out, Diags *diags);
// The intents that have neither result nor failure, in order.
uint32_t journal_unknown(Arena *arena, const JournalContent *content, const JournalRecord **out);
// Is the process of the head surely gone (same host and boot, no such pid or another start time; or a new boot)?
bool journal_owner_gone(Arena *scratch, const JournalHead *head);

#endif

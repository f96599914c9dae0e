// The local journal: what an apply is about to do and what came of it, on disk before and after.
//
// A file of checksummed records, 0600. Before a call that creates, changes or destroys something outside, its intent
// is appended and fsynced; after it, its result is appended; a result and the next intents share an fsync. Operations
// of no_effect providers append only a result, which is durable before any later intent is.
//
//   file   = head record*
//   record = length u32le, crc32c u32le of kind and payload, kind u8, payload (compact JSON)
//
// A torn last record is cut off; damage before the end is an error that names the offset. DESIGN: an apply that
// cannot lose anything.
#ifndef INFRA_STATE_JOURNAL_H
#define INFRA_STATE_JOURNAL_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"
#include "state/lock.h"
#include "state/snapshot.h"

typedef struct Journal Journal;

typedef struct JournalHead {
    LockInfo lock;
    Str lineage;
    uint64_t serial;      // of the state that the records build on
    Str host, boot_id;
    int64_t pid, start_time; // /proc/PID/stat field 22, so that a reused pid is told apart
} JournalHead;

typedef enum JournalKind {
    JOURNAL_INTENT, // a call is about to be made
    JOURNAL_RESULT, // an object's new content, or that it is gone
    JOURNAL_FAILED, // the call failed and had no effect, or left what the object says
    JOURNAL_OUTPUTS, // root outputs after the walk
    JOURNAL_DONE,   // the state was written whole; older records count no more
} JournalKind;

typedef enum JournalAction { ACT_CREATE, ACT_UPDATE, ACT_DELETE, ACT_FORGET } JournalAction;

typedef struct JournalRecord {
    JournalKind kind;
    uint64_t op;           // number that joins an intent and its result
    JournalAction action;
    Str address;           // resource address without key
    Str module, type, name;
    bool data;
    InstanceKey key;
    Str deposed;           // of the object acted on or made
    Str provider;
    // INTENT: what to look for when the outcome is unknown.
    Str token;             // client token sent with the call
    Str planned;           // JSON of the planned value, unknowns as {"unknown":true} wrapped by the codec
    Str before;            // provider's note for recover (ids that existed before, natural key), JSON
    // RESULT, FAILED: the object as it is to be in the state; gone: it is no more.
    bool gone;
    StateObject object;
    Str outputs;           // OUTPUTS: JSON as in the state
} JournalRecord;

// Opens for appending, writes the head when the file is new or was DONE.
Journal *journal_open(Process *process, Loop *loop, const char *path, const JournalHead *head, Diags *diags);
// Buffered. The record's bytes are encoded at once.
void journal_append(Journal *j, const JournalRecord *record);
// Calls done once everything appended so far is on disk: one fsync (on the job pool) serves all callers that wait.
void journal_sync(Journal *j, void (*done)(void *ctx, bool ok), void *ctx);
// All records so far are in a state that was written whole: the file becomes empty.
bool journal_finish(Journal *j, Diags *diags);
void journal_close(Journal *j);
uint64_t journal_records(const Journal *j);
// For fault tests: the process dies by SIGKILL right after (or before) the nth fsynced record. 0: never. Set from
// INFRA_TEST_KILL_AT in builds with tests.
void journal_kill_at(Journal *j, uint64_t record);

// Reading what an earlier run left. NULL when there is no file or it is DONE.
typedef struct JournalContent {
    JournalHead head;
    VEC(JournalRecord) records;
    bool torn; // the last record was cut off
} JournalContent;
bool journal_read(Arena *arena, const char *path, JournalContent **out, Diags *diags);
// Is the process of the head surely gone (same host and boot, no such pid or another start time; or a new boot)?
bool journal_owner_gone(Process *process, const JournalHead *head);

#endif

// What the parts of an apply share.
#ifndef INFRA_APPLY_APPLIER_H
#define INFRA_APPLY_APPLIER_H

#include "engine/apply/apply.h"
#include "engine/plan/depends.h"
#include "engine/apply/ops.h"
#include "engine/base/heap.h"
#include "engine/plan/expand.h"

typedef struct Applier {
    Plan *plan;
    Walk *walk;
    StateManager *manager;
    Snapshot *state;     // edited; the walk keeps what it planned with
    Journal *journal;    // opened at the first use
    const ApplyOptions *options;
    ApplyResult *result;
    Diags *diags;
    OpGraph *graph;
    Depends *depends;
    uint32_t *left;      // per node: what it still waits for
    uint32_t *cause;     // per node: row + 1 whose failure stops it; CAUSE_STOPPED
    Heap nodes, ops;     // ready ones
    uint32_t running, finished;
    bool changed;        // something ended while the loop ran
    bool journal_failed;
    VEC(struct Change *) active;
    VEC(Arena *) spare;  // scratch arenas of ended operations
    int64_t last_persist;
    // Texts of the block that was edited last: the same for all its instances in one module instance.
    uint32_t last_block, last_module;
    Str last_address, last_provider;
} Applier;

#define CAUSE_STOPPED UINT32_MAX
#define CAUSE_EVALUATION (UINT32_MAX - 1)

// One operation under way.
typedef struct Change {
    Applier *applier;
    uint32_t node;
    Op op;
    Arena *arena; // scratch, given back at the end
    WalkScope scope;
    Diags diags;
    const Resource *resource; // NULL for objects that are no longer configured
    const Schema *schema;
    ProviderUse *use;
    Name type;
    Str address;
    Value config;
    ProviderPlan plan;
    ProviderApply request;
    ProviderData data;
    uint64_t journal_op; // 0: no intent was written
    int64_t started;
    bool no_effect, cancelled;
    uint32_t active;     // place in applier->active
    ProviderDone called;      // after the provider's answer
    void (*saved)(void *ctx); // a progress that is being made durable
    void *saved_ctx;
} Change;

// Starts an operation; it ends by change_end.
void change_start(Applier *a, uint32_t node);
void change_end(Change *c, bool failed);
void change_hook(Change *c, ApplyEvent event, Str words);
JournalAction change_action(const Change *c);
// The steps of each kind.
void change_object(Change *c);  // create, update
void change_read(Change *c);    // data
void change_destroy(Change *c);
void change_forget(Change *c);
// prepare, intent, fsync, then provider_apply; `done` is called after the answer. Types without effect are called at
// once.
void change_call(Change *c, ProviderDone done);

// The row's object as it is now goes into the state and, as the result of the operation, into the journal.
void edit_object(Change *c, Value v, PrivateBytes private_bytes, bool tainted);
// The object that was destroyed, or forgotten, leaves state and journal.
void edit_gone(Change *c);
// Before the object of a create-before-destroy replacement goes into the state: the replaced one stays as a deposed
// one until it is destroyed. Nothing for other actions, and the second time.
void edit_depose(Change *c);
// Address, provider and key of what the operation is about.
void edit_record(Change *c, const Row *row, JournalRecord *r);
// The operation failed and left everything as it was.
void edit_unchanged(Change *c);
// What the plan saw: drift, data sources. At the beginning.
void edit_refreshed(Applier *a);
void edit_outputs(Applier *a);
void edit_checks(Applier *a);
// A data source's row.
void edit_data(Applier *a, const Row *row);
// provider["…"].alias as the state has it.
Str edit_provider(Applier *a, const Resource *r, uint32_t node, Str module, Str address);

Journal *applier_journal(Applier *a);
// Values that rows lend to scopes changed: whole-resource values are built anew.
void applier_row_changed(Applier *a, const Row *row);
Arena *applier_arena(Applier *a);

#endif

// Applying a plan: exactly its changes, in dependency order, each as a state machine whose intent is on disk before
// anything outside is touched.
//
// The apply graph has the configuration's nodes (a node is done when all its instances are: locals, outputs and
// provider configurations are evaluated again where the plan could not know them) and one operation per create, update
// and destroy of an instance. Edges: an operation needs those of what its configuration needs (instance to instance
// where only equal keys are referred to); an object is destroyed after everything that needs it, by the configuration
// or by the state's dependencies, was destroyed or changed; a replacement's two halves in the order of its action.
// Operations that can start do so in order of the longest path behind them. A failure stops what depends on it, the
// rest goes on; afterwards the state is right whatever happened.
#ifndef INFRA_APPLY_APPLY_H
#define INFRA_APPLY_APPLY_H

#include "engine/plan/plan.h"
#include "state/manager.h"

typedef enum ApplyEvent {
    APPLY_START,    // an operation begins
    APPLY_STATUS,   // words from the provider
    APPLY_OUTPUT,   // a line that a local-exec provisioner wrote
    APPLY_DONE,
    APPLY_FAILED,
    APPLY_SKIPPED,  // something it needs failed: see cause
    APPLY_RECOVERED, // what became of an operation that an earlier run left open
} ApplyEvent;

typedef struct ApplyHook {
    ApplyEvent event;
    uint32_t row;
    JournalAction action; // what the operation does
    bool deposed;         // it destroys the object that a replacement left
    int64_t elapsed_ns;
    Str id_key, id_value; // when the object has an id
    Str words;            // STATUS; RECOVERED: what was found
    uint32_t cause;       // SKIPPED: row whose failure it was, ROW_NONE: interrupted
} ApplyHook;

typedef struct ApplyOptions {
    uint32_t parallelism; // operations under way at most
    void (*hook)(void *ctx, const Walk *w, const ApplyHook *hook);
    void *hook_ctx;
    Str dir;              // where errored.tfstate goes when the state cannot be written
    int64_t persist_ns;   // how often the state is compacted from the journal while applying; 0: 20 s
} ApplyOptions;

typedef struct ApplyResult {
    uint32_t imported, added, changed, destroyed, forgotten, failed, skipped;
    bool interrupted;
    const OutputChange *outputs; // root outputs after the walk
    uint32_t output_count;
} ApplyResult;

// The plan's walk is used up. False when anything failed; the state was written either way (or the diagnostics say
// where it is). Drift found by the plan goes into the state too.
bool apply_plan(Plan *plan, StateManager *manager, const ApplyOptions *options, ApplyResult *out, Diags *diags);
// Before planning: asks the providers what became of operations that an earlier run left open, and puts the answers
// into the state; with write into the journal too. The walk is a fresh one of kind WALK_PLAN_DESTROY, used for nothing
// else after. False when a person has to look first.
bool apply_recover(Walk *walk, StateManager *manager, const ApplyOptions *options, bool write, Diags *diags);
// First interrupt: start nothing new, finish what runs. Second: cancel what runs.
void apply_stop(Walk *walk, bool hard);

#endif

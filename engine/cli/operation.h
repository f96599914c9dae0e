// Planning and applying: what plan, apply, destroy and refresh share.
#ifndef INFRA_CLI_OPERATION_H
#define INFRA_CLI_OPERATION_H

#include "engine/cli/progress.h"
#include "engine/cli/session.h"

typedef struct Operation {
    Session session;
    Progress progress;
    OptionTexts targets, replaces; // targets: -target, -exclude and their files
    bool destroy, refresh_only, refresh;
    bool forget_quietly; // objects that a destroy leaves in place are no error
    bool apply; // else it only looks
    uint32_t parallelism;
    Walk *walk; // under way
    Plan *plan;
} Operation;

void operation_init(Operation *op, Cli *cli);
int operation_leave(Operation *op); // see session.h
int operation_finish(Operation *op, int code);
void operation_plan_options(Operation *op, OptionSet *set);

// From the options to a plan: configuration, state, recovery of what an earlier run left open. False after diagnostics.
// A plan with errors is left in op->plan, to be shown.
bool operation_plan(Operation *op);
void operation_show_plan(Operation *op);
// The plan of a file; check: refused when the state has moved on since.
bool operation_load_plan(Operation *op, Str path, bool check);
bool operation_save_plan(Operation *op, Str path);
// Carries the plan out, saves the state, and says what was done.
bool operation_apply(Operation *op);

// For the sources of this folder. What an earlier run left open is found out first; a run that only looks does so in
// memory.
bool operation_recover(Operation *op);
// The first interrupt stops this walk.
void operation_stoppable(Operation *op, Walk *w);

#endif

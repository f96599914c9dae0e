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
    bool apply;         // else it only looks
    uint32_t parallelism;
    Walk *walk;         // under way
    Plan *plan;
} Operation;

void operation_init(Operation *op, Cli *cli);
void operation_end(Operation *op); // gives the lock back
void operation_plan_options(Operation *op, OptionSet *set);

// From the options to a plan: configuration, state, recovery of what an earlier run left open. False after diagnostics.
// A plan with errors is left in op->plan, to be shown.
bool operation_plan(Operation *op);
void operation_show_plan(Operation *op);
// Carries the plan out, saves the state, and says what was done.
bool operation_apply(Operation *op);

#endif

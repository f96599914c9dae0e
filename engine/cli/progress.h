// Lines about what is under way: "aws_vpc.main: Creating...", "Still creating... [10s elapsed]", and at the end what
// failed and what was not tried because of it.
#ifndef INFRA_CLI_PROGRESS_H
#define INFRA_CLI_PROGRESS_H

#include "engine/apply/apply.h"
#include "engine/cli/cli.h"

typedef struct ProgressRow { // an operation under way
    uint32_t row;
    bool deposed, reading;
    JournalAction action;
    int64_t started, next;
    Str id;    // key=value, or empty
    Str words; // the provider's last, or empty
} ProgressRow;

typedef struct ProgressEnd { // of one that failed or was skipped
    uint32_t row, cause;
    bool failed;
} ProgressEnd;

typedef struct Progress {
    Cli *cli;
    Arena *arena;
    const Walk *walk;
    WalkHooks walk_hooks;
    VEC(ProgressRow) active;
    VEC(ProgressEnd) ends;
    Timer *timer;
} Progress;

void progress_init(Progress *p, Cli *cli, Arena *arena);
// ApplyOptions.hook; ctx: a Progress.
void progress_apply(void *ctx, const Walk *w, const ApplyHook *hook);
// No line comes after it.
void progress_end(Progress *p);
// The list of what failed and what was skipped, and because of what. Nothing when all went well.
void progress_failures(const Progress *p, const Walk *w, Out *out);
// "1m5s", as Go prints durations, whole seconds.
void progress_elapsed(int64_t ns, Buf *out);

#endif

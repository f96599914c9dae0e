// What people and machines are shown. Everything streams through an Out: no document is built first.
#ifndef INFRA_REPORT_REPORT_H
#define INFRA_REPORT_REPORT_H

#include "engine/plan/plan.h"

// Where text goes. write is called with at most a few KiB at a time.
typedef struct Out {
    void (*write)(void *ctx, Str bytes);
    void *ctx;
    Buf buf;
    bool color;
    uint32_t width; // columns of the terminal, 0: not a terminal
} Out;
void out_flush(Out *o);
void out_close(Out *o); // flushes and frees what the Out keeps
void out_add(Out *o, Str s);
void out_z(Out *o, const char *z);
void out_format(Out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef struct ReportOptions {
    bool concise;        // no hidden-lines notes, no unchanged context
    bool show_sensitive;
} ReportOptions;

// The plan as `tofu plan` prints it: changed-outside note, legend, a diff per resource, summary, output changes.
void report_plan(const Plan *plan, const ReportOptions *options, Out *out);
// One resource change.
void report_change(const Plan *plan, uint32_t row, const ReportOptions *options, Out *out);
void report_outputs(const Plan *plan, const ReportOptions *options, Out *out);
// The state as `tofu show` prints it; address NULL: all.
void report_state(Walk *walk, Snapshot *state, const Str *address, const ReportOptions *options, Out *out);

// `show -json` of a plan (format 1.2) and of a state (format 1.0), a line each.
void report_plan_json(const Plan *plan, Out *out);
void report_state_json(Walk *walk, Snapshot *state, Out *out);

// The causal chain of a change: which attribute, because of which reference, because of which edit.
void report_why(const Plan *plan, uint32_t row, Out *out);

#endif

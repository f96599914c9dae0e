// What people and machines are shown. Everything streams through an Out: no document is built first.
#ifndef INFRA_REPORT_REPORT_H
#define INFRA_REPORT_REPORT_H

#include "engine/plan/plan.h"

// Where text goes. write is called with a few KiB at a time.
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
static inline void out_z(Out *o, const char *z) { out_add(o, str_of(z)); }
void out_format(Out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef struct ReportOptions {
    bool concise; // no hidden-lines notes, no unchanged context
    bool show_sensitive;
} ReportOptions;

// The plan as `tofu plan` prints it: changed-outside note, legend, a diff per resource, summary, output changes.
void report_plan(const Plan *plan, const ReportOptions *options, Out *out);
// One resource change.
void report_change(const Plan *plan, uint32_t row, const ReportOptions *options, Out *out);
// The changes of root outputs.
void report_outputs(const Plan *plan, const ReportOptions *options, Out *out);
// The state as `tofu show` prints it; address NULL: all. False when nothing has the address.
bool report_state(Walk *walk, Snapshot *state, const Str *address, const ReportOptions *options, Out *out);

// Output values. HUMAN: "name = value" lines, or with a name its value alone; RAW: the text of one that is a string,
// number or bool; JSON: an object of all, or one value.
typedef enum OutputForm { OUTPUT_HUMAN, OUTPUT_RAW, OUTPUT_JSON } OutputForm;
// Of a state; name NULL: all. False after a diagnostic (no such output, not for RAW). Without any output a warning.
bool report_output(Process *process, const Snapshot *state, const Str *name, OutputForm form,
                   const ReportOptions *options, Out *out, Diags *diags);
// "Outputs:" and lines, as after an apply; nothing when there are none.
void report_output_values(Process *process, const OutputChange *outputs, uint32_t n, const ReportOptions *options,
                          Out *out);

// `show -json` of a plan (format 1.2) and of a state (format 1.0), a line each.
void report_plan_json(const Plan *plan, Out *out);
void report_state_json(Walk *walk, Snapshot *state, Out *out);

// The causal chain of a change: which attribute, because of which reference, because of which edit.
void report_why(const Plan *plan, uint32_t row, Out *out);

#endif

// A plan: what apply would do, and why.
#ifndef INFRA_PLAN_PLAN_H
#define INFRA_PLAN_PLAN_H

#include "engine/plan/address.h"
#include "engine/plan/walk.h"

typedef struct PlanOptions {
    bool destroy, refresh_only, no_refresh;
    const Address *targets;
    uint32_t target_count;
    const Address *excludes;
    uint32_t exclude_count;
    const Address *replaces;
    uint32_t replace_count;
    const WalkHooks *hooks;
} PlanOptions;

typedef struct OutputChange {
    Name name;
    uint8_t action;   // Action: NOOP, CREATE, UPDATE, DELETE
    Value before, after; // with marks; null where absent
    bool sensitive;
    Str description;
} OutputChange;

typedef struct Plan {
    Walk *walk;
    PlanOptions options;
    VEC(uint32_t) changes; // rows in address order: all rows that have an action, no-ops included
    VEC(uint32_t) drift;   // prior objects whose reading differs
    VEC(OutputChange) outputs;
    uint32_t create, update, destroy, forget, import; // as the summary line counts: a replacement counts in both
    const uint8_t *wanted; // per graph node, NULL: all (targets)
    const uint8_t *goes;   // per prior object in a plan that destroys, NULL: all (targets)
    const uint8_t *cbd;    // per graph node: create before destroy, own or because a user has it
    bool errored;
    bool changes_any;      // an action other than no-op, or an output change
    int64_t timestamp_ns;
} Plan;

// Makes the plan. NULL only when nothing could be planned at all; with errors in diags the plan is incomplete and
// `errored`. The walk's state is not modified.
Plan *plan_make(Walk *walk, const PlanOptions *options);
// Configures these providers (graph nodes) and decodes their objects as the state has them; nothing is read or planned.
// The walk is of kind WALK_PLAN_DESTROY.
bool plan_configure(Walk *walk, const uint32_t *providers, uint32_t n);
// plan_make in parts, for a plan that comes out of a file: an empty plan with its nodes chosen; the lists at the end.
Plan *plan_new(Walk *walk, const PlanOptions *options);
void plan_finish(Plan *plan);
// "Plan: 1 to add, 2 to change, 0 to destroy."
void plan_summary(const Plan *plan, Buf *out);

// Prior object merged with configuration: what the provider is asked to plan for (propose.c).
Value propose_object(Arena *arena, const SchemaBlock *schema, Value prior, Value config);
// config with the paths of ignore_changes taken from prior (ignore.c).
Value ignore_apply(Arena *arena, const Lifecycle *lifecycle, const SchemaBlock *schema, Value prior, Value config);
// Moves, removes and targets in their files: see moves.h, targets.h.

#endif

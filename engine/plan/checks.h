// Conditions: validations, preconditions, postconditions, assertions.
#ifndef INFRA_PLAN_CHECKS_H
#define INFRA_PLAN_CHECKS_H

#include "engine/plan/plan.h"
#include "engine/plan/scope.h"

typedef struct CheckObject {
    const char *kind;   // "resource", "output_value", "check", "var"
    Str config_address; // without instance keys
    Str address;
} CheckObject;

// Evaluates the rules in the scope, records the result with the walk, reports failures as `severity`. False when a
// rule failed and severity is an error.
bool checks_run(WalkScope *scope, const RuleList *rules, const CheckObject *object, Severity severity,
                const char *summary);

// Of a check block; assertions are passed over when its data could not be read.
void checks_block(WalkScope *scope, uint32_t check);
// Reading a data source inside a check block failed, and so has the check.
void checks_data_failed(WalkScope *scope, const Resource *data, const Diags *why);
// Failing conditions stop a plan, but not one that only refreshes.
static inline Severity checks_severity(const Walk *w) { return w->kind == WALK_REFRESH_ONLY ? SEV_WARNING : SEV_ERROR; }

#endif

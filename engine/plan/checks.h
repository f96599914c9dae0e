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

#endif

// Validation without state or providers' outside: every expression is evaluated once with unknown inputs.
#ifndef INFRA_PLAN_VALIDATE_H
#define INFRA_PLAN_VALIDATE_H

#include "engine/plan/walk.h"

// The walk is of kind WALK_VALIDATE. False when errors were found.
bool validate_run(Walk *walk);

#endif

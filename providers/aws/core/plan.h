// Planning an AWS object: pure, no call to anything.
#ifndef INFRA_AWS_CORE_PLAN_H
#define INFRA_AWS_CORE_PLAN_H

#include "providers/aws/core/aws.h"

void aws_plan(struct InfraProvider *provider, InfraPlan *q);
// Checks of a configuration that need no provider: conflicts, enums, checks, validations.
void aws_validate(const Def *def, InfraRequest *base, Value config);
// A message of the definition's language as one of the host's.
void aws_report(const InfraRequest *base, Diags *diags);
void aws_error(const InfraRequest *base, Str summary, Str detail, Name attribute);
// The type of a request; NULL after an error when it cannot be planned or read.
Def *aws_def(Core *core, char kind, const InfraRequest *base);
// What the attribute is as configured, aliases included.
Value plan_configured(const Def *def, Value config, const Attr *a);

#endif

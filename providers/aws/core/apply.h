// Create, update and delete: locks, steps, tags, and the look afterwards.
#ifndef INFRA_AWS_CORE_APPLY_H
#define INFRA_AWS_CORE_APPLY_H

#include "providers/aws/core/read.h"
#include "providers/aws/core/run.h"

void aws_prepare(InfraProvider *p, InfraApply *q, InfraCall *call);
void aws_apply(InfraProvider *p, InfraApply *q, InfraCall *call);
void aws_cancel_call(InfraProvider *p, InfraCall *call);
// The plugin's note in an intent: { assign = {…}, known = […] }, or null.
Value intent_note(Arena *arena, InfraText note);
// self with the attributes of `set` laid over.
Value apply_over(Frame *f, Value self, Value set);

#endif

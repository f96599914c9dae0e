// terraform_remote_state: the root outputs of another state, read through its backend.
// Facts: OpenTofu's internal/builtin/providers/tf.
#ifndef INFRA_BUILTIN_REMOTE_STATE_H
#define INFRA_BUILTIN_REMOTE_STATE_H

#include "providers/provider.h"

extern const InfraBlock remote_state_block;

void remote_state_validate(InfraRequest *base, InfraValue config);
void remote_state_read(InfraDataRead *request, InfraCall *call);

#endif

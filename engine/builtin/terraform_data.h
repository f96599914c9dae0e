// terraform_data: keeps its input as its output, and a random id. Facts: OpenTofu's internal/builtin/providers/tf.
#ifndef INFRA_BUILTIN_TERRAFORM_DATA_H
#define INFRA_BUILTIN_TERRAFORM_DATA_H

#include "providers/provider.h"

extern const InfraBlock terraform_data_block;

void terraform_data_validate(InfraRequest *base, InfraValue config);
void terraform_data_move(InfraUpgrade *request);
void terraform_data_plan(InfraPlan *request);
void terraform_data_apply(InfraApply *request);
void terraform_data_import(InfraRead *request);

#endif

// The provider that is part of the program: terraform.io/builtin/terraform, with the resource terraform_data and the
// data source terraform_remote_state. It speaks provider.h like any other (plugins_add), but may use the engine.
#ifndef INFRA_BUILTIN_BUILTIN_H
#define INFRA_BUILTIN_BUILTIN_H

#include "providers/provider.h"

const InfraPlugin *builtin_terraform(const InfraHost *host);

#endif

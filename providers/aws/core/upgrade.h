// Stored objects of other versions, and of providers 3.x to 6.x.
#ifndef INFRA_AWS_CORE_UPGRADE_H
#define INFRA_AWS_CORE_UPGRADE_H

#include "providers/provider.h"

void aws_upgrade(InfraUpgrade *q, InfraCall *call);

#endif

// What became of an operation whose answer was lost; and what is noted beforehand so that it can be told.
#ifndef INFRA_AWS_CORE_RECOVER_H
#define INFRA_AWS_CORE_RECOVER_H

#include "providers/aws/core/read.h"

void aws_recover(InfraProvider *p, InfraRecover *q, InfraCall *call);

#endif

// Data sources: a read with the configuration as what is known.
#ifndef INFRA_AWS_CORE_DATA_H
#define INFRA_AWS_CORE_DATA_H

#include "providers/aws/core/read.h"

void aws_read_data(InfraProvider *p, InfraDataRead *q, InfraCall *call);

#endif

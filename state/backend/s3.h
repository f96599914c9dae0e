// States in S3, with locks in a DynamoDB table, in an object beside the state, or both, as peers keep them.
#ifndef INFRA_STATE_BACKEND_S3_H
#define INFRA_STATE_BACKEND_S3_H

#include "state/backend.h"

extern const BackendType backend_s3;

#endif

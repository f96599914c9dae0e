// What the files of the client share.
#ifndef INFRA_AWS_CLIENT_INTERNAL_H
#define INFRA_AWS_CLIENT_INTERNAL_H

#include "engine/base/clock.h"
#include "engine/base/map.h"
#include "engine/io/crypto/crypto.h"
#include "providers/aws/client/credentials.h"
#include "providers/aws/client/endpoints.h"
#include "providers/aws/client/model.h"
#include "providers/aws/client/settings.h"

struct AwsClient {
    Loop *loop;
    Process *process;
    Arena *arena;
    AwsConfig *config;
    AwsModels *models;
    const Crypto *crypto; // opened at the first call
    Credentials *credentials;
    StrMap throttles;      // service -> Throttle
    StrMap bucket_regions; // S3 bucket -> Str: learned from redirects
    int64_t skew_ns;       // what to add to the local clock to have AWS's
    AwsCall *calls;        // under way
    bool ending;
};

// How a call is signed where it is not with the client's own credentials.
typedef enum CallKeys { CALL_OWN_KEYS, CALL_THESE_KEYS, CALL_UNSIGNED } CallKeys;

// As aws_call, for calls that are made to get credentials.
AwsCall *call_start(AwsClient *client, Arena *arena, const AwsRequest *request, CallKeys how, const AwsKeys *keys,
                    AwsDone done, void *ctx);

// The proxy, certificates and the like of a request.
void client_http_settings(const AwsClient *client, Str url, HttpRequest *request);
int64_t client_wall(const AwsClient *client);

#endif

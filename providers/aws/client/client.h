// A client of AWS's APIs: credentials, endpoints, signing, the five protocols, retries, paging.
//
// A library over engine/io, used by the AWS provider and by the S3 and DynamoDB parts of state. Everything is
// asynchronous: a call is started, its result is delivered once on the loop. Request and result bodies are Values
// shaped as the operation's input and output shapes say (structures are objects with the API's member names, lists
// tuples, maps objects, timestamps RFC 3339 strings, blobs base64 strings); members that are null are not sent.
#ifndef INFRA_AWS_CLIENT_CLIENT_H
#define INFRA_AWS_CLIENT_CLIENT_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"
#include "engine/value/value.h"

// Settings as a provider block, a backend block, or the environment gives them. Empty means not set. Precedence and
// names as the AWS provider documents them.
typedef struct AwsSettings {
    Str region, profile;
    Str access_key, secret_key, token;
    const Str *shared_config_files, *shared_credentials_files;
    uint32_t shared_config_file_count, shared_credentials_file_count;
    const struct AwsAssumeRole *assume_roles; // chained in order
    uint32_t assume_role_count;
    const struct AwsAssumeRole *web_identity; // token or token file set, or NULL
    const struct AwsEndpoint *endpoints;      // per service, from the configuration
    uint32_t endpoint_count;
    Str http_proxy, https_proxy, no_proxy, custom_ca_bundle;
    Str ec2_metadata_endpoint;
    Str sts_region;       // where STS is asked; empty: the region
    uint32_t max_tries;   // 0: as the environment or the profile says
    uint32_t usual_tries; // when those are silent; 0: 3
    bool insecure, use_fips, use_dualstack, s3_path_style;
    bool skip_metadata, skip_region_validation;
    Str user_agent;
    // Asks the user for the current code of a multi-factor device and returns it in `code`, NUL-terminated. False: no
    // answer. NULL: a role that needs one cannot be assumed.
    bool (*ask_mfa)(void *ctx, Str serial, char *code, size_t size);
    void *ask_mfa_ctx;
} AwsSettings;

typedef struct AwsAssumeRole {
    Str role_arn, session_name, external_id, policy, source_identity;
    Str mfa_serial;
    Str token, token_file; // web identity
    int64_t duration_s;
    const Str *policy_arns;
    uint32_t policy_arn_count;
    Value tags, transitive_tag_keys;
} AwsAssumeRole;

typedef struct AwsEndpoint {
    Str service, url; // "ec2", "http://127.0.0.1:5000"
} AwsEndpoint;

typedef struct AwsClient AwsClient;
typedef struct AwsCall AwsCall;
typedef struct AwsModel AwsModel; // model.h: a service's operations and shapes, loaded on demand
typedef struct AwsModels AwsModels;

typedef struct AwsError {
    Str service, operation;
    Str code;    // "InvalidVpcID.NotFound"; empty for transport failures
    Str message; // as the service says it
    Str request_id;
    int status;     // 0: no HTTP answer
    bool sent;      // the service may have acted on the request
    bool retryable; // given up on only because tries were used up
} AwsError;

typedef struct AwsResult {
    bool ok;
    Value output;   // in the call's arena: an object with all members of the output shape, absent ones null
    Str payload;    // raw_payload: the body, valid during the call only
    AwsError error; // when !ok
    uint32_t tries;
} AwsResult;

typedef void (*AwsDone)(void *ctx, const AwsResult *result);

// Settings are copied. Credentials are looked for at the first call; failing then is that call's error.
AwsClient *aws_client_new(Loop *loop, Arena *arena, const AwsSettings *settings);
// Calls under way are dropped: their done is not called.
void aws_client_free(AwsClient *client);
Str aws_client_region(const AwsClient *client);
// A service's model, built in or from the client's own model folders; NULL with a diagnostic when there is none.
const AwsModel *aws_client_model(AwsClient *client, Str service, Diags *diags);
// The same set of models for further folders (aws_models_add_dir).
AwsModels *aws_client_models(AwsClient *client);

typedef struct AwsRequest {
    const AwsModel *model;
    Str operation;
    Value input;
    Str region;         // empty: the client's
    bool all_pages;     // follow the operation's paginator and join its result members
    uint32_t max_tries; // 0: the client's
    // A request that may have arrived, but whose answer was lost, is not sent again: it creates something and has no
    // token by which the service would know it. Answers, 5xx too, are retried as ever.
    bool no_resend;
    // The operation's blob payload as bytes instead of a base64 member: what is sent (copied), and what comes back in
    // AwsResult.payload, the member being null then. For objects of S3.
    Str payload;
    bool raw_payload;
    // Further error codes that are worth another try, besides the service's throttling and server faults.
    const Str *retry_codes;
    uint32_t retry_code_count;
} AwsRequest;

// arena holds the result and must live until done, and so must the input's values. The delivered texts live in it.
AwsCall *aws_call(AwsClient *client, Arena *arena, const AwsRequest *request, AwsDone done, void *ctx);
// done comes later with error code "RequestCanceled".
void aws_cancel(AwsCall *call);

// "ec2 DescribeVpcs: InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist (HTTP 400, request id …)".
void aws_error_print(const AwsError *error, Buf *out);

#endif

// The configuration of the S3 backend: all options that peers have, checked and made ready for use.
// Only for the S3 backend's sources.
#ifndef INFRA_STATE_BACKEND_S3_CONFIG_H
#define INFRA_STATE_BACKEND_S3_CONFIG_H

#include "engine/base/diag.h"
#include "engine/schema/schema.h"
#include "providers/aws/client/client.h"

typedef struct S3Config {
    Str bucket, key, workspace_prefix;
    bool encrypt;
    Str kms_key, sse_key; // sse_key: base64 as given
    Str acl;
    Str state_tags, lock_tags; // as the header has them: a=b&c=d
    Str table;                 // DynamoDB; empty: none
    bool lockfile, skip_checksum;
    const Str *allowed_accounts, *forbidden_accounts;
    uint32_t allowed_count, forbidden_count;
    AwsSettings aws;
} S3Config;

const SchemaBlock *s3_schema(Process *process);
// Texts live in the arena. Secrets are registered. False after errors.
bool s3_config_read(Arena *arena, Value config, S3Config *out, Diags *diags);

#endif

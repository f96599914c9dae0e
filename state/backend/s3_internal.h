// The S3 backend's parts. Only for its sources.
//
// An operation is an S3Op: its step function is called to begin, and again with the answer of each call that it made;
// `state` says where it is. Everything that it makes lives in its own arena, results are copied to the caller's.
#ifndef INFRA_STATE_BACKEND_S3_INTERNAL_H
#define INFRA_STATE_BACKEND_S3_INTERNAL_H

#include "state/backend/reply.h"
#include "state/backend/s3_config.h"

typedef struct S3Backend {
    Backend base;
    Arena *arena;
    S3Config config;
    AwsClient *client;
    const AwsModel *s3, *dynamodb; // dynamodb: NULL without a table
    Str sse_md5;                   // of the customer's key, once it was needed
    bool account_known;            // the account is one that is allowed
    bool unconditional;            // the store does not know conditional puts
} S3Backend;

typedef struct S3Store {
    StateStore base;
    S3Backend *backend;
    Str key, lock_key, segments; // objects: the state, its lock, the prefix of journal segments
    Str id;                      // "bucket/key": what the DynamoDB item is called
} S3Store;

typedef struct S3Op S3Op;
// answer: NULL at the beginning, after a timer and after a job.
typedef void S3Step(S3Op *op, const AwsResult *answer);

struct S3Op {
    S3Backend *b;
    S3Store *store; // NULL for those of the backend
    Arena *arena;
    Arena *out; // where results go; NULL: none do
    Diags *diags;
    StoreDone done;
    void *ctx;
    S3Step *step;
    int state;
    StoreResult result;
    // What operations keep from one step to the next.
    Str name;  // of a segment or workspace
    Str bytes; // read, or to be written
    Str match; // the version that a write is based on
    Str raw;   // the lock as it is stored, or is to be
    Str ours;  // our lock as it is stored
    Str etag;
    int64_t deadline;
    uint32_t tries;
    bool has_object, has_item, matched, failed;
    uint8_t md5[16], sha256[32];
    bool want_sha256, hashed;
    Timer *timer;
};

S3Op *s3_op_new(S3Backend *b, S3Store *store, Arena *out, StoreDone done, void *ctx, Diags *diags, S3Step *step);
// Calls the step to begin, once the account is known to be allowed.
void s3_op_start(S3Op *op);
// Delivers result and ends the operation.
void s3_op_end(S3Op *op);
// Adds the error of an answer; result.ok is false after.
void s3_op_fail(S3Op *op, const char *summary, const AwsError *error);
// Calls the step again after a while, or when md5 (and sha256 if wanted) of `bytes` are there.
void s3_op_sleep(S3Op *op, int64_t ns);
void s3_op_hash(S3Op *op, bool sha256);

bool s3_failed_with(const AwsResult *answer, const char *code);
bool s3_not_found(const AwsResult *answer);
// 412 or 409: somebody else was there first.
bool s3_refused(const AwsResult *answer);

typedef struct S3Put {
    Str key, bytes;
    Str if_match; // an ETag
    bool if_none_match;
    Str tags;
    const uint8_t *sha256; // NULL: no checksum
} S3Put;
void s3_get(S3Op *op, Str key);
void s3_head(S3Op *op, Str key);
void s3_put(S3Op *op, const S3Put *put);
void s3_delete(S3Op *op, Str key);
void s3_list(S3Op *op, Str prefix);
// A text member of an answer's output, empty when absent.
Str s3_text(S3Op *op, const AwsResult *answer, const char *name);

// Members of a call's input.
typedef struct S3Input {
    S3Op *op;
    Name names[16];
    Value at[16];
    uint32_t n;
} S3Input;
void s3_input(S3Input *in, const char *name, Value v);
void s3_input_text(S3Input *in, const char *name, Str text); // nothing when empty
Value s3_input_value(S3Input *in);
void s3_send(S3Op *op, const AwsModel *model, const char *operation, Value input, Str payload, bool raw);

// dynamodb_lock.c. The items "<id>" with the lock's Info and "<id>-md5" with the state's Digest.
void dynamodb_get_info(S3Op *op);
void dynamodb_get_digest(S3Op *op);
// The text of that attribute; false when there is no such item.
bool dynamodb_attribute(S3Op *op, const AwsResult *answer, const char *name, Str *out);
// expected: the Info that must be there now; empty: there must be none.
void dynamodb_put_info(S3Op *op, Str info, Str expected);
void dynamodb_delete_info(S3Op *op, Str expected);
void dynamodb_put_digest(S3Op *op, Str digest);
void dynamodb_delete_digest(S3Op *op, Str id);

S3Step s3_read_step, s3_write_step, s3_lock_step, s3_unlock_step, s3_take_over_step;

#endif

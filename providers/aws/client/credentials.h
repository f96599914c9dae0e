// Where a client's keys come from. A plan is made once of the settings, the environment and the profile: one source,
// then roles to assume in order. Carrying it out is asynchronous; its result is kept until shortly before it expires.
// Each source is one file, credentials_<source>.c; it ends by credentials_got or credentials_failed.
#ifndef INFRA_AWS_CLIENT_CREDENTIALS_H
#define INFRA_AWS_CLIENT_CREDENTIALS_H

#include "engine/base/vec.h"
#include "engine/io/http/http.h"
#include "providers/aws/client/settings.h"

typedef struct AwsKeys {
    Str access_key, secret_key, token;
    int64_t expires_ns; // on the wall clock; 0: never
} AwsKeys;

typedef struct Credentials Credentials;
// keys NULL: problem says why. Both are valid during the call.
typedef void (*CredentialsDone)(void *ctx, const AwsKeys *keys, Str problem);

Credentials *credentials_new(AwsClient *client);
void credentials_free(Credentials *credentials);
// Keys that are good for some minutes yet, or NULL: then wait for them.
const AwsKeys *credentials_at_hand(Credentials *credentials);
// The keys that were had last, as they are: for signing right after one of the above.
const AwsKeys *credentials_held(const Credentials *credentials);
// done is called later, from the loop. Those who wait at the same time share one run.
void credentials_wait(Credentials *credentials, CredentialsDone done, void *ctx);
// The given one waits no more.
void credentials_forget_waiter(Credentials *credentials, void *ctx);
// AWS says that the keys expired. True when new ones may be had.
bool credentials_expired(Credentials *credentials);

// --- the plan ---

typedef enum CredentialsSource {
    FROM_KEYS, // given, in the environment, or in a profile
    FROM_PROCESS,
    FROM_WEB_IDENTITY,
    FROM_SSO,
    FROM_CONTAINER,
    FROM_METADATA,
    FROM_NOWHERE,
} CredentialsSource;

typedef struct CredentialsPlan {
    CredentialsSource source;
    AwsKeys keys;          // FROM_KEYS
    const StrMap *profile; // FROM_PROCESS, FROM_SSO
    AwsAssumeRole web;     // FROM_WEB_IDENTITY
    VEC(AwsAssumeRole) roles;
    Str problem; // settings that contradict each other
} CredentialsPlan;

void credentials_plan(Arena *arena, const AwsConfig *config, CredentialsPlan *out);

// --- for the sources ---

typedef struct CredentialsRun CredentialsRun;
struct CredentialsRun {
    AwsClient *client;
    Credentials *owner;
    Arena *arena; // of this run
    const CredentialsPlan *plan;
    AwsKeys keys; // so far
    uint32_t next_role;
    // Of the source that is at work.
    struct HttpCall *http;
    AwsCall *call;
    struct Child *child;
    Timer *timer;
    uint32_t tries;
    Str url, token; // container, metadata
};

void credentials_from_process(CredentialsRun *run);
void credentials_from_web_identity(CredentialsRun *run);
void credentials_from_sso(CredentialsRun *run);
void credentials_from_container(CredentialsRun *run);
void credentials_from_metadata(CredentialsRun *run);
void credentials_assume_role(CredentialsRun *run, const AwsAssumeRole *role);

// Keys by the names that JSON documents use: AccessKeyId, SecretAccessKey, Token or SessionToken, Expiration.
bool credentials_parse(CredentialsRun *run, Str json, AwsKeys *out);
void credentials_got(CredentialsRun *run, AwsKeys keys);
void credentials_failed(CredentialsRun *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
// One small request outside of AWS's protocols. `then` gets the body of a 200 answer; a failure after three tries of
// what is worth it fails the run, unless `otherwise` is given for other statuses.
typedef void (*CredentialsThen)(CredentialsRun *run, Str body);
typedef struct CredentialsGet {
    Str method, url;
    HttpHeader headers[2];
    uint32_t header_count;
    const char *what; // "the instance's metadata service"
    CredentialsThen then;
    void (*otherwise)(CredentialsRun *run, int status);
    bool local; // link-local: no proxy, and a short time to connect
} CredentialsGet;
void credentials_request(CredentialsRun *run, const CredentialsGet *get);

#endif

// One configured AWS provider: client, facts of account and region, tags for everything, and what its verbs share.
#ifndef INFRA_AWS_CORE_AWS_H
#define INFRA_AWS_CORE_AWS_H

#include "providers/aws/core/compile.h"
#include "providers/aws/core/frame.h"

typedef struct Batcher Batcher;
typedef struct Locks Locks;

typedef struct StrList {
    const Str *at;
    uint32_t n;
} StrList;

struct InfraProvider { // Aws
    Core *core;
    const InfraHost *host;
    Arena *arena;      // lives until close
    AwsClient *client; // NULL until configured
    bool deferred;     // settings hold unknowns
    Str region, partition, dns_suffix, account_id;
    Value default_tags; // map of string
    StrList ignore_keys, ignore_prefixes, allowed_accounts, forbidden_accounts;
    bool skip_account;
    Value facts;
    Batcher *batcher;
    Locks *locks;
    StrMap known;             // type: ids that existed before the first create of this run (recover.c)
    VEC(struct Gate *) gates; // verbs that wait for the account
    bool asking;
    Str account_problem;
    struct Op *ops; // under way (apply.c)
};

// provider.region, .account_id, … as an object. provider NULL: everything unknown.
Value aws_facts(struct InfraProvider *provider, Core *core, Arena *arena);
// Calls fn when the account is known or not needed; *problem is empty or says why the account may not be used.
typedef void AwsReady(void *ctx, Str problem);
void aws_when_ready(struct InfraProvider *provider, const Def *def, AwsReady *fn, void *ctx);
// The region of an object: its own `region`, else empty (the client's).
Str aws_region_of(const Frame *f);

#endif

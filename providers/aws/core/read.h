// Reading objects: find, further calls, tags, and what the state gets of them.
#ifndef INFRA_AWS_CORE_READ_H
#define INFRA_AWS_CORE_READ_H

#include "providers/aws/core/batch.h"

typedef struct Reader Reader;
struct Reader {
    struct InfraProvider *provider;
    const Def *def;
    Frame *f; // self is the object as far as it is known
    const InfraRequest *base;
    Value was; // planned, prior or configured: what is kept where nothing else is read
    bool importing;
    void (*done)(void *ctx, Reader *r);
    void *ctx;
    // Out: an object, or gone, or failed with messages in diags.
    Value result;
    bool gone, failed;
    Diags diags;
    const AwsError *error; // of a failure, where a call was refused
    // Inside
    uint32_t pending, next; // calls under way; the next step to look at
    Want *wants;
    Want find;
    Value tags_read;
};

Reader *reader_new(struct InfraProvider *provider, Frame *f, const InfraRequest *base, Value was);
void reader_start(Reader *r);

void aws_read_many(InfraProvider *p, InfraRead **requests, size_t n, InfraCall *call);
void aws_import(InfraProvider *p, InfraRead *q, InfraCall *call);
void reader_error(Reader *r, const Want *w);

#endif

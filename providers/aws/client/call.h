// One call's struct; its state machine is in call.c.
#ifndef INFRA_AWS_CLIENT_CALL_H
#define INFRA_AWS_CLIENT_CALL_H

#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/paging.h"
#include "providers/aws/client/protocol.h"

typedef enum CallState {
    CALL_STARTING, // a timer will begin it, or the next try
    CALL_KEYS,     // waits for credentials
    CALL_QUEUED,   // waits for the service's token bucket
    CALL_SENT,     // waits for the answer
} CallState;

struct AwsCall {
    AwsClient *client;
    AwsCall *prev, *next;
    Arena *arena; // the caller's: for results and copies of the request
    Arena *page;  // of one page's request and its tries; NULL before the first is sent
    CallState state;
    AwsRequest request;
    const AwsOperation *operation; // NULL: there is none of that name
    CallKeys how;
    AwsKeys keys; // CALL_THESE_KEYS
    AwsDone done;
    void *ctx;

    Value input; // of the page at hand
    AwsWire wire;
    bool built; // wire is that of input
    Str bucket; // S3
    Str region; // to sign for where a redirect said so
    Paging paging;

    Timer *timer;
    HttpCall *http;
    bool cancelled;
    uint32_t tries, total_tries, max_tries;
    uint32_t redirects, skews, renewals;
    int64_t sent_at;
    Str endpoint; // "https://ec2.eu-west-1.amazonaws.com", for messages
};

// Ends a call without telling anybody.
void call_drop(AwsCall *call);

// call_send.c: signs and sends the wire. False with a problem when it has no address.
bool call_send(AwsCall *call, const AwsKeys *keys, HttpDone done, Str *problem);

#endif

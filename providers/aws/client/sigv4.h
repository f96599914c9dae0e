// AWS Signature Version 4 in headers: a struct that is pushed through its stages in order. Each stage fills the fields
// below its name from those above it; all texts are in the arena.
//
//     sigv4_stamp -> sigv4_hash -> sigv4_canonical -> sigv4_string -> sigv4_sign -> the headers to add
#ifndef INFRA_AWS_CLIENT_SIGV4_H
#define INFRA_AWS_CLIENT_SIGV4_H

#include "engine/base/vec.h"
#include "engine/io/crypto/crypto.h"
#include "engine/io/http/http.h"

typedef struct Sigv4 {
    // Given.
    Arena *arena;
    const Crypto *crypto;
    Str access_key, secret_key, token;
    Str region, service;
    int64_t time_ns;
    Str method, host;
    Str path;                // as it goes over the wire
    const HttpHeader *query; // not encoded
    uint32_t query_count;
    const HttpHeader *headers; // all are signed, but those that proxies change
    uint32_t header_count;
    Str body;
    bool raw_path;         // S3: the path is signed as it is, neither normalised nor encoded again
    bool keep_dots;        // not normalised, but encoded
    bool content_header;   // x-amz-content-sha256 is sent and signed: S3
    bool unsigned_payload; // UNSIGNED-PAYLOAD instead of the hash
    bool token_unsigned;   // the token is sent but not part of the signature

    // sigv4_stamp
    Str timestamp, scope;
    // sigv4_hash
    Str payload_hash;
    // sigv4_canonical
    Str signed_names, canonical;
    // sigv4_string
    Str string_to_sign;
    // sigv4_sign
    Str signature, authorization;
} Sigv4;

void sigv4_stamp(Sigv4 *s);
void sigv4_hash(Sigv4 *s);
void sigv4_canonical(Sigv4 *s);
void sigv4_string(Sigv4 *s);
void sigv4_sign(Sigv4 *s);

// All stages, then the headers to send beside the given ones: X-Amz-Date, Authorization, and where they apply
// X-Amz-Security-Token and X-Amz-Content-Sha256. At most 4.
uint32_t sigv4_run(Sigv4 *s, HttpHeader out[4]);

#endif

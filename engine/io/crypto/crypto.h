// Hashes and HMAC by OpenSSL. libcrypto lives in infra-crypto.so, opened at first use: linked into libinfra.so it
// would cost every command, `infra version` too, 0.7 ms and 1.7 MB.
#ifndef INFRA_IO_CRYPTO_CRYPTO_H
#define INFRA_IO_CRYPTO_CRYPTO_H

#include "engine/base/str.h"

typedef struct Crypto {
    void (*sha256)(Str data, uint8_t out[32]);
    void (*hmac_sha256)(Str key, Str data, uint8_t out[32]);
    void (*sha1)(Str data, uint8_t out[20]);
    void (*md5)(Str data, uint8_t out[16]);
} Crypto;

// The functions, or NULL when infra-crypto.so or libcrypto is missing; *problem (heap, may be NULL) then says why.
// Cheap after the first time; any thread.
const Crypto *crypto_open(char **problem);

// Lower-case hexadecimal.
void crypto_hex(const uint8_t *p, size_t n, Buf *out);

#endif

#include "engine/io/crypto/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

extern const Crypto infra_crypto;

static void digest(Str data, const EVP_MD *kind, uint8_t *out) {
    if (EVP_Digest(data.n ? data.p : "", data.n, out, NULL, kind, NULL) == 1) return;
    fputs("infra: OpenSSL refuses a hash function\n", stderr);
    abort();
}

static void sha256(Str data, uint8_t out[32]) { digest(data, EVP_sha256(), out); }
static void sha1(Str data, uint8_t out[20]) { digest(data, EVP_sha1(), out); }
static void md5(Str data, uint8_t out[16]) { digest(data, EVP_md5(), out); }

static void hmac_sha256(Str key, Str data, uint8_t out[32]) {
    unsigned n = 32;
    const unsigned char *bytes = (const unsigned char *)(data.n ? data.p : "");
    if (HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n, bytes, data.n, out, &n)) return;
    fputs("infra: OpenSSL refuses HMAC\n", stderr);
    abort();
}

const Crypto infra_crypto = {sha256, hmac_sha256, sha1, md5};

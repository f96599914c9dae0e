#include "engine/io/crypto/crypto.h"

#include "engine/io/library.h"

const Crypto *crypto_open(char **problem) { return library_symbol("infra-crypto.so", "infra_crypto", problem); }

void crypto_hex(const uint8_t *p, size_t n, Buf *out) {
    static const char digits[] = "0123456789abcdef";
    char *to = buf_reserve(out, 2 * n);
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[p[i] >> 4];
        to[2 * i + 1] = digits[p[i] & 15];
    }
    out->n += 2 * n;
    out->p[out->n] = '\0';
}

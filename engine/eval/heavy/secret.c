// bcrypt and rsadecrypt.
#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "engine/base/process.h"
#include "engine/base/secret.h"
#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

enum { BCRYPT_LEAST = 4, BCRYPT_COST = 10, BCRYPT_MOST = 31, BCRYPT_BYTES = 72 };

bool heavy_bcrypt(FuncCall *call, Value *out) {
    int64_t cost = BCRYPT_COST;
    if (call->n > 1 && !call_int(call, 1, false, &cost)) return false;
    if (call->n > 2) return func_fail(call, -1, "bcrypt() takes no more than two arguments");
    if (cost < BCRYPT_LEAST) cost = BCRYPT_COST;
    if (cost > BCRYPT_MOST) {
        return func_fail(call, -1, "error occurred generating password: cost %lld is outside allowed range (%d,%d)",
                         (long long)cost, BCRYPT_LEAST, BCRYPT_MOST);
    }
    Str text = value_str(call->args[0]);
    if (text.n > BCRYPT_BYTES) {
        return func_fail(call, -1, "error occurred generating password: the text is longer than %d bytes",
                         BCRYPT_BYTES);
    }
    Process *process = call_process(call);
    char random[16], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    process->random(process, random, sizeof random);
    struct crypt_data *data = arena_zalloc(call->arena, sizeof *data);
    const char *hash = NULL;
    if (crypt_gensalt_rn("$2a$", (unsigned long)cost, random, sizeof random, setting, sizeof setting)) {
        hash = crypt_rn(str_to_z(call->arena, text), setting, data, (int)sizeof *data);
    }
    if (!hash || hash[0] == '*') return func_fail(call, -1, "bcrypt is not available");
    bool given = call_string(call, str_of(hash), out);
    secret_wipe(data, sizeof *data);
    return given;
}

static EVP_PKEY *read_key(Str pem) {
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    // A passphrase of nothing: without it OpenSSL would ask on the terminal.
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "") : NULL;
    BIO_free(bio);
    return key;
}

static bool decrypt(EVP_PKEY *key, Str cipher, uint8_t *plain, size_t *n) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool fine = context && EVP_PKEY_decrypt_init(context) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_decrypt(context, plain, n, (const uint8_t *)cipher.p, cipher.n) > 0;
    EVP_PKEY_CTX_free(context);
    return fine;
}

bool heavy_rsadecrypt(FuncCall *call, Value *out) {
    Str cipher, pem = value_str(call->args[1]);
    if (!call_base64(call, value_str(call->args[0]), &cipher)) {
        return func_fail(call, 0, "failed to decode input: cipher text must be base64-encoded");
    }
    if (pem.n > INT32_MAX) return func_fail(call, 1, "invalid private key");
    EVP_PKEY *key = read_key(pem);
    if (!key) return func_fail(call, 1, "invalid private key: it must be in PEM form and not encrypted");
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return func_fail(call, 1, "invalid private key type: an RSA key is required");
    }
    size_t n = (size_t)EVP_PKEY_get_size(key);
    uint8_t *plain = arena_zalloc(call->arena, n + 1);
    bool fine = decrypt(key, cipher, plain, &n);
    EVP_PKEY_free(key);
    if (!fine) return func_fail(call, -1, "failed to decrypt: decryption error");
    bool given = call_string(call, (Str){(const char *)plain, n}, out);
    secret_wipe(plain, n);
    return given;
}

#include "providers/random/random.h"

#include <crypt.h>
#include <string.h>

enum { HASHED = 72, COST = 10 }; /* bcrypt takes 72 bytes; the cost is that of Go's package */

typedef struct Hash { /* owns what the thread uses */
    const InfraRequest *base;
    InfraValue *object;
    InfraCall *call;
    char password[HASHED + 1];
    char old[CRYPT_GENSALT_OUTPUT_SIZE + CRYPT_OUTPUT_SIZE];
    char salt[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data;
    int failed;
} Hash;

static void wipe(void *p, size_t n) {
    volatile unsigned char *at = p;
    while (n--) *at++ = 0;
}

static void hash_run(void *ctx) {
    Hash *h = ctx;
    const char *made = *h->old ? crypt_rn(h->password, h->old, &h->data, sizeof h->data) : NULL;
    if (made && strcmp(made, h->old) == 0) return; /* the old one is right: data.output holds it */
    h->failed = crypt_rn(h->password, h->salt, &h->data, sizeof h->data) == NULL;
}

static void hash_done(void *ctx) {
    Hash *h = ctx;
    const InfraHost *host = h->base->host;
    if (h->failed) {
        random_error(h->base, "bcrypt_hash", TEXT("Cannot hash the password"),
                     TEXT("The system's crypt library has no bcrypt."));
    } else {
        random_set_text(h->base, h->object, "bcrypt_hash", text_of(h->data.output));
    }
    wipe(h->password, sizeof h->password);
    wipe(&h->data, sizeof h->data);
    host->done(h->call);
}

void hash_result(const InfraRequest *base, InfraValue *object, InfraText old, InfraCall *call) {
    const InfraHost *host = base->host;
    Hash *h = host->alloc(base->arena, sizeof *h);
    InfraText password = random_text(host, *object, "result");
    unsigned char entropy[16];
    host->random(host, entropy, sizeof entropy);
    h->base = base;
    h->object = object;
    h->call = call;
    memcpy(h->password, password.p, password.n < HASHED ? password.n : HASHED);
    if (old.n < sizeof h->old) memcpy(h->old, old.p ? old.p : "", old.n);
    if (!crypt_gensalt_rn("$2a$", COST, (const char *)entropy, sizeof entropy, h->salt, sizeof h->salt)) {
        h->failed = 1;
        hash_done(h);
        return;
    }
    host->job(host, hash_run, hash_done, h);
}

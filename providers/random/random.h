/* random: names, strings and numbers that stay what they are until their arguments or keepers change.
 *
 * Types, defaults and replacement rules are those of hashicorp/random 3.7. Seeded results are stable here, but are not
 * those of Go's generator. It uses provider.h alone, as a stranger's plugin does.
 */
#ifndef INFRA_RANDOM_RANDOM_H
#define INFRA_RANDOM_RANDOM_H

#include "providers/provider.h"

#define TEXT(literal) ((InfraText){"" literal, sizeof(literal) - 1})

static inline InfraText text_of(const char *z) {
    size_t n = 0;
    while (z && z[n]) n++;
    return (InfraText){z, n};
}
int text_same(InfraText a, InfraText b);

/* ---- draw.c: where randomness comes from ---- */

typedef struct Draw {
    const InfraHost *host;
    int seeded;
    uint64_t state;           /* of the seeded generator */
    unsigned char bytes[256]; /* of the host's */
    size_t at;
} Draw;

/* An empty seed: the host's cryptographic randomness. */
void draw_start(Draw *d, const InfraHost *host, InfraText seed);
/* Uniform in [0, n), n > 0. */
uint64_t draw_below(Draw *d, uint64_t n);
/* 0, 1, … n-1 in random order. */
void draw_order(Draw *d, size_t *order, size_t n);

/* ---- encode.c ---- */

InfraText encode_hex(const InfraHost *host, InfraArena *arena, InfraText bytes);
/* url: the alphabet for URLs, without padding. */
InfraText encode_base64(const InfraHost *host, InfraArena *arena, InfraText bytes, int url);
int decode_base64(const InfraHost *host, InfraArena *arena, InfraText text, int url, InfraText *out);
/* The bytes as one big number. */
InfraText encode_decimal(const InfraHost *host, InfraArena *arena, InfraText bytes);
InfraText encode_uuid(const InfraHost *host, InfraArena *arena, const unsigned char bytes[16]);
/* As encode_uuid writes it, either case; *out is lower case. */
int decode_uuid(const InfraHost *host, InfraArena *arena, InfraText text, InfraText *out);

/* ---- words.c ---- */

/* "rightly-calm-otter": count words, the last an animal, the one before an adjective, adverbs before. */
InfraText words_pet(Draw *d, InfraArena *arena, int64_t count, InfraText separator);

/* ---- types.c ---- */

typedef struct RandomType {
    const char *name;
    uint64_t version;
    InfraBlock block;
    /* Fills in what is computed, in *object. */
    void (*create)(InfraApply *request, InfraValue *object);
    void (*import)(InfraRead *request); /* or NULL */
    int characters;                     /* a string or password: 1, 2 */
} RandomType;

const RandomType *types_find(InfraText name);
const char *const *types_names(size_t *n);

/* ---- plan.c ---- */

void plan_object(const RandomType *type, InfraPlan *request);
void plan_validate(const RandomType *type, const InfraRequest *base, InfraValue config);

/* ---- create.c, characters.c, import.c ---- */

void create_id(InfraApply *q, InfraValue *object);
void create_bytes(InfraApply *q, InfraValue *object);
void create_integer(InfraApply *q, InfraValue *object);
void create_uuid(InfraApply *q, InfraValue *object);
void create_shuffle(InfraApply *q, InfraValue *object);
void create_pet(InfraApply *q, InfraValue *object);
void create_string(InfraApply *q, InfraValue *object);
void import_id(InfraRead *q);
void import_bytes(InfraRead *q);
void import_integer(InfraRead *q);
void import_uuid(InfraRead *q);
void import_string(InfraRead *q);

/* Objects of older versions, without their hash. */
InfraValue upgrade_characters(InfraUpgrade *q);

/* ---- hash.c: bcrypt, on another thread ---- */

/* Sets bcrypt_hash of *object to a hash of its result (kept when `old` already is one), then answers the call. */
void hash_result(const InfraRequest *base, InfraValue *object, InfraText old, InfraCall *call);

/* ---- plugin.c ---- */

void random_error(const InfraRequest *base, const char *attribute, InfraText summary, InfraText detail);
InfraText random_text(const InfraHost *host, InfraValue object, const char *name);
int64_t random_integer(const InfraHost *host, InfraValue object, const char *name);
void random_set(const InfraRequest *base, InfraValue *object, const char *name, InfraValue v);
void random_set_text(const InfraRequest *base, InfraValue *object, const char *name, InfraText s);

#endif

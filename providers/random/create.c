#include "providers/random/random.h"

static InfraText random_bytes(const InfraRequest *base, int64_t n) {
    char *bytes = base->host->alloc(base->arena, (size_t)n + 1);
    base->host->random(base->host, bytes, (size_t)n);
    return (InfraText){bytes, (size_t)n};
}

void create_id(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    InfraArena *arena = q->base.arena;
    InfraText bytes = random_bytes(&q->base, random_integer(host, *object, "byte_length"));
    InfraText prefix = random_text(host, *object, "prefix"), url = encode_base64(host, arena, bytes, 1);
    const struct {
        const char *name;
        InfraText text;
    } forms[] = {{"b64_url", url},
                 {"b64_std", encode_base64(host, arena, bytes, 0)},
                 {"hex", encode_hex(host, arena, bytes)},
                 {"dec", encode_decimal(host, arena, bytes)}};
    random_set_text(&q->base, object, "id", url);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        random_set_text(
            &q->base, object, forms[i].name,
            host->format(arena, "%.*s%.*s", (int)prefix.n, prefix.p, (int)forms[i].text.n, forms[i].text.p));
}

void create_bytes(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    InfraText bytes = random_bytes(&q->base, random_integer(host, *object, "length"));
    random_set_text(&q->base, object, "base64", encode_base64(host, q->base.arena, bytes, 0));
    random_set_text(&q->base, object, "hex", encode_hex(host, q->base.arena, bytes));
}

void create_integer(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    int64_t min = random_integer(host, *object, "min"), max = random_integer(host, *object, "max");
    if (max < min) {
        random_error(&q->base, "min", TEXT("Invalid range"), TEXT("min must not be greater than max."));
        return;
    }
    Draw d;
    draw_start(&d, host, random_text(host, *object, "seed"));
    uint64_t span = (uint64_t)max - (uint64_t)min;
    uint64_t offset = span == UINT64_MAX ? draw_below(&d, UINT64_MAX) : draw_below(&d, span + 1);
    int64_t result = (int64_t)((uint64_t)min + offset);
    random_set(&q->base, object, "result", host->make_integer(result));
    random_set_text(&q->base, object, "id", host->format(q->base.arena, "%lld", (long long)result));
}

void create_uuid(InfraApply *q, InfraValue *object) {
    unsigned char bytes[16];
    q->base.host->random(q->base.host, bytes, sizeof bytes);
    InfraText uuid = encode_uuid(q->base.host, q->base.arena, bytes);
    random_set_text(&q->base, object, "id", uuid);
    random_set_text(&q->base, object, "result", uuid);
}

/* Whole permutations one after another, cut at the count. */
void create_shuffle(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    InfraValue input = host->get(host, *object, "input"), count = host->get(host, *object, "result_count");
    size_t n = host->length(input), want = n;
    if (!host->is_null(count)) want = (size_t)random_integer(host, *object, "result_count");
    if (n == 0) want = 0;
    InfraValue *at = host->alloc(q->base.arena, sizeof *at * (want + 1));
    size_t *order = host->alloc(q->base.arena, sizeof *order * (n + 1));
    Draw d;
    draw_start(&d, host, random_text(host, *object, "seed"));
    for (size_t i = 0; i < want; i++) {
        if (i % n == 0) draw_order(&d, order, n);
        at[i] = host->element(input, order[i % n]);
    }
    random_set(&q->base, object, "result", host->make_list(q->base.arena, at, want));
    random_set_text(&q->base, object, "id", TEXT("-"));
}

void create_pet(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    InfraText prefix = random_text(host, *object, "prefix"), separator = random_text(host, *object, "separator");
    Draw d;
    draw_start(&d, host, TEXT(""));
    InfraText pet = words_pet(&d, q->base.arena, random_integer(host, *object, "length"), separator);
    if (prefix.n)
        pet = host->format(q->base.arena, "%.*s%.*s%.*s", (int)prefix.n, prefix.p, (int)separator.n, separator.p,
                           (int)pet.n, pet.p);
    random_set_text(&q->base, object, "id", pet);
}

#include "providers/random/random.h"

static int refuse(InfraRead *q, InfraText detail) {
    random_error(&q->base, NULL, TEXT("Cannot import"), detail);
    return 0;
}

static InfraValue make(const InfraRequest *base, const char *const *names, const InfraValue *at, size_t n) {
    InfraText *texts = base->host->alloc(base->arena, sizeof *texts * n);
    for (size_t i = 0; i < n; i++) texts[i] = text_of(names[i]);
    return base->host->make_object(base->arena, texts, at, n);
}

static InfraValue text_value(const InfraRequest *base, InfraText prefix, InfraText s) {
    InfraText whole =
        base->host->format(base->arena, "%.*s%.*s", (int)prefix.n, prefix.p ? prefix.p : "", (int)s.n, s.p);
    return base->host->make_text(base->arena, whole);
}

/* "PREFIX,ID" or "ID". */
void import_id(InfraRead *q) {
    const InfraHost *host = q->base.host;
    InfraArena *arena = q->base.arena;
    InfraText id = q->id, prefix = TEXT(""), bytes;
    for (size_t i = q->id.n; i-- > 0;) {
        if (q->id.p[i] != ',') continue;
        prefix = (InfraText){q->id.p, i};
        id = (InfraText){q->id.p + i + 1, q->id.n - i - 1};
        break;
    }
    if (!decode_base64(host, arena, id, 1, &bytes)) {
        refuse(q, TEXT("The id must be base64 with the alphabet for URLs and without padding, as in \"p-9hUg\"."));
        return;
    }
    static const char *const names[] = {"id", "byte_length", "prefix", "b64_url", "b64_std", "hex", "dec"};
    InfraValue at[] = {host->make_text(arena, id),
                       host->make_integer((int64_t)bytes.n),
                       prefix.n ? host->make_text(arena, prefix) : host->null,
                       text_value(&q->base, prefix, id),
                       text_value(&q->base, prefix, encode_base64(host, arena, bytes, 0)),
                       text_value(&q->base, prefix, encode_hex(host, arena, bytes)),
                       text_value(&q->base, prefix, encode_decimal(host, arena, bytes))};
    q->result = make(&q->base, names, at, sizeof at / sizeof *at);
}

void import_bytes(InfraRead *q) {
    const InfraHost *host = q->base.host;
    InfraText bytes;
    if (!decode_base64(host, q->base.arena, q->id, 0, &bytes)) {
        refuse(q, TEXT("The id must be the bytes in base64."));
        return;
    }
    static const char *const names[] = {"base64", "hex", "length"};
    InfraValue at[] = {host->make_text(q->base.arena, q->id),
                       host->make_text(q->base.arena, encode_hex(host, q->base.arena, bytes)),
                       host->make_integer((int64_t)bytes.n)};
    q->result = make(&q->base, names, at, 3);
}

static int whole_number(const InfraHost *host, InfraArena *arena, InfraText s, int64_t *out) {
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && !(i == 0 && s.p[i] == '-' && s.n > 1)) return 0;
    return s.n > 0 && host->integer(host->make_number(arena, s), out);
}

/* "RESULT,MIN,MAX" or "RESULT,MIN,MAX,SEED". */
void import_integer(InfraRead *q) {
    const InfraHost *host = q->base.host;
    InfraText parts[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    size_t n = 0;
    for (size_t i = 0, from = 0; i <= q->id.n; i++) {
        if (i < q->id.n && q->id.p[i] != ',') continue;
        if (n < 4) parts[n] = (InfraText){q->id.p + from, i - from};
        n++;
        from = i + 1;
    }
    int64_t numbers[3];
    int good = n == 3 || n == 4;
    for (size_t i = 0; i < 3 && good; i++) good = whole_number(host, q->base.arena, parts[i], &numbers[i]);
    if (!good) {
        refuse(q, TEXT("The id must be RESULT,MIN,MAX or RESULT,MIN,MAX,SEED with whole numbers."));
        return;
    }
    static const char *const names[] = {"id", "result", "min", "max", "seed"};
    InfraValue at[] = {host->make_text(q->base.arena, parts[0]), host->make_integer(numbers[0]),
                       host->make_integer(numbers[1]), host->make_integer(numbers[2]),
                       n == 4 ? host->make_text(q->base.arena, parts[3]) : host->null};
    q->result = make(&q->base, names, at, 5);
}

void import_uuid(InfraRead *q) {
    InfraText uuid;
    if (!decode_uuid(q->base.host, q->base.arena, q->id, &uuid)) {
        refuse(q, TEXT("The id must be a UUID, as in \"12345678-abcd-1234-abcd-123456789abc\"."));
        return;
    }
    static const char *const names[] = {"id", "result"};
    InfraValue id = q->base.host->make_text(q->base.arena, uuid);
    InfraValue at[] = {id, id};
    q->result = make(&q->base, names, at, 2);
}

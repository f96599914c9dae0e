/* random_string and random_password. */
#include "providers/random/random.h"

#include <string.h>

typedef struct Kind { /* of characters */
    const char *wanted, *minimum;
    InfraText set;
} Kind;

/* Where the characters of a set begin: a set may hold more than ASCII. */
static size_t characters_of(InfraText set, InfraText *out) {
    size_t n = 0;
    for (size_t i = 0; i < set.n;) {
        size_t length = 1;
        while (i + length < set.n && ((unsigned char)set.p[i + length] & 0xC0) == 0x80) length++;
        if (out) out[n] = (InfraText){set.p + i, length};
        n++;
        i += length;
    }
    return n;
}

static void pick(Draw *d, const InfraText *set, size_t n, int64_t count, InfraText *out, size_t *made) {
    for (int64_t i = 0; i < count; i++) out[(*made)++] = set[draw_below(d, n)];
}

void create_string(InfraApply *q, InfraValue *object) {
    const InfraHost *host = q->base.host;
    InfraArena *arena = q->base.arena;
    Kind kinds[] = {{"upper", "min_upper", TEXT("ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
                    {"lower", "min_lower", TEXT("abcdefghijklmnopqrstuvwxyz")},
                    {"numeric", "min_numeric", TEXT("0123456789")},
                    {"special", "min_special", TEXT("!@#$%&*()-_=+[]{}<>:?")}};
    InfraText special = random_text(host, *object, "override_special");
    if (special.n) kinds[3].set = special;
    int64_t length = random_integer(host, *object, "length"), sum = 0;
    InfraText *all = host->alloc(arena, sizeof *all * (62 + kinds[3].set.n));
    InfraText *set = host->alloc(arena, sizeof *set * (26 + kinds[3].set.n));
    InfraText *out = host->alloc(arena, sizeof *out * (size_t)(length + 1));
    size_t all_n = 0, made = 0;
    Draw d;
    draw_start(&d, host, TEXT(""));
    for (size_t k = 0; k < 4; k++) {
        int64_t minimum = random_integer(host, *object, kinds[k].minimum);
        size_t n = characters_of(kinds[k].set, set);
        sum += minimum;
        if (minimum < 0 || minimum > length || sum > length) break;
        pick(&d, set, n, minimum, out, &made);
        if (!host->boolean(host->get(host, *object, kinds[k].wanted))) continue;
        memcpy(all + all_n, set, sizeof *set * n);
        all_n += n;
    }
    if (sum > length || (all_n == 0 && made < (size_t)length)) {
        random_error(&q->base, NULL, TEXT("Cannot choose characters"),
                     sum > length ? TEXT("The minimum numbers add up to more than the length.")
                                  : TEXT("The character set is empty."));
        return;
    }
    pick(&d, all, all_n, length - (int64_t)made, out, &made);
    size_t *order = host->alloc(arena, sizeof *order * (made + 1)), bytes = 0;
    draw_order(&d, order, made);
    char *text = host->alloc(arena, made * 4 + 1);
    for (size_t i = 0; i < made; i++) {
        memcpy(text + bytes, out[order[i]].p, out[order[i]].n);
        bytes += out[order[i]].n;
    }
    InfraText result = {text, bytes};
    int password = types_find(q->base.type)->characters == 2;
    if (password) host->secret(host, result);
    random_set_text(&q->base, object, "result", result);
    random_set_text(&q->base, object, "id", password ? TEXT("none") : result);
}

static const char *const minimums[] = {"min_lower", "min_numeric", "min_special", "min_upper"};
static const char *const switches[] = {"lower", "number", "special", "upper"};

/* Imported and upgraded objects have every argument, so that no default looks like a change. */
static InfraValue whole_object(const InfraRequest *base, InfraValue stored, InfraText result) {
    const InfraHost *host = base->host;
    InfraText names[16];
    InfraValue at[16];
    size_t n = 0;
    InfraValue length = host->get(host, stored, "length");
    names[n] = TEXT("length");
    at[n++] = host->is_null(length) ? host->make_integer((int64_t)result.n) : length;
    for (size_t i = 0; i < 4; i++) {
        InfraValue minimum = host->get(host, stored, minimums[i]), on = host->get(host, stored, switches[i]);
        if (host->is_null(on)) on = host->make_boolean(1);
        names[n] = text_of(minimums[i]);
        at[n++] = host->is_null(minimum) ? host->make_integer(0) : minimum;
        names[n] = text_of(switches[i]);
        at[n++] = on;
        if (strcmp(switches[i], "number") != 0) continue;
        names[n] = TEXT("numeric");
        at[n++] = on;
    }
    names[n] = TEXT("result");
    at[n++] = host->make_text(base->arena, result);
    names[n] = TEXT("id");
    at[n++] = host->get(host, stored, "id");
    names[n] = TEXT("keepers");
    at[n++] = host->get(host, stored, "keepers");
    names[n] = TEXT("override_special");
    at[n++] = host->get(host, stored, "override_special");
    if (types_find(base->type)->characters == 2) {
        names[n] = TEXT("bcrypt_hash");
        at[n++] = host->get(host, stored, "bcrypt_hash");
    }
    return host->make_object(base->arena, names, at, n);
}

void import_string(InfraRead *q) {
    int password = types_find(q->base.type)->characters == 2;
    InfraText name = TEXT("id");
    InfraValue id = q->base.host->make_text(q->base.arena, password ? TEXT("none") : q->id);
    if (password) q->base.host->secret(q->base.host, q->id);
    q->result = whole_object(&q->base, q->base.host->make_object(q->base.arena, &name, &id, 1), q->id);
}

InfraValue upgrade_characters(InfraUpgrade *q) {
    const InfraHost *host = q->base.host;
    InfraValue stored;
    if (q->flat || !host->from_json(q->base.arena, q->attributes, &stored) || host->kind(stored) != INFRA_OBJECT) {
        random_error(&q->base, NULL, TEXT("Stored object cannot be read"),
                     TEXT("Its attributes are not a JSON object."));
        return host->null;
    }
    return whole_object(&q->base, stored, random_text(host, stored, "result"));
}

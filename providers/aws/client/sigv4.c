#include "providers/aws/client/sigv4.h"

#include "providers/aws/client/text.h"

#include <stdlib.h>

static const Str algorithm = STR_INIT("AWS4-HMAC-SHA256");

static Str hex_of(Sigv4 *s, const uint8_t hash[32]) {
    Buf hex = buf_in(s->arena);
    crypto_hex(hash, 32, &hex);
    return buf_str(&hex);
}

void sigv4_stamp(Sigv4 *s) {
    Buf time = buf_in(s->arena);
    text_time_compact(&time, s->time_ns);
    s->timestamp = buf_str(&time);
    s->scope =
        str_format(s->arena, "%.*s/%.*s/%.*s/aws4_request", 8, s->timestamp.p, STR_ARG(s->region), STR_ARG(s->service));
}

void sigv4_hash(Sigv4 *s) {
    if (s->unsigned_payload) {
        s->payload_hash = STR("UNSIGNED-PAYLOAD");
        return;
    }
    uint8_t hash[32];
    s->crypto->sha256(s->body, hash);
    s->payload_hash = hex_of(s, hash);
}

// --- the canonical request ---

// Dots are resolved and slashes joined, as RFC 3986 section 6 has it; a slash at the end stays.
static Str normal_path(Arena *arena, Str path) {
    VEC(Str) parts = {0};
    Str rest = path, part;
    while (str_next(&rest, '/', &part)) {
        if (str_empty(part) || str_eqz(part, ".")) continue;
        if (!str_eqz(part, ".."))
            vec_push(arena, &parts, part);
        else if (parts.n)
            parts.n--;
    }
    Buf out = buf_in(arena);
    for (uint32_t i = 0; i < parts.n; i++) {
        buf_char(&out, '/');
        buf_add(&out, parts.at[i]);
    }
    if (parts.n == 0 || str_ends(path, STR("/"))) buf_char(&out, '/');
    return buf_str(&out);
}

static void add_path(Sigv4 *s, Buf *out) {
    if (s->raw_path) {
        buf_add(out, s->path);
        return;
    }
    text_uri(out, s->keep_dots ? s->path : normal_path(s->arena, s->path), true);
}

typedef struct Pair {
    Str name, value;
    uint32_t place; // among the given ones
} Pair;

static int compare_pairs(const void *a, const void *b) {
    const Pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

static Str encoded(Arena *arena, Str text) {
    Buf out = buf_in(arena);
    text_uri(&out, text, false);
    return buf_str(&out);
}

static void add_query(Sigv4 *s, Buf *out) {
    Pair *pairs = ARENA_ARRAY(s->arena, Pair, s->query_count);
    for (uint32_t i = 0; i < s->query_count; i++)
        pairs[i] = (Pair){encoded(s->arena, s->query[i].name), encoded(s->arena, s->query[i].value), i};
    if (s->query_count) qsort(pairs, s->query_count, sizeof *pairs, compare_pairs);
    for (uint32_t i = 0; i < s->query_count; i++)
        buf_format(out, "%s%.*s=%.*s", i ? "&" : "", STR_ARG(pairs[i].name), STR_ARG(pairs[i].value));
}

static bool is_signed(Str lower_name) {
    static const char *const unsigned_names[] = {"authorization", "connection",      "expect",
                                                 "user-agent",    "x-amzn-trace-id", "transfer-encoding"};
    for (size_t i = 0; i < sizeof unsigned_names / sizeof *unsigned_names; i++)
        if (str_eqz(lower_name, unsigned_names[i])) return false;
    return true;
}

// Trimmed, and runs of spaces made one.
static Str squeezed(Arena *arena, Str value) {
    Buf out = buf_in(arena);
    value = str_trim(value);
    buf_reserve(&out, value.n);
    for (size_t i = 0; i < value.n; i++) {
        bool space = value.p[i] == ' ' || value.p[i] == '\t' || value.p[i] == '\n' || value.p[i] == '\r';
        if (!space)
            buf_char(&out, value.p[i]);
        else if (out.p[out.n - 1] != ' ')
            buf_char(&out, ' ');
    }
    return buf_str(&out);
}

static int compare_headers(const void *a, const void *b) {
    const Pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

typedef VEC(Pair) Pairs;

static void add_header(Sigv4 *s, Pairs *headers, Str name, Str value) {
    Pair header = {text_lower(s->arena, name), squeezed(s->arena, value), headers->n};
    if (is_signed(header.name)) vec_push(s->arena, headers, header);
}

static bool sends_token(const Sigv4 *s) { return s->token.n > 0; }

static void collect_headers(Sigv4 *s, Pairs *headers) {
    bool host = false;
    for (uint32_t i = 0; i < s->header_count; i++) {
        add_header(s, headers, s->headers[i].name, s->headers[i].value);
        host |= text_same(s->headers[i].name, STR("Host"));
    }
    if (!host) add_header(s, headers, STR("Host"), s->host);
    add_header(s, headers, STR("X-Amz-Date"), s->timestamp);
    if (s->content_header) add_header(s, headers, STR("X-Amz-Content-Sha256"), s->payload_hash);
    if (sends_token(s) && !s->token_unsigned) add_header(s, headers, STR("X-Amz-Security-Token"), s->token);
    qsort(headers->at, headers->n, sizeof *headers->at, compare_headers);
}

// Values of one name are joined by commas in their order.
static void add_headers(Sigv4 *s, Buf *out) {
    Pairs headers = {0};
    Buf names = buf_in(s->arena);
    collect_headers(s, &headers);
    for (uint32_t i = 0; i < headers.n; i++) {
        const Pair *h = &headers.at[i];
        if (i && str_eq(h->name, h[-1].name)) {
            buf_char(out, ',');
        } else {
            buf_format(out, "%s%.*s:", i ? "\n" : "", STR_ARG(h->name));
            buf_format(&names, "%s%.*s", i ? ";" : "", STR_ARG(h->name));
        }
        buf_add(out, h->value);
    }
    buf_char(out, '\n');
    s->signed_names = buf_str(&names);
}

void sigv4_canonical(Sigv4 *s) {
    Buf out = buf_in(s->arena);
    buf_add(&out, s->method);
    buf_char(&out, '\n');
    add_path(s, &out);
    buf_char(&out, '\n');
    add_query(s, &out);
    buf_char(&out, '\n');
    add_headers(s, &out);
    buf_char(&out, '\n');
    buf_add(&out, s->signed_names);
    buf_char(&out, '\n');
    buf_add(&out, s->payload_hash);
    s->canonical = buf_str(&out);
}

// --- the signature ---

void sigv4_string(Sigv4 *s) {
    uint8_t hash[32];
    s->crypto->sha256(s->canonical, hash);
    Str hex = hex_of(s, hash);
    s->string_to_sign = str_format(s->arena, "%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(algorithm), STR_ARG(s->timestamp),
                                   STR_ARG(s->scope), STR_ARG(hex));
}

void sigv4_sign(Sigv4 *s) {
    uint8_t key[32];
    Str first = str_format(s->arena, "AWS4%.*s", STR_ARG(s->secret_key)), as_str = str_make((const char *)key, 32);
    const Str parts[] = {str_slice(s->timestamp, 0, 8), s->region, s->service, STR("aws4_request"), s->string_to_sign};
    s->crypto->hmac_sha256(first, parts[0], key);
    for (size_t i = 1; i < sizeof parts / sizeof *parts; i++) {
        uint8_t next[32];
        s->crypto->hmac_sha256(as_str, parts[i], next);
        memcpy(key, next, sizeof key);
    }
    s->signature = hex_of(s, key);
    s->authorization =
        str_format(s->arena, "%.*s Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s", STR_ARG(algorithm),
                   STR_ARG(s->access_key), STR_ARG(s->scope), STR_ARG(s->signed_names), STR_ARG(s->signature));
    explicit_bzero(key, sizeof key);
}

uint32_t sigv4_run(Sigv4 *s, HttpHeader out[4]) {
    sigv4_stamp(s);
    sigv4_hash(s);
    sigv4_canonical(s);
    sigv4_string(s);
    sigv4_sign(s);
    uint32_t n = 0;
    out[n++] = (HttpHeader){STR("X-Amz-Date"), s->timestamp};
    if (s->content_header) out[n++] = (HttpHeader){STR("X-Amz-Content-Sha256"), s->payload_hash};
    if (sends_token(s)) out[n++] = (HttpHeader){STR("X-Amz-Security-Token"), s->token};
    out[n++] = (HttpHeader){STR("Authorization"), s->authorization};
    return n;
}

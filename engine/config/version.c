// Version numbers and constraints: ">= 1.2, < 2.0", "~> 1.5.0", "!= 1.3".
#include "engine/config/loader.h"

const char version_language[] = "1.12.6";

typedef struct Parsed {
    Version version;
    uint32_t parts; // given in the text
} Parsed;

static bool digits(Str *s, uint64_t *out) {
    size_t n = 0;
    *out = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && n < 18) *out = *out * 10 + (uint64_t)(s->p[n++] - '0');
    *s = str_slice(*s, n, s->n);
    return n > 0;
}

static bool parse(Str text, Parsed *out) {
    *out = (Parsed){{{0, 0, 0}, STR_NONE}, 0};
    text = str_trim(text);
    if (text.n && text.p[0] == 'v') text = str_slice(text, 1, text.n);
    while (out->parts < 3) {
        if (!digits(&text, &out->version.part[out->parts])) return false;
        out->parts++;
        if (text.n == 0 || text.p[0] != '.') break;
        text = str_slice(text, 1, text.n);
        if (out->parts == 3) return false;
    }
    ptrdiff_t plus = str_find_char(text, '+');
    if (plus >= 0) text = str_slice(text, 0, (size_t)plus);
    if (text.n == 0) return true;
    if (text.p[0] != '-' || text.n < 2) return false;
    out->version.pre = str_slice(text, 1, text.n);
    for (size_t i = 0; i < out->version.pre.n; i++) {
        char c = out->version.pre.p[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
        if (!ok) return false;
    }
    return true;
}

bool version_read(Str text, Version *out) {
    Parsed p;
    if (!parse(text, &p)) return false;
    *out = p.version;
    return true;
}

static int compare(const Version *a, const Version *b) {
    for (uint32_t i = 0; i < 3; i++)
        if (a->part[i] != b->part[i]) return a->part[i] < b->part[i] ? -1 : 1;
    if (str_empty(a->pre) || str_empty(b->pre)) return str_empty(a->pre) - str_empty(b->pre);
    return str_cmp(a->pre, b->pre);
}

// "~> 1.2.3" allows 1.2.x from 1.2.3 on; "~> 1.2" allows 1.x from 1.2 on.
static bool pessimistic(const Parsed *want, const Version *v) {
    if (compare(v, &want->version) < 0) return false;
    for (uint32_t i = 0; i + 1 < want->parts; i++)
        if (v->part[i] != want->version.part[i]) return false;
    return true;
}

static bool one_allows(Str piece, const Version *v, bool *valid) {
    static const char *const operators[] = {">=", "<=", "!=", "~>", ">", "<", "="};
    piece = str_trim(piece);
    uint32_t op = 6;
    for (uint32_t i = 0; i < 7; i++)
        if (str_starts(piece, str_of(operators[i]))) {
            op = i;
            piece = str_slice(piece, strlen(operators[i]), piece.n);
            break;
        }
    Parsed want;
    if (!parse(piece, &want)) {
        *valid = false;
        return false;
    }
    int order = compare(v, &want.version);
    switch (op) {
    case 0: return order >= 0;
    case 1: return order <= 0;
    case 2: return order != 0;
    case 3: return pessimistic(&want, v);
    case 4: return order > 0;
    case 5: return order < 0;
    default: return order == 0;
    }
}

bool version_allows(Str constraint, const Version *version, bool *valid) {
    Str rest = constraint, piece;
    bool allowed = true;
    *valid = true;
    while (str_next(&rest, ',', &piece)) allowed &= one_allows(piece, version, valid);
    return allowed && *valid;
}

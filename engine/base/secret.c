#include "engine/base/secret.h"

#include "engine/base/map.h"
#include "engine/base/process.h"
#include "engine/base/vec.h"

// A secret of several lines also shows line by line (a key in an excerpt); shorter lines would scrub ordinary text.
#define SECRET_MIN 4u
#define SECRET_LINE_MIN 20u

typedef struct Secret {
    Str text;
    uint32_t next; // with the same first four bytes: index + 1, 0 ends
} Secret;

// Found by their first four bytes: a bit set tells quickly where none can start.
struct Secrets {
    VEC(Secret) list;
    IdMap by_start;
    uint64_t bits[64];
};

static uint32_t secret_start(const char *p) {
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint32_t start_bit(uint32_t start) { return (start * UINT32_C(2654435769)) >> 20; }

static void secret_add(Process *process, Str secret) {
    Secrets *s = process->secrets;
    if (!s) {
        s = process->secrets = ARENA_NEW(process->arena, Secrets);
        s->by_start = idmap_in(process->arena);
    }
    uint32_t start = secret_start(secret.p), bit = start_bit(start);
    uint64_t *first = idmap_put(&s->by_start, start, NULL);
    for (uint32_t i = (uint32_t)*first; i; i = s->list.at[i - 1].next)
        if (str_eq(s->list.at[i - 1].text, secret)) return;
    vec_push(process->arena, &s->list, ((Secret){str_copy(process->arena, secret), (uint32_t)*first}));
    *first = s->list.n;
    s->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
}

// As it looks within quotes, when that differs.
static void secret_add_quoted(Process *process, Str secret) {
    Buf quoted = {0};
    for (size_t i = 0; i < secret.n; i++) {
        char c = secret.p[i];
        if (c == '\n')
            buf_z(&quoted, "\\n");
        else if (c == '\r')
            buf_z(&quoted, "\\r");
        else if (c == '\t')
            buf_z(&quoted, "\\t");
        else if (c == '"' || c == '\\')
            buf_format(&quoted, "\\%c", c);
        else
            buf_char(&quoted, c);
    }
    if (quoted.n != secret.n) secret_add(process, buf_str(&quoted));
    secret_wipe(quoted.p, quoted.n);
    buf_free(&quoted);
}

void secret_register(Process *process, Str secret) {
    if (secret.n < SECRET_MIN) return;
    secret_add(process, secret);
    secret_add_quoted(process, secret);
    if (str_find_char(secret, '\n') < 0) return;
    for (Str line; str_next(&secret, '\n', &line);)
        if (line.n >= SECRET_LINE_MIN) secret_add(process, line);
}

void secret_forget(Process *process) {
    Secrets *s = process->secrets;
    if (!s) return;
    for (uint32_t i = 0; i < s->list.n; i++) secret_wipe((char *)(uintptr_t)s->list.at[i].text.p, s->list.at[i].text.n);
    process->secrets = NULL;
}

// Length of the longest secret that starts here, or 0.
static size_t secret_at(const Secrets *s, Str rest) {
    uint32_t start = secret_start(rest.p), bit = start_bit(start);
    if (!(s->bits[bit / 64] >> (bit % 64) & 1)) return 0;
    const uint64_t *first = idmap_get(&s->by_start, start);
    size_t longest = 0;
    for (uint32_t i = first ? (uint32_t)*first : 0; i; i = s->list.at[i - 1].next) {
        Str secret = s->list.at[i - 1].text;
        if (secret.n > longest && str_starts(rest, secret)) longest = secret.n;
    }
    return longest;
}

// Secrets may overlap in the text; what any of them covers goes.
void secret_scrub(const Process *process, Str text, Buf *out) {
    const Secrets *s = process->secrets;
    if (!s || text.n < SECRET_MIN) {
        buf_add(out, text);
        return;
    }
    size_t shown = 0, hidden = 0; // text before `shown` is written or hidden; [.., hidden) is covered by a secret
    for (size_t i = 0; i + SECRET_MIN <= text.n; i++) {
        size_t n = secret_at(s, str_slice(text, i, text.n));
        if (n == 0) continue;
        if (i >= hidden) {
            buf_add(out, str_slice(text, shown, i));
            buf_z(out, "(sensitive)");
        }
        if (i + n > hidden) hidden = i + n;
        shown = hidden;
    }
    buf_add(out, str_slice(text, shown, text.n));
}

void secret_wipe(void *p, size_t n) {
    if (n) explicit_bzero(p, n);
}

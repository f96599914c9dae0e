// Byte strings: Str is a borrowed slice, Buf a growable buffer.
//
// A Str is a pointer and a length. It need not end in NUL and may hold NUL. It never owns its bytes: whoever
// made them does (an arena, a source file, a literal). An empty Str may have p == NULL.
// Out of memory aborts.
#ifndef INFRA_BASE_STR_H
#define INFRA_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Arena Arena;

typedef struct Str {
    const char *p;
    size_t n;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    { "" literal, sizeof(literal) - 1 }
#define STR_NONE ((Str){NULL, 0})
// For printf: printf("%.*s", STR_ARG(s)).
#define STR_ARG(s) (int)(s).n, (s).p

static inline Str str_of(const char *z) { return (Str){z, z ? strlen(z) : 0}; }
static inline Str str_make(const char *p, size_t n) { return (Str){p, n}; }
static inline bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_eqz(Str a, const char *z) { return str_eq(a, str_of(z)); }
static inline bool str_empty(Str s) { return s.n == 0; }

// Byte order, shorter first on a tie: <0, 0, >0.
int str_cmp(Str a, Str b);
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
// Index of the first occurrence, or -1.
ptrdiff_t str_find(Str s, Str needle);
ptrdiff_t str_find_char(Str s, char c);
// s[from, to), clamped to the string.
Str str_slice(Str s, size_t from, size_t to);
// Without leading and trailing bytes of isspace() in the C locale.
Str str_trim(Str s);
// Cuts the next piece up to sep off *rest. False when *rest was used up. "a,,b" gives "a", "", "b".
bool str_next(Str *rest, char sep, Str *piece);
// 64-bit hash of the bytes (FNV-1a folded); not for foreign input that may attack a table.
uint64_t str_hash(Str s);
// Decimal digits with optional sign, nothing else; false on overflow or other bytes.
bool str_to_i64(Str s, int64_t *out);

// Copies live in the arena; the copy is followed by a NUL that n does not count.
Str str_copy(Arena *arena, Str s);
char *str_to_z(Arena *arena, Str s);
Str str_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str str_concat(Arena *arena, Str a, Str b);

// A growable byte buffer. {0} is a valid empty heap buffer: free it with buf_free. With buf_in it grows in an
// arena and needs no free. The bytes are always followed by a NUL once anything was appended.
typedef struct Buf {
    char *p;
    size_t n, cap;
    Arena *arena; // NULL: heap
} Buf;

static inline Buf buf_in(Arena *arena) { return (Buf){NULL, 0, 0, arena}; }
static inline Str buf_str(const Buf *b) { return (Str){b->p, b->n}; }
static inline void buf_clear(Buf *b) { b->n = 0; }
void buf_free(Buf *b);
// Room for `more` bytes at the end; returns where they start. n does not change.
char *buf_reserve(Buf *b, size_t more);
void buf_bytes(Buf *b, const void *p, size_t n);
void buf_char(Buf *b, char c);
static inline void buf_add(Buf *b, Str s) { buf_bytes(b, s.p, s.n); }
void buf_z(Buf *b, const char *z);
void buf_fill(Buf *b, char c, size_t count);
void buf_format(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vformat(Buf *b, const char *format, va_list args);

#endif

// A number's printed form reads back as that number, and no operation fails on what can be read.
#include "engine/base/number.h"
#include "engine/base/process.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) abort();
}

// Powers of two may come back as their lower neighbour, which is nearer than the rule of printing knows.
static bool are_neighbours(Arena *arena, const Num *a, const Num *b) {
    if (num_cmp(a, b) == 0) return true;
    const char *ulps = num_precision(a) == NUM_PRECISION_FLOAT ? "1p52" : "1p511";
    const Num *apart = num_op(arena, NUM_SUB, a, b);
    if (!apart) return true; // too little to be told
    apart = num_op(arena, NUM_MUL, apart, num_parse(arena, str_of(ulps), NUM_PRECISION_TEXT));
    if (num_sign(apart) < 0) apart = num_neg(arena, apart);
    return num_cmp(apart, num_sign(a) < 0 ? num_neg(arena, a) : a) <= 0;
}

static void check_number(Arena *arena, const Num *n) {
    Buf text = buf_in(arena);
    num_print(n, &text);
    const Num *back = num_parse(arena, buf_str(&text), num_precision(n));
    check(!back || are_neighbours(arena, n, back));
    int64_t i;
    if (num_to_i64(n, &i)) check(num_cmp(num_from_i64(arena, i, 64), n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    Arena *arena = arena_new(process, LIFE_OP, "fuzz");
    Str text = {(const char *)data, size};
    const Num *n = num_parse(arena, text, NUM_PRECISION_TEXT), *d = num_parse(arena, text, NUM_PRECISION_FLOAT);
    check((n == NULL) == (d == NULL));
    if (n) {
        check_number(arena, n);
        check_number(arena, d);
        for (int op = NUM_ADD; op <= NUM_MOD; op++)
            if (num_sign(d) != 0 || op < NUM_DIV) num_op(arena, (NumOp)op, n, d);
    }
    for (int base = 2; base <= 62; base += 20) num_parse_int(arena, text, base);
    arena_free(arena);
    process_free(process);
    return 0;
}

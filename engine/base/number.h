// Exact numbers as cty has them: binary floating point of a given precision (text and literals 512 bits, counts 64,
// float functions 53; a result takes the larger), rounded to nearest even, held by MPFR.
//
// A Num is immutable and lives in an arena. Integers that fit int64 are kept by the value layer without a Num; the
// functions here give the same results for both. Division by zero and infinities are the caller's to refuse.
// Fact source: zclconf/go-cty cty/value_ops.go and math/big's Float.
#ifndef INFRA_BASE_NUMBER_H
#define INFRA_BASE_NUMBER_H

#include "engine/base/str.h"

typedef struct Num Num;

#define NUM_PRECISION_TEXT 512u
#define NUM_PRECISION_COUNT 64u
#define NUM_PRECISION_FLOAT 53u

// A JSON or HCL number literal (or Go's forms for text: sign, digits, "5." and ".5", exponent e or p, which is one of
// two). NULL when malformed or when the decimal exponent is beyond LIMIT_NUMBER_EXPONENT either way; infinities too.
const Num *num_parse(Arena *arena, Str text, uint32_t precision);
// Digits with optional sign in base 2..62 (letters: lower case first from base 37 on, else either case), of the
// precision that holds them, at least 64, as `parseint` has it. NULL when malformed or too large.
const Num *num_parse_int(Arena *arena, Str text, int base);
const Num *num_from_i64(Arena *arena, int64_t i, uint32_t precision);
const Num *num_from_double(Arena *arena, double d);
uint32_t num_precision(const Num *n);
// A Num holds no pointers: num_size bytes copied anywhere (aligned to 8) are the same number.
size_t num_size(const Num *n);
const Num *num_copy(Arena *arena, const Num *n);

// Exactly an int64 (5.0 is, 5.5 and 2^63 are not).
bool num_to_i64(const Num *n, int64_t *out);
double num_to_double(const Num *n);
bool num_is_int(const Num *n);
int num_sign(const Num *n);
int num_cmp(const Num *a, const Num *b);

typedef enum NumOp { NUM_ADD, NUM_SUB, NUM_MUL, NUM_DIV, NUM_MOD } NumOp;
// The result's precision is the larger one, but MUL takes what the product needs up to 512 bits, and MOD that of a.
// b must not be 0 for DIV and MOD. MOD truncates toward zero as cty does. NULL when the result is beyond
// LIMIT_NUMBER_EXPONENT either way.
const Num *num_op(Arena *arena, NumOp op, const Num *a, const Num *b);
const Num *num_neg(Arena *arena, const Num *a);
typedef enum NumRound { NUM_FLOOR, NUM_CEIL, NUM_TRUNC } NumRound;
// TRUNC of what is not whole has the precision that holds it, at least 64; the others keep a's.
const Num *num_round(Arena *arena, NumRound how, const Num *a);

// Shortest decimal form that reads back the same at its own precision, never with an exponent (as Go's big.Float
// Text('f', -1), digit for digit): 2^60 of precision 53 is 1152921504606847000, and zero keeps its sign. (By the
// same rule a power of two may come out so short that it reads back as its lower neighbour.)
void num_print(const Num *n, Buf *out);
void num_print_i64(int64_t i, Buf *out);

#endif

// Conversion between types alone, shared by the sources that make up convert.h. Only for this folder.
//
// `unsafe` also allows conversions that may fail for some values (string to number, map to object).
#ifndef INFRA_VALUE_CONVERT_TYPE_H
#define INFRA_VALUE_CONVERT_TYPE_H

#include "engine/value/convert.h"

// Whether values of `from` can be converted to `to`. The same type always can.
bool convert_types(Process *p, const Type *from, const Type *to, bool unsafe);
// The one type that all convert to, or NULL.
const Type *unify_types(Process *p, const Type *const *types, uint32_t n, bool unsafe);
// `out` with each "any" replaced by what `in` has there. A conversion from in to out exists.
const Type *convert_fill_dynamic(Process *p, const Type *in, const Type *out);
// Why values of `got` cannot become `want`.
void mismatch_print(Process *p, const Type *got, const Type *want, Buf *out);

// A growing list of types on the heap.
typedef struct TypeList {
    Buf memory;
    uint32_t n;
} TypeList;
static inline void types_add(TypeList *l, const Type *t) {
    buf_bytes(&l->memory, &t, sizeof t);
    l->n++;
}
static inline const Type **types_at(const TypeList *l) { return (const Type **)(void *)l->memory.p; }

#endif

// Interned strings: two Names are the same text exactly when the pointers are equal. They live as long as the
// process and carry their hash, so attribute look-ups and shapes compare pointers.
// For identifiers, attribute and type names: text from the configuration or a schema, never bulk data.
#ifndef INFRA_BASE_NAME_H
#define INFRA_BASE_NAME_H

#include "engine/base/str.h"

typedef struct Process Process;

typedef struct NameText {
    uint32_t n;
    uint32_t hash;
    char text[]; // n bytes and a NUL
} NameText;

typedef const NameText *Name;

Name name_of(Process *process, Str text);
// The name if this text was interned before, else NULL; never adds (for foreign input).
Name name_find(Process *process, Str text);
static inline Str name_str(Name n) { return (Str){n->text, n->n}; }

#endif

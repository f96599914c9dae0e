// The schema table: every type of the AWS provider as users have it (providers/aws/schema/aws.schema, whose format is
// described at the head of tools/aws-schema). One entry is found by bisection over the bytes; nothing else is read.
#ifndef INFRA_AWS_CORE_TABLE_H
#define INFRA_AWS_CORE_TABLE_H

#include "engine/base/map.h"
#include "providers/aws/core/attr.h"

typedef struct Table {
    Arena *arena;
    Str text;
    StrMap bodies; // lines "b HASH" met so far: Attrs
    StrMap types;  // lines "t HASH": Type
} Table;

// Text lives as long as the table. The built-in one: table_builtin().
void table_init(Table *table, Arena *arena, Str text);
Str table_builtin(void);
// kind: 'r' resource, 'd' data, 'e' ephemeral, 'p' provider. NULL: no such type. A fresh tree each time, but with
// `share` bodies that occur often are one (some types, written out, have a hundred thousand attributes).
Attrs *table_type(Table *table, char kind, Str name, bool share, uint64_t *version);
bool table_has(const Table *table, char kind, Str name);
// All names of a kind, sorted, each ended by NUL.
const char **table_names(const Table *table, Arena *arena, char kind, size_t *n);
// A type in the table's notation, for the definitions' own ("newer") attributes and tests.
const Type *table_parse_type(Table *table, Str text);

#endif

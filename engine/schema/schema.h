// Schemas: what a block's body may hold, for user blocks of known types (resources, data, providers, backends) and
// for resource-type definitions. Terraform's model: attributes, nested blocks with a nesting mode, and one object
// type that a decoded body has.
//
// Where a block type's content holds "any", a list or map of it is a tuple or object and its type "any".
//
// Schemas are built once (SchemaBuilder or by a provider), immutable, and live as long as the process. Attributes and
// blocks are sorted by name; the decoded object's shape has one field per attribute and per block type, sorted
// together, and `field` gives each one's place in it.
#ifndef INFRA_SCHEMA_SCHEMA_H
#define INFRA_SCHEMA_SCHEMA_H

#include "engine/value/path.h"
#include "engine/value/value.h"

typedef struct Schema Schema;
typedef struct SchemaBlock SchemaBlock;
typedef struct SchemaAttr SchemaAttr;

typedef enum Nesting {
    NEST_SINGLE, // object, null when absent
    NEST_GROUP,  // object, with its defaults when absent (never null)
    NEST_LIST,
    NEST_SET,
    NEST_MAP, // one label is the key
} Nesting;

enum {
    ATTR_REQUIRED = 1,
    ATTR_OPTIONAL = 2,
    ATTR_COMPUTED = 4,
    ATTR_SENSITIVE = 8,
    ATTR_WRITE_ONLY = 16,
    ATTR_AS_BLOCK = 32,     // list or set of objects that may be written as blocks too ("attribute as block")
    ATTR_ZERO_IS_NULL = 64, // null and the type's zero value are the same (optional, not computed, not nullable)
};

struct SchemaAttr {
    Name name;
    uint8_t flags;
    uint32_t field;
    const Type *type;            // with `nested`: the implied type
    const SchemaBlock *nested;   // attributes of a structured attribute (protocol 6), or NULL
    Nesting nesting;             // of nested
    const SchemaBlock *as_block; // ATTR_AS_BLOCK: what the block form holds (made by schema_finish), or NULL
    Str deprecated;              // message, empty when it is not
    Str description;
};

typedef struct SchemaNested {
    Name name;
    uint32_t field;
    Nesting nesting;
    uint32_t min, max; // max 0: no bound
    const SchemaBlock *block;
    Str deprecated;
} SchemaNested;

struct SchemaBlock {
    uint32_t attr_count, block_count;
    const SchemaAttr *attrs;
    const SchemaNested *blocks;
    const Shape *shape;
    const Value *absent;                // by field: what an object has where nothing is set
    const Type *type;                   // implied object type
    bool has_sensitive, has_write_only; // anywhere inside
    Str deprecated;
};

struct Schema {
    uint64_t version;
    const SchemaBlock *block;
};

const SchemaAttr *schema_attr(const SchemaBlock *block, Name name);
const SchemaNested *schema_nested(const SchemaBlock *block, Name name);

// Building. Order of fields is free; finish sorts and computes shape, type and flags.
typedef struct SchemaBuilder {
    Process *process;
    VEC(SchemaAttr) attrs;
    VEC(SchemaNested) blocks;
} SchemaBuilder;
SchemaBuilder schema_builder(Process *process);
// The added attribute, for its rarer fields.
SchemaAttr *schema_add(SchemaBuilder *b, const char *name, const Type *type, uint8_t flags);
SchemaNested *schema_add_block(SchemaBuilder *b, const char *name, Nesting nesting, const SchemaBlock *block,
                               uint32_t min, uint32_t max);
const SchemaBlock *schema_finish(SchemaBuilder *b);
// A structured attribute's type from its nested block and nesting.
const Type *schema_nested_type(Process *process, const SchemaBlock *nested, Nesting nesting);
// What an attribute's expression is converted to: attr->type, for structured attributes with those attributes
// optional that need not be given.
const Type *schema_attr_constraint(Process *process, const SchemaAttr *attr);
// The value of a block type that is not there: null, an empty collection, or (group) an empty object.
Value schema_absent(Arena *arena, const SchemaNested *nested);

// An object of the schema with nothing set: null attributes, empty or null blocks.
Value schema_empty(Arena *arena, const SchemaBlock *block);
// Paths that the schema marks sensitive and that are set in v, as marks.
void schema_sensitive_paths(Arena *arena, const SchemaBlock *block, Value v, PathMarksList *out);
Value schema_mark(Arena *arena, const SchemaBlock *block, Value v);
// Brings a value that came from outside (state, provider) to the schema's shape: missing attributes become null,
// unknown ones are refused with the path.
bool schema_conform(Arena *arena, const SchemaBlock *block, Value v, Value *out, Str *error);

#endif

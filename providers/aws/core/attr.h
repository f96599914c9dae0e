// Attributes of a type: what the schema table says, and the options that a definition adds.
//
// Everything lives in the plugin's arena. A list of attributes is sorted by name, so that the index of an attribute is
// its place in an object of the type.
#ifndef INFRA_AWS_CORE_ATTR_H
#define INFRA_AWS_CORE_ATTR_H

#include "engine/base/limits.h"
#include "engine/eval/code.h"
#include "engine/schema/schema.h"
#include "engine/value/convert.h"
#include "providers/provider.h"

typedef struct Attr Attr;

typedef struct Attrs {
    Attr *at;
    uint32_t n;
    const Type *type; // the object's
    const Shape *shape;
    struct Pairing *pairings; // with API structures met so far (mapping.c)
    const InfraBlock *block;  // as the host wants it, when made
} Attrs;

struct Attr {
    Name name;
    uint32_t flags;    // INFRA_REQUIRED …
    bool block;        // a nested block, else an attribute
    Nesting nesting;   // of a block
    uint32_t min, max; // of a block; 0: no bound
    const Type *type;  // of the value
    Attrs *inside;     // of a block, or of an attribute that is an object or a collection of objects; else NULL
    const char *deprecated;
    Name api;      // the API's member, where its name is not ours
    Name alias;    // what this older name stands for
    bool dropped;  // alias = ""
    bool unpaired; // api = null
    bool local, nullable, drifts, newer, declared;
    bool part;        // of an object type: the table says no mode
    bool as_computed; // a block that AWS fills when it is not written
    Value fallback;   // default
    bool has_fallback;
    // NULL where the definition does not say it
    const Code *replace, *applies, *normal, *same, *stored, *value, *recompute, *check;
    const Name *conflicts, *needs;
    uint32_t conflict_count, need_count;
    const Str *enums;
    uint32_t enum_count;
    Str enum_shape; // enum("Shape"), until the model is there
    Span span;      // in the definition
};

// The attribute, or NULL.
Attr *attrs_find(const Attrs *attrs, Name name);
// Sets type and shape from the attributes, which are sorted here.
void attrs_finish(Arena *arena, Attrs *attrs);
// The schema as the host wants it, made once.
const InfraBlock *attrs_block(Arena *arena, Attrs *attrs);
// Computed, and not to be set by the user.
static inline bool attr_only_computed(const Attr *a) {
    return (a->flags & (INFRA_REQUIRED | INFRA_OPTIONAL)) == 0 && !a->block;
}
static inline bool attr_is_auto(const Attr *a) {
    return a->block ? a->as_computed
                    : (a->flags & (INFRA_OPTIONAL | INFRA_COMPUTED)) == (INFRA_OPTIONAL | INFRA_COMPUTED);
}

#endif

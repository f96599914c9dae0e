// A body compiled against a schema: evaluating it gives the object of the schema's type. Dynamic blocks, attributes
// as blocks and defaults of nesting modes are handled here; per instance nothing of the body is looked at again.
#ifndef INFRA_SCHEMA_DECODE_H
#define INFRA_SCHEMA_DECODE_H

#include "engine/eval/code.h"
#include "engine/eval/compile.h"
#include "engine/schema/body.h"

typedef struct BodyCode BodyCode;

// session holds binder, arena and the once-numbering; several bodies and expressions of one block share it. `remain`
// as in body_content (NULL: everything must be in the schema). NULL only when nothing could be compiled; diagnostics
// may have been added in any case.
const BodyCode *decode_compile(CodeSession *session, const Body *body, const SchemaBlock *schema, const Body **remain);
// The object, conforming to the schema's type, with marks where expressions had them (schema sensitivity is not
// added here). Missing required arguments and block counts were reported when compiled; counts of dynamic blocks are
// checked here. After errors the affected parts are unknown.
Value decode_eval(const BodyCode *code, Scope *scope, Diags *diags);
uint32_t decode_refs(Arena *arena, const BodyCode *code, const Ref *const **out);
Uses decode_uses(const BodyCode *code);
// Where an attribute was written: the span of its expression for the longest known prefix of the path, else the body.
Span decode_span(const BodyCode *code, Path path);
// The code of a top-level attribute, or NULL (plan's configuration JSON, provider names).
const Code *decode_attr(const BodyCode *code, Name name);

// The attributes and blocks that were written, by name, blocks of a type in their order; in the arena.
typedef struct BodyPart {
    Name name;
    uint32_t index;        // of a block among those of its type
    const Code *code;      // an attribute, or NULL:
    const BodyCode *block; // a block
    Str label;             // of a labelled block
    Nesting nesting;
    bool dynamic;          // the block stands for any number
} BodyPart;
uint32_t decode_parts(Arena *arena, const BodyCode *code, const BodyPart **out);

// Small helper for user blocks with fixed attributes of known types: evaluates a body of constant expressions.
bool decode_constant(Arena *arena, const Body *body, const SchemaBlock *schema, Value *out, Diags *diags);

#endif

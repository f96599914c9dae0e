// The inside of BodyCode, for this folder alone: decode*.c make it, decode_eval.c runs it.
#ifndef INFRA_SCHEMA_BODY_CODE_H
#define INFRA_SCHEMA_BODY_CODE_H

#include "engine/schema/decode.h"

// One block as written, or a dynamic block that stands for many.
typedef struct BlockItem {
    const BodyCode *body;
    const Code *for_each; // NULL: not dynamic
    const Code *key;      // dynamic block of a labelled type: its label
    Str label;            // likewise when not dynamic
    Span label_span;
    uint32_t depth; // dynamic: place of the iterator in the frame
    Span span;      // header
} BlockItem;

// What fills one field of the object: an attribute's expression or the blocks of a type.
typedef struct FieldCode {
    uint32_t field;
    Name name;
    Uses uses;
    uint32_t once; // 1 + place in the OnceCache when the value is the same for all instances; 0: none
    uint8_t flags; // of the attribute
    bool live;     // to be evaluated; else `value` holds it
    Value value;
    const Type *type, *constraint;
    const Code *code; // attribute; NULL for blocks
    Span span;        // attribute: its expression; blocks: the header of the first
    // Blocks
    const SchemaBlock *block;
    Nesting nesting;
    uint32_t min, max;
    bool dynamic; // some item is
    const BlockItem *items;
    uint32_t item_count;
} FieldCode;

// fields[0 … live) are evaluated for each instance, fields[live … n) hold their values, and fields that are not set
// are as the schema's `absent` has them. When live is 0 `whole` is the finished object.
struct BodyCode {
    const SchemaBlock *schema;
    Span span;
    const FieldCode *fields;
    uint32_t n, live;
    Value whole;
    Uses uses;
    bool frames; // some block inside is dynamic
};

// An attribute's value as the schema has it. Errors go to diags and give an unknown.
Value decode_convert(Arena *arena, const FieldCode *field, Value v, Diags *diags);
Value decode_blocks(const FieldCode *field, Scope *scope, Diags *diags);
// Reports too few or too many blocks.
void decode_check_count(const FieldCode *field, uint32_t count, Span at, Diags *diags);

#endif

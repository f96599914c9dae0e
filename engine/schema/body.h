// Body: the only way configuration is read. Whether a name is an attribute or a block is known from a schema alone,
// so a body is asked for content by schema. Bodies are native syntax, several merged (override files), and, with the
// JSON syntax, JSON objects.
#ifndef INFRA_SCHEMA_BODY_H
#define INFRA_SCHEMA_BODY_H

#include "engine/schema/schema.h"
#include "grammar/ast.h"

typedef struct Body Body;

typedef struct WantAttr {
    Name name;
    bool required;
} WantAttr;

typedef struct WantBlock {
    Name type;
    uint32_t labels;
    const char *const *label_names; // for messages
} WantBlock;

typedef struct BodyWant {
    const WantAttr *attrs;
    uint32_t attr_count;
    const WantBlock *blocks;
    uint32_t block_count;
    bool dynamic; // "dynamic" blocks (type "dynamic", one label) may stand for wanted blocks
} BodyWant;

typedef struct BodyAttr {
    Name name;
    const Expr *expr;
    Span name_span, span;
} BodyAttr;

typedef struct BodyBlock {
    Name type;
    const Str *labels;
    const Span *label_spans;
    const Body *body;
    Span type_span, header_span, span;
} BodyBlock;

typedef struct BodyContent {
    VEC(BodyAttr) attrs;
    VEC(BodyBlock) blocks; // in source order
    Span end;              // where something missing is reported: the block's header, else the body's end
} BodyContent;

typedef struct BodyVtable {
    // The wanted attributes and blocks. What is there but not wanted is an error when `remain` is NULL, else it is
    // left for the body given out.
    bool (*content)(const Body *body, Arena *arena, const BodyWant *want, BodyContent *out, const Body **remain,
                    Diags *diags);
    // All attributes; blocks are errors.
    bool (*attributes)(const Body *body, Arena *arena, BodyContent *out, Diags *diags);
    Span (*span)(const Body *body);
} BodyVtable;

struct Body {
    const BodyVtable *vt;
};

const Body *body_native(Arena *arena, Process *process, const AstBody *ast);
// base with the attributes and blocks of override laid over: an attribute replaces an attribute, all blocks of a type
// replace all of that type.
const Body *body_override(Arena *arena, const Body *base, const Body *override);
// The same, but a block of type `deep` is overridden argument by argument (lifecycle).
const Body *body_override_deep(Arena *arena, const Body *base, const Body *override, Name deep);
const Body *body_empty(void);
// first and second as one body (the escaping block `_ {}`): an argument in both is an error.
const Body *body_join(Arena *arena, const Body *first, const Body *second);

static inline bool body_content(const Body *b, Arena *arena, const BodyWant *want, BodyContent *out,
                                const Body **remain, Diags *diags) {
    return b->vt->content(b, arena, want, out, remain, diags);
}
static inline bool body_attributes(const Body *b, Arena *arena, BodyContent *out, Diags *diags) {
    return b->vt->attributes(b, arena, out, diags);
}
const BodyAttr *content_attr(const BodyContent *content, Name name);

#endif

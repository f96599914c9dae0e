// A compile session: the pieces of one block (attributes, nested blocks, for_each) that share lexical frames of
// dynamic blocks and the numbering of once-places. code_compile is a session of one expression.
#ifndef INFRA_EVAL_COMPILE_H
#define INFRA_EVAL_COMPILE_H

#include "engine/eval/code.h"

typedef struct CodeSession {
    Arena *arena;
    Binder *binder;
    Diags *diags;
    uint32_t once_count; // places used so far
    uint32_t frame_depth;
    struct FrameName {
        Name name;
    } frame[32]; // iterators of enclosing dynamic blocks
} CodeSession;

CodeSession session_start(Arena *arena, Binder *binder, Diags *diags);
const Code *session_compile(CodeSession *session, const Expr *expr);
// An iterator (an object with key and value) becomes visible as `name`; its value is scope->frame[its depth].
bool session_push(CodeSession *session, Name name, Span span);
void session_pop(CodeSession *session);

#endif

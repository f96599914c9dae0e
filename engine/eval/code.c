#include "engine/eval/code.h"

#include "engine/eval/node.h"

const Code *code_compile(Arena *arena, Binder *binder, const Expr *expr, Diags *diags) {
    CodeSession session = session_start(arena, binder, diags);
    return session_compile(&session, expr);
}

const Code *code_constant(Arena *arena, Value v, Span span) {
    Code *code = ARENA_NEW(arena, Code);
    code->kind = NODE_CONSTANT;
    code->span = span;
    code->value = v;
    return code;
}

Uses code_uses(const Code *code) { return code->uses; }

Span code_span(const Code *code) { return code->span; }

const Value *code_constant_value(const Code *code) { return code->kind == NODE_CONSTANT ? &code->value : NULL; }

const Ref *code_single_ref(const Code *code) { return code->kind == NODE_REF ? &code->ref : NULL; }

static void visit_all(const Code *const *list, uint32_t n, void (*visit)(void *, const Code *), void *context) {
    for (uint32_t i = 0; i < n; i++) {
        if (list[i]) visit(context, list[i]);
    }
}

static void visit_steps(const RefStep *steps, uint32_t n, void (*visit)(void *, const Code *), void *context) {
    for (uint32_t i = 0; i < n; i++) {
        if (steps[i].index) visit(context, steps[i].index);
    }
}

void node_children(const Code *code, void (*visit)(void *context, const Code *child), void *context) {
    switch ((NodeKind)code->kind) {
    case NODE_CONSTANT:
    case NODE_ERROR:
    case NODE_LOCAL:
    case NODE_FRAME: return;
    case NODE_REF: visit_steps(code->ref.steps, code->ref.n, visit, context); return;
    case NODE_WALK:
        visit(context, code->operand);
        visit_steps(code->steps, code->step_count, visit, context);
        return;
    case NODE_UNARY:
    case NODE_JOIN: visit(context, code->operand); return;
    case NODE_BINARY:
        visit(context, code->first);
        for (uint32_t i = 0; i < code->link_count; i++) visit(context, code->links[i].right);
        return;
    case NODE_CONDITION: visit_all((const Code *const[]){code->test, code->yes, code->no}, 3, visit, context); return;
    case NODE_TUPLE:
    case NODE_TEMPLATE:
    case NODE_TRY:
    case NODE_CAN: visit_all(code->list, code->count, visit, context); return;
    case NODE_OBJECT:
        for (uint32_t i = 0; i < code->entry_count; i++) {
            if (code->entries[i].key) visit(context, code->entries[i].key);
            visit(context, code->entries[i].value);
        }
        return;
    case NODE_CALL: visit_all(code->call->args, code->call->n, visit, context); return;
    case NODE_FOR: {
        const ForNode *loop = code->loop;
        visit_all((const Code *const[]){loop->collection, loop->condition, loop->key, loop->value}, 4, visit, context);
        return;
    }
    case NODE_SPLAT:
        visit(context, code->source);
        visit(context, code->each);
        return;
    }
}

typedef struct RefList {
    Arena *arena;
    VEC(const Ref *) list;
} RefList;

static void collect_refs(void *context, const Code *code) {
    RefList *refs = context;
    if (code->kind == NODE_REF) vec_push(refs->arena, &refs->list, &code->ref);
    node_children(code, collect_refs, refs);
}

uint32_t code_refs(Arena *arena, const Code *code, const Ref *const **out) {
    RefList refs = {.arena = arena};
    collect_refs(&refs, code);
    *out = refs.list.at;
    return refs.list.n;
}

// References: a root name with its steps becomes one node, bound to a slot, to an iterator of a dynamic block, or to
// a local.
#include "engine/eval/compiler.h"

static bool is_step(const Expr *expr) { return expr->kind == EXPR_ATTR || expr->kind == EXPR_INDEX; }

// What a step adds to its operand: ".name" or "[key]".
static Span step_span(const Expr *expr) {
    uint32_t from = expr->operand->span.at + expr->operand->span.n, to = expr->span.at + expr->span.n;
    return to > from ? (Span){from, to - from} : expr->span;
}

typedef struct Chain {
    const Expr *base;
    uint32_t n;
    RefStep *steps;
    TraversalStep *written;
} Chain;

static void collect_chain(Compiler *c, const Expr *expr, Chain *chain, Code *code) {
    *chain = (Chain){.base = expr};
    for (; is_step(chain->base); chain->base = chain->base->operand) chain->n++;
    chain->steps = ARENA_ARRAY(c->arena, RefStep, chain->n);
    chain->written = ARENA_ARRAY(c->arena, TraversalStep, chain->n + 1);
    const Expr **at = ARENA_ARRAY(c->arena, const Expr *, chain->n + 1);
    const Expr *walk = expr;
    for (uint32_t i = chain->n; i-- > 0; walk = walk->operand) at[i] = walk;
    for (uint32_t i = 0; i < chain->n; i++) {
        RefStep *step = &chain->steps[i];
        TraversalStep *written = &chain->written[i];
        step->span = written->span = step_span(at[i]);
        if (at[i]->kind == EXPR_ATTR) {
            step->attr = written->attr = name_of(c->process, at[i]->text);
            continue;
        }
        step->index = compile_expr(c, at[i]->key);
        compile_child(code, step->index);
        written->constant = step->index->kind == NODE_CONSTANT;
        if (written->constant) written->key = step->index->value;
    }
}

static Code *variable_node(Compiler *c, NodeKind kind, uint32_t index, Span span) {
    Code *code = compile_node(c, kind, span);
    code->index = index;
    if (kind == NODE_LOCAL) {
        code->free = UINT64_C(1) << index;
        code->local_count = (uint8_t)(index + 1);
    } else {
        code->has_frames = true;
    }
    return compile_finish(c, code);
}

// The iterator of that name, innermost first, or NULL.
static Code *find_iterator(Compiler *c, Name name, Span span) {
    for (uint32_t i = c->local_n; i-- > 0;) {
        if (c->locals[i] == name) return variable_node(c, NODE_LOCAL, i, span);
    }
    for (uint32_t i = c->session->frame_depth; i-- > 0;) {
        if (c->session->frame[i].name == name) return variable_node(c, NODE_FRAME, i, span);
    }
    return NULL;
}

static Code *walk_node(Compiler *c, Code *code, const Code *operand, const Chain *chain) {
    if (chain->n == 0) return (Code *)(uintptr_t)operand;
    code->kind = NODE_WALK;
    code->operand = operand;
    code->steps = chain->steps;
    code->step_count = chain->n;
    compile_child(code, operand);
    return compile_finish(c, code);
}

static Code *bind_ref(Compiler *c, Code *code, const Chain *chain, Name root, bool splat) {
    Traversal traversal = {.root = root, .n = chain->n, .steps = chain->written, .span = code->span};
    if (splat) {
        chain->written[chain->n] = (TraversalStep){.splat = true, .span = code->span};
        traversal.n++;
    }
    Bound bound = {0};
    if (!c->binder->bind(c->binder, &traversal, &bound, c->diags)) {
        code->kind = NODE_ERROR;
        code->failed = true;
        return code;
    }
    uint32_t covered = bound.steps < chain->n ? bound.steps : chain->n;
    code->kind = NODE_REF;
    // There is no scope to load from when compiling, so no reference is ever folded.
    code->uses |= bound.uses ? bound.uses : USES_SLOTS;
    code->ref = (Ref){.slot = bound.slot,
                      .n = chain->n - covered,
                      .steps = chain->steps + covered,
                      .span = code->span,
                      .uses = bound.uses};
    return compile_finish(c, code);
}

Code *compile_traversal(Compiler *c, const Expr *expr, bool splat) {
    Code *code = compile_node(c, NODE_REF, expr->span);
    Chain chain;
    collect_chain(c, expr, &chain, code);
    if (chain.base->kind != EXPR_NAME) return walk_node(c, code, compile_expr(c, chain.base), &chain);
    Name root = name_of(c->process, chain.base->text);
    Code *iterator = find_iterator(c, root, chain.base->span);
    if (iterator) return walk_node(c, code, iterator, &chain);
    return bind_ref(c, code, &chain, root, splat);
}

Code *compile_splat(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_SPLAT, expr->span);
    const Expr *source = expr->operand;
    bool chain = is_step(source) || source->kind == EXPR_NAME;
    code->source = chain ? compile_traversal(c, source, true) : compile_expr(c, source);
    uint32_t outer = c->item, floor = c->local_n;
    if (compile_local(c, NULL, expr->span, &c->item)) {
        code->local = c->item;
        code->each = compile_expr(c, expr->each);
        compile_child(code, code->each);
        code->local_count = code->local_count > c->local_n ? code->local_count : (uint8_t)c->local_n;
        code->free &= (UINT64_C(1) << code->local) - 1;
    } else {
        code->failed = true;
    }
    c->item = outer;
    c->local_n = floor;
    compile_child(code, code->source);
    return compile_finish(c, code);
}

// Errors about expressions, with what the references inside were at that moment.
#include <stdlib.h>

#include "engine/eval/node.h"
#include "engine/value/render.h"

typedef struct Explain {
    Eval *e;
    VEC(DiagValue) values;
    uint32_t visited;
} Explain;

enum { EXPLAIN_VISITS = 200, EXPLAIN_VALUES = 20 };

static void explain_value(Explain *x, Span span, Value v) {
    Eval *e = x->e;
    if (v.marks & (MARK_SENSITIVE | MARK_EPHEMERAL)) return;
    if (value_is_unknown(v) && v.unk->type->kind == TYPE_DYNAMIC) return;
    Str text = source_text(e->process, span);
    if (str_empty(text) || text.p[0] == ']' || text.p[0] == '*') return; // the element of a splat has no name
    for (uint32_t i = 0; i < x->values.n; i++) {
        if (str_eq(x->values.at[i].expression, text)) return;
    }
    Buf statement = buf_in(e->arena);
    if (value_is_unknown(v)) {
        buf_z(&statement, "is a ");
        type_friendly(v.unk->type, &statement);
    } else {
        render_statement(e->process, v, &statement);
    }
    DiagValue entry = {.expression = text, .statement = buf_str(&statement)};
    vec_push(e->arena, &x->values, entry);
}

// The longest part of the reference that has a value: up to the first computed index, then shorter.
static void explain_ref(Explain *x, const Code *code) {
    Eval *e = x->e;
    const Ref *ref = &code->ref;
    uint32_t n = 0;
    while (n < ref->n && (ref->steps[n].attr || ref->steps[n].index->kind == NODE_CONSTANT)) n++;
    for (;; n--) {
        Code part = *code;
        part.once = 0;
        part.ref.n = n;
        if (n < ref->n) {
            part.span.n = ref->steps[n].span.at - code->span.at;
            part.ref.span = part.span;
        }
        Diags own;
        Value v = eval_apart(e, &part, &own);
        if (!diags_failed(&own)) explain_value(x, part.span, v);
        if (!diags_failed(&own) || n == 0) return;
    }
}

static void explain_walk(Explain *x, const Code *code) {
    Eval *e = x->e;
    uint32_t n = 0;
    while (n < code->step_count && (code->steps[n].attr || code->steps[n].index->kind == NODE_CONSTANT)) n++;
    for (; n > 0; n--) {
        Code part = *code;
        part.once = 0;
        part.step_count = n;
        Span last = code->steps[n - 1].span;
        part.span.n = last.at + last.n - code->span.at;
        Diags own;
        Value v = eval_apart(e, &part, &own);
        if (diags_failed(&own)) continue;
        explain_value(x, part.span, v);
        return;
    }
    explain_value(x, code->operand->span, eval_node(e, code->operand));
}

void eval_hide(Eval *e, uint32_t local, uint32_t n, Marks marks) {
    for (uint32_t i = local; i < local + n && i < NODE_LOCALS; i++) {
        uint64_t bit = UINT64_C(1) << i;
        e->hidden = marks & (MARK_SENSITIVE | MARK_EPHEMERAL) ? e->hidden | bit : e->hidden & ~bit;
    }
}

static bool is_hidden(const Eval *e, const Code *variable) {
    return variable->kind == NODE_LOCAL && (e->hidden >> variable->index & 1);
}

static void explain_node(void *context, const Code *code) {
    Explain *x = context;
    if (x->visited++ > EXPLAIN_VISITS || x->values.n >= EXPLAIN_VALUES) return;
    // Inside these the locals have no value now.
    if (code->kind == NODE_FOR) {
        explain_node(x, code->loop->collection);
        return;
    }
    if (code->kind == NODE_SPLAT) {
        explain_node(x, code->source);
        return;
    }
    bool variable = code->kind == NODE_WALK && (code->operand->kind == NODE_LOCAL || code->operand->kind == NODE_FRAME);
    if (code->kind == NODE_REF)
        explain_ref(x, code);
    else if (is_hidden(x->e, variable ? code->operand : code))
        return;
    else if (variable)
        explain_walk(x, code);
    else if (code->kind == NODE_LOCAL || code->kind == NODE_FRAME)
        explain_value(x, code->span, eval_node(x->e, code));
    node_children(code, explain_node, x);
}

static int by_expression(const void *a, const void *b) {
    return str_cmp(((const DiagValue *)a)->expression, ((const DiagValue *)b)->expression);
}

void eval_explain(Eval *e, Diag *diag, const Code *failing) {
    if (e->quiet) return;
    Explain x = {.e = e};
    e->quiet = true;
    explain_node(&x, failing);
    e->quiet = false;
    if (x.values.n > 1) qsort(x.values.at, x.values.n, sizeof(DiagValue), by_expression);
    for (uint32_t i = 0; i < x.values.n; i++)
        diag_value(e->diags, diag, x.values.at[i].expression, x.values.at[i].statement);
}

Value eval_error(Eval *e, const Code *failing, const char *code, Span subject, Span context, const char *summary,
                 const char *format, ...) {
    Buf detail = buf_in(e->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&detail, format, args);
    va_end(args);
    Diag *diag = diag_add(e->diags, SEV_ERROR, code, subject, str_of(summary), buf_str(&detail));
    diag->context = context;
    if (failing) eval_explain(e, diag, failing);
    return eval_dynamic(e);
}

// Calls, try and can.
#include "engine/eval/node.h"
#include "engine/value/marks.h"

typedef struct Args {
    Value *at;
    Span *spans;
    uint32_t n;
} Args;

static Value bad_expand(Eval *e, const Code *code, const Code *last, const char *detail) {
    return eval_error(e, last, "invalid_expand", last->span, code->span, "Invalid expanding argument value", "%s",
                      detail);
}

// The elements of the last argument become arguments. False: *out is the call's result.
static bool expand_args(Eval *e, const Code *code, Args *args, Value *out) {
    const CallNode *call = code->call;
    const Code *last = call->args[call->n - 1];
    uint32_t before = e->diags->errors;
    Value v = eval_node(e, last);
    *out = eval_dynamic(e);
    if (e->diags->errors > before) return false;
    bool sequence = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE;
    if (!sequence && v.kind != TYPE_DYNAMIC) {
        *out = bad_expand(e, code, last, "The expanding argument (before ...) must be of a tuple, list, or set type.");
        return false;
    }
    if (value_is_null(v)) {
        *out = bad_expand(e, code, last, "The expanding argument (before ...) must not be null.");
        return false;
    }
    if (value_is_unknown(v)) return false;
    args->n = call->n - 1 + v.n;
    args->at = ARENA_ARRAY(e->arena, Value, args->n);
    args->spans = ARENA_ARRAY(e->arena, Span, args->n);
    for (uint32_t i = 0; i < v.n; i++) {
        args->at[call->n - 1 + i] = v.marks ? marks_add(e->process, v.list->at[i], v.marks) : v.list->at[i];
        args->spans[call->n - 1 + i] = last->span;
    }
    return true;
}

// The newest diagnostic is about an argument or about the call.
static void explain_call(Eval *e, const Code *code) {
    if (e->diags->list.n == 0) return;
    Diag *diag = &e->diags->list.at[e->diags->list.n - 1];
    if (diag->values.n) return;
    const Code *failing = code;
    for (uint32_t i = 0; i < code->call->n; i++) {
        const Code *arg = code->call->args[i];
        if (arg->span.at == diag->subject.at && arg->span.n == diag->subject.n) failing = arg;
    }
    eval_explain(e, diag, failing);
}

Value eval_call(Eval *e, const Code *code) {
    const CallNode *call = code->call;
    enum { FEW = 8 };
    Value room[FEW], out;
    Span span_room[FEW];
    Args args = {.at = room, .spans = span_room, .n = call->n};
    uint32_t before = e->diags->errors, plain = call->n;
    if (call->expand && call->n > 0) {
        if (!expand_args(e, code, &args, &out)) return out;
        plain--;
    } else if (call->n > FEW) {
        args.at = ARENA_ARRAY(e->arena, Value, call->n);
        args.spans = ARENA_ARRAY(e->arena, Span, call->n);
    }
    for (uint32_t i = 0; i < plain; i++) {
        args.at[i] = eval_node(e, call->args[i]);
        args.spans[i] = call->spans[i];
    }
    if (e->diags->errors > before) return eval_dynamic(e);
    bool ran = call->func ? func_run(call->func, e->scope, code->span, args.at, args.spans, args.n, &out, e->diags)
                          : e->scope->call(e->scope, call->slot, args.at, args.n, code->span, &out, e->diags);
    if (ran) return out;
    explain_call(e, code);
    return eval_dynamic(e);
}

static void describe_failure(Eval *e, const Diag *diag, Buf *out) {
    SourcePos start, end;
    buf_format(out, "- %.*s", STR_ARG(diag->summary));
    if (source_pos(e->process, diag->subject, &start, &end)) {
        buf_format(out, " (at %.*s:%u,%u)", STR_ARG(start.file->path), start.line, start.column);
    }
    buf_format(out, "\n  %.*s\n", STR_ARG(diag->detail));
}

static Value eval_quietly(Eval *e, const Code *code, Diags *own) {
    bool outer = e->quiet;
    e->quiet = true;
    Value v = eval_apart(e, code, own);
    e->quiet = outer;
    return v;
}

Value eval_try(Eval *e, const Code *code) {
    Buf failures = buf_in(e->arena);
    for (uint32_t i = 0; i < code->count; i++) {
        Diags own;
        Value v = eval_quietly(e, code->list[i], &own);
        // What is unknown may still turn out to be an error.
        if (!diags_failed(&own)) return value_is_whole(v) ? v : eval_dynamic(e);
        for (uint32_t d = 0; d < own.list.n; d++) describe_failure(e, &own.list.at[d], &failures);
    }
    return eval_error(e, code, "function_failed", code->span, SPAN_NONE, "Error in function call",
                      "Call to function \"try\" failed: no expression succeeded:\n%.*s\nAt least one expression must "
                      "produce a successful result.",
                      STR_ARG(buf_str(&failures)));
}

Value eval_can(Eval *e, const Code *code) {
    Diags own;
    Value v = eval_quietly(e, code->list[0], &own);
    if (diags_failed(&own)) return value_bool(false);
    return value_is_whole(v) ? value_bool(true) : eval_unknown(e, type_bool(e->process));
}

// Calls: the function is found when compiled, so that a wrong name is an error even where nothing is evaluated.
#include "engine/eval/compiler.h"

// Edit distance of two names, given up beyond 2.
static uint32_t distance(Str a, Str b) {
    enum { CAP = 40 };
    if (a.n >= CAP || b.n >= CAP) return 3;
    uint32_t row[CAP + 1];
    for (uint32_t j = 0; j <= b.n; j++) row[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            uint32_t change = diagonal + (a.p[i - 1] != b.p[j - 1]);
            uint32_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            diagonal = row[j];
            row[j] = change < best ? change : best;
        }
    }
    return row[b.n];
}

static const char *suggest(const FuncTable *table, Str name) {
    const char *best = NULL;
    uint32_t least = 3;
    for (uint32_t i = 0; i < table->n; i++) {
        uint32_t d = distance(name, str_of(table->at[i]->name));
        if (d < least) {
            least = d;
            best = table->at[i]->name;
        }
    }
    return best;
}

static void unknown_function(Compiler *c, const Expr *expr) {
    const FuncTable *table = c->binder->functions;
    Span at = span_known(expr->name_span) ? expr->name_span : expr->span;
    if (!table) {
        diag_error(c->diags, "functions_not_allowed", at, "Function calls not allowed",
                   "Functions may not be called here.");
        return;
    }
    Str name = expr->text;
    if (str_starts(name, STR("core::"))) name = str_slice(name, 6, name.n);
    const char *near = suggest(table, name);
    diag_error(c->diags, "unknown_function", at, "Call to unknown function",
               "There is no function named \"%.*s\".%s%s%s", STR_ARG(expr->text), near ? " Did you mean \"" : "",
               near ? near : "", near ? "\"?" : "");
}

static bool find_function(Compiler *c, const Expr *expr, CallNode *call) {
    const FuncTable *table = c->binder->functions;
    call->func = table ? func_find(table, expr->text) : NULL;
    if (call->func) return true;
    bool spaced = str_find(expr->text, STR("::")) >= 0 && !str_starts(expr->text, STR("core::"));
    if (spaced && c->binder->bind_function) {
        return c->binder->bind_function(c->binder, expr->text, expr->name_span, &call->slot, c->diags);
    }
    unknown_function(c, expr);
    return false;
}

Code *compile_call(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_CALL, expr->span);
    CallNode *call = ARENA_NEW(c->arena, CallNode);
    code->failed = !find_function(c, expr, call);
    uint32_t n = expr->args.list.n;
    const Code **args = ARENA_ARRAY(c->arena, const Code *, n);
    Span *spans = ARENA_ARRAY(c->arena, Span, n);
    for (uint32_t i = 0; i < n; i++) {
        args[i] = compile_expr(c, expr->args.list.at[i]);
        spans[i] = args[i]->span;
        compile_child(code, args[i]);
    }
    const Func *func = call->func;
    if (func && func->lazy && !expr->expand && n > 0) {
        code->kind = func->param_count ? NODE_CAN : NODE_TRY;
        if (code->kind == NODE_TRY || n == 1) {
            code->list = args;
            code->count = n;
            code->stuck = false; // they are there to catch errors
            return compile_finish(c, code);
        }
        code->kind = NODE_CALL;
    }
    call->name = expr->text;
    call->args = args;
    call->spans = spans;
    call->n = n;
    call->expand = expr->expand;
    code->call = call;
    if (!func)
        code->uses |= USES_SLOTS;
    else if (func->impure || func->files)
        code->uses |= USES_IMPURE;
    if (func && func->random) code->random = true;
    return compile_finish(c, code);
}

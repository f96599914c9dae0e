#include "engine/eval/func.h"

#include <assert.h>

#include "engine/value/convert.h"
#include "engine/value/marks.h"

const Func *func_find(const FuncTable *table, Str name) {
    if (str_starts(name, STR("core::"))) name = str_slice(name, 6, name.n);
    uint32_t low = 0, high = table->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(str_of(table->at[middle]->name), name);
        if (order == 0) return table->at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool func_fail(FuncCall *call, int32_t arg, const char *format, ...) {
    Buf text = buf_in(call->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&text, format, args);
    va_end(args);
    call->error = buf_str(&text);
    call->error_arg = arg;
    return false;
}

static bool take(Str *text, const char *word) {
    Str w = str_of(word);
    if (!str_starts(*text, w)) return false;
    *text = str_slice(*text, w.n, text->n);
    return true;
}

// The types of parameters are few and simple: primitives, any, and collections of them.
static const Type *read_type(Process *p, Str *text) {
    if (take(text, "string")) return type_string(p);
    if (take(text, "number")) return type_number(p);
    if (take(text, "bool")) return type_bool(p);
    if (take(text, "any")) return type_dynamic(p);
    if (take(text, "list(")) return type_list(p, read_type(p, text));
    if (take(text, "set(")) return type_set(p, read_type(p, text));
    bool map = take(text, "map(");
    assert(map);
    (void)map;
    return type_map(p, read_type(p, text));
}

const Type *func_type(Process *p, const char *text) {
    Str rest = str_of(text);
    return read_type(p, &rest);
}

typedef struct Run {
    const Func *func;
    FuncCall call;
    Value *args;
    const Value *given; // args as they came, with their marks
    Process *process;
    Diags *diags;
    Marks marks;        // of arguments that the function does not see marks of
    bool unknown;       // the result cannot be known
    bool no_type;       // not even its type
    bool lenient, null; // the dialect of definitions: the result is null
} Run;

static const Param *param_of(const Func *func, uint32_t i) {
    return i < func->param_count ? &func->params[i] : func->variadic;
}

static bool check_count(Run *r) {
    const Func *f = r->func;
    uint32_t n = r->call.n;
    if (n < f->param_count) {
        return diag_error(r->diags, "missing_argument", r->call.span, "Not enough function arguments",
                          "Function \"%s\" expects%s %u argument(s). Missing value for \"%s\".", f->name,
                          f->variadic ? " at least" : "", f->param_count, f->params[n].name);
    }
    if (n > f->param_count && !f->variadic) {
        return diag_error(r->diags, "extra_argument", r->call.arg_spans[f->param_count], "Too many function arguments",
                          "Function \"%s\" expects only %u argument(s).", f->name, f->param_count);
    }
    return true;
}

static bool argument_error(Run *r, uint32_t i, Str why) {
    const Param *param = param_of(r->func, i);
    Span at = i < r->call.n ? r->call.arg_spans[i] : r->call.span;
    bool added = diag_error(r->diags, "invalid_function_argument", at, "Invalid function argument",
                            "Invalid value for \"%s\" parameter: %.*s.", param ? param->name : "?", STR_ARG(why));
    r->diags->list.at[r->diags->list.n - 1].context = r->call.span;
    return added;
}

static bool convert_args(Run *r) {
    bool fits = true;
    for (uint32_t i = 0; i < r->call.n; i++) {
        const Type *want = func_type(r->process, param_of(r->func, i)->type);
        Value *v = &r->args[i];
        if (want->kind == TYPE_DYNAMIC || (v->kind == want->kind && type_is_primitive(want))) continue;
        ConvertError error;
        if (convert_value(r->call.arena, *v, want, v, &error)) continue;
        Buf why = buf_in(r->call.arena);
        path_print(error.path, &why);
        if (why.n) buf_z(&why, ": ");
        buf_add(&why, error.message);
        fits = argument_error(r, i, error.path.n ? buf_str(&why) : error.message);
    }
    return fits;
}

// Null for one who does not take it: an empty collection where one is wanted, else the call's result is null.
static void lenient_null(Run *r, const Param *param, Value *v) {
    const Type *want = func_type(r->process, param->type);
    if (want->kind == TYPE_DYNAMIC)
        *v = value_tuple(r->call.arena, NULL, 0);
    else if (want->kind == TYPE_LIST)
        *v = value_list(r->call.arena, want->elem, NULL, 0);
    else if (want->kind == TYPE_SET)
        *v = value_set(r->call.arena, want->elem, NULL, 0);
    else if (want->kind == TYPE_MAP)
        *v = value_map(r->call.arena, want->elem, NULL, 0);
    else
        r->null = true;
}

static bool has_no_type(Value v) { return v.kind == TYPE_DYNAMIC; }

// Null, marks and unknowns, in the order in which cty looks at them.
static bool screen_args(Run *r) {
    for (uint32_t i = 0; i < r->call.n; i++) {
        const Param *param = param_of(r->func, i);
        Value *v = &r->args[i];
        if (r->no_type) break;
        if (r->lenient && value_is_null(*v) && !(param->flags & PARAM_NULL))
            lenient_null(r, param, v);
        else if (value_is_null(*v) && !(param->flags & PARAM_NULL)) {
            return argument_error(r, i, STR("argument must not be null"));
        }
        if (has_no_type(*v) && !(param->flags & PARAM_DYNAMIC)) r->no_type = r->unknown = true;
    }
    for (uint32_t i = 0; i < r->call.n; i++) {
        const Param *param = param_of(r->func, i);
        Value *v = &r->args[i];
        if (!(param->flags & PARAM_MARKED) && (v->bits & VALUE_MARKED_INSIDE)) {
            r->marks = marks_union(r->process, r->marks, marks_deep(r->process, *v));
            *v = marks_strip(r->call.arena, *v, NULL);
        }
        if (value_is_unknown(*v))
            r->unknown |= !(param->flags & PARAM_UNKNOWN);
        else if (!value_is_whole(*v))
            r->unknown |= !(param->flags & PARAM_DEEP);
    }
    return true;
}

// Short ones only between quotes: they would be found in ordinary words.
enum { SCRUB_BYTES = 4 };

static Str replace_text(Arena *arena, Str text, Str what) {
    if (what.n && what.n < SCRUB_BYTES) what = str_format(arena, "\"%.*s\"", STR_ARG(what));
    Buf out = buf_in(arena);
    for (ptrdiff_t at; what.n && (at = str_find(text, what)) >= 0;
         text = str_slice(text, (size_t)at + what.n, text.n)) {
        buf_add(&out, str_slice(text, 0, (size_t)at));
        buf_z(&out, "(sensitive value)");
    }
    buf_add(&out, text);
    return buf_str(&out);
}

// Takes what is confidential in an argument out of the error. The function did not see the marks.
static void scrub_error(FuncCall *call, Value v, Marks around) {
    if (!around && !(v.bits & VALUE_MARKED_INSIDE)) return;
    around |= v.marks & (MARK_SENSITIVE | MARK_EPHEMERAL);
    for (uint32_t i = 0, n = value_parts(v); i < n; i++) scrub_error(call, value_part(v, i), around);
    if (!around || !value_is_set(v)) return;
    if (v.kind == TYPE_STRING) call->error = replace_text(call->arena, call->error, value_str(v));
    if (v.kind != TYPE_NUMBER) return;
    Buf text = buf_in(call->arena);
    num_print(value_number(call->arena, v), &text);
    call->error = replace_text(call->arena, call->error, buf_str(&text));
}

static bool report(Run *r) {
    FuncCall *call = &r->call;
    for (uint32_t i = 0; i < call->n; i++) scrub_error(call, r->given[i], 0);
    if (call->error_arg >= 0) return argument_error(r, (uint32_t)call->error_arg, call->error);
    return diag_error(r->diags, "function_failed", call->span, "Error in function call",
                      "Call to function \"%s\" failed: %.*s.", r->func->name, STR_ARG(call->error));
}

// Results of most functions are never null, which is known of those that are not known, too.
static Value not_null(Arena *arena, Value v) {
    if (!value_is_unknown(v) || v.kind == TYPE_DYNAMIC || v.unk->not_null) return v;
    Unknown known = *v.unk;
    known.not_null = true;
    return marks_add(arena_process(arena), value_refined(arena, &known), v.marks);
}

static bool unknown_result(Run *r, Value *out) {
    const Func *f = r->func;
    const Type *type = NULL;
    if (!r->no_type && f->result)
        type = func_type(r->process, f->result);
    else if (!r->no_type && f->result_type) {
        type = f->result_type(&r->call);
        if (r->call.error.p) return report(r);
    }
    if (!type) type = type_dynamic(r->process);
    *out = value_unknown(r->process, type);
    if (!f->nullable) *out = not_null(r->call.arena, *out);
    *out = value_with_marks(*out, r->marks);
    return true;
}

bool func_run(const Func *func, Scope *scope, Span span, const Value *args, const Span *arg_spans, uint32_t n,
              Value *out, Diags *diags) {
    FuncContext none = {.process = arena_process(scope->arena), .arena = scope->arena};
    FuncContext *context = scope->funcs ? scope->funcs : &none;
    enum { FEW = 8 };
    Value room[FEW];
    Run r = {
        .func = func, .given = args, .process = arena_process(scope->arena), .diags = diags, .lenient = scope->lenient};
    r.args = n <= FEW ? room : ARENA_ARRAY(scope->arena, Value, n);
    if (n) memcpy(r.args, args, n * sizeof *args);
    r.call = (FuncCall){.func = func,
                        .context = context,
                        .arena = scope->arena,
                        .args = r.args,
                        .n = n,
                        .span = span,
                        .arg_spans = arg_spans,
                        .error_arg = -1};
    if (!check_count(&r) || !convert_args(&r) || !screen_args(&r)) return false;
    if (r.null) {
        *out = value_null(r.process, type_dynamic(r.process));
        return true;
    }
    if (r.unknown || (func->impure && context->pure)) return unknown_result(&r, out);
    if (!func->run(&r.call, out)) return report(&r);
    if (!func->nullable) *out = not_null(scope->arena, *out);
    if (r.marks) *out = marks_add(r.process, *out, r.marks);
    return true;
}

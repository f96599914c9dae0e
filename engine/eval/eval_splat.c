// Splats: each part applied to all elements; to a single value as to a list of one, to null as to none.
#include "engine/eval/node.h"
#include "engine/value/marks.h"

static bool is_sequence(Value v) { return v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE; }

static Value each_of(Eval *e, const Code *code, Value item) {
    e->locals[code->local] = item;
    return eval_node(e, code->each);
}

// The type of the result for elements of this type: each applied to an unknown element.
static const Type *each_type(Eval *e, const Code *code, const Type *elem) {
    return value_type(e->process, each_of(e, code, eval_unknown(e, elem)));
}

static const Type *result_type(Eval *e, const Code *code, const Type *source) {
    if (source->kind == TYPE_LIST || source->kind == TYPE_SET) {
        return type_list(e->process, each_type(e, code, source->elem));
    }
    const Type **types = ARENA_ARRAY(e->arena, const Type *, source->n);
    for (uint32_t i = 0; i < source->n; i++) types[i] = each_type(e, code, source->types[i]);
    return type_tuple(e->process, types, source->n);
}

static Value unknown_source(Eval *e, const Code *code, Value source) {
    const Type *from = source.unk->type, *type = result_type(e, code, from);
    Unknown known = {.type = type, .not_null = true, .max_length = UINT32_MAX};
    if (type->kind == TYPE_LIST && source.unk->has_length) {
        known.has_length = true;
        known.min_length = source.unk->min_length;
        known.max_length = source.unk->max_length;
    }
    return value_with_marks(value_refined(e->arena, &known), source.marks);
}

static bool one_type(Process *p, const Value *at, uint32_t n, const Type **type) {
    *type = value_type(p, at[0]);
    for (uint32_t i = 1; i < n; i++) {
        if (!value_has_type(at[i], *type)) return false;
    }
    return true;
}

static Value list_result(Eval *e, const Code *code, Value source, const Value *at, uint32_t n) {
    const Type *elem;
    if (n == 0) return value_list(e->arena, each_type(e, code, source.list->elem), NULL, 0);
    if (one_type(e->process, at, n, &elem)) return value_list(e->arena, elem, at, n);
    if (e->scope->lenient) return value_tuple(e->arena, at, n);
    return eval_error(e, NULL, "invalid_splat", code->each->span, code->span, "Invalid nested splat expressions",
                      "The second splat gives elements of different types, which cannot make a list. Use a for "
                      "expression instead; it makes a tuple, whose elements may differ.");
}

static Value run_splat(Eval *e, const Code *code, Value source) {
    uint32_t before = e->diags->errors, n = source.n;
    const Value *items = source.list->at;
    Value *at = ARENA_ARRAY(e->arena, Value, n);
    eval_hide(e, code->local, 1, source.marks);
    for (uint32_t i = 0; i < n; i++) at[i] = each_of(e, code, items[i]);
    bool failed = e->diags->errors > before;
    Value out;
    if (failed)
        out = eval_dynamic(e);
    else if (source.kind == TYPE_TUPLE)
        out = value_tuple(e->arena, at, n);
    else
        out = list_result(e, code, source, at, n);
    return value_with_marks(out, source.marks);
}

Value eval_splat(Eval *e, const Code *code) {
    uint32_t before = e->diags->errors;
    Value source = eval_node(e, code->source);
    if (e->diags->errors > before) return eval_dynamic(e);
    bool single = !is_sequence(source);
    if (value_is_null(source)) {
        if (single || e->scope->lenient) return value_with_marks(value_tuple(e->arena, NULL, 0), source.marks);
        return eval_error(e, code->source, "invalid_splat", code->source->span, code->span, "Splat of null value",
                          "Splat expressions (with the * symbol) cannot be applied to null sequences.");
    }
    if (source.kind == TYPE_DYNAMIC) return value_with_marks(eval_dynamic(e), source.marks);
    if (!single && value_is_unknown(source)) return unknown_source(e, code, source);
    if (!single) return run_splat(e, code, source);
    bool may_be_null = value_is_unknown(source) && !source.unk->not_null;
    Value alone = value_with_marks(value_tuple(e->arena, &source, 1), source.marks);
    Value out = run_splat(e, code, alone);
    return may_be_null ? value_with_marks(eval_dynamic(e), out.marks) : out;
}

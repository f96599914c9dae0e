// Operators.
#include "engine/eval/equal.h"
#include "engine/eval/node.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

static bool op_is_number(Operator op) { return (op >= OP_LESS && op <= OP_MODULO) || op == OP_NEGATE; }

static const Type *op_result(const Eval *e, Operator op) {
    return op >= OP_ADD && op != OP_NOT ? type_number(e->process) : type_bool(e->process);
}

// The operand as the operator wants it. False after a diagnostic.
static bool convert_operand(Eval *e, const Code *code, const Code *operand, Operator op, const char *which, Value *v) {
    if (op == OP_EQUAL || op == OP_NOT_EQUAL) return true;
    bool number = op_is_number(op);
    if (v->kind == (number ? TYPE_NUMBER : TYPE_BOOL)) return true;
    const Type *want = number ? type_number(e->process) : type_bool(e->process);
    ConvertError error;
    if (convert_value(e->arena, *v, want, v, &error)) return true;
    eval_error(e, operand, "invalid_operand", operand->span, code->span, "Invalid operand",
               "Unsuitable value for %s operand: %.*s.", which, STR_ARG(error.message));
    return false;
}

static Value operation_failed(Eval *e, const Code *code, Span span, Operator op, const char *why) {
    eval_error(e, code, "operation_failed", span, SPAN_NONE, "Operation failed", "Error during operation: %s.", why);
    return eval_unknown(e, op_result(e, op));
}

Value eval_unary(Eval *e, const Code *code) {
    Operator op = (Operator)code->op;
    uint32_t before = e->diags->errors;
    Value v = eval_node(e, code->operand);
    bool fits = convert_operand(e, code, code->operand, op, "unary", &v);
    if (!fits || e->diags->errors > before) return eval_unknown(e, op_result(e, op));
    if (value_is_null(v) && e->scope->lenient) return op == OP_NOT ? value_bool(true) : v;
    if (value_is_null(v)) return operation_failed(e, code, code->span, op, "argument must not be null");
    if (value_is_unknown(v)) return value_with_marks(eval_unknown_set(e, op_result(e, op)), v.marks);
    Value out;
    if (op == OP_NOT)
        out = value_bool(!v.i);
    else if (!(v.bits & VALUE_BIG) && v.i != INT64_MIN && v.i != 0)
        out = value_int_prec(-v.i, v.n);
    else
        out = value_num(e->arena, num_neg(e->arena, value_number(e->arena, v)));
    return value_with_marks(out, v.marks);
}

static bool small_arithmetic(Operator op, Value a, Value b, int64_t *out) {
    if ((a.bits | b.bits) & VALUE_BIG) return false;
    // A result that fits int64 fits 64 bits of precision; fewer bits may have to round.
    if (a.n < 64 && b.n < 64) return false;
    switch (op) {
    case OP_ADD: return !__builtin_add_overflow(a.i, b.i, out);
    case OP_SUBTRACT: return !__builtin_sub_overflow(a.i, b.i, out);
    case OP_MULTIPLY: return a.i && b.i && !__builtin_mul_overflow(a.i, b.i, out);
    case OP_DIVIDE:
        if (b.i == 0 || b.i == -1 || a.i == 0 || a.i % b.i != 0) return false;
        *out = a.i / b.i;
        return true;
    default: return false;
    }
}

static Value arithmetic(Eval *e, const Code *code, const BinaryLink *link, Value a, Value b) {
    Operator op = (Operator)link->op;
    int64_t small;
    if (small_arithmetic(op, a, b, &small)) return value_int_prec(small, a.n > b.n ? a.n : b.n);
    // A negative zero is kept as a Num.
    bool zero = b.bits & VALUE_BIG ? num_sign(b.num) == 0 : b.i == 0;
    if (op == OP_MODULO && zero) return a;
    if (op == OP_DIVIDE && zero) {
        return operation_failed(e, code, link->span, op, "a number cannot be divided by zero");
    }
    static const NumOp ops[] = {[OP_ADD] = NUM_ADD,
                                [OP_SUBTRACT] = NUM_SUB,
                                [OP_MULTIPLY] = NUM_MUL,
                                [OP_DIVIDE] = NUM_DIV,
                                [OP_MODULO] = NUM_MOD};
    const Num *num = num_op(e->arena, ops[op], value_number(e->arena, a), value_number(e->arena, b));
    if (!num) return operation_failed(e, code, link->span, op, "the result is too large");
    return value_num(e->arena, num);
}

static int compare_numbers(Arena *arena, Value a, Value b) {
    if (!((a.bits | b.bits) & VALUE_BIG)) return (a.i > b.i) - (a.i < b.i);
    return num_cmp(value_number(arena, a), value_number(arena, b));
}

static bool bound_of(Value v, bool upper, Value *out) {
    if (value_is_known(v))
        *out = v;
    else if (v.kind == TYPE_NUMBER)
        *out = upper ? v.unk->max : v.unk->min;
    else
        return false;
    return out->kind == TYPE_NUMBER && value_is_set(*out);
}

// a < b where one is unknown: bounds may decide. 1, 0, or -1 for not known.
static int less_unknown(Arena *arena, Value a, Value b) {
    Value x, y;
    if (bound_of(a, true, &x) && bound_of(b, false, &y) && compare_numbers(arena, x, y) < 0) return 1;
    if (bound_of(a, false, &x) && bound_of(b, true, &y) && compare_numbers(arena, x, y) > 0) return 0;
    return -1;
}

static Value compare_unknown(Eval *e, Operator op, Value a, Value b) {
    bool swap = op == OP_GREATER || op == OP_GREATER_EQUAL;
    bool or_equal = op == OP_LESS_EQUAL || op == OP_GREATER_EQUAL;
    int less = swap ? less_unknown(e->arena, b, a) : less_unknown(e->arena, a, b);
    if (less == 1) return value_bool(true);
    if (less == 0 && (!or_equal || equal_values(e->arena, a, b) == EQUAL_NO)) return value_bool(false);
    return eval_unknown_set(e, type_bool(e->process));
}

static Value compare(Eval *e, Operator op, Value a, Value b) {
    if (value_is_unknown(a) || value_is_unknown(b)) return compare_unknown(e, op, a, b);
    int order = compare_numbers(e->arena, a, b);
    switch (op) {
    case OP_LESS: return value_bool(order < 0);
    case OP_LESS_EQUAL: return value_bool(order <= 0);
    case OP_GREATER: return value_bool(order > 0);
    default: return value_bool(order >= 0);
    }
}

static Value equality(Eval *e, Operator op, Value a, Value b) {
    Marks marks;
    Equality equal = equal_marked(e->arena, a, b, &marks);
    Value out = equal == EQUAL_UNKNOWN ? eval_unknown_set(e, type_bool(e->process))
                                       : value_bool((equal == EQUAL_YES) == (op == OP_EQUAL));
    return value_with_marks(out, marks);
}

static Value operate(Eval *e, const Code *code, const BinaryLink *link, Value a, Value b) {
    Operator op = (Operator)link->op;
    if (op == OP_EQUAL || op == OP_NOT_EQUAL) return equality(e, op, a, b);
    Marks marks = marks_union(e->process, a.marks, b.marks);
    a.marks = b.marks = 0;
    if (e->scope->lenient && (value_is_null(a) || value_is_null(b))) {
        return op >= OP_LESS && op <= OP_GREATER_EQUAL ? value_bool(false) : value_null(e->process, op_result(e, op));
    }
    if (value_is_null(a) || value_is_null(b)) {
        return operation_failed(e, code, link->span, op, "argument must not be null");
    }
    Value out;
    if (op >= OP_LESS && op <= OP_GREATER_EQUAL)
        out = compare(e, op, a, b);
    else if (value_is_unknown(a) || value_is_unknown(b))
        out = eval_unknown_set(e, op_result(e, op));
    else if (op == OP_AND)
        out = value_bool(a.i && b.i);
    else if (op == OP_OR)
        out = value_bool(a.i || b.i);
    else
        out = arithmetic(e, code, link, a, b);
    return value_with_marks(out, marks);
}

// Whether one side settles && or ||: its diagnostics are then all that count. `stop` is the value that settles. Here
// null counts as false.
typedef enum Settled { SETTLED_NOT, SETTLED_VALUE, SETTLED_UNKNOWN } Settled;
static Settled settle(bool stop, Value a, Value b, const Diags *left, bool *use_left) {
    bool known_a = value_is_known(a), known_b = value_is_known(b);
    *use_left = true;
    if (!known_a && !known_b) return diags_failed(left) ? SETTLED_NOT : SETTLED_UNKNOWN;
    if (known_a && value_true(a) == stop) return SETTLED_VALUE;
    *use_left = false;
    if (known_b && value_true(b) == stop) return SETTLED_VALUE;
    if (known_a && known_b) return SETTLED_NOT;
    *use_left = !known_a;
    return SETTLED_UNKNOWN;
}

// e->diags holds what came up on the left; afterwards what counts of the whole.
static Value logic_link(Eval *e, const Code *code, const BinaryLink *link, const Code *left_code, Value a) {
    Operator op = (Operator)link->op;
    Diags right, converting = diags_in(e->arena), *left = e->diags;
    Value b = eval_apart(e, link->right, &right);
    e->diags = &converting;
    bool fits = convert_operand(e, code, left_code, op, "left", &a);
    fits = convert_operand(e, code, link->right, op, "right", &b) && fits;
    e->diags = left;
    if (!fits) {
        diags_append(left, &converting);
        diags_append(left, &right);
        return eval_unknown(e, type_bool(e->process));
    }
    Marks marks = marks_union(e->process, a.marks, b.marks);
    bool stop = op == OP_OR, use_left;
    Settled settled = settle(stop, a, b, left, &use_left);
    if (settled != SETTLED_NOT) {
        if (!use_left) *left = right;
        Value out = settled == SETTLED_VALUE ? value_bool(stop) : eval_unknown_set(e, type_bool(e->process));
        return value_with_marks(out, marks);
    }
    diags_append(left, &right);
    if (diags_failed(left)) return value_with_marks(eval_unknown(e, type_bool(e->process)), marks);
    return operate(e, code, link, a, b);
}

static Value plain_link(Eval *e, const Code *code, const BinaryLink *link, const Code *left_code, Value a,
                        uint32_t before) {
    Operator op = (Operator)link->op;
    bool fits = convert_operand(e, code, left_code, op, "left", &a);
    Value b = eval_node(e, link->right);
    fits = convert_operand(e, code, link->right, op, "right", &b) && fits;
    if (!fits) return eval_unknown(e, op_result(e, op));
    if (e->diags->errors > before) {
        Marks marks = marks_union(e->process, a.marks, b.marks);
        return value_with_marks(eval_unknown(e, op_result(e, op)), marks);
    }
    return operate(e, code, link, a, b);
}

// For messages about the left operand of a later link: the chain up to there.
static Code chain_part(const Code *code, uint32_t links) {
    Code part = *code;
    part.once = 0;
    part.link_count = links;
    part.span = code->links[links - 1].span;
    return part;
}

// The dialect of definitions: from left to right, as far as needed; null is false.
static Value lenient_logic(Eval *e, const Code *code, const BinaryLink *link, const Code *left, Value a) {
    bool stop = link->op == OP_OR;
    if (!convert_operand(e, code, left, (Operator)link->op, "left", &a)) return eval_dynamic(e);
    if (value_is_known(a) && value_true(a) == stop) return value_bool(stop);
    Value b = eval_node(e, link->right);
    if (!convert_operand(e, code, link->right, (Operator)link->op, "right", &b)) return eval_dynamic(e);
    if (value_is_known(b) && value_true(b) == stop) return value_bool(stop);
    if (value_is_known(a) && value_is_known(b)) return value_bool(!stop);
    return eval_unknown_set(e, type_bool(e->process));
}

static Value run_links(Eval *e, const Code *code) {
    uint32_t before = e->diags->errors;
    Value v = eval_node(e, code->first);
    for (uint32_t i = 0; i < code->link_count; i++) {
        const BinaryLink *link = &code->links[i];
        Code part;
        const Code *left = code->first;
        if (i > 0) {
            part = chain_part(code, i);
            left = &part;
        }
        Code whole = i + 1 == code->link_count ? *code : chain_part(code, i + 1);
        bool logic = link->op == OP_AND || link->op == OP_OR;
        if (logic && e->scope->lenient)
            v = lenient_logic(e, &whole, link, left, v);
        else
            v = logic ? logic_link(e, &whole, link, left, v) : plain_link(e, &whole, link, left, v, before);
    }
    return v;
}

Value eval_binary(Eval *e, const Code *code) {
    if (!code->has_logic || e->scope->lenient) return run_links(e, code);
    Diags own = diags_in(e->arena), *outer = e->diags;
    e->diags = &own;
    Value v = run_links(e, code);
    e->diags = outer;
    diags_append(outer, &own);
    return v;
}

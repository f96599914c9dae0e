// condition ? yes : no. Both branches are evaluated, because the result's type comes from both; errors of the one
// that is not chosen do not count.
#include "engine/eval/node.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

typedef struct Branches {
    Value yes, no;
    Diags yes_diags, no_diags;
    const Type *type; // of the result
    bool convert;     // the chosen value has yet to become of that type
} Branches;

static bool plain_null(Value v) { return v.kind == TYPE_DYNAMIC && value_is_null(v) && v.marks == 0; }

static bool same_collection(Value a, Value b) {
    if (!value_is_set(a) || !value_is_set(b) || a.kind != b.kind) return false;
    if (a.kind == TYPE_LIST || a.kind == TYPE_SET) return a.list->elem == b.list->elem;
    return a.kind == TYPE_MAP && a.map->elem == b.map->elem;
}

static const Type *primitive(Process *p, uint8_t kind) {
    return kind == TYPE_STRING ? type_string(p) : kind == TYPE_NUMBER ? type_number(p) : type_bool(p);
}

// False when the two have no common type.
static bool settle_type(Process *p, Branches *b) {
    Value yes = b->yes, no = b->no;
    b->convert = false;
    b->type = type_dynamic(p);
    if (plain_null(yes) || plain_null(no)) {
        b->type = value_type(p, plain_null(yes) ? no : yes);
        b->convert = true;
    } else if (yes.kind == TYPE_DYNAMIC || no.kind == TYPE_DYNAMIC) {
        return true;
    } else if (yes.kind == no.kind && yes.kind <= TYPE_BOOL) {
        b->type = primitive(p, yes.kind);
    } else if (same_collection(yes, no)) {
        b->type = value_type(p, yes);
    } else {
        const Type *types[2] = {value_type(p, yes), value_type(p, no)};
        b->type = types[0] == types[1] ? types[0] : convert_unify(p, types, 2);
        b->convert = types[0] != types[1];
    }
    return b->type != NULL;
}

static void describe_mismatch(const Type *yes, const Type *no, Buf *out);

static void describe_objects(const Type *yes, const Type *no, Buf *out) {
    for (uint32_t i = 0; i < yes->n; i++) {
        int32_t at = type_attr(no, yes->names[i]);
        Str name = name_str(yes->names[i]);
        if (at < 0) {
            buf_format(out, "The 'true' value includes object attribute \"%.*s\", which is absent in the 'false' value",
                       STR_ARG(name));
            return;
        }
        if (yes->types[i] == no->types[at]) continue;
        buf_format(out, "Type mismatch for object attribute \"%.*s\": ", STR_ARG(name));
        describe_mismatch(yes->types[i], no->types[at], out);
        return;
    }
    for (uint32_t i = 0; i < no->n; i++) {
        if (type_attr(yes, no->names[i]) >= 0) continue;
        buf_format(out, "The 'false' value includes object attribute \"%.*s\", which is absent in the 'true' value",
                   STR_ARG(name_str(no->names[i])));
        return;
    }
}

static void describe_tuples(const Type *yes, const Type *no, Buf *out) {
    if (yes->n != no->n) {
        buf_format(out, "The 'true' tuple has length %u, but the 'false' tuple has length %u", yes->n, no->n);
        return;
    }
    for (uint32_t i = 0; i < yes->n; i++) {
        if (yes->types[i] == no->types[i]) continue;
        buf_format(out, "Type mismatch for tuple element %u: ", i);
        describe_mismatch(yes->types[i], no->types[i], out);
        return;
    }
}

static bool describe_collections(const Type *yes, const Type *no, Buf *out) {
    if (yes->kind != no->kind || !type_is_collection(yes) || yes->elem->kind != no->elem->kind) return false;
    if (yes->elem->kind != TYPE_OBJECT && yes->elem->kind != TYPE_TUPLE) return false;
    const char *noun = yes->kind == TYPE_LIST ? "list" : yes->kind == TYPE_SET ? "set" : "map";
    buf_format(out, "Mismatched %s element types: ", noun);
    describe_mismatch(yes->elem, no->elem, out);
    return true;
}

// What differs, as deep as it can be named. Types nest at most LIMIT_VALUE_DEPTH deep.
static void describe_mismatch(const Type *yes, const Type *no, Buf *out) {
    size_t start = out->n;
    if (yes->kind == TYPE_OBJECT && no->kind == TYPE_OBJECT)
        describe_objects(yes, no, out);
    else if (yes->kind == TYPE_TUPLE && no->kind == TYPE_TUPLE)
        describe_tuples(yes, no, out);
    else
        describe_collections(yes, no, out);
    if (out->n > start) return;
    Buf left = buf_in(out->arena), right = buf_in(out->arena);
    type_friendly(yes, &left);
    type_friendly(no, &right);
    if (str_eq(buf_str(&left), buf_str(&right))) {
        buf_z(out, "Something deep inside the 'true' and the 'false' value is of different types");
    } else {
        buf_format(out, "The 'true' value is %.*s, but the 'false' value is %.*s", STR_ARG(buf_str(&left)),
                   STR_ARG(buf_str(&right)));
    }
}

static Value inconsistent(Eval *e, const Code *code, const Branches *b) {
    Buf what = buf_in(e->arena);
    describe_mismatch(value_type(e->process, b->yes), value_type(e->process, b->no), &what);
    return eval_error(e, code, "inconsistent_conditional", span_join(code->yes->span, code->no->span), code->span,
                      "Inconsistent conditional result types",
                      "The true and false result expressions must have consistent types. %.*s.",
                      STR_ARG(buf_str(&what)));
}

static bool never_null(Value v) { return value_is_known(v) ? !value_is_null(v) : v.unk->not_null; }

static uint32_t least_length(Value v) {
    return value_is_set(v) ? v.n : value_is_unknown(v) && v.unk->has_length ? v.unk->min_length : 0;
}

static uint32_t most_length(Value v) {
    return value_is_set(v) ? v.n : value_is_unknown(v) && v.unk->has_length ? v.unk->max_length : UINT32_MAX;
}

// The bound of both together: the lower of two minima, the higher of two maxima; none when one has none.
static void join_bound(Arena *arena, Value yes, Value no, bool upper, Value *out, bool *inclusive) {
    Value a = value_is_unknown(yes) ? (upper ? yes.unk->max : yes.unk->min) : yes;
    Value b = value_is_unknown(no) ? (upper ? no.unk->max : no.unk->min) : no;
    if (a.kind != TYPE_NUMBER || b.kind != TYPE_NUMBER || !value_is_set(a) || !value_is_set(b)) return;
    bool a_in = value_is_unknown(yes) ? (upper ? yes.unk->max_inclusive : yes.unk->min_inclusive) : true;
    bool b_in = value_is_unknown(no) ? (upper ? no.unk->max_inclusive : no.unk->min_inclusive) : true;
    int order = num_cmp(value_number(arena, a), value_number(arena, b));
    if (upper) order = -order;
    *out = order <= 0 ? a : b;
    *inclusive = order == 0 ? a_in || b_in : order < 0 ? a_in : b_in;
}

static Value unknown_choice(Eval *e, const Branches *b) {
    Value yes = value_with_marks(b->yes, 0), no = value_with_marks(b->no, 0);
    if (value_is_null(yes) && value_is_null(no)) return value_null(e->process, b->type);
    Unknown known = {.type = b->type, .max_length = UINT32_MAX};
    if (b->type->kind == TYPE_DYNAMIC) return eval_unknown(e, b->type);
    known.not_null = never_null(yes) && never_null(no);
    if (yes.kind == TYPE_NUMBER && no.kind == TYPE_NUMBER) {
        join_bound(e->arena, yes, no, false, &known.min, &known.min_inclusive);
        join_bound(e->arena, yes, no, true, &known.max, &known.max_inclusive);
    }
    bool both = yes.kind == no.kind && yes.kind >= TYPE_LIST && yes.kind <= TYPE_MAP;
    if (both && value_type(e->process, yes) == value_type(e->process, no)) {
        uint32_t a = least_length(yes), c = least_length(no);
        known.min_length = a < c ? a : c;
        a = most_length(yes);
        c = most_length(no);
        known.max_length = a > c ? a : c;
        known.has_length = known.min_length > 0 || known.max_length < UINT32_MAX;
    }
    return value_refined(e->arena, &known);
}

static Value chosen(Eval *e, const Code *code, Branches *b, bool yes) {
    diags_append(e->diags, yes ? &b->yes_diags : &b->no_diags);
    Value v = yes ? b->yes : b->no;
    if (!b->convert) return v;
    ConvertError error;
    if (convert_value(e->arena, v, b->type, &v, &error)) return v;
    const Code *branch = yes ? code->yes : code->no;
    eval_error(e, branch, "inconsistent_conditional", branch->span, code->span, "Inconsistent conditional result types",
               "The %s result value has the wrong type: %.*s.", yes ? "true" : "false", STR_ARG(error.message));
    return eval_unknown(e, b->type);
}

// The dialect of definitions: the chosen branch alone, as it is.
static Value lenient_condition(Eval *e, const Code *code) {
    Value test = eval_node(e, code->test);
    if (value_is_unknown(test)) return eval_dynamic(e);
    ConvertError error;
    if (!value_is_null(test) && test.kind != TYPE_BOOL &&
        !convert_value(e->arena, test, type_bool(e->process), &test, &error)) {
        return eval_error(e, code->test, "incorrect_condition_type", code->test->span, code->span,
                          "Incorrect condition type", "The condition expression must be of type bool.");
    }
    return eval_node(e, value_true(test) ? code->yes : code->no);
}

Value eval_condition(Eval *e, const Code *code) {
    if (e->scope->lenient) return lenient_condition(e, code);
    Branches b;
    b.yes = eval_apart(e, code->yes, &b.yes_diags);
    b.no = eval_apart(e, code->no, &b.no_diags);
    if (!settle_type(e->process, &b)) return inconsistent(e, code, &b);
    Value test = eval_node(e, code->test);
    if (value_is_null(test)) {
        eval_error(e, code->test, "null_condition", code->test->span, code->span, "Null condition",
                   "The condition is null; it must be either true or false.");
        return eval_unknown(e, b.type);
    }
    Marks marks = test.marks | b.yes.marks | b.no.marks;
    if (marks) marks = marks_union(e->process, marks_union(e->process, test.marks, b.yes.marks), b.no.marks);
    if (value_is_unknown(test)) return value_with_marks(unknown_choice(e, &b), marks);
    if (test.kind != TYPE_BOOL && !convert_value(e->arena, test, type_bool(e->process), &test, NULL)) {
        eval_error(e, code->test, "incorrect_condition_type", code->test->span, code->span, "Incorrect condition type",
                   "The condition expression must be of type bool.");
        return eval_unknown(e, b.type);
    }
    Value v = chosen(e, code, &b, test.i);
    return marks ? marks_add(e->process, v, marks) : v;
}

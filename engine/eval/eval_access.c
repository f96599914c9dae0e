// Attributes and elements: references, .name and [key].
#include "engine/eval/node.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

static Value with_container(const Eval *e, Value part, Value container) {
    return container.marks ? marks_add(e->process, part, container.marks) : part;
}

static Value same_marks_unknown(const Eval *e, const Type *type, Value container) {
    return value_with_marks(eval_unknown(e, type), container.marks);
}

static Value no_attribute(Eval *e, const Code *code, Value v, Name name, Span at) {
    Str n = name_str(name);
    const char *id = "unsupported_attribute", *summary = "Unsupported attribute";
    if (v.kind == TYPE_OBJECT) {
        return eval_error(e, code, id, at, code->span, summary,
                          "This object does not have an attribute named \"%.*s\".", STR_ARG(n));
    }
    if (v.kind == TYPE_LIST || v.kind == TYPE_SET) {
        const Type *elem = value_type(e->process, v)->elem;
        if (elem->kind == TYPE_OBJECT && v.kind == TYPE_LIST) {
            bool there = type_attr(elem, name) >= 0;
            return eval_error(
                e, code, id, at, code->span, summary,
                "A list of objects has no attributes. Did you mean %s%.*s%s of one element, list[0], or of "
                "all elements, list[*]?",
                there ? "the attribute \"" : "an attribute", there ? (int)n.n : 0, n.p, there ? "\"" : "");
        }
        if (elem->kind == TYPE_OBJECT) {
            return eval_error(e, code, id, at, code->span, summary,
                              "A set of objects has no attributes. Did you mean an attribute of all of its elements?");
        }
    }
    if (v.kind >= TYPE_STRING && v.kind <= TYPE_BOOL) {
        const char *type = v.kind == TYPE_STRING ? "string" : v.kind == TYPE_NUMBER ? "number" : "bool";
        return eval_error(e, code, id, at, code->span, summary,
                          "Can't access attributes on a primitive-typed value (%s).", type);
    }
    return eval_error(e, code, id, at, code->span, summary, "This value does not have any attributes.");
}

static Value unknown_attr(Eval *e, const Code *code, Value v, Name name, Span at) {
    const Type *type = v.unk->type;
    if (type->kind == TYPE_MAP) return same_marks_unknown(e, type->elem, v);
    if (type->kind == TYPE_DYNAMIC) return same_marks_unknown(e, type, v);
    int32_t i = type->kind == TYPE_OBJECT ? type_attr(type, name) : -1;
    return i >= 0 ? same_marks_unknown(e, type->types[i], v) : no_attribute(e, code, v, name, at);
}

Value access_attr(Eval *e, const Code *code, Value v, Name name, Span at) {
    if (v.kind == TYPE_OBJECT && value_is_set(v)) {
        int32_t i = shape_index(v.obj->shape, name);
        return i >= 0 ? with_container(e, v.obj->at[i], v) : no_attribute(e, code, v, name, at);
    }
    if (value_is_null(v)) {
        if (e->scope->lenient) return value_null(e->process, type_dynamic(e->process));
        return eval_error(e, code, "null_value", at, code->span, "Attempt to get attribute from null value",
                          "This value is null, so it does not have any attributes.");
    }
    if (value_is_unknown(v)) return unknown_attr(e, code, v, name, at);
    if (v.kind != TYPE_MAP) return no_attribute(e, code, v, name, at);
    const Value *found = value_get(v, name);
    if (found) return with_container(e, *found, v);
    if (e->scope->lenient) return value_null(e->process, v.map->elem);
    return eval_error(e, code, "missing_map_element", at, code->span, "Missing map element",
                      "This map does not have an element with the key \"%.*s\".", STR_ARG(name_str(name)));
}

static Value bad_index(Eval *e, const Code *code, Span at, const char *why) {
    if (e->scope->lenient) return value_null(e->process, type_dynamic(e->process));
    return eval_error(e, code, "invalid_index", at, code->span, "Invalid index",
                      "The given key does not identify an element in this collection value%s", why);
}

static Value bad_key(Eval *e, const Code *code, Span at, const ConvertError *error) {
    return bad_index(e, code, at, str_to_z(e->arena, str_format(e->arena, ": %.*s.", STR_ARG(error->message))));
}

static Value sequence_miss(Eval *e, const Code *code, Value v, Value key, Span at) {
    const Num *n = value_number(e->arena, key);
    if (!num_is_int(n)) {
        return bad_index(e, code, at,
                         ": indexing a sequence requires a whole number, but the given index has a fractional part.");
    }
    if (num_sign(n) < 0) return bad_index(e, code, at, ": a negative number is not a valid index for a sequence.");
    if (v.n == 0) return bad_index(e, code, at, ": the collection has no elements.");
    return bad_index(e, code, at, ": the given index is greater than or equal to the length of the collection.");
}

static Value index_sequence(Eval *e, const Code *code, Value v, Value key, Span at) {
    ConvertError error;
    if (key.kind != TYPE_NUMBER && !convert_value(e->arena, key, type_number(e->process), &key, &error)) {
        return bad_key(e, code, at, &error);
    }
    bool tuple = v.kind == TYPE_TUPLE;
    if (value_is_unknown(v)) {
        const Type *type = v.unk->type;
        int64_t at_type;
        if (!tuple) return same_marks_unknown(e, type->elem, v);
        if (!value_to_i64(key, &at_type)) return same_marks_unknown(e, type_dynamic(e->process), v);
        if (at_type < 0 || at_type >= type->n) return bad_index(e, code, at, ".");
        return value_with_marks(eval_unknown(e, type->types[at_type]), marks_union(e->process, v.marks, key.marks));
    }
    if (value_is_unknown(key)) return same_marks_unknown(e, tuple ? type_dynamic(e->process) : v.list->elem, v);
    int64_t i;
    if (!value_to_i64(key, &i) || i < 0 || i >= v.n) return sequence_miss(e, code, v, key, at);
    Value part = with_container(e, v.list->at[i], v);
    return key.marks ? marks_add(e->process, part, key.marks) : part;
}

static Value index_map(Eval *e, const Code *code, Value v, Value key, Span at) {
    ConvertError error;
    if (key.kind != TYPE_STRING && !convert_value(e->arena, key, type_string(e->process), &key, &error)) {
        return bad_key(e, code, at, &error);
    }
    if (value_is_unknown(v)) return same_marks_unknown(e, v.unk->type->elem, v);
    if (value_is_unknown(key)) return same_marks_unknown(e, v.map->elem, v);
    const Value *found = value_get_str(v, value_str(key));
    if (!found) return bad_index(e, code, at, ".");
    Value part = with_container(e, *found, v);
    return key.marks ? marks_add(e->process, part, key.marks) : part;
}

static Value index_object(Eval *e, const Code *code, Value v, Value key, Span at) {
    bool number = key.kind == TYPE_NUMBER;
    ConvertError error;
    if (key.kind != TYPE_STRING && !convert_value(e->arena, key, type_string(e->process), &key, &error)) {
        return bad_key(e, code, at, &error);
    }
    if (value_is_unknown(v) || value_is_unknown(key)) return same_marks_unknown(e, type_dynamic(e->process), v);
    const Value *found = value_get_str(v, value_str(key));
    if (found) return with_container(e, *found, v);
    return bad_index(e, code, at,
                     number ? ". The attributes of an object have names; it cannot be indexed by number." : ".");
}

Value access_index(Eval *e, const Code *code, Value v, Value key, Span at) {
    if (e->scope->lenient && (value_is_null(v) || value_is_null(key)))
        return value_null(e->process, type_dynamic(e->process));
    if (value_is_null(v)) {
        return eval_error(e, code, "null_value", at, code->span, "Attempt to index null value",
                          "This value is null, so it does not have any indices.");
    }
    if (value_is_null(key)) {
        return eval_error(e, code, "invalid_index", at, code->span, "Invalid index",
                          "A null value cannot be used as an index.");
    }
    if (v.kind == TYPE_DYNAMIC || key.kind == TYPE_DYNAMIC) return same_marks_unknown(e, type_dynamic(e->process), v);
    switch ((TypeKind)v.kind) {
    case TYPE_LIST:
    case TYPE_TUPLE: return index_sequence(e, code, v, key, at);
    case TYPE_MAP: return index_map(e, code, v, key, at);
    case TYPE_OBJECT: return index_object(e, code, v, key, at);
    case TYPE_SET:
        if (e->scope->lenient) return index_sequence(e, code, v, key, at);
        return eval_error(e, code, "invalid_index", at, code->span, "Invalid index",
                          "The elements of a set have no index or key, only their value. Convert it with tolist(...) "
                          "where the order does not matter, or use a for expression over all elements.");
    default:
        return eval_error(e, code, "invalid_index", at, code->span, "Invalid index",
                          "This value does not have any indices.");
    }
}

Value eval_steps(Eval *e, const Code *code, Value v, const RefStep *steps, const Value *index, uint32_t n) {
    uint32_t before = e->diags->errors;
    for (uint32_t i = 0; i < n; i++) {
        v = steps[i].attr ? access_attr(e, code, v, steps[i].attr, steps[i].span)
                          : access_index(e, code, v, index[i], steps[i].span);
        if (e->diags->errors > before) return eval_dynamic(e);
    }
    return v;
}

enum { FEW_STEPS = 8 };

// The values of the index steps. `room` serves while there are few.
static Value *index_values(Eval *e, const RefStep *steps, uint32_t n, Value *room) {
    Value *index = n <= FEW_STEPS ? room : ARENA_ARRAY(e->arena, Value, n);
    for (uint32_t i = 0; i < n; i++) {
        index[i] = steps[i].index ? eval_node(e, steps[i].index) : (Value){0};
    }
    return index;
}

Value eval_ref(Eval *e, const Code *code) {
    const Ref *ref = &code->ref;
    uint32_t before = e->diags->errors, used = 0;
    Value room[FEW_STEPS], v;
    Value *index = index_values(e, ref->steps, ref->n, room);
    if (e->diags->errors > before) return eval_dynamic(e);
    if (!e->scope->load(e->scope, ref, index, &v, &used, e->diags)) return eval_dynamic(e);
    return used < ref->n ? eval_steps(e, code, v, ref->steps + used, index + used, ref->n - used) : v;
}

Value eval_walk(Eval *e, const Code *code) {
    uint32_t before = e->diags->errors;
    Value room[FEW_STEPS];
    Value v = eval_node(e, code->operand);
    Value *index = index_values(e, code->steps, code->step_count, room);
    if (e->diags->errors > before) return eval_dynamic(e);
    return eval_steps(e, code, v, code->steps, index, code->step_count);
}

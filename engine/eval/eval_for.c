// For-expressions.
#include "engine/base/map.h"
#include "engine/eval/node.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

typedef struct Loop {
    Eval *e;
    const Code *code;
    const ForNode *node;
    Marks marks;
    bool known; // all conditions and keys so far
    bool object;
    uint32_t n;
    Name *names;
    Value *values;
    uint32_t cap;
    IdMap seen;      // a name's index in names
    uint32_t *group; // with grouping: of each value, the index of its name
    uint32_t groups;
} Loop;

static void set_local(Eval *e, uint8_t local, Value v) {
    if (local < NODE_LOCALS) e->locals[local] = v;
}

static Value loop_error(Loop *loop, const Code *part, const char *summary, const char *detail) {
    return eval_error(loop->e, part, "invalid_for", part->span, loop->code->span, summary, "%s", detail);
}

// The condition with unknown iterators: finds a wrong type once, not for each element. False: give up.
static bool probe_condition(Loop *loop, Marks *marks) {
    Eval *e = loop->e;
    const Code *condition = loop->node->condition;
    uint32_t before = e->diags->errors;
    set_local(e, loop->node->key_local, eval_dynamic(e));
    set_local(e, loop->node->value_local, eval_dynamic(e));
    Value v = eval_node(e, condition);
    if (e->diags->errors > before) return false;
    *marks = v.marks;
    if (value_is_null(v)) {
        loop_error(loop, condition, "Condition is null", "The value of the 'if' clause must not be null.");
        return false;
    }
    if (v.kind == TYPE_BOOL || v.kind == TYPE_DYNAMIC) return true;
    ConvertError error;
    if (convert_value(e->arena, v, type_bool(e->process), &v, &error)) return true;
    eval_error(e, condition, "invalid_for", condition->span, loop->code->span, "Invalid 'for' condition",
               "The 'if' clause value is invalid: %.*s.", STR_ARG(error.message));
    return false;
}

// Whether the element is in. Unknown or wrong: it is not, and the whole is not known.
static bool included(Loop *loop) {
    Eval *e = loop->e;
    const Code *condition = loop->node->condition;
    if (!condition) return true;
    uint32_t before = e->diags->errors;
    Value v = eval_node(e, condition);
    bool failed = e->diags->errors > before;
    if (value_is_null(v) && e->scope->lenient) return false;
    if (value_is_null(v)) {
        if (loop->known) {
            loop_error(loop, condition, "Invalid 'for' condition", "The value of the 'if' clause must not be null.");
        }
        loop->known = false;
        return false;
    }
    loop->marks = marks_union(e->process, loop->marks, v.marks);
    if (value_is_unknown(v)) {
        loop->known = false;
        return false;
    }
    ConvertError error;
    if (v.kind != TYPE_BOOL && !convert_value(e->arena, v, type_bool(e->process), &v, &error)) {
        if (loop->known && !failed) {
            eval_error(e, condition, "invalid_for", condition->span, loop->code->span, "Invalid 'for' condition",
                       "The 'if' clause value is invalid: %.*s.", STR_ARG(error.message));
        }
        loop->known = false;
        return false;
    }
    return v.i;
}

static Name element_key(Loop *loop) {
    Eval *e = loop->e;
    const Code *code = loop->node->key;
    Value key = eval_node(e, code);
    if (value_is_null(key)) {
        if (loop->known)
            loop_error(loop, code, "Invalid object key", "The key of a 'for' expression must not be null.");
        loop->known = false;
        return NULL;
    }
    loop->marks = marks_union(e->process, loop->marks, key.marks);
    if (value_is_unknown(key)) {
        loop->known = false;
        return NULL;
    }
    ConvertError error;
    if (key.kind != TYPE_STRING && !convert_value(e->arena, key, type_string(e->process), &key, &error)) {
        if (loop->known) {
            eval_error(e, code, "invalid_for", code->span, loop->code->span, "Invalid object key",
                       "The key expression gave an unsuitable value: %.*s.", STR_ARG(error.message));
        }
        loop->known = false;
        return NULL;
    }
    return name_of(e->process, value_str(key));
}

static void push_value(Loop *loop, Name name, Value v) {
    if (loop->n == loop->cap) {
        uint32_t cap = loop->cap ? loop->cap * 2 : 8;
        Arena *arena = loop->e->arena;
        loop->values = arena_grow(arena, loop->values, loop->cap * sizeof(Value), cap * sizeof(Value));
        if (loop->object) loop->names = arena_grow(arena, loop->names, loop->cap * sizeof(Name), cap * sizeof(Name));
        if (loop->node->group) loop->group = arena_grow(arena, loop->group, loop->cap * 4, cap * 4);
        loop->cap = cap;
    }
    if (loop->object && name) loop->names[loop->node->group ? loop->groups : loop->n] = name;
    loop->values[loop->n++] = v;
}

static void add_to_object(Loop *loop, Name name, Value v) {
    Eval *e = loop->e;
    bool added;
    uint64_t *place = idmap_put(&loop->seen, (uint64_t)(uintptr_t)name, &added);
    if (loop->node->group) {
        push_value(loop, added ? name : NULL, v);
        if (added) *place = loop->groups++;
        loop->group[loop->n - 1] = (uint32_t)*place;
    } else if (added) {
        push_value(loop, name, v);
    } else if (loop->marks & (MARK_SENSITIVE | MARK_EPHEMERAL)) {
        loop_error(
            loop, loop->node->key, "Duplicate object key",
            "Two different items produced the same key in this 'for' expression. If duplicates are expected, use "
            "the ellipsis (...) after the value expression to enable grouping by key.");
    } else {
        eval_error(
            e, loop->node->key, "duplicate_key", loop->node->key->span, loop->code->span, "Duplicate object key",
            "Two different items produced the key \"%.*s\" in this 'for' expression. If duplicates are expected, "
            "use the ellipsis (...) after the value expression to enable grouping by key.",
            STR_ARG(name_str(name)));
    }
}

static void visit_element(Loop *loop, Value key, Value v) {
    Eval *e = loop->e;
    set_local(e, loop->node->key_local, key);
    set_local(e, loop->node->value_local, v);
    if (!included(loop)) return;
    if (!loop->object) {
        push_value(loop, NULL, eval_node(e, loop->node->value));
        return;
    }
    Name name = element_key(loop);
    if (name) add_to_object(loop, name, eval_node(e, loop->node->value));
}

static void visit_all(Loop *loop, Value collection) {
    Eval *e = loop->e;
    for (uint32_t i = 0; i < collection.n; i++) {
        switch ((TypeKind)collection.kind) {
        case TYPE_LIST:
        case TYPE_TUPLE: visit_element(loop, value_int_prec(i, NUM_PRECISION_COUNT), collection.list->at[i]); break;
        case TYPE_SET: visit_element(loop, collection.list->at[i], collection.list->at[i]); break;
        case TYPE_MAP: {
            const MapItem *item = &collection.map->at[i];
            visit_element(loop, value_string_raw(e->arena, item->key), item->value);
            break;
        }
        default: {
            Str name = name_str(collection.obj->shape->names[i]);
            visit_element(loop, value_string_raw(e->arena, name), collection.obj->at[i]);
        }
        }
    }
}

// Values by group, in order of coming, each group a tuple.
static Value grouped(Loop *loop) {
    Arena *arena = loop->e->arena;
    uint32_t *count = ARENA_ARRAY(arena, uint32_t, loop->groups);
    for (uint32_t i = 0; i < loop->n; i++) count[loop->group[i]]++;
    ListData **data = ARENA_ARRAY(arena, ListData *, loop->groups);
    for (uint32_t g = 0; g < loop->groups; g++) {
        data[g] = value_list_data(arena, NULL, count[g]);
        count[g] = 0;
    }
    for (uint32_t i = 0; i < loop->n; i++) {
        uint32_t g = loop->group[i];
        data[g]->at[count[g]++] = loop->values[i];
    }
    Value *tuples = ARENA_ARRAY(arena, Value, loop->groups);
    for (uint32_t g = 0; g < loop->groups; g++) tuples[g] = value_finish_list(arena, TYPE_TUPLE, data[g], count[g]);
    return value_object_of(arena, loop->names, tuples, loop->groups);
}

static Value loop_result(Loop *loop) {
    Eval *e = loop->e;
    Value out;
    if (!loop->known)
        out = eval_dynamic(e);
    else if (!loop->object)
        out = value_tuple(e->arena, loop->values, loop->n);
    else if (loop->node->group)
        out = grouped(loop);
    else
        out = value_object_of(e->arena, loop->names, loop->values, loop->n);
    return value_with_marks(out, loop->marks);
}

Value eval_for(Eval *e, const Code *code) {
    const ForNode *node = code->loop;
    Loop loop = {.e = e, .code = code, .node = node, .known = true, .object = node->key != NULL};
    loop.seen = idmap_in(e->arena);
    Value collection = eval_node(e, node->collection);
    if (value_is_null(collection)) {
        if (e->scope->lenient) return loop_result(&loop);
        return loop_error(&loop, node->collection, "Iteration over null value",
                          "A null value cannot be used as the collection in a 'for' expression.");
    }
    if (collection.kind == TYPE_DYNAMIC) return eval_dynamic(e);
    if (collection.kind < TYPE_LIST) {
        const char *type = collection.kind == TYPE_STRING   ? "string"
                           : collection.kind == TYPE_NUMBER ? "number"
                                                            : "bool";
        return eval_error(e, node->collection, "invalid_for", node->collection->span, code->span,
                          "Iteration over non-iterable value",
                          "A value of type %s cannot be used as the collection in a 'for' expression.", type);
    }
    loop.marks = collection.marks;
    eval_hide(e, node->key_local, 1, collection.marks);
    eval_hide(e, node->value_local, 1, collection.marks);
    Marks probed = 0;
    if (node->condition && !e->scope->lenient && !probe_condition(&loop, &probed)) return eval_dynamic(e);
    if (value_is_unknown(collection)) {
        return value_with_marks(eval_dynamic(e), marks_union(e->process, loop.marks, probed));
    }
    visit_all(&loop, collection);
    return loop_result(&loop);
}

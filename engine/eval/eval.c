// Evaluation of the code tree. Semantics are those of HCL and cty as OpenTofu 1.12 has them.
#include "engine/eval/node.h"
#include "engine/eval/once.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"

Value eval_dynamic(const Eval *e) { return value_unknown(e->process, type_dynamic(e->process)); }

Value eval_unknown(const Eval *e, const Type *type) { return value_unknown(e->process, type); }

Value eval_unknown_set(const Eval *e, const Type *type) {
    if (type->kind == TYPE_DYNAMIC) return value_unknown(e->process, type);
    Unknown known = {.type = type, .not_null = true, .max_length = UINT32_MAX};
    known.min = known.max = value_unknown(e->process, type_dynamic(e->process));
    return value_refined(e->arena, &known);
}

Value eval_apart(Eval *e, const Code *code, Diags *own) {
    *own = diags_in(e->arena);
    if (code->kind == NODE_CONSTANT) return code->value;
    Diags *outer = e->diags;
    e->diags = own;
    Value v = eval_node(e, code);
    e->diags = outer;
    return v;
}

static Value eval_tuple(Eval *e, const Code *code) {
    ListData *data = value_list_data(e->arena, NULL, code->count);
    for (uint32_t i = 0; i < code->count; i++) data->at[i] = eval_node(e, code->list[i]);
    return value_finish_list(e->arena, TYPE_TUPLE, data, code->count);
}

static Value eval_shaped(Eval *e, const Code *code) {
    ObjectData *data = value_object_data(e->arena, code->shape);
    for (uint32_t i = 0; i < code->entry_count; i++)
        data->at[code->entries[i].at] = eval_node(e, code->entries[i].value);
    return value_finish_object(e->arena, data);
}

// The name that a computed key gives, or NULL when it is unknown or wrong.
static Name eval_key(Eval *e, const ObjectEntry *entry, Marks *marks) {
    uint32_t before = e->diags->errors;
    Value key = eval_node(e, entry->key);
    if (e->diags->errors > before) return NULL;
    if (value_is_null(key)) {
        eval_error(e, entry->key, "null_key", entry->key->span, SPAN_NONE, "Null value as key",
                   "A null value cannot be used as a key.");
        return NULL;
    }
    *marks = marks_union(e->process, *marks, key.marks);
    Value text;
    ConvertError error;
    if (!convert_value(e->arena, key, type_string(e->process), &text, &error)) {
        eval_error(e, entry->key, "incorrect_key_type", entry->key->span, SPAN_NONE, "Incorrect key type",
                   "This value cannot be used as a key: %.*s.", STR_ARG(error.message));
        return NULL;
    }
    return value_is_known(text) ? name_of(e->process, value_str(text)) : NULL;
}

static Value eval_object(Eval *e, const Code *code) {
    if (code->shape) return eval_shaped(e, code);
    uint32_t n = code->entry_count, have = 0;
    Name *names = ARENA_ARRAY(e->arena, Name, n);
    Value *values = ARENA_ARRAY(e->arena, Value, n);
    Marks marks = 0;
    bool known = true;
    for (uint32_t i = 0; i < n; i++) {
        const ObjectEntry *entry = &code->entries[i];
        Name name = entry->name ? entry->name : eval_key(e, entry, &marks);
        Value v = eval_node(e, entry->value);
        known = known && name;
        if (!name) continue;
        names[have] = name;
        values[have++] = v;
    }
    if (!known) return eval_dynamic(e);
    return value_with_marks(value_object_of(e->arena, names, values, have), marks);
}

static Value eval_kind(Eval *e, const Code *code) {
    switch ((NodeKind)code->kind) {
    case NODE_CONSTANT: return code->value;
    case NODE_ERROR: return eval_dynamic(e);
    case NODE_REF: return eval_ref(e, code);
    case NODE_LOCAL: return e->locals[code->index];
    case NODE_FRAME: return e->scope->frame[code->index];
    case NODE_WALK: return eval_walk(e, code);
    case NODE_UNARY: return eval_unary(e, code);
    case NODE_BINARY: return eval_binary(e, code);
    case NODE_CONDITION: return eval_condition(e, code);
    case NODE_TUPLE: return eval_tuple(e, code);
    case NODE_OBJECT: return eval_object(e, code);
    case NODE_TEMPLATE: return eval_template(e, code);
    case NODE_CALL: return eval_call(e, code);
    case NODE_TRY: return eval_try(e, code);
    case NODE_CAN: return eval_can(e, code);
    case NODE_FOR: return eval_for(e, code);
    case NODE_JOIN: return eval_join(e, code);
    case NODE_SPLAT: return eval_splat(e, code);
    }
    return eval_dynamic(e);
}

// Errors are not kept: each instance reports its own.
static Value eval_once(Eval *e, const Code *code, OnceCache *once) {
    uint32_t place = code->once - 1;
    if (once->have[place]) return once->values[place];
    uint32_t before = e->diags->errors;
    Value v = eval_kind(e, code);
    if (e->diags->errors == before) {
        once->values[place] = v = value_copy(once->arena, v);
        once->have[place] = true;
    }
    return v;
}

Value eval_node(Eval *e, const Code *code) {
    if (code->kind == NODE_CONSTANT) return code->value;
    OnceCache *once = e->scope->once;
    if (code->once && once && code->once <= once->n) return eval_once(e, code, once);
    return eval_kind(e, code);
}

Value code_eval(const Code *code, Scope *scope, Diags *diags) {
    if (code->kind == NODE_CONSTANT) return code->value;
    Value locals[NODE_LOCALS];
    Eval e = {.scope = scope,
              .arena = scope->arena,
              .process = arena_process(scope->arena),
              .diags = diags,
              .locals = locals};
    if (code->free) {
        for (uint32_t i = 0; i < code->local_count; i++) locals[i] = eval_dynamic(&e);
    }
    return eval_node(&e, code);
}

Value code_eval_as(const Code *code, Scope *scope, const Type *want, Diags *diags) {
    uint32_t before = diags->errors;
    Value v = code_eval(code, scope, diags);
    if (diags->errors > before) return value_unknown(arena_process(scope->arena), want);
    Value out;
    ConvertError error;
    if (convert_value(scope->arena, v, want, &out, &error)) return out;
    Eval e = {.scope = scope, .arena = scope->arena, .process = arena_process(scope->arena), .diags = diags};
    Value locals[NODE_LOCALS];
    for (uint32_t i = 0; i < NODE_LOCALS; i++) locals[i] = eval_dynamic(&e);
    e.locals = locals;
    Buf where = buf_in(scope->arena);
    path_print(error.path, &where);
    eval_error(&e, code, "incorrect_value_type", code->span, SPAN_NONE, "Incorrect value type",
               "Invalid expression value: %.*s%s%.*s.", STR_ARG(buf_str(&where)), where.n ? ": " : "",
               STR_ARG(error.message));
    return value_unknown(e.process, type_without_optional(e.process, want));
}

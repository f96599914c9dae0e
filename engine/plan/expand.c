#include "engine/plan/expand.h"

#include "engine/value/marks.h"
#include "engine/value/render.h"

// "local.names, which depends on …" is too much for a sentence: the references whose values are unknown, in order.
static void unknown_refs(WalkScope *s, const Code *code, Buf *out) {
    const Ref *const *refs;
    uint32_t n = code_refs(s->walk->scratch, code, &refs), shown = 0;
    Diags ignored = diags_in(s->walk->scratch);
    for (uint32_t i = 0; i < n; i++) {
        Value v;
        uint32_t used;
        bool plain = true;
        for (uint32_t k = 0; k < refs[i]->n; k++) plain &= refs[i]->steps[k].attr != NULL;
        if (plain && (!s->scope.load(&s->scope, refs[i], NULL, &v, &used, &ignored) || value_is_whole(v))) continue;
        buf_format(out, "%s%.*s", shown++ ? ", " : "", STR_ARG(source_text(s->walk->process, refs[i]->span)));
    }
}

static bool expand_unknown(WalkScope *s, const Code *code, const char *what, Diags *diags) {
    Buf refs = buf_in(s->walk->scratch);
    unknown_refs(s, code, &refs);
    return diag_error(diags, "unknown_repeat", code_span(code), "Invalid argument",
                      "The \"%s\" value depends on what is known only after apply%s%.*s, so it cannot be told how many "
                      "instances there will be. Use values that are known while planning, or apply first only what this "
                      "depends on, with -target.",
                      what, refs.n ? ": " : "", STR_ARG(buf_str(&refs)));
}

static bool expand_count(WalkScope *s, const Code *code, Expansion *out, Diags *diags) {
    Walk *w = s->walk;
    uint32_t errors = diags->errors;
    Value v = code_eval_as(code, &s->scope, type_number(w->process), diags);
    if (diags->errors > errors) return false;
    int64_t n = 0;
    if (v.marks & MARK_EPHEMERAL)
        return diag_error(diags, "ephemeral_count", code_span(code), "Invalid count argument",
                          "The \"count\" value is ephemeral; the number of instances must stay the same between runs.");
    if (value_is_null(v))
        return diag_error(diags, "null_count", code_span(code), "Invalid count argument",
                          "The \"count\" value is null. A whole number is required.");
    if (value_is_unknown(v)) return expand_unknown(s, code, "count", diags);
    if (!value_to_i64(v, &n))
        return diag_error(diags, "bad_count", code_span(code), "Invalid count argument",
                          "The \"count\" value must be a whole number.");
    if (n < 0 || n > (int64_t)LIMIT_ELEMENTS)
        return diag_error(diags, "bad_count", code_span(code), "Invalid count argument",
                          "The \"count\" value must be at least 0 and at most %u.", LIMIT_ELEMENTS);
    out->n = (uint32_t)n;
    return true;
}

static bool expand_for_each(WalkScope *s, const Code *code, Expansion *out, Diags *diags) {
    uint32_t errors = diags->errors;
    Value v = code_eval(code, &s->scope, diags);
    Span span = code_span(code);
    if (diags->errors > errors) return false;
    if (v.marks & (MARK_SENSITIVE | MARK_EPHEMERAL))
        return diag_error(diags, "sensitive_for_each", span, "Invalid for_each argument",
                          "%s values cannot be used as for_each arguments: the keys would be shown in plans and become "
                          "part of addresses.",
                          v.marks & MARK_SENSITIVE ? "Sensitive" : "Ephemeral");
    if (value_is_null(v))
        return diag_error(diags, "null_for_each", span, "Invalid for_each argument",
                          "The \"for_each\" value is null. A map, or a set of strings, is required.");
    if (value_is_unknown(v)) return expand_unknown(s, code, "for_each", diags);
    bool ok = v.kind == TYPE_MAP || v.kind == TYPE_OBJECT || v.kind == TYPE_SET;
    if (!ok) {
        Buf b = buf_in(s->walk->scratch);
        type_friendly(value_type(s->walk->process, v), &b);
        return diag_error(diags, "bad_for_each", span, "Invalid for_each argument",
                          "The \"for_each\" value is %.*s. A map, or a set of strings, is required%s", STR_ARG(buf_str(&b)),
                          v.kind == TYPE_LIST || v.kind == TYPE_TUPLE ? "; toset(…) makes a set of a list." : ".");
    }
    v = value_copy(s->walk->arena, v);
    if (v.kind == TYPE_SET) {
        if (v.bits & VALUE_UNKNOWN_INSIDE) return expand_unknown(s, code, "for_each", diags);
        for (uint32_t i = 0; i < v.n; i++) {
            Value e = v.list->at[i];
            if (e.marks & (MARK_SENSITIVE | MARK_EPHEMERAL))
                return diag_error(diags, "sensitive_for_each", span, "Invalid for_each argument",
                                  "The set holds sensitive or ephemeral values, which cannot be instance keys.");
            if (e.kind != TYPE_STRING || value_is_null(e))
                return diag_error(diags, "bad_for_each", span, "Invalid for_each argument",
                                  "A \"for_each\" set must hold strings only, none of them null.");
        }
    }
    out->n = v.n;
    out->collection = v;
    return true;
}

static bool expand_enabled(WalkScope *s, const Code *code, Expansion *out, Diags *diags) {
    uint32_t errors = diags->errors;
    Value v = code_eval_as(code, &s->scope, type_bool(s->walk->process), diags);
    if (diags->errors > errors) return false;
    if (v.marks & (MARK_SENSITIVE | MARK_EPHEMERAL))
        return diag_error(diags, "sensitive_enabled", code_span(code), "Invalid enabled argument",
                          "Sensitive or ephemeral values cannot decide whether an object is there.");
    if (value_is_null(v))
        return diag_error(diags, "null_enabled", code_span(code), "Invalid enabled argument",
                          "The \"enabled\" value is null. true or false is required.");
    if (value_is_unknown(v)) return expand_unknown(s, code, "enabled", diags);
    out->n = value_true(v) ? 1 : 0;
    return true;
}

bool expand_repeat(WalkScope *s, Repeat repeat, const Code *code, Expansion *out, Diags *diags) {
    *out = (Expansion){.n = 1, .repeat = repeat};
    switch (repeat) {
    case REPEAT_NONE: return true;
    case REPEAT_COUNT: return expand_count(s, code, out, diags);
    case REPEAT_FOR_EACH: return expand_for_each(s, code, out, diags);
    case REPEAT_ENABLED: return expand_enabled(s, code, out, diags);
    }
    return false;
}

Value expand_key(Arena *arena, const Expansion *e, uint32_t i) {
    if (e->repeat == REPEAT_COUNT) return value_int_prec((int64_t)i, NUM_PRECISION_COUNT);
    if (e->repeat != REPEAT_FOR_EACH) return (Value){0};
    if (e->collection.kind == TYPE_SET) return e->collection.list->at[i];
    assert(i < e->n && e->collection.obj);
    Str key = e->collection.kind == TYPE_MAP ? e->collection.map->at[i].key
                                             : name_str(e->collection.obj->shape->names[i]);
    return value_string_raw(arena, key);
}

Value expand_each_value(const Expansion *e, uint32_t i) {
    if (e->collection.kind == TYPE_SET) return e->collection.list->at[i];
    if (e->collection.kind == TYPE_MAP) return e->collection.map->at[i].value;
    return e->collection.obj->at[i];
}

void expand_enter(WalkScope *s, const Expansion *e, uint32_t i) {
    s->has_each = e->repeat == REPEAT_FOR_EACH;
    s->has_count = e->repeat == REPEAT_COUNT;
    if (s->has_count) s->count_index = value_int_prec((int64_t)i, NUM_PRECISION_COUNT);
    if (s->has_each) {
        s->each_key = expand_key(s->walk->arena, e, i);
        s->each_value = expand_each_value(e, i);
    }
}

int32_t expand_output_index(const ModuleDef *def, Name name) {
    for (uint32_t i = 0; i < def->outputs.n; i++)
        if (def->outputs.at[i].name == name) return (int32_t)i;
    return -1;
}

static void expand_add_module(Walk *w, const ModuleNode *child, ModuleInst *parent, const Expansion *e, uint32_t i) {
    ModuleInst *m = ARENA_NEW(w->arena, ModuleInst);
    const ModuleDef *def = child->def;
    m->node = child;
    m->index = w->modules.n;
    m->parent = parent->index;
    Value key = expand_key(w->arena, e, i);
    m->key = INSTANCE_NO_KEY;
    if (key.kind != TYPE_DYNAMIC) key_of_value(key, &m->key);
    if (e->repeat == REPEAT_FOR_EACH) m->each_value = expand_each_value(e, i);
    Buf path = buf_in(w->arena);
    if (parent->path.n) buf_format(&path, "%.*s.", STR_ARG(parent->path));
    buf_format(&path, "module.%s", child->parent->def->calls.at[child->call].name->text);
    key_print(m->key, &path);
    m->path = buf_str(&path);
    m->values = ARENA_ARRAY(w->arena, Value, def->nodes + 1);
    m->have = ARENA_ARRAY(w->arena, uint8_t, def->nodes + 1);
    m->rows = ARENA_ARRAY(w->arena, RowRange, def->resources.n + 1);
    m->once = ARENA_ARRAY(w->arena, struct OnceCache *, def->nodes + 1);
    m->expansions = ARENA_ARRAY(w->arena, struct Expansion *, def->resources.n + 1);
    vec_push(w->arena, &w->modules, m);
    w->inst_count[child->id]++;
}

bool expand_module(Walk *w, const ModuleNode *caller, uint32_t call) {
    const ModuleCall *c = &caller->def->calls.at[call];
    const ModuleNode *child = &w->config->nodes[caller->first_child + call];
    RowRange parents = walk_module_insts(w, caller);
    bool ok = true;
    w->inst_first[child->id] = w->modules.n;
    for (uint32_t p = parents.first; p < parents.first + parents.n; p++) {
        WalkScope s;
        Expansion e = {.n = 1, .repeat = REPEAT_NONE};
        scope_init(&s, w, w->modules.at[p], config_local_id(caller->def, BLOCK_MODULE, call), c->once_count, w->arena);
        if (w->kind == WALK_VALIDATE) {
            expand_add_module(w, child, w->modules.at[p], &e, 0);
            continue;
        }
        if (!expand_repeat(&s, c->repeat, c->repeat_code, &e, w->diags)) {
            ok = false;
            continue;
        }
        for (uint32_t i = 0; i < e.n; i++) expand_add_module(w, child, w->modules.at[p], &e, i);
    }
    return ok;
}

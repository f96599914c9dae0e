#include "engine/report/expression_json.h"

#include "engine/value/quote.h"
#include "grammar/parse.h"

// ---- references ----

static void slot_text(const ModuleDef *def, uint32_t slot, Buf *out) {
    static const char *const paths[] = {"module", "root", "cwd"};
    uint32_t i = SLOT_INDEX(slot);
    const Resource *r;
    switch (SLOT_KIND(slot)) {
    case SLOT_VARIABLE: buf_format(out, "var.%s", def->variables.at[i].name->text); return;
    case SLOT_LOCAL: buf_format(out, "local.%s", def->locals.at[i].name->text); return;
    case SLOT_RESOURCE:
        r = &def->resources.at[i];
        buf_format(out, "%s%s.%s",
                   r->mode == MODE_DATA        ? "data."
                   : r->mode == MODE_EPHEMERAL ? "ephemeral."
                                               : "",
                   r->type->text, r->name->text);
        return;
    case SLOT_MODULE: buf_format(out, "module.%s", def->calls.at[i].name->text); return;
    case SLOT_EACH_KEY: buf_z(out, "each.key"); return;
    case SLOT_EACH_VALUE: buf_z(out, "each.value"); return;
    case SLOT_COUNT_INDEX: buf_z(out, "count.index"); return;
    case SLOT_SELF: buf_z(out, "self"); return;
    case SLOT_PATH: buf_format(out, "path.%s", paths[i]); return;
    case SLOT_WORKSPACE: buf_z(out, "terraform.workspace"); return;
    case SLOT_APPLYING: buf_z(out, "terraform.applying"); return;
    }
}

// A constant step, as it is written. False when the reference ends there as far as anybody knows beforehand.
static bool step_text(const RefStep *step, Buf *out) {
    const Value *key = step->attr ? NULL : code_constant_value(step->index);
    if (step->attr) {
        buf_format(out, ".%s", step->attr->text);
        return true;
    }
    if (!key || !value_is_set(*key) || (key->kind != TYPE_STRING && key->kind != TYPE_NUMBER)) return false;
    buf_char(out, '[');
    if (key->kind == TYPE_STRING)
        quote_go(value_str(*key), out);
    else if (key->bits & VALUE_BIG)
        num_print(key->num, out);
    else
        num_print_i64(key->i, out);
    buf_char(out, ']');
    return true;
}

void expression_ref_text(const ModuleDef *def, const Ref *ref, Buf *out) {
    slot_text(def, ref->slot, out);
    for (uint32_t i = 0; i < ref->n && step_text(&ref->steps[i], out); i++) {
    }
}

// Steps that belong to what is named, before those into it: an instance key, an output.
static uint32_t subject_steps(const Ref *ref) {
    uint32_t n = 0;
    SlotKind kind = SLOT_KIND(ref->slot);
    if (kind != SLOT_RESOURCE && kind != SLOT_MODULE) return 0;
    if (n < ref->n && ref->steps[n].index && code_constant_value(ref->steps[n].index)) n++;
    if (kind == SLOT_MODULE && n < ref->n && ref->steps[n].attr) n++;
    return n;
}

// The longest form first, a step less each time, down to what holds what is named.
static void ref_write(const ExpressionWriter *e, const Ref *ref) {
    Buf text = buf_in(e->arena);
    uint32_t *ends = ARENA_ARRAY(e->arena, uint32_t, ref->n + 1), n = 0, own = subject_steps(ref);
    slot_text(e->def, ref->slot, &text);
    ends[0] = (uint32_t)text.n;
    while (n < ref->n && step_text(&ref->steps[n], &text)) ends[++n] = (uint32_t)text.n;
    if (own > n) own = n;
    for (uint32_t i = n + 1; i-- > own;) json_string(e->w, str_slice(buf_str(&text), 0, ends[i]));
    if (own) json_string(e->w, str_slice(buf_str(&text), 0, ends[own - 1]));
}

// ---- constants ----

static bool part_calls(const PartList *parts);

// Whether a function is called anywhere: then the expression is no constant to those who read this, whatever its
// value. The tree's height is bounded by its parser.
static bool expr_calls(const Expr *x) {
    if (!x) return false;
    if (x->kind == EXPR_CALL) return true;
    if (expr_calls(x->operand)) return true;
    switch ((ExprKind)x->kind) {
    case EXPR_BINARY: return expr_calls(x->right);
    case EXPR_INDEX: return expr_calls(x->key);
    case EXPR_SPLAT: return expr_calls(x->each);
    case EXPR_CONDITION: return expr_calls(x->yes) || expr_calls(x->no);
    case EXPR_TUPLE:
        for (uint32_t i = 0; i < x->args.list.n; i++)
            if (expr_calls(x->args.list.at[i])) return true;
        return false;
    case EXPR_OBJECT:
        for (uint32_t i = 0; i < x->items.list.n; i++)
            if (expr_calls(x->items.list.at[i].key) || expr_calls(x->items.list.at[i].value)) return true;
        return false;
    case EXPR_FOR:
        return expr_calls(x->loop->collection) || expr_calls(x->loop->key) || expr_calls(x->loop->value) ||
               expr_calls(x->loop->condition);
    case EXPR_TEMPLATE: {
        PartList parts = {{x->parts.list.at, x->parts.list.n, x->parts.list.cap}};
        return part_calls(&parts);
    }
    default: return false;
    }
}

static bool part_calls(const PartList *parts) {
    for (uint32_t i = 0; parts && i < parts->list.n; i++) {
        const TemplatePart *p = &parts->list.at[i];
        if (expr_calls(p->expr) || part_calls(p->body) || part_calls(p->otherwise)) return true;
    }
    return false;
}

static bool code_calls(const ExpressionWriter *e, const Code *code) {
    const SourceFile *file = source_find(e->process, code_span(code));
    if (!file) return false;
    Str text = source_text(e->process, code_span(code));
    if (str_find_char(text, '(') < 0) return false;
    Diags ignored = diags_in(e->arena);
    Expr *expr = NULL;
    return parse_expr_in(e->arena, file, code_span(code), &expr, &ignored) && expr_calls(expr);
}

static bool is_constant(const ExpressionWriter *e, const Code *code, uint32_t refs) {
    const Value *v = refs ? NULL : code_constant_value(code);
    return v && value_is_whole(*v) && !code_calls(e, code);
}

bool expression_says(const ExpressionWriter *e, const Code *code) {
    const Ref *const *refs;
    uint32_t n = code_refs(e->arena, code, &refs);
    return n || is_constant(e, code, n);
}

static void expression_inside(const ExpressionWriter *e, const Code *code) {
    const Ref *const *refs;
    uint32_t n = code_refs(e->arena, code, &refs);
    if (is_constant(e, code, n)) {
        json_field(e->w, "constant_value");
        json_known(e->w, *code_constant_value(code));
    }
    if (n == 0) return;
    json_field(e->w, "references");
    json_open_array(e->w);
    for (uint32_t i = 0; i < n; i++) ref_write(e, refs[i]);
    json_close_array(e->w);
}

void expression_write(const ExpressionWriter *e, const Code *code) {
    json_open_object(e->w);
    expression_inside(e, code);
    json_close_object(e->w);
}

void expression_slot_write(const ExpressionWriter *e, uint32_t slot) {
    Buf text = buf_in(e->arena);
    slot_text(e->def, slot, &text);
    json_string(e->w, buf_str(&text));
}

// ---- bodies ----

static void parts_write(const ExpressionWriter *e, const BodyPart *parts, uint32_t n);

static void body_write(const ExpressionWriter *e, const BodyCode *body) {
    const BodyPart *parts;
    uint32_t n = decode_parts(e->arena, body, &parts);
    json_open_object(e->w);
    parts_write(e, parts, n);
    json_close_object(e->w);
}

// The blocks of one type: an object, a list, or an object by label.
static void blocks_write(const ExpressionWriter *e, const BodyPart *at, uint32_t n) {
    bool map = at->nesting == NEST_MAP, list = at->nesting == NEST_LIST || at->nesting == NEST_SET;
    json_key(e->w, name_str(at->name));
    if (map) json_open_object(e->w);
    if (list) json_open_array(e->w);
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].dynamic) continue;
        if (map) json_key(e->w, at[i].label);
        body_write(e, at[i].block);
        if (!map && !list) break;
    }
    if (map) json_close_object(e->w);
    if (list) json_close_array(e->w);
}

// Recursion is over nested blocks, which the schema bounds.
static void parts_write(const ExpressionWriter *e, const BodyPart *parts, uint32_t n) {
    for (uint32_t i = 0, end; i < n; i = end) {
        bool written = false;
        for (end = i + 1; end < n && parts[end].name == parts[i].name; end++) {
        }
        if (parts[i].code) {
            json_key(e->w, name_str(parts[i].name));
            expression_write(e, parts[i].code);
            continue;
        }
        for (uint32_t k = i; k < end; k++) written |= !parts[k].dynamic;
        if (written) blocks_write(e, &parts[i], end - i);
    }
}

void expression_body_write(const ExpressionWriter *e, const char *name, const BodyCode *body) {
    const BodyPart *parts;
    bool any = false;
    uint32_t n = body ? decode_parts(e->arena, body, &parts) : 0;
    for (uint32_t i = 0; i < n; i++) any |= !parts[i].dynamic;
    if (!any) return;
    json_field(e->w, name);
    json_open_object(e->w);
    parts_write(e, parts, n);
    json_close_object(e->w);
}

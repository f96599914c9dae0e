// Expressions that are read as references and never evaluated: depends_on, ignore_changes, addresses, provider names.
#include "engine/config/loader.h"
#include "grammar/parse.h"

static const Expr *unwrap(const Expr *expr) {
    while (expr->kind == EXPR_PAREN) expr = expr->operand;
    return expr;
}

bool reference_keyword(const Expr *expr, Str *out) {
    if (expr->kind != EXPR_NAME) return false;
    *out = expr->text;
    return true;
}

static bool constant_key(Loader *l, const Expr *key, Value *out) {
    key = unwrap(key);
    switch (key->kind) {
    case EXPR_STRING: *out = value_string(l->arena, key->text); return true;
    case EXPR_NUMBER: {
        int64_t i;
        if (!str_to_i64(key->text, &i)) return false;
        *out = value_int(i);
        return true;
    }
    default: return false;
    }
}

bool reference_read(Loader *l, const Expr *expr, Traversal *out) {
    uint32_t n = 0;
    const Expr *e = unwrap(expr);
    while (e->kind == EXPR_ATTR || e->kind == EXPR_INDEX) {
        n++;
        e = e->operand;
    }
    Str root = e->text;
    if (e->kind == EXPR_NULL)
        root = STR("null"); // a name like any other here: provider = null.west
    else if (e->kind == EXPR_BOOL)
        root = e->boolean ? STR("true") : STR("false");
    else if (e->kind != EXPR_NAME)
        return false;
    TraversalStep *steps = ARENA_ARRAY(l->arena, TraversalStep, n);
    *out = (Traversal){common_name(l, root), n, steps, expr->span};
    for (e = unwrap(expr); n-- > 0; e = e->operand) {
        steps[n].span = e->span;
        if (e->kind == EXPR_ATTR) {
            steps[n].attr = common_name(l, e->text);
            steps[n].span = e->name_span;
        } else {
            steps[n].constant = constant_key(l, e->key, &steps[n].key);
            if (!steps[n].constant) return false;
        }
    }
    return true;
}

bool reference_quoted(Loader *l, const Expr *expr, bool keyword, const Expr **out) {
    *out = expr;
    if (expr->kind != EXPR_STRING || !expr->quoted || expr->span.n < 2) return true;
    SourcePos at;
    Span inside = {expr->span.at + 1, expr->span.n - 2};
    Expr *parsed;
    if (!source_pos(l->process, expr->span, &at, NULL) || !parse_expr_in(l->arena, at.file, inside, &parsed, l->diags))
        return false;
    diag_warn(l->diags, "quoted_reference", expr->span, keyword ? "Quoted keyword" : "Quoted reference",
              "%s is written without quotes since version 0.12 of the language; the quotes are deprecated.",
              keyword ? "This keyword" : "A reference");
    *out = parsed;
    return true;
}

// A resource, its instance, a module, its instance or output, a variable, a local value.
static bool whole_object(const Traversal *t, const Bound *bound) {
    uint32_t at = bound->steps;
    SlotKind kind = SLOT_KIND(bound->slot);
    if ((kind == SLOT_RESOURCE || kind == SLOT_MODULE) && at < t->n && !t->steps[at].attr) at++;
    if (kind == SLOT_MODULE && at < t->n && t->steps[at].attr) at++;
    return at == t->n && kind != SLOT_EACH_KEY && kind != SLOT_EACH_VALUE && kind != SLOT_COUNT_INDEX;
}

bool reference_slots(Definer *d, const BodyAttr *attr, uint32_t **slots, uint32_t *n) {
    Loader *l = d->l;
    *n = 0;
    if (attr->expr->kind != EXPR_TUPLE)
        return attr->expr->kind == EXPR_ERROR ||
               diag_error(l->diags, "invalid_depends_on", attr->expr->span, "Invalid depends_on",
                          "depends_on is a list of references, such as [aws_vpc.main, module.network].");
    *slots = ARENA_ARRAY(l->arena, uint32_t, attr->expr->args.list.n);
    for (uint32_t i = 0; i < attr->expr->args.list.n; i++) {
        const Expr *expr;
        Traversal t;
        Bound bound;
        if (!reference_quoted(l, attr->expr->args.list.at[i], false, &expr)) continue;
        if (!reference_read(l, expr, &t)) {
            diag_error(
                l->diags, "invalid_depends_on", expr->span, "Invalid depends_on",
                "Each element of depends_on is a reference to a whole resource or module, such as aws_vpc.main.");
            continue;
        }
        if (!d->binder.base.bind(&d->binder.base, &t, &bound, l->diags)) continue;
        if (!whole_object(&t, &bound)) {
            diag_error(
                l->diags, "invalid_depends_on", expr->span, "Invalid depends_on",
                "An element of depends_on refers to a whole object (a resource, a module), not to an attribute of "
                "it.");
            continue;
        }
        SlotKind kind = SLOT_KIND(bound.slot);
        if (kind > SLOT_MODULE) continue; // a path or the workspace, which nothing waits for
        (*slots)[(*n)++] = bound.slot;
    }
    return true;
}

static bool bad_address(Loader *l, Span span, const char *why) {
    return diag_error(l->diags, "invalid_address", span, "Invalid address", "%s", why);
}

static bool address_modules(Loader *l, const Traversal *t, uint32_t *at, Address *out) {
    struct AddressStep *steps = ARENA_ARRAY(l->arena, struct AddressStep, t->n / 2 + 1);
    Name word = t->root;
    while (word == l->w.module_) {
        uint32_t name = out->module_count || *at ? *at + 1 : 0;
        if (name >= t->n || !t->steps[name].attr)
            return bad_address(l, t->span, "\"module\" is followed by the name of a module call: module.NAME.");
        struct AddressStep *step = &steps[out->module_count++];
        *step = (struct AddressStep){.module = t->steps[name].attr};
        *at = name + 1;
        if (*at < t->n && !t->steps[*at].attr) step->key = t->steps[(*at)++].key;
        word = *at < t->n ? t->steps[*at].attr : NULL;
    }
    out->modules = steps;
    return true;
}

// The words after the modules: [data.|ephemeral.|resource.]TYPE.NAME[KEY].
bool reference_address(Loader *l, const Expr *expr, bool allow_module, Address *out) {
    Traversal t;
    *out = (Address){.span = expr->span};
    if (!reference_read(l, expr, &t))
        return bad_address(
            l, expr->span,
            "An address is written as a reference with constant keys, such as module.a.aws_vpc.b[\"x\"].");
    // The words of the traversal as one row: root, then steps.
    uint32_t at = 0;
    if (!address_modules(l, &t, &at, out)) return false;
    bool in_module = out->module_count > 0;
    if (in_module && at == t.n)
        return allow_module || bad_address(l, expr->span, "This must be the address of a resource, not of a module.");
    Name word = in_module ? t.steps[at].attr : t.root;
    if (in_module) at++;
    if (word == l->w.data_ || word == l->w.ephemeral_ || word == l->w.resource_) {
        out->mode = word == l->w.data_ ? MODE_DATA : word == l->w.ephemeral_ ? MODE_EPHEMERAL : MODE_MANAGED;
        if (at >= t.n || !t.steps[at].attr) return bad_address(l, expr->span, "A resource type must follow here.");
        word = t.steps[at++].attr;
    }
    if (!word || at >= t.n || !t.steps[at].attr)
        return bad_address(l, expr->span, "The address of a resource is TYPE.NAME, with [KEY] for one instance of it.");
    out->type = word;
    out->name = t.steps[at++].attr;
    if (at < t.n && !t.steps[at].attr) out->key = t.steps[at++].key;
    if (at < t.n)
        return bad_address(l, t.steps[at].span, "The address of a resource has nothing after its name and key.");
    return true;
}

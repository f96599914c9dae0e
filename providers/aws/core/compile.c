#include "providers/aws/core/compile.h"

#include "providers/aws/core/functions.h"

static const char *const roots[SLOT_COUNT] = {
    [SLOT_SELF] = "self",         [SLOT_PRIOR] = "prior",     [SLOT_CONFIG] = "config",     [SLOT_ID] = "id",
    [SLOT_RESULT] = "result",     [SLOT_ITEM] = "item",       [SLOT_KEYS] = "keys",         [SLOT_BY] = "by",
    [SLOT_EACH] = "each",         [SLOT_PRIVATE] = "private", [SLOT_VALUE] = "value",       [SLOT_OLD] = "old",
    [SLOT_NEW] = "new",           [SLOT_TOKEN] = "token",     [SLOT_DEADLINE] = "deadline", [SLOT_STATE] = "state",
    [SLOT_PROVIDER] = "provider", [SLOT_TAGS] = "tags",       [SLOT_NAMES] = "names",
};

static bool bind_visible(Compile *c, const Traversal *t, bool step, uint32_t base, Bound *out, Diags *diags) {
    Name name = t->n ? t->steps[0].attr : NULL;
    for (uint32_t i = c->visible.n; name && i-- > 0;) {
        const Visible *v = &c->visible.at[i];
        if (v->step != step || v->name != name) continue;
        *out = (Bound){.slot = base + v->index, .steps = 1, .uses = USES_SLOTS};
        return true;
    }
    return diag_error(diags, "unknown_reference", t->span, "Unknown name", "There is no %s \"%s\" here.",
                      step ? "step" : "let", name ? name->text : "");
}

static bool bind(Binder *binder, const Traversal *t, Bound *out, Diags *diags) {
    Compile *c = (Compile *)(void *)binder;
    Str root = name_str(t->root);
    if (str_eq(root, STR("let"))) return bind_visible(c, t, false, SLOT_LET, out, diags);
    if (str_eq(root, STR("step"))) return bind_visible(c, t, true, SLOT_STEP, out, diags);
    if (str_eq(root, STR("caught"))) return bind_visible(c, t, true, SLOT_CAUGHT, out, diags);
    for (uint32_t i = 0; i < SLOT_COUNT; i++) {
        if (!str_eqz(root, roots[i])) continue;
        if (i == SLOT_SELF && t->n && t->steps[0].attr && str_eqz(name_str(t->steps[0].attr), "tags_all"))
            c->tagged = true;
        if (i == SLOT_PROVIDER && t->n && t->steps[0].attr && str_eqz(name_str(t->steps[0].attr), "account_id"))
            c->def->needs_account = true;
        *out = (Bound){.slot = i, .steps = 0, .uses = USES_SLOTS};
        return true;
    }
    return diag_error(diags, "unknown_reference", t->span, "Unknown name", "There is no \"%.*s\" in definitions.",
                      STR_ARG(root));
}

Compile compile_start(Def *def, Diags *diags) {
    return (Compile){.binder = {.bind = bind, .functions = functions_table(def->core)},
                     .core = def->core,
                     .def = def,
                     .arena = def->core->arena,
                     .diags = diags};
}

const Code *compile_code(Compile *c, const Expr *expr) {
    return expr ? code_compile(c->arena, &c->binder, expr, c->diags) : NULL;
}

const Expr *body_expr(const AstBody *body, const char *name) {
    for (uint32_t i = 0; body && i < body->attrs.n; i++)
        if (str_eqz(body->attrs.at[i].name, name)) return body->attrs.at[i].expr;
    return NULL;
}

static bool listed(Str name, const char *const *names) {
    for (; names && *names; names++)
        if (str_eqz(name, *names)) return true;
    return false;
}

bool body_check(Compile *c, const AstBody *body, const char *what, const char *const *names,
                const char *const *blocks) {
    bool fine = true;
    for (uint32_t i = 0; i < body->attrs.n; i++) {
        const AstAttr *a = &body->attrs.at[i];
        if (listed(a->name, names)) continue;
        fine = diag_error(c->diags, "unsupported_argument", a->name_span, "Unsupported argument",
                          "There is no \"%.*s\" in %s.", STR_ARG(a->name), what);
    }
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *b = &body->blocks.at[i];
        if (listed(b->type, blocks)) continue;
        fine = diag_error(c->diags, "unsupported_block", b->header_span, "Unsupported block",
                          "There is no block \"%.*s\" in %s.", STR_ARG(b->type), what);
    }
    return fine;
}

static Str key_text(const Expr *key) {
    return key->kind == EXPR_NAME || key->kind == EXPR_STRING ? key->text : STR_NONE;
}

// An object whose first member is a call like required(…): attributes to be used by name.
static bool holds_attributes(const Expr *expr) {
    static const char *const forms[] = {"required", "optional", "auto", "computed", "block", "objects", NULL};
    if (expr->kind != EXPR_OBJECT || expr->items.list.n == 0) return false;
    const Expr *first = expr->items.list.at[0].value;
    return first->kind == EXPR_CALL && listed(first->text, forms);
}

void compile_lets(Compile *c, const AstBody *body) {
    const Expr *expr = body_expr(body, "let");
    if (!expr) return;
    if (expr->kind != EXPR_OBJECT) {
        diag_error(c->diags, "invalid_let", expr->span, "Invalid let", "An object of named expressions is wanted.");
        return;
    }
    uint32_t from = c->def->lets.n;
    for (uint32_t i = 0; i < expr->items.list.n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        Let let = {.name = name_of(c->core->process, key_text(item->key)), .expr = item->value};
        vec_push(c->arena, &c->visible, ((Visible){let.name, c->def->lets.n, false}));
        vec_push(c->arena, &c->def->lets, let);
    }
    for (uint32_t i = from; i < from + expr->items.list.n; i++) {
        const Expr *value = c->def->lets.at[i].expr;
        const Code *code = holds_attributes(value) ? NULL : compile_code(c, value);
        c->def->lets.at[i].code = code;
    }
}

const Expr *compile_let_expr(const Compile *c, Name name) {
    for (uint32_t i = c->visible.n; i-- > 0;) {
        const Visible *v = &c->visible.at[i];
        if (!v->step && v->name == name) return c->def->lets.at[v->index].expr;
    }
    return NULL;
}

bool compile_constant(Compile *c, const Expr *expr, const Type *type, Value *out) {
    uint32_t before = c->diags->errors;
    const Code *code = compile_code(c, expr);
    const Value *v = code ? code_constant_value(code) : NULL;
    ConvertError error;
    if (v && convert_value(c->arena, *v, type, out, &error)) return true;
    if (c->diags->errors == before)
        diag_error(c->diags, "invalid_definition", expr->span, "Constant wanted",
                   "A constant of another type is wanted here.");
    return false;
}

// Recursion follows lets, which a definition has few of; depth stops circles.
bool code_mentions(Arena *arena, const Def *def, const Code *code, uint32_t slot, uint32_t depth) {
    const Ref *const *refs;
    uint32_t n = code && depth < 16 ? code_refs(arena, code, &refs) : 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = refs[i]->slot;
        if (s == slot) return true;
        if (s >= SLOT_LET && s < SLOT_STEP &&
            code_mentions(arena, def, def->lets.at[s - SLOT_LET].code, slot, depth + 1))
            return true;
    }
    return false;
}

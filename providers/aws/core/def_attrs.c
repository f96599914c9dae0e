// The attributes expression of a definition, laid over the table's tree: it is not evaluated, but read.
#include "engine/eval/typeexpr.h"
#include "providers/aws/core/compile.h"

typedef struct Form {
    const char *name;
    uint32_t flags;
} Form;

static const Form forms[] = {
    {"required", INFRA_REQUIRED},
    {"optional", INFRA_OPTIONAL},
    {"auto", INFRA_OPTIONAL | INFRA_COMPUTED},
    {"computed", INFRA_COMPUTED},
};

static bool wrong(Compile *c, Span at, const char *text, Name name) {
    return diag_error(c->diags, "invalid_attribute", at, "Invalid attribute", "\"%s\" %s.", name->text, text);
}

static Str item_key(const ObjectItem *item) {
    return item->key->kind == EXPR_NAME || item->key->kind == EXPR_STRING ? item->key->text : STR_NONE;
}

// `let.name` stands for the expression of that let.
static const Expr *resolve(Compile *c, const Expr *expr) {
    if (expr->kind != EXPR_ATTR || expr->operand->kind != EXPR_NAME || !str_eqz(expr->operand->text, "let"))
        return expr;
    const Expr *let = compile_let_expr(c, name_of(c->core->process, expr->text));
    return let ? let : expr;
}

static bool read_names(Compile *c, const Expr *expr, const Name **names, uint32_t *n) {
    Value v;
    Process *p = c->core->process;
    if (!compile_constant(c, expr, type_list(p, type_string(p)), &v)) return false;
    Name *at = ARENA_ARRAY(c->arena, Name, v.n + 1);
    for (uint32_t i = 0; i < v.n; i++) at[i] = name_of(p, value_str(value_part(v, i)));
    *names = at;
    *n = v.n;
    return true;
}

static bool read_enum(Compile *c, const Expr *expr, Attr *a) {
    if (expr->kind == EXPR_CALL && str_eqz(expr->text, "enum") && expr->args.list.n == 1) {
        a->enum_shape = expr->args.list.at[0]->text;
        const AwsShape *shape =
            c->def->service && c->def->service->model ? aws_model_shape(c->def->service->model, a->enum_shape) : NULL;
        if (!shape || !shape->value_count) return wrong(c, expr->span, "names a shape that is no enum", a->name);
        a->enums = shape->values;
        a->enum_count = shape->value_count;
        return true;
    }
    Value v;
    Process *p = c->core->process;
    if (!compile_constant(c, expr, type_list(p, type_string(p)), &v)) return false;
    Str *at = ARENA_ARRAY(c->arena, Str, v.n + 1);
    for (uint32_t i = 0; i < v.n; i++) at[i] = value_str(value_part(v, i));
    a->enums = at;
    a->enum_count = v.n;
    return true;
}

static bool read_text(Compile *c, const Expr *expr, Str *out) {
    Value v;
    if (!compile_constant(c, expr, type_string(c->core->process), &v)) return false;
    *out = value_is_null(v) ? STR_NONE : value_str(v);
    return true;
}

static bool is_true(const Expr *expr) { return expr->kind == EXPR_BOOL && expr->boolean; }

static bool read_code(Compile *c, Str key, const Expr *expr, Attr *a) {
    const struct {
        const char *name;
        const Code **to;
    } codes[] = {{"replace", &a->replace},     {"applies", &a->applies}, {"normal", &a->normal},
                 {"same", &a->same},           {"stored", &a->stored},   {"value", &a->value},
                 {"recompute", &a->recompute}, {"check", &a->check}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (!str_eqz(key, codes[i].name)) continue;
        *codes[i].to = compile_code(c, expr);
        return true;
    }
    return false;
}

static bool read_flag(Str key, const Expr *expr, Attr *a) {
    const struct {
        const char *name;
        bool *to;
    } flags[] = {{"nullable", &a->nullable}, {"local", &a->local}, {"volatile", &a->drifts}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!str_eqz(key, flags[i].name)) continue;
        *flags[i].to = is_true(expr);
        return true;
    }
    const struct {
        const char *name;
        uint32_t bit;
    } bits[] = {{"sensitive", INFRA_SENSITIVE}, {"write_only", INFRA_WRITE_ONLY}};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        if (!str_eqz(key, bits[i].name)) continue;
        if (is_true(expr)) a->flags |= bits[i].bit;
        return true;
    }
    if (!str_eqz(key, "computed")) return false;
    a->as_computed = is_true(expr);
    if (!a->block && a->as_computed) a->flags |= INFRA_COMPUTED;
    return true;
}

static bool read_option(Compile *c, const ObjectItem *item, Attr *a) {
    Str key = item_key(item), text;
    const Expr *expr = item->value;
    Process *p = c->core->process;
    if (read_code(c, key, expr, a) || read_flag(key, expr, a)) return true;
    if (str_eqz(key, "default")) {
        a->has_fallback = compile_constant(c, expr, a->type, &a->fallback);
        return a->has_fallback;
    }
    if (str_eqz(key, "enum")) return read_enum(c, expr, a);
    if (str_eqz(key, "conflicts")) return read_names(c, expr, &a->conflicts, &a->conflict_count);
    if (str_eqz(key, "needs")) return read_names(c, expr, &a->needs, &a->need_count);
    if (str_eqz(key, "api")) {
        a->unpaired = expr->kind == EXPR_NULL;
        if (a->unpaired) return true;
        if (!read_text(c, expr, &text)) return false;
        a->api = name_of(p, text);
        return true;
    }
    if (str_eqz(key, "deprecated")) {
        if (!read_text(c, expr, &text)) return false;
        a->deprecated = str_to_z(c->arena, text);
        return true;
    }
    if (str_eqz(key, "alias")) {
        if (!read_text(c, expr, &text)) return false;
        a->dropped = text.n == 0;
        c->def->has_aliases = true;
        a->alias = text.n ? name_of(p, text) : NULL;
        return true;
    }
    if (str_eqz(key, "min") || str_eqz(key, "max")) {
        Value v;
        int64_t n;
        if (!compile_constant(c, expr, type_number(p), &v) || !value_to_i64(v, &n)) return false;
        if (a->block && (key.p[1] == 'i' ? a->min : a->max) != (uint32_t)n)
            return wrong(c, item->value->span, "has another number of blocks in the schema table", a->name);
        return true;
    }
    return wrong(c, item->key->span, "has an option that does not exist", a->name);
}

static bool read_options(Compile *c, const Expr *expr, Attr *a) {
    if (expr->kind != EXPR_OBJECT) return wrong(c, expr->span, "has options that are no object", a->name);
    bool fine = true;
    for (uint32_t i = 0; i < expr->items.list.n; i++) fine = read_option(c, &expr->items.list.at[i], a) && fine;
    return fine;
}

// A mode and type that are not the table's.
static bool check_mode(Compile *c, const Expr *expr, Attr *a, uint32_t flags) {
    const uint32_t modes = INFRA_REQUIRED | INFRA_OPTIONAL | INFRA_COMPUTED;
    if (a->block) return wrong(c, expr->span, "is a block in the schema table", a->name);
    if ((a->flags & modes) != flags) return wrong(c, expr->span, "has another mode in the schema table", a->name);
    const Type *type;
    const Defaults *defaults;
    if (!typeexpr_read(c->arena, expr->args.list.at[0], &type, &defaults, c->diags)) return false;
    if (type_without_optional(c->core->process, type) != a->type) {
        Buf text = buf_in(c->arena);
        type_print(a->type, &text);
        buf_z(&text, " is its type in the schema table");
        return wrong(c, expr->args.list.at[0]->span, text.p, a->name);
    }
    return true;
}

static bool read_blocks(Compile *c, const Expr *expr, Attr *a) {
    static const char *const nestings[] = {"single", "group", "list", "set", "map"};
    bool block = str_eqz(expr->text, "block");
    if (expr->args.list.n < 2 || expr->args.list.at[0]->kind != EXPR_NAME)
        return wrong(c, expr->span, "needs a nesting and its attributes", a->name);
    Str nesting = expr->args.list.at[0]->text;
    if (!a->inside || a->block != block) return wrong(c, expr->span, "has another form in the schema table", a->name);
    bool fits = block ? str_eqz(nesting, nestings[a->nesting])
                      : str_eqz(nesting, a->type->kind == TYPE_SET    ? "set"
                                         : a->type->kind == TYPE_LIST ? "list"
                                                                      : "");
    if (!fits) return wrong(c, expr->args.list.at[0]->span, "has another nesting in the schema table", a->name);
    bool fine = def_attrs(c, resolve(c, expr->args.list.at[1]), a->inside, a->name->text);
    if (expr->args.list.n > 2) fine = read_options(c, expr->args.list.at[2], a) && fine;
    return fine;
}

static bool read_attr(Compile *c, const Expr *expr, Attr *a) {
    a->declared = true;
    a->span = expr->span;
    if (expr->kind != EXPR_CALL || expr->args.list.n == 0) return wrong(c, expr->span, "has no form", a->name);
    if (str_eqz(expr->text, "block") || str_eqz(expr->text, "objects")) return read_blocks(c, expr, a);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!str_eqz(expr->text, forms[i].name)) continue;
        if (a->part) a->flags = forms[i].flags;
        bool fine = check_mode(c, expr, a, forms[i].flags);
        if (expr->args.list.n > 1) fine = read_options(c, expr->args.list.at[1], a) && fine;
        return fine;
    }
    return wrong(c, expr->span, "has a form that does not exist", a->name);
}

// An attribute of newer providers: its type and mode are the definition's.
static bool add_newer(Compile *c, const Expr *expr, Name name, Attrs *attrs) {
    const Type *type;
    const Defaults *defaults;
    Attr a = {.name = name, .newer = true};
    if (expr->kind != EXPR_CALL || expr->args.list.n == 0) return wrong(c, expr->span, "has no form", name);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_eqz(expr->text, forms[i].name)) a.flags = forms[i].flags;
    if (!a.flags || !typeexpr_read(c->arena, expr->args.list.at[0], &type, &defaults, c->diags))
        return wrong(c, expr->span, "has no type", name);
    a.type = type_without_optional(c->core->process, type);
    Attr *more = ARENA_ARRAY(c->arena, Attr, attrs->n + 1);
    memcpy(more, attrs->at, sizeof(Attr) * attrs->n);
    more[attrs->n++] = a;
    attrs->at = more;
    attrs_finish(c->arena, attrs);
    return true;
}

// A type that the table does not have is all its definition's.
static bool is_newer(const Def *def, Name name) {
    for (uint32_t i = 0; i < def->newer_count; i++)
        if (def->newer[i] == name) return true;
    return def->own;
}

bool def_attrs(Compile *c, const Expr *expr, Attrs *attrs, const char *what) {
    expr = resolve(c, expr);
    if (expr->kind != EXPR_OBJECT)
        return diag_error(c->diags, "invalid_attribute", expr->span, "Invalid attributes",
                          "The attributes of %s are no object.", what);
    bool fine = true, top = attrs == c->def->attrs;
    for (uint32_t i = 0; top && i < expr->items.list.n; i++) {
        Name name = name_of(c->core->process, item_key(&expr->items.list.at[i]));
        if (!attrs_find(attrs, name) && is_newer(c->def, name))
            fine = add_newer(c, expr->items.list.at[i].value, name, attrs) && fine;
    }
    for (uint32_t i = 0; i < expr->items.list.n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        Attr *a = attrs_find(attrs, name_of(c->core->process, item_key(item)));
        if (a)
            fine = read_attr(c, item->value, a) && fine;
        else
            fine = diag_error(
                c->diags, "invalid_attribute", item->key->span, "Invalid attribute",
                "\"%.*s\" is not in the schema table. Attributes of newer providers are listed in \"newer\".",
                STR_ARG(item_key(item)));
    }
    return fine;
}

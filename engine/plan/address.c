#include "engine/plan/address.h"

#include "engine/plan/module_path.h"
#include "grammar/parse.h"

static bool address_bad(Diags *diags, Span span, Str text) {
    return diag_error(diags, "bad_address", span, "Invalid address",
                      "\"%.*s\" is not the address of a resource or module. It looks like aws_vpc.main, "
                      "module.a[\"x\"].aws_subnet.b[0], data.aws_region.current or module.a.",
                      STR_ARG(text));
}

// A chain of names and constant keys, root first, from an expression.
typedef struct Chain {
    VEC(const Expr *) list;
} Chain;

static bool chain_of(Arena *arena, const Expr *e, Chain *out) {
    uint32_t n = 0;
    for (const Expr *x = e; x; x = x->operand) {
        if (x->kind != EXPR_ATTR && x->kind != EXPR_INDEX && x->kind != EXPR_NAME) return false;
        vec_push(arena, &out->list, x);
        if (x->kind == EXPR_NAME) break;
        if (++n > LIMIT_SYNTAX_DEPTH) return false;
    }
    for (uint32_t i = 0, k = out->list.n; i + 1 < k; i++, k--) {
        const Expr *t = out->list.at[i];
        out->list.at[i] = out->list.at[k - 1];
        out->list.at[k - 1] = t;
    }
    return true;
}

static bool chain_key(Arena *arena, const Chain *c, uint32_t *i, Value *key, bool *ok) {
    *key = (Value){0};
    if (*i >= c->list.n || c->list.at[*i]->kind != EXPR_INDEX) return false;
    const Expr *k = c->list.at[*i]->key;
    int64_t number;
    if (k->kind == EXPR_STRING) *key = value_string(arena, k->text);
    else if (k->kind == EXPR_NUMBER && str_to_i64(k->text, &number)) *key = value_int_prec(number, NUM_PRECISION_COUNT);
    else *ok = false;
    (*i)++;
    return true;
}

static Str chain_name(const Chain *c, uint32_t *i, bool *ok) {
    if (*i >= c->list.n || c->list.at[*i]->kind == EXPR_INDEX) {
        *ok = false;
        return STR("");
    }
    return c->list.at[(*i)++]->text;
}

bool address_parse(Arena *arena, Process *process, Str text, Address *out, Diags *diags) {
    const SourceFile *file = source_add(process, STR("address"), str_copy(arena, text));
    Expr *e = NULL;
    Diags ignored = diags_in(arena);
    Chain c = {0};
    Span span = file ? (Span){file->base, (uint32_t)text.n} : SPAN_NONE;
    if (!file || !parse_expr(arena, file, &e, &ignored) || !chain_of(arena, e, &c)) return address_bad(diags, span, text);
    VEC(struct AddressStep) modules = {0};
    uint32_t i = 0;
    bool ok = true;
    *out = (Address){.span = span, .mode = MODE_MANAGED};
    while (i < c.list.n && str_eqz(c.list.at[i]->text, "module") && c.list.at[i]->kind != EXPR_INDEX) {
        i++;
        struct AddressStep step = {0};
        step.module = name_of(process, chain_name(&c, &i, &ok));
        chain_key(arena, &c, &i, &step.key, &ok);
        vec_push(arena, &modules, step);
    }
    out->modules = modules.at;
    out->module_count = modules.n;
    if (i < c.list.n) {
        Str type = chain_name(&c, &i, &ok);
        if (str_eqz(type, "data") || str_eqz(type, "resource") || str_eqz(type, "ephemeral")) {
            out->mode = type.p[0] == 'd' ? MODE_DATA : type.p[0] == 'e' ? MODE_EPHEMERAL : MODE_MANAGED;
            type = chain_name(&c, &i, &ok);
        }
        out->type = name_of(process, type);
        out->name = name_of(process, chain_name(&c, &i, &ok));
        chain_key(arena, &c, &i, &out->key, &ok);
    }
    if (!ok || i < c.list.n || (modules.n == 0 && !out->type)) return address_bad(diags, span, text);
    return true;
}

void address_print(const Address *a, Buf *out) {
    InstanceKey key;
    for (uint32_t i = 0; i < a->module_count; i++) {
        buf_format(out, "%smodule.%s", i ? "." : "", a->modules[i].module->text);
        if (a->modules[i].key.kind != TYPE_DYNAMIC && key_of_value(a->modules[i].key, &key)) key_print(key, out);
    }
    if (!a->type) return;
    buf_format(out, "%s%s%s.%s", a->module_count ? "." : "",
               a->mode == MODE_DATA ? "data." : a->mode == MODE_EPHEMERAL ? "ephemeral." : "", a->type->text,
               a->name->text);
    if (a->key.kind != TYPE_DYNAMIC && key_of_value(a->key, &key)) key_print(key, out);
}

static bool key_matches(Value want, InstanceKey have) {
    InstanceKey key;
    return want.kind == TYPE_DYNAMIC || (key_of_value(want, &key) && key_equal(key, have));
}

// Does the module part cover the printed path, exactly (whole) or as a prefix? *rest is what is left of the path.
static bool modules_match(const Address *a, Str path, bool keys, Str *rest) {
    for (uint32_t i = 0; i < a->module_count; i++) {
        Buf want = {0};
        buf_format(&want, "module.%s", a->modules[i].module->text);
        InstanceKey key;
        bool keyed = keys && a->modules[i].key.kind != TYPE_DYNAMIC && key_of_value(a->modules[i].key, &key);
        if (keyed) key_print(key, &want);
        bool ok = str_starts(path, buf_str(&want));
        path = ok ? str_slice(path, want.n, path.n) : path;
        buf_free(&want);
        if (!ok) return false;
        if (!keyed && str_starts(path, STR("["))) { // any key
            bool quoted = false;
            size_t p = 0;
            for (; p < path.n; p++) {
                if (quoted && path.p[p] == '\\') p++;
                else if (path.p[p] == '"') quoted = !quoted;
                else if (!quoted && path.p[p] == ']') break;
            }
            path = str_slice(path, p + 1, path.n);
        }
        if (path.n && path.p[0] != '.') return false;
        path = str_slice(path, 1, path.n);
    }
    *rest = path;
    return true;
}

bool address_covers(const Address *a, Str module_path, bool data, Str type, Str name, InstanceKey key) {
    Str rest;
    if (!modules_match(a, module_path, true, &rest)) return false;
    if (!a->type) return true;
    return rest.n == 0 && (a->mode == MODE_DATA) == data && str_eq(name_str(a->type), type) &&
           str_eq(name_str(a->name), name) && key_matches(a->key, key);
}

bool address_is_instance(const Address *a, const Walk *w, const ModuleInst *m, const Resource *r, InstanceKey key) {
    if (!a->type || !address_covers(a, m->path, r->mode == MODE_DATA, name_str(r->type), name_str(r->name), key))
        return false;
    for (uint32_t i = a->module_count; i > 0; i--, m = w->modules.at[m->parent])
        if ((a->modules[i - 1].key.kind == TYPE_DYNAMIC) != (m->key.kind == KEY_NONE)) return false;
    return (a->key.kind == TYPE_DYNAMIC) == (key.kind == KEY_NONE);
}

bool address_covers_block(const Address *a, const ModuleNode *m, const Resource *r) {
    Str rest;
    if (!modules_match(a, m->path, false, &rest)) return false;
    if (!a->type) return true;
    return rest.n == 0 && a->mode == r->mode && a->type == r->type && a->name == r->name;
}

bool address_covers_below(const Address *a, const ModuleNode *m, Str module_path, bool data, Str type, Str name) {
    Buf plain = {0};
    buf_add(&plain, m->path);
    for (uint32_t i = 0; i < a->module_count; i++)
        buf_format(&plain, "%smodule.%s", plain.n ? "." : "", a->modules[i].module->text);
    bool ok;
    if (a->type)
        ok = module_path_is(buf_str(&plain), module_path) && (a->mode == MODE_DATA) == data &&
             str_eq(name_str(a->type), type) && str_eq(name_str(a->name), name);
    else ok = module_path_is_under(buf_str(&plain), module_path);
    buf_free(&plain);
    return ok;
}

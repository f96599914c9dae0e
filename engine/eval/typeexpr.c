#include "engine/eval/typeexpr.h"

#include "engine/base/limits.h"
#include "engine/base/map.h"
#include "engine/eval/code.h"

typedef struct Reader {
    Arena *arena;
    Process *process;
    Diags *diags;
    uint32_t depth;
} Reader;

static bool read_constraint(Reader *r, const Expr *expr, const Type **type, const Defaults **defaults);

static bool bad_type(Reader *r, Span at, const char *detail) {
    return diag_error(r->diags, "invalid_type", at, "Invalid type specification", "%s", detail);
}

static bool misused(Reader *r, Span at, Str word) {
    if (str_eqz(word, "list") || str_eqz(word, "map") || str_eqz(word, "set")) {
        return diag_error(r->diags, "invalid_type", at, "Invalid type specification",
                          "%.*s needs one argument, the type of its elements: %.*s(string).", STR_ARG(word),
                          STR_ARG(word));
    }
    if (str_eqz(word, "object")) {
        return bad_type(r, at,
                        "object needs one argument, its attributes with their types: object({ name = string }).");
    }
    if (str_eqz(word, "tuple"))
        return bad_type(r, at, "tuple needs one argument, the types of its elements: tuple([string, number]).");
    return diag_error(r->diags, "invalid_type", at, "Invalid type specification",
                      "The keyword \"%.*s\" is not a valid type specification.", STR_ARG(word));
}

static const Type *primitive_word(Reader *r, Str word) {
    if (str_eqz(word, "string")) return type_string(r->process);
    if (str_eqz(word, "number")) return type_number(r->process);
    if (str_eqz(word, "bool")) return type_bool(r->process);
    if (str_eqz(word, "any")) return type_dynamic(r->process);
    return NULL;
}

static bool read_word(Reader *r, const Expr *expr, const Type **type) {
    const Type *primitive = primitive_word(r, expr->text);
    if (primitive) *type = primitive;
    return primitive || misused(r, expr->span, expr->text);
}

static bool no_reference(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags) {
    (void)binder;
    (void)out;
    return diag_error(diags, "variables_not_allowed", traversal->span, "Variables not allowed",
                      "The default of an optional attribute must be constant.");
}

// A default is constant: neither references nor functions.
static bool read_default(Reader *r, const Expr *expr, const Type *type, Value *out) {
    Binder binder = {.bind = no_reference};
    uint32_t before = r->diags->errors;
    const Code *code = code_compile(r->arena, &binder, expr, r->diags);
    if (!code) return false;
    Scope scope = {.arena = r->arena};
    Value v = code_eval(code, &scope, r->diags);
    if (r->diags->errors > before) return false;
    ConvertError error;
    if (convert_value(r->arena, v, type, out, &error)) return true;
    Buf where = buf_in(r->arena);
    path_print(error.path, &where);
    return diag_error(r->diags, "invalid_default", expr->span, "Invalid default value for optional attribute",
                      "This default value is not compatible with the attribute's type constraint: %.*s%s%.*s.",
                      STR_ARG(buf_str(&where)), where.n ? ": " : "", STR_ARG(error.message));
}

typedef struct Fields {
    TypeField *at;
    Value *values;
    bool *has_value;
    const Defaults **children;
    uint32_t n;
    bool defaults; // some field has a default, itself or inside
} Fields;

static bool is_call(const Expr *expr, const char *name) { return expr->kind == EXPR_CALL && str_eqz(expr->text, name); }

// optional(T) or optional(T, default): gives T and the default's expression.
static bool unwrap_optional(Reader *r, const Expr *expr, const Expr **type, const Expr **value) {
    uint32_t n = expr->args.list.n;
    if (n == 0)
        return bad_type(r, expr->span, "optional needs the attribute's type as its argument: optional(string).");
    if (n > 2) return bad_type(r, expr->span, "optional takes the attribute's type and a default value, nothing else.");
    *type = expr->args.list.at[0];
    *value = n == 2 ? expr->args.list.at[1] : NULL;
    return true;
}

static bool read_field(Reader *r, Fields *fields, Name name, const Expr *expr) {
    uint32_t i = fields->n;
    const Expr *value = NULL;
    TypeField *field = &fields->at[i];
    field->name = name;
    field->optional = is_call(expr, "optional");
    if (field->optional && !unwrap_optional(r, expr, &expr, &value)) return false;
    if (!read_constraint(r, expr, &field->type, &fields->children[i])) return false;
    fields->has_value[i] = value && read_default(r, value, field->type, &fields->values[i]);
    fields->defaults |= fields->has_value[i] || fields->children[i];
    fields->n++;
    return !value || fields->has_value[i];
}

static bool attribute_name(const ObjectItem *item, Str *name) {
    *name = item->key->text;
    return item->bare || item->key->kind == EXPR_NAME;
}

static const Defaults *field_defaults(Reader *r, const Fields *fields) {
    if (!fields->defaults) return NULL;
    Defaults *d = ARENA_NEW(r->arena, Defaults);
    Name *names = ARENA_ARRAY(r->arena, Name, fields->n);
    for (uint32_t i = 0; i < fields->n; i++) names[i] = fields->at[i].name;
    *d = (Defaults){.n = fields->n,
                    .names = names,
                    .values = fields->values,
                    .has_value = fields->has_value,
                    .children = fields->children};
    return d;
}

static bool read_object(Reader *r, const Expr *arg, const Type **type, const Defaults **defaults) {
    if (arg->kind != EXPR_OBJECT) {
        return bad_type(r, arg->span,
                        "object wants a map of attribute names and their types: object({ name = string }).");
    }
    uint32_t n = arg->items.list.n;
    Fields fields = {.at = ARENA_ARRAY(r->arena, TypeField, n),
                     .values = ARENA_ARRAY(r->arena, Value, n),
                     .has_value = ARENA_ARRAY(r->arena, bool, n),
                     .children = ARENA_ARRAY(r->arena, const Defaults *, n)};
    bool good = true;
    IdMap seen = idmap_in(r->arena);
    for (uint32_t i = 0; i < n; i++) {
        const ObjectItem *item = &arg->items.list.at[i];
        Str text;
        if (!attribute_name(item, &text)) {
            good = bad_type(r, item->key->span, "The keys of an object type must be attribute names.");
            continue;
        }
        bool added;
        Name name = name_of(r->process, text);
        idmap_put(&seen, (uint64_t)(uintptr_t)name, &added);
        if (!added)
            good = bad_type(r, item->key->span, "The attribute names of an object type must be unique.");
        else
            good = read_field(r, &fields, name, item->value) && good;
    }
    *type = type_object(r->process, fields.at, fields.n);
    *defaults = field_defaults(r, &fields);
    return good;
}

static bool read_tuple(Reader *r, const Expr *arg, const Type **type, const Defaults **defaults) {
    if (arg->kind != EXPR_TUPLE) return bad_type(r, arg->span, "tuple wants a list of types: tuple([string, number]).");
    uint32_t n = arg->args.list.n;
    const Type **types = ARENA_ARRAY(r->arena, const Type *, n);
    const Defaults **children = ARENA_ARRAY(r->arena, const Defaults *, n);
    bool good = true, some = false;
    for (uint32_t i = 0; i < n; i++) {
        good = read_constraint(r, arg->args.list.at[i], &types[i], &children[i]) && good;
        some = some || children[i];
    }
    *type = type_tuple(r->process, types, n);
    if (some) {
        Defaults *d = ARENA_NEW(r->arena, Defaults);
        *d = (Defaults){.n = n,
                        .names = ARENA_ARRAY(r->arena, Name, n),
                        .values = ARENA_ARRAY(r->arena, Value, n),
                        .has_value = ARENA_ARRAY(r->arena, bool, n),
                        .children = children};
        *defaults = d;
    }
    return good;
}

static bool read_collection(Reader *r, const Expr *expr, const Type **type, const Defaults **defaults) {
    const Type *elem;
    const Defaults *inner;
    bool good = read_constraint(r, expr->args.list.at[0], &elem, &inner);
    if (str_eqz(expr->text, "list"))
        *type = type_list(r->process, elem);
    else if (str_eqz(expr->text, "set"))
        *type = type_set(r->process, elem);
    else
        *type = type_map(r->process, elem);
    if (inner) {
        Defaults *d = ARENA_NEW(r->arena, Defaults);
        d->elem = inner;
        *defaults = d;
    }
    return good;
}

static bool read_call(Reader *r, const Expr *expr, const Type **type, const Defaults **defaults) {
    Str name = expr->text;
    if (primitive_word(r, name)) {
        return diag_error(r->diags, "invalid_type", expr->span, "Invalid type specification",
                          "The type \"%.*s\" takes no arguments.", STR_ARG(name));
    }
    if (str_eqz(name, "optional")) {
        return bad_type(r, expr->span, "\"optional\" is valid only for the attributes of an object type.");
    }
    bool collection = str_eqz(name, "list") || str_eqz(name, "set") || str_eqz(name, "map");
    bool object = str_eqz(name, "object"), tuple = str_eqz(name, "tuple");
    if (!collection && !object && !tuple) {
        return diag_error(r->diags, "invalid_type", expr->span, "Invalid type specification",
                          "\"%.*s\" is not a valid type constructor.", STR_ARG(name));
    }
    if (expr->args.list.n != 1 || expr->expand) return misused(r, expr->span, name);
    if (collection) return read_collection(r, expr, type, defaults);
    return object ? read_object(r, expr->args.list.at[0], type, defaults)
                  : read_tuple(r, expr->args.list.at[0], type, defaults);
}

static bool read_constraint(Reader *r, const Expr *expr, const Type **type, const Defaults **defaults) {
    *type = type_dynamic(r->process);
    *defaults = NULL;
    if (expr->kind == EXPR_ERROR) return false;
    if (expr->kind == EXPR_NAME) return read_word(r, expr, type);
    if (expr->kind != EXPR_CALL) {
        return bad_type(r, expr->span,
                        "A type is a keyword (string, number, bool, any) or a constructor like list(string).");
    }
    if (r->depth == LIMIT_VALUE_DEPTH) return bad_type(r, expr->span, "This type is nested too deeply.");
    r->depth++;
    bool good = read_call(r, expr, type, defaults);
    r->depth--;
    return good;
}

// "string", "list" and "map" in quotes, and list and map without their element type.
static bool read_old(Reader *r, const Expr *expr, const Type **type) {
    bool quoted = expr->kind == EXPR_STRING;
    if (!quoted && expr->kind != EXPR_NAME) return false;
    const Type *any = type_dynamic(r->process);
    if (str_eqz(expr->text, "list"))
        *type = type_list(r->process, any);
    else if (str_eqz(expr->text, "map"))
        *type = type_map(r->process, any);
    else if (quoted && str_eqz(expr->text, "string"))
        *type = type_string(r->process);
    else
        return false;
    if (quoted) {
        bool plain = str_eqz(expr->text, "string");
        diag_warn(r->diags, "quoted_type", expr->span, "Quoted type constraints are deprecated",
                  "Write %.*s%s without quotes.", STR_ARG(expr->text), plain ? "" : "(string)");
    }
    return true;
}

bool typeexpr_read(Arena *arena, const Expr *expr, const Type **type, const Defaults **defaults, Diags *diags) {
    Reader r = {.arena = arena, .process = arena_process(arena), .diags = diags};
    *defaults = NULL;
    if (read_old(&r, expr, type)) return true;
    return read_constraint(&r, expr, type, defaults);
}

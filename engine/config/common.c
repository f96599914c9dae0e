#include <stdio.h>

#include "engine/config/loader.h"

Name common_name(Loader *l, Str text) { return name_of(l->process, text); }

const char *common_place(Loader *l, Span span) {
    SourcePos at;
    if (!source_pos(l->process, span, &at, NULL)) return "an unknown place";
    return str_format(l->arena, "%.*s line %u", STR_ARG(at.file->path), at.line).p;
}

bool common_identifier(Str s) {
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-'))) return false;
    }
    return true;
}

bool common_check_name(Loader *l, Str name, Span span, const char *what) {
    if (common_identifier(name)) return true;
    char summary[64];
    snprintf(summary, sizeof summary, "Invalid %s name", what);
    return diag_error(
        l->diags, "invalid_name", span, summary,
        "\"%.*s\" cannot be a name: a name starts with a letter or underscore and has only letters, digits, "
        "underscores and dashes.",
        STR_ARG(name));
}

static bool refuse(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags) {
    (void)binder;
    (void)out;
    return diag_error(diags, "reference_not_allowed", traversal->span, "References not allowed",
                      "Only constant values may be written here, not references to other objects.");
}

bool common_constant(Loader *l, const Expr *expr, Value *out) {
    static const FuncTable none = {NULL, 0};
    uint32_t errors = l->diags->errors;
    Binder binder = {.bind = refuse, .functions = &none};
    *out = value_unknown(l->process, type_dynamic(l->process));
    if (expr->kind == EXPR_ERROR) return false;
    const Code *code = code_compile(l->arena, &binder, expr, l->diags);
    if (!code) return false;
    const Value *constant = code_constant_value(code);
    if (constant) {
        *out = *constant;
    } else {
        FuncContext funcs = {.process = l->process, .arena = l->arena, .functions = &none};
        Scope scope = {.arena = l->arena, .funcs = &funcs};
        *out = code_eval(code, &scope, l->diags);
    }
    return l->diags->errors == errors;
}

static bool constant_as(Loader *l, const BodyAttr *attr, const Type *type, Value *out) {
    Value v;
    ConvertError why = {.message = STR("a value is required")};
    if (!common_constant(l, attr->expr, &v)) return false;
    if (convert_value(l->arena, v, type, out, &why) && value_is_set(*out)) return true;
    if (value_is_null(v)) why.message = STR("it must not be null");
    return diag_error(l->diags, "unsuitable_value", attr->expr->span, "Unsuitable value type",
                      "The value of \"%s\" does not fit: %.*s.", attr->name->text, STR_ARG(why.message));
}

bool common_string(Loader *l, const BodyAttr *attr, Str *out) {
    Value v;
    if (!attr) return false;
    if (attr->expr->kind == EXPR_STRING) {
        *out = attr->expr->text;
        return true;
    }
    if (!constant_as(l, attr, type_string(l->process), &v)) return false;
    *out = value_str(v);
    return true;
}

void common_deprecated(Loader *l, const BodyAttr *attr, Str *out) {
    if (!attr || !common_string(l, attr, out) || str_trim(*out).n) return;
    diag_error(l->diags, "invalid_deprecated", attr->expr->span, "Empty deprecation message",
               "The argument \"deprecated\" says what to use instead, so it must not be empty.");
}

bool common_bool(Loader *l, const BodyAttr *attr, bool *out) {
    Value v;
    if (!attr) return false;
    if (attr->expr->kind == EXPR_BOOL) {
        *out = attr->expr->boolean;
        return true;
    }
    if (!constant_as(l, attr, type_bool(l->process), &v)) return false;
    *out = value_true(v);
    return true;
}

bool common_content(Loader *l, const Body *body, const Wanted *wanted, BodyContent *out, const Body **remain) {
    WantAttr attrs[sizeof wanted->attr / sizeof wanted->attr[0] + sizeof wanted->required / sizeof wanted->required[0]];
    WantBlock blocks[sizeof wanted->block / sizeof wanted->block[0]];
    BodyWant want = {attrs, 0, blocks, 0, false};
    for (uint32_t i = 0; i < sizeof wanted->required / sizeof wanted->required[0] && wanted->required[i]; i++)
        attrs[want.attr_count++] = (WantAttr){wanted->required[i], true};
    for (uint32_t i = 0; i < sizeof wanted->attr / sizeof wanted->attr[0] && wanted->attr[i]; i++)
        attrs[want.attr_count++] = (WantAttr){wanted->attr[i], false};
    for (uint32_t i = 0; i < sizeof wanted->block / sizeof wanted->block[0] && wanted->block[i].type; i++)
        blocks[want.block_count++] =
            (WantBlock){wanted->block[i].type, wanted->block[i].labels, wanted->block[i].label_names};
    return body_content(body, l->arena, &want, out, remain, l->diags);
}

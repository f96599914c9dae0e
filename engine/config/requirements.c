// required_providers, and what a provider's local name stands for.
#include "engine/config/loader.h"

#define DEFAULT_HOST "registry.opentofu.org"
#define BUILTIN_ADDRESS "terraform.io/builtin/terraform"

// Letters, digits and single dashes inside.
static bool part_valid(Str s) {
    if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || (c & 0x80);
        if (!ok || (c == '-' && s.p[i + 1] == '-')) return false;
    }
    return true;
}

static Str lower(Arena *arena, Str s) {
    char *out = str_to_z(arena, s);
    for (size_t i = 0; i < s.n; i++)
        if (out[i] >= 'A' && out[i] <= 'Z') out[i] = (char)(out[i] - 'A' + 'a');
    return str_make(out, s.n);
}

bool requirements_name(Def *def, Str name, Span span) {
    Loader *l = def->loader;
    if (!part_valid(name))
        return diag_error(
            l->diags, "invalid_provider_name", span, "Invalid provider name",
            "\"%.*s\" cannot be a provider's name: it has letters, digits and dashes only, and no dash at "
            "either end.",
            STR_ARG(name));
    Str small = lower(l->arena, name);
    if (!str_eq(small, name))
        return diag_error(l->diags, "invalid_provider_name", span, "Invalid provider name",
                          "Provider names are written in lower case: \"%.*s\".", STR_ARG(small));
    return true;
}

static Str default_address(Arena *arena, Str type) {
    if (str_eqz(type, "terraform")) return STR(BUILTIN_ADDRESS);
    return str_format(arena, DEFAULT_HOST "/hashicorp/%.*s", STR_ARG(type));
}

// "aws", "hashicorp/aws", "host/hashicorp/aws" to a full address.
static bool source_address(Loader *l, Str source, Span span, Str *out) {
    Str rest = source, part[3] = {STR_NONE, STR_NONE, STR_NONE}, piece;
    uint32_t n = 0;
    bool valid = true;
    while (str_next(&rest, '/', &piece)) {
        if (n == 3)
            return diag_error(l->diags, "invalid_provider_source", span, "Invalid provider source",
                              "A source is \"[HOST/]NAMESPACE/NAME\": \"%.*s\" has too many parts.", STR_ARG(source));
        part[n++] = piece;
    }
    for (uint32_t i = n == 3; i < n; i++) valid &= part_valid(part[i]);
    valid &= n > 0 && (n < 3 || str_find_char(part[0], '.') > 0 || str_find_char(part[0], ':') > 0);
    if (!valid)
        return diag_error(
            l->diags, "invalid_provider_source", span, "Invalid provider source",
            "\"%.*s\" is no provider source: write \"[HOST/]NAMESPACE/NAME\", for example \"hashicorp/aws\".",
            STR_ARG(source));
    if (str_starts(part[n - 1], STR("terraform-provider-")))
        return diag_error(l->diags, "invalid_provider_source", span, "Invalid provider source",
                          "A provider's name does not include \"terraform-provider-\".");
    for (uint32_t i = 0; i < n; i++) part[i] = lower(l->arena, part[i]);
    if (n == 1)
        *out = default_address(l->arena, part[0]);
    else if (n == 2)
        *out = str_format(l->arena, DEFAULT_HOST "/%.*s/%.*s", STR_ARG(part[0]), STR_ARG(part[1]));
    else
        *out = str_format(l->arena, "%.*s/%.*s/%.*s", STR_ARG(part[0]), STR_ARG(part[1]), STR_ARG(part[2]));
    return true;
}

static bool check_constraint(Loader *l, Str constraint, Span span) {
    Version any = {{0, 0, 0}, STR_NONE};
    bool valid;
    version_allows(constraint, &any, &valid);
    return valid || diag_error(l->diags, "invalid_version_constraint", span, "Invalid version constraint",
                               "\"%.*s\" is no version constraint. Write for example \"~> 5.0\" or \">= 4.2, < 6\".",
                               STR_ARG(constraint));
}

static bool text_of(Loader *l, const Expr *expr, const char *what, Str *out) {
    Value v;
    if (common_constant(l, expr, &v) && value_is_set(v) && v.kind == TYPE_STRING) {
        *out = value_str(v);
        return true;
    }
    return diag_error(l->diags, "invalid_requirement", expr->span, "Invalid provider requirement",
                      "The %s of a provider requirement is a string.", what);
}

static void read_aliases(Def *def, ProviderReq *req, const Expr *expr) {
    Loader *l = def->loader;
    if (expr->kind != EXPR_TUPLE) {
        diag_error(l->diags, "invalid_requirement", expr->span, "Invalid configuration_aliases",
                   "configuration_aliases is a list of names such as [ %s.alternate ].", req->local_name->text);
        return;
    }
    for (uint32_t i = 0; i < expr->args.list.n; i++) {
        ProviderRef ref;
        if (!providers_ref(l, expr->args.list.at[i], &ref)) continue;
        if (ref.name != req->local_name || !ref.alias || ref.key)
            diag_error(l->diags, "invalid_requirement", expr->args.list.at[i]->span, "Invalid configuration_aliases",
                       "Each alias is written as \"%s.ALIAS\", with the local name of this provider.",
                       req->local_name->text);
        else
            vec_push(l->arena, &req->aliases, ref.alias);
    }
}

static bool read_object(Def *def, ProviderReq *req, const Expr *expr) {
    Loader *l = def->loader;
    for (uint32_t i = 0; i < expr->items.list.n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        Str key = item->key->text;
        if (item->key->kind != EXPR_NAME && item->key->kind != EXPR_STRING) key = STR_NONE;
        if (str_eqz(key, "version")) {
            if (text_of(l, item->value, "version", &req->constraint))
                check_constraint(l, req->constraint, item->value->span);
        } else if (str_eqz(key, "source")) {
            if (!text_of(l, item->value, "source", &req->source)) return false;
            if (!source_address(l, req->source, item->value->span, &req->address)) return false;
        } else if (str_eqz(key, "configuration_aliases")) {
            read_aliases(def, req, item->value);
        } else {
            return diag_error(
                l->diags, "invalid_requirement", item->key->span, "Invalid provider requirement",
                "A provider requirement has only \"source\", \"version\" and \"configuration_aliases\". Settings "
                "of the provider itself go into a \"provider\" block.");
        }
    }
    return true;
}

static bool read_entry(Def *def, const BodyAttr *attr, ProviderReq *req) {
    Loader *l = def->loader;
    *req = (ProviderReq){.local_name = attr->name, .span = attr->span};
    if (!requirements_name(def, name_str(attr->name), attr->name_span)) return false;
    if (attr->expr->kind == EXPR_OBJECT) {
        if (!read_object(def, req, attr->expr)) return false;
    } else if (attr->expr->kind == EXPR_STRING) {
        req->constraint = attr->expr->text;
        check_constraint(l, req->constraint, attr->expr->span);
    } else if (attr->expr->kind != EXPR_ERROR) {
        return diag_error(l->diags, "invalid_requirement", attr->expr->span, "Invalid provider requirement",
                          "A provider requirement is an object: { source = \"hashicorp/aws\", version = \"~> 5.0\" }.");
    }
    if (str_empty(req->address)) req->address = default_address(l->arena, name_str(req->local_name));
    return true;
}

static void warn_same(Def *def, const ProviderReq *req) {
    Loader *l = def->loader;
    for (uint32_t i = 0; i < def->mod.requirements.n; i++) {
        const ProviderReq *other = &def->mod.requirements.at[i];
        if (other->local_name != req->local_name && str_eq(other->address, req->address))
            diag_warn(l->diags, "duplicate_requirement", req->span, "Provider required twice",
                      "The provider %.*s is also required as \"%s\". Use one local name for it.", STR_ARG(req->address),
                      other->local_name->text);
    }
}

void requirements_read(Def *def, const BodyBlock *block, bool override) {
    Loader *l = def->loader;
    BodyContent content;
    body_attributes(block->body, l->arena, &content, l->diags);
    for (uint32_t i = 0; i < content.attrs.n; i++) {
        ProviderReq req;
        if (!read_entry(def, &content.attrs.at[i], &req)) continue;
        bool added;
        uint64_t *at = strmap_put(&def->requirements, name_str(req.local_name), &added);
        if (!added && !override) {
            const ProviderReq *first = &def->mod.requirements.at[*at];
            diag_error(l->diags, "duplicate_declaration", req.span, "Duplicate provider requirement",
                       "The provider \"%s\" is already required at %s.", req.local_name->text,
                       common_place(l, first->span));
        } else if (!added) {
            def->mod.requirements.at[*at] = req;
        } else {
            warn_same(def, &req);
            *at = def->mod.requirements.n;
            vec_push(l->arena, &def->mod.requirements, req);
        }
    }
}

Str requirements_address(Def *def, Name local) {
    Loader *l = def->loader;
    bool added;
    uint64_t *at = strmap_put(&def->requirements, name_str(local), &added);
    if (added) {
        *at = def->mod.requirements.n;
        ProviderReq implied = {.local_name = local, .address = default_address(l->arena, name_str(local))};
        vec_push(l->arena, &def->mod.requirements, implied);
    }
    return def->mod.requirements.at[*at].address;
}

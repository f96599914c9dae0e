// References to provider configurations, and which configuration serves a resource of a node.
#include "engine/config/loader.h"

static bool invalid_ref(Loader *l, Span span) {
    return diag_error(l->diags, "invalid_provider_reference", span, "Invalid provider reference",
                      "A provider configuration is named by its local name, or name and alias: aws, aws.west.");
}

bool providers_ref(Loader *l, const Expr *expr, ProviderRef *out) {
    *out = (ProviderRef){.span = expr->span};
    if (expr->kind == EXPR_ERROR) return false;
    if (expr->kind == EXPR_INDEX) {
        out->key = expr->key;
        expr = expr->operand;
    }
    Traversal t;
    const Expr *plain;
    if (!reference_quoted(l, expr, false, &plain)) return false;
    if (!reference_read(l, plain, &t) || t.n > 1 || (t.n == 1 && !t.steps[0].attr)) return invalid_ref(l, expr->span);
    out->name = t.root;
    out->alias = t.n ? t.steps[0].attr : NULL;
    if (out->key && !out->alias)
        return diag_error(l->diags, "invalid_provider_reference", out->span, "Invalid provider reference",
                          "Only a configuration with an alias and for_each has keys: aws.by_region[\"x\"].");
    return true;
}

static bool passed_before(const ModuleCall *call, const struct ProviderPass *pass) {
    for (uint32_t i = 0; i < call->pass_count; i++)
        if (call->passes[i].inner_name == pass->inner_name && call->passes[i].inner_alias == pass->inner_alias)
            return true;
    return false;
}

void providers_passes(Def *def, ModuleCall *call, const BodyAttr *attr) {
    Loader *l = def->loader;
    const Expr *e = attr->expr;
    if (e->kind != EXPR_OBJECT) {
        if (e->kind != EXPR_ERROR)
            diag_error(l->diags, "invalid_providers", e->span, "Invalid providers argument",
                       "\"providers\" is an object from names in the called module to names here: { aws = aws.west }.");
        return;
    }
    call->passes = ARENA_ARRAY(l->arena, struct ProviderPass, e->items.list.n);
    for (uint32_t i = 0; i < e->items.list.n; i++) {
        const ObjectItem *item = &e->items.list.at[i];
        ProviderRef inner, outer;
        if (!providers_ref(l, item->key, &inner) || !providers_ref(l, item->value, &outer)) continue;
        if (inner.key || outer.key) {
            diag_error(l->diags, "invalid_providers", item->value->span, "Invalid providers argument",
                       "A single instance of a provider configuration with for_each cannot be passed to a module.");
            continue;
        }
        struct ProviderPass pass = {inner.name, inner.alias, outer.name, outer.alias,
                                    span_join(item->key->span, item->value->span)};
        if (passed_before(call, &pass))
            diag_error(l->diags, "invalid_providers", item->key->span, "Duplicate provider",
                       "This configuration of the called module is already given above.");
        else
            call->passes[call->pass_count++] = pass;
    }
}

static uint32_t find_block(const ModuleDef *def, Name local_name, Name alias) {
    for (uint32_t i = 0; i < def->providers.n; i++)
        if (def->providers.at[i].local_name == local_name && def->providers.at[i].alias == alias) return i;
    return UINT32_MAX;
}

static const ProviderReq *find_requirement(const ModuleDef *def, Name local_name) {
    for (uint32_t i = 0; i < def->requirements.n; i++)
        if (def->requirements.at[i].local_name == local_name) return &def->requirements.at[i];
    return NULL;
}

static bool declares_alias(const ModuleDef *def, Name local_name, Name alias) {
    uint32_t block = find_block(def, local_name, alias);
    if (block != UINT32_MAX && def->providers.at[block].empty) return true;
    const ProviderReq *req = find_requirement(def, local_name);
    for (uint32_t i = 0; req && i < req->aliases.n; i++)
        if (req->aliases.at[i] == alias) return true;
    return false;
}

// What a default configuration of the called module is called by its caller.
static Name name_above(const ModuleDef *below, const ModuleDef *above, Name local_name) {
    const ProviderReq *req = find_requirement(below, local_name);
    if (!req) return local_name;
    for (uint32_t i = 0; i < above->requirements.n; i++)
        if (str_eq(above->requirements.at[i].address, req->address)) return above->requirements.at[i].local_name;
    return local_name;
}

static const struct ProviderPass *find_pass(const ModuleCall *call, Name name, Name alias) {
    for (uint32_t i = 0; i < call->pass_count; i++)
        if (call->passes[i].inner_name == name && call->passes[i].inner_alias == alias) return &call->passes[i];
    return NULL;
}

const ModuleNode *config_provider_of(const Config *config, const ModuleNode *node, Name local_name, Name alias,
                                     uint32_t *block) {
    (void)config;
    for (;;) {
        *block = find_block(node->def, local_name, alias);
        bool proxy = *block != UINT32_MAX && node->def->providers.at[*block].empty;
        if (!node->parent || (*block != UINT32_MAX && !proxy)) return node;
        const struct ProviderPass *pass = find_pass(&node->parent->def->calls.at[node->call], local_name, alias);
        if (proxy && !pass && alias) return node;
        if (pass) {
            local_name = pass->outer_name;
            alias = pass->outer_alias;
        } else {
            local_name = name_above(node->def, node->parent->def, local_name);
            alias = NULL;
        }
        node = node->parent;
    }
}

// A name that this def may use: a block, or one that the caller must pass.
static bool known_here(const ModuleDef *def, Name name, Name alias, bool root) {
    if (!alias) return true;
    return find_block(def, name, alias) != UINT32_MAX || (!root && declares_alias(def, name, alias));
}

static void check_key(const Resource *r, const ProviderBlock *block, Diags *diags) {
    if (r->provider_key && !block->for_each)
        diag_error(diags, "invalid_provider_reference", r->header_span, "Key of a single provider configuration",
                   "The provider configuration %s.%s has no for_each, so the resource cannot choose an instance of it.",
                   r->provider_name->text, r->provider_alias->text);
    if (!r->provider_key && block->for_each)
        diag_error(diags, "invalid_provider_reference", r->header_span, "Missing key of a provider configuration",
                   "The provider configuration %s.%s has for_each, so the resource must choose an instance: provider = "
                   "%s.%s[each.key].",
                   r->provider_name->text, r->provider_alias->text, r->provider_name->text, r->provider_alias->text);
}

static void check_resources(const ModuleDef *def, bool root, Diags *diags) {
    for (uint32_t i = 0; i < def->resources.n; i++) {
        const Resource *r = &def->resources.at[i];
        if (!r->provider_name) continue; // its module was not defined
        uint32_t block = r->provider_alias ? find_block(def, r->provider_name, r->provider_alias) : UINT32_MAX;
        if (block != UINT32_MAX) check_key(r, &def->providers.at[block], diags);
        if (known_here(def, r->provider_name, r->provider_alias, root)) continue;
        diag_error(
            diags, "unknown_provider_configuration", r->header_span, "Provider configuration not present",
            "The resource uses the provider configuration %s.%s, but this module has no provider \"%s\" block with "
            "alias = \"%s\"%s.",
            r->provider_name->text, r->provider_alias->text, r->provider_name->text, r->provider_alias->text,
            root ? "" : " and does not list it in configuration_aliases");
    }
}

static void warn_proxies(const ModuleDef *def, Diags *diags) {
    for (uint32_t i = 0; i < def->providers.n; i++)
        if (def->providers.at[i].empty)
            diag_warn(diags, "deprecated", def->providers.at[i].span, "Redundant empty provider block",
                      "A provider block without settings in a called module says that the caller passes the "
                      "configuration. Say so in required_providers, with configuration_aliases for an alias.");
}

// Has the module, or one that it calls, provider settings of its own?
static void find_configured(const Config *config, const IdMap *index, bool *configured) {
    bool changed = true;
    while (changed) { // at most as often as modules are nested
        changed = false;
        for (uint32_t i = config->defs.n; i-- > 0;) {
            const ModuleDef *def = config->defs.at[i];
            bool now = configured[i];
            for (uint32_t j = 0; j < def->providers.n; j++) now |= !def->providers.at[j].empty;
            for (uint32_t j = 0; j < def->calls.n && !now; j++)
                now = def->calls.at[j].def && configured[*idmap_get(index, (uint64_t)(uintptr_t)def->calls.at[j].def)];
            changed |= now != configured[i];
            configured[i] = now;
        }
    }
}

static Str address_of(const ModuleDef *def, Name local_name) {
    const ProviderReq *req = find_requirement(def, local_name);
    return req ? req->address : STR_NONE;
}

// Both names of a pass must stand for one provider.
static void check_pass_type(const ModuleDef *def, const ModuleDef *inner, const struct ProviderPass *pass,
                            Diags *diags) {
    Str outside = address_of(def, pass->outer_name), inside = address_of(inner, pass->inner_name);
    if (str_empty(outside) || str_empty(inside) || str_eq(outside, inside)) return;
    diag_error(diags, "provider_mismatch", pass->span, "Provider type mismatch",
               "\"%s\" is the provider %.*s here, but \"%s\" is %.*s in the called module.", pass->outer_name->text,
               STR_ARG(outside), pass->inner_name->text, STR_ARG(inside));
}

static void check_pass(const ModuleDef *def, const ModuleDef *inner, const struct ProviderPass *pass, bool root,
                       Diags *diags) {
    uint32_t own = find_block(inner, pass->inner_name, pass->inner_alias);
    check_pass_type(def, inner, pass, diags);
    if (!known_here(def, pass->outer_name, pass->outer_alias, root))
        diag_error(diags, "unknown_provider_configuration", pass->span, "Provider configuration not present",
                   "There is no provider \"%s\" block with alias = \"%s\" in this module.", pass->outer_name->text,
                   pass->outer_alias->text);
    if (own != UINT32_MAX && !inner->providers.at[own].empty)
        diag_error(diags, "provider_override", pass->span, "Provider configuration cannot be passed",
                   "The called module configures \"%s\" itself, so it takes no configuration from outside.",
                   pass->inner_name->text);
    else if (pass->inner_alias && !declares_alias(inner, pass->inner_name, pass->inner_alias))
        diag_error(diags, "undefined_provider", pass->span, "Provider configuration not expected",
                   "The called module does not list %s.%s in the configuration_aliases of its required_providers.",
                   pass->inner_name->text, pass->inner_alias->text);
    else if (!pass->inner_alias && !find_requirement(inner, pass->inner_name))
        diag_warn(diags, "undefined_provider", pass->span, "Provider configuration not used",
                  "The called module does not use a provider called \"%s\".", pass->inner_name->text);
}

static void check_call(const ModuleDef *def, const ModuleCall *call, bool root, bool configured, Diags *diags) {
    const ModuleDef *inner = call->def;
    for (uint32_t i = 0; i < call->pass_count; i++) check_pass(def, inner, &call->passes[i], root, diags);
    for (uint32_t i = 0; i < inner->requirements.n; i++) {
        const ProviderReq *req = &inner->requirements.at[i];
        for (uint32_t j = 0; j < req->aliases.n; j++)
            if (!find_pass(call, req->local_name, req->aliases.at[j]))
                diag_error(
                    diags, "missing_provider", call->header_span, "Missing provider configuration",
                    "The called module needs a configuration for its provider %s.%s. Pass one: providers = { %s.%s = … "
                    "}.",
                    req->local_name->text, req->aliases.at[j]->text, req->local_name->text, req->aliases.at[j]->text);
    }
    if (configured && (call->repeat != REPEAT_NONE || call->depends_on.n))
        diag_error(
            diags, "module_with_provider", call->header_span, "Module is incompatible with its arguments",
            "A module that has provider blocks of its own, or calls one, cannot be called with count, for_each, "
            "enabled or depends_on. Move the provider blocks to the root module and pass them with \"providers\".");
}

void providers_check(Config *config, Diags *diags) {
    bool *configured = ARENA_ARRAY(config->arena, bool, config->defs.n);
    IdMap index = idmap_in(config->arena);
    for (uint32_t i = 0; i < config->defs.n; i++) *idmap_put(&index, (uint64_t)(uintptr_t)config->defs.at[i], NULL) = i;
    find_configured(config, &index, configured);
    for (uint32_t i = 0; i < config->defs.n; i++) {
        const ModuleDef *def = config->defs.at[i];
        check_resources(def, i == 0, diags);
        if (i) warn_proxies(def, diags);
        for (uint32_t j = 0; j < def->calls.n; j++) {
            const ModuleCall *call = &def->calls.at[j];
            if (!call->def) continue;
            check_call(def, call, i == 0, configured[*idmap_get(&index, (uint64_t)(uintptr_t)call->def)], diags);
        }
    }
}

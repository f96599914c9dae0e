// Compiling bodies once their schemas are known.
#include "engine/config/loader.h"

static const Schema *resource_schema(Loader *l, SchemaSource *s, StrMap *known, const Resource *r) {
    Str key = str_format(l->arena, "%d %s %.*s", (int)r->mode, r->type->text, STR_ARG(r->provider_address));
    bool added;
    uint64_t *at = strmap_put(known, key, &added);
    if (!added) return (const Schema *)(uintptr_t)*at;
    const Schema *schema = s->resource(s, r->provider_address, r->mode, r->type, r->type_span, l->diags);
    *at = (uint64_t)(uintptr_t)schema;
    return schema;
}

static bool same_type(const Resource *a, const Resource *b) {
    return a->mode == b->mode && a->type == b->type && str_eq(a->provider_address, b->provider_address);
}

static void warn_deprecated(Loader *l, const Resource *r) {
    Str message = r->schema->block->deprecated;
    if (message.n)
        diag_warn(l->diags, "deprecated", r->header_span, "Resource type is deprecated", "\"%s\" is deprecated: %.*s",
                  r->type->text, STR_ARG(message));
}

static void bind_resources(Def *def, SchemaSource *s, StrMap *known) {
    const Resource *last = NULL;
    for (uint32_t i = 0; i < def->mod.resources.n; i++) {
        Resource *r = &def->mod.resources.at[i];
        if (!r->body || !common_identifier(name_str(r->type))) continue; // reported
        r->schema = last && same_type(last, r) ? last->schema : resource_schema(def->loader, s, known, r);
        last = r;
        if (!r->schema) continue;
        Definer d;
        definer_start(&d, def, r->once_count);
        definer_repeat(&d, r->repeat);
        d.binder.check = r->check;
        r->code = decode_compile(&d.session, r->body, r->schema->block, NULL);
        r->once_count = d.session.once_count;
        lifecycle_check(def->loader, r);
        warn_deprecated(def->loader, r);
    }
}

// The providers that some resource uses. Settings of others are not looked at, as nothing starts those providers.
static StrMap used_providers(const Config *config) {
    StrMap used = strmap_in(config->arena);
    for (uint32_t i = 0; i < config->defs.n; i++)
        for (uint32_t j = 0; j < config->defs.at[i]->resources.n; j++) {
            const Resource *r = &config->defs.at[i]->resources.at[j];
            if (j && str_eq(r->provider_address, r[-1].provider_address)) continue;
            strmap_put(&used, r->provider_address, NULL);
        }
    return used;
}

static void bind_providers(Def *def, SchemaSource *s, const StrMap *used) {
    for (uint32_t i = 0; i < def->mod.providers.n; i++) {
        ProviderBlock *p = &def->mod.providers.at[i];
        if (!p->body || !strmap_get(used, p->address)) continue;
        const Schema *schema = s->provider(s, p->address, p->span, def->loader->diags);
        if (!schema) continue;
        Definer d;
        definer_start(&d, def, p->once_count);
        definer_repeat(&d, p->for_each ? REPEAT_FOR_EACH : REPEAT_NONE);
        p->code = decode_compile(&d.session, p->body, schema->block, NULL);
        p->once_count = d.session.once_count;
    }
}

static void bind_all_provisioners(Def *def, const ProvisionerSchemas *schemas) {
    for (uint32_t i = 0; i < def->mod.resources.n; i++) {
        Resource *r = &def->mod.resources.at[i];
        if (r->provisioners.n) provisioners_bind(def, schemas, r, r->provisioners.at, r->provisioners.n);
    }
    for (uint32_t i = 0; i < def->mod.removed.n; i++) {
        Removed *removed = &def->mod.removed.at[i];
        provisioners_bind(def, schemas, NULL, removed->provisioners.at, removed->provisioners.n);
    }
}

bool load_bind_schemas(Config *config, SchemaSource *schemas, Diags *diags) {
    uint32_t errors = diags->errors, from = diags->list.n;
    Def *root = (Def *)(void *)config->defs.at[0];
    root->loader->diags = diags;
    StrMap known = strmap_in(config->arena), used = used_providers(config);
    ProvisionerSchemas provisioners = provisioners_schemas(config->process);
    for (uint32_t i = 0; i < config->defs.n; i++) {
        Def *def = (Def *)(void *)config->defs.at[i];
        bind_providers(def, schemas, &used);
        bind_resources(def, schemas, &known);
        bind_all_provisioners(def, &provisioners);
    }
    for (uint32_t i = 0; i < config->defs.n; i++) uses_check((Def *)(void *)config->defs.at[i]);
    load_sort_diags(config->arena, diags, from);
    return diags->errors == errors;
}

bool load_static_eval(Config *config, const LoadOptions *options, const Body *body, const SchemaBlock *schema,
                      Value *out, Diags *diags) {
    Def *root = (Def *)(void *)config->defs.at[0];
    root->loader->diags = diags;
    root->loader->options = options;
    return static_body(root, body, schema, out);
}

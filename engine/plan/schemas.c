#include "engine/plan/schemas.h"

#include "engine/base/map.h"
#include "engine/schema/suggest.h"

typedef struct PluginSchemas {
    SchemaSource source; // first
    Process *process;
    Plugins *plugins;
    Arena *arena;
    StrMap missing; // provider addresses already reported
} PluginSchemas;

static Plugin *schemas_plugin(PluginSchemas *s, Str address, Span span, Diags *diags) {
    uint32_t errors = diags->errors;
    Plugin *plugin = plugins_find(s->plugins, address, diags);
    if (plugin || diags->errors > errors) return plugin;
    bool added;
    strmap_put(&s->missing, address, &added);
    if (added)
        diag_error(diags, "missing_provider", span, "Provider not available",
                   "There is no plugin for the provider %.*s, which this needs. Put its plugin beside the program, into "
                   ".infra/providers/, or into a folder named by INFRA_PROVIDER_PATH; \"infra init\" lists all that "
                   "are missing.",
                   STR_ARG(address));
    else diags->errors++; // said once; what needs it still fails
    return NULL;
}

static const Schema *schemas_resource(SchemaSource *source, Str address, ResourceMode mode, Name type, Span span,
                                      Diags *diags) {
    PluginSchemas *s = (PluginSchemas *)source;
    Plugin *plugin = schemas_plugin(s, address, span, diags);
    if (!plugin) return NULL;
    InfraTypeKind kind = mode == MODE_DATA ? INFRA_DATA : mode == MODE_EPHEMERAL ? INFRA_EPHEMERAL : INFRA_RESOURCE;
    uint32_t flags;
    const Schema *schema = plugin_schema(plugin, kind, type, &flags);
    if (schema) return schema;
    size_t n = 0;
    const char *const *names = plugin_types(plugin, kind, &n);
    Suggest near = suggest_start(name_str(type));
    for (size_t i = 0; i < n; i++) suggest_try(&near, str_of(names[i]));
    diag_error(diags, "unknown_type", span, mode == MODE_DATA ? "Invalid data source" : "Invalid resource type",
               "The provider %.*s has no %s \"%s\".%s", STR_ARG(address),
               mode == MODE_DATA ? "data source" : mode == MODE_EPHEMERAL ? "ephemeral resource" : "resource type",
               type->text, suggest_text(s->arena, &near));
    return NULL;
}

static const Schema *schemas_provider(SchemaSource *source, Str address, Span span, Diags *diags) {
    PluginSchemas *s = (PluginSchemas *)source;
    Plugin *plugin = schemas_plugin(s, address, span, diags);
    uint32_t flags;
    return plugin ? plugin_schema(plugin, INFRA_PROVIDER_CONFIG, NULL, &flags) : NULL;
}

SchemaSource *schemas_of_plugins(Arena *arena, Process *process, Plugins *plugins) {
    PluginSchemas *s = ARENA_NEW(arena, PluginSchemas);
    s->source.resource = schemas_resource;
    s->source.provider = schemas_provider;
    s->process = process;
    s->plugins = plugins;
    s->arena = arena;
    s->missing = strmap_in(arena);
    return &s->source;
}

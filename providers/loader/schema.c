// A plugin's static schema tables to the engine's schemas, once per type.
#include "engine/base/log.h"
#include "providers/loader/plugins.h"

_Static_assert((int)INFRA_REQUIRED == (int)ATTR_REQUIRED && (int)INFRA_OPTIONAL == (int)ATTR_OPTIONAL &&
                   (int)INFRA_COMPUTED == (int)ATTR_COMPUTED && (int)INFRA_SENSITIVE == (int)ATTR_SENSITIVE &&
                   (int)INFRA_WRITE_ONLY == (int)ATTR_WRITE_ONLY && (int)INFRA_AS_BLOCK == (int)ATTR_AS_BLOCK &&
                   (int)INFRA_ZERO_IS_NULL == (int)ATTR_ZERO_IS_NULL,
               "attribute flags have the same numbers");
_Static_assert((int)INFRA_SINGLE == (int)NEST_SINGLE && (int)INFRA_GROUP == (int)NEST_GROUP &&
                   (int)INFRA_NEST_LIST == (int)NEST_LIST && (int)INFRA_NEST_SET == (int)NEST_SET &&
                   (int)INFRA_NEST_MAP == (int)NEST_MAP,
               "nestings have the same numbers");

static Str keep(Process *p, const char *z) { return z ? str_copy(p->arena, str_of(z)) : STR_NONE; }

// Recursion is over the nesting of the plugin's own tables. NULL when a type's JSON is malformed.
static const SchemaBlock *schema_block(Process *p, const InfraBlock *from) {
    SchemaBuilder b = schema_builder(p);
    for (size_t i = 0; i < from->attr_count; i++) {
        const InfraAttr *attr = &from->attrs[i];
        const SchemaBlock *nested = attr->nested ? schema_block(p, attr->nested) : NULL;
        const Type *type = attr->nested ? NULL : type_from_json(p, str_of(attr->type));
        if (!nested && !type) return NULL;
        SchemaAttr *own = schema_add(&b, attr->name, type, (uint8_t)attr->flags);
        own->nested = nested;
        own->nesting = (Nesting)attr->nesting;
        own->deprecated = keep(p, attr->deprecated);
        own->description = keep(p, attr->description);
    }
    for (size_t i = 0; i < from->block_count; i++) {
        const InfraNested *nested = &from->blocks[i];
        const SchemaBlock *block = schema_block(p, nested->block);
        if (!block) return NULL;
        SchemaNested *own =
            schema_add_block(&b, nested->name, (Nesting)nested->nesting, block, nested->min, nested->max);
        own->deprecated = keep(p, nested->deprecated);
    }
    // schema_finish makes the block in the process's arena, so its message may be set here.
    SchemaBlock *block = (SchemaBlock *)(uintptr_t)schema_finish(&b);
    block->deprecated = keep(p, from->deprecated);
    return block;
}

static PluginType *type_load(Plugin *plugin, InfraTypeKind kind, Name name) {
    Process *p = plugin->plugins->process;
    PluginType *type = ARENA_NEW(plugin->plugins->arena, PluginType);
    type->name = name;
    type->kind = kind;
    InfraSchema schema = {0, NULL, 0};
    if (!plugin->table.schema || !plugin->table.schema(plugin->self, kind, name ? name->text : NULL, &schema))
        return type;
    static const InfraBlock none = {NULL, 0, NULL, 0, NULL};
    type->schema.version = schema.version;
    type->schema.block = schema_block(p, schema.block ? schema.block : &none);
    type->flags = schema.flags;
    type->known = type->schema.block != NULL;
    if (!type->known)
        log_line(p, LOG_ERROR, "provider", "%s has a malformed schema for %s", plugin->table.address,
                 name ? name->text : "the provider itself");
    return type;
}

const PluginType *plugin_type(Plugin *plugin, InfraTypeKind kind, Name name) {
    PluginType *last = plugin->last;
    if (last && last->name == name && last->kind == kind) return last;
    // Names are aligned, so their low bits are free for the kind.
    uint64_t key = (uint64_t)(uintptr_t)name | (uint64_t)kind;
    uint64_t *slot = idmap_put(&plugin->types, key, NULL);
    if (!*slot) *slot = (uint64_t)(uintptr_t)type_load(plugin, kind, name);
    return plugin->last = (PluginType *)(uintptr_t)*slot;
}

const Schema *plugin_schema(Plugin *plugin, InfraTypeKind kind, Name type, uint32_t *flags) {
    const PluginType *found = plugin_type(plugin, kind, type);
    if (flags) *flags = found->flags;
    return found->known ? &found->schema : NULL;
}

const char *const *plugin_types(Plugin *plugin, InfraTypeKind kind, size_t *n) {
    *n = 0;
    return plugin->table.types ? plugin->table.types(plugin->self, kind, n) : NULL;
}

#include "engine/report/state_value.h"

StateReader state_reader(const Walk *walk, Arena *arena) {
    return (StateReader){.walk = walk, .arena = arena, .diags = diags_in(walk->arena)};
}

static const Schema *reader_schema(StateReader *r, const StateResource *resource, Str provider) {
    if (!str_eq(r->provider, provider)) {
        r->provider = provider;
        r->plugin = plugins_find(r->walk->plugins, provider, &r->diags);
    }
    uint32_t flags;
    if (!r->plugin) return NULL;
    return plugin_schema(r->plugin, resource->data ? INFRA_DATA : INFRA_RESOURCE,
                         name_of(r->walk->process, resource->type), &flags);
}

Value state_value(StateReader *r, const StateResource *resource, const StateObject *o, Subject *s) {
    Str provider = subject_state_provider(o->provider.n ? o->provider : resource->provider);
    *s = (Subject){.module = resource->module,
                   .data = resource->data,
                   .type = resource->type,
                   .name = resource->name,
                   .key = o->key,
                   .deposed = o->deposed,
                   .provider = provider};
    PathMarksList marks = {0};
    const Schema *schema = reader_schema(r, resource, provider);
    Value v;
    if (o->sensitive.n) snapshot_sensitive(r->arena, o, &marks);
    if (schema && schema->version == o->schema_version && o->attributes.n &&
        snapshot_decode(r->arena, o, schema->block->type, &v, NULL)) {
        s->schema = schema;
        return schema_mark(r->arena, schema->block, marks_apply(r->arena, v, &marks));
    }
    if (!json_decode(r->arena, o->attributes.n ? o->attributes : o->attributes_flat, &v, NULL))
        return value_null(r->walk->process, type_dynamic(r->walk->process));
    return marks_apply(r->arena, v, &marks);
}

bool state_output_value(Arena *arena, const StateOutput *o, Value *out) {
    const Type *type = type_from_json(arena_process(arena), o->type);
    JsonReader reader = json_reader(arena, o->value);
    if (!type || !json_read_value(arena, &reader, type, JSON_IMPLIED, out, NULL)) return false;
    if (o->sensitive) *out = value_with_marks(*out, MARK_SENSITIVE);
    return true;
}

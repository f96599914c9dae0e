#include "engine/report/config_json.h"

#include <stdlib.h>

#include "engine/report/expression_json.h"
#include "engine/report/provider_keys.h"

typedef struct ConfigWriter {
    ExpressionWriter expr;
    const Walk *walk;
    ProviderKeys *providers;
} ConfigWriter;

typedef struct Sorted {
    Str key;
    uint32_t index;
} Sorted;

static int sorted_cmp(const void *a, const void *b) {
    return str_cmp(((const Sorted *)a)->key, ((const Sorted *)b)->key);
}

static void sorted_by_key(Sorted *at, uint32_t n) {
    if (n > 1) qsort(at, n, sizeof *at, sorted_cmp);
}

static void depends_write(const ConfigWriter *c, const uint32_t *slots, uint32_t n) {
    if (n == 0) return;
    json_field(c->expr.w, "depends_on");
    json_open_array(c->expr.w);
    for (uint32_t i = 0; i < n; i++) expression_slot_write(&c->expr, slots[i]);
    json_close_array(c->expr.w);
}

static void flag_write(const ConfigWriter *c, const char *name, bool set) {
    if (!set) return;
    json_field(c->expr.w, name);
    json_bool(c->expr.w, true);
}

// ---- outputs, variables ----

static void output_write(const ConfigWriter *c, const Output *o) {
    JsonWriter *w = c->expr.w;
    json_key(w, name_str(o->name));
    json_open_object(w);
    flag_write(c, "sensitive", o->sensitive);
    flag_write(c, "ephemeral", o->ephemeral);
    json_text_field_if(w, "deprecated", o->deprecated);
    if (o->code) {
        json_field(w, "expression");
        expression_write(&c->expr, o->code);
    }
    depends_write(c, o->depends_on.at, o->depends_on.n);
    json_text_field_if(w, "description", o->description);
    json_close_object(w);
}

static void outputs_write(const ConfigWriter *c, Arena *arena) {
    const ModuleDef *def = c->expr.def;
    if (def->outputs.n == 0) return;
    Sorted *order = ARENA_ARRAY(arena, Sorted, def->outputs.n);
    for (uint32_t i = 0; i < def->outputs.n; i++) order[i] = (Sorted){name_str(def->outputs.at[i].name), i};
    sorted_by_key(order, def->outputs.n);
    json_field(c->expr.w, "outputs");
    json_open_object(c->expr.w);
    for (uint32_t i = 0; i < def->outputs.n; i++) {
        output_write(c, &def->outputs.at[order[i].index]);
        arena_reset(c->expr.arena);
    }
    json_close_object(c->expr.w);
}

static void variable_write(const ConfigWriter *c, const Variable *v) {
    JsonWriter *w = c->expr.w;
    json_key(w, name_str(v->name));
    json_open_object(w);
    if (v->type_given && v->constraint->kind != TYPE_DYNAMIC) {
        json_field(w, "type");
        json_type(w, v->constraint);
    }
    if (v->has_default) {
        json_field(w, "default");
        json_known(w, v->default_value);
    }
    json_text_field_if(w, "description", v->description);
    flag_write(c, "required", !v->has_default);
    flag_write(c, "sensitive", v->sensitive);
    flag_write(c, "ephemeral", v->ephemeral);
    json_text_field_if(w, "deprecated", v->deprecated);
    json_close_object(w);
}

static void variables_write(const ConfigWriter *c, Arena *arena) {
    const ModuleDef *def = c->expr.def;
    if (def->variables.n == 0) return;
    Sorted *order = ARENA_ARRAY(arena, Sorted, def->variables.n);
    for (uint32_t i = 0; i < def->variables.n; i++) order[i] = (Sorted){name_str(def->variables.at[i].name), i};
    sorted_by_key(order, def->variables.n);
    json_field(c->expr.w, "variables");
    json_open_object(c->expr.w);
    for (uint32_t i = 0; i < def->variables.n; i++) variable_write(c, &def->variables.at[order[i].index]);
    json_close_object(c->expr.w);
}

// ---- resources ----

static void repeat_write(const ConfigWriter *c, Repeat repeat, const Code *code) {
    if (!code || (repeat != REPEAT_COUNT && repeat != REPEAT_FOR_EACH) || !expression_says(&c->expr, code)) return;
    json_field(c->expr.w, repeat == REPEAT_COUNT ? "count_expression" : "for_each_expression");
    expression_write(&c->expr, code);
}

static void provisioners_write(const ConfigWriter *c, const Resource *r) {
    JsonWriter *w = c->expr.w;
    if (r->provisioners.n == 0) return;
    json_field(w, "provisioners");
    json_open_array(w);
    for (uint32_t i = 0; i < r->provisioners.n; i++) {
        json_open_object(w);
        json_text_field(w, "type", name_str(r->provisioners.at[i].type));
        expression_body_write(&c->expr, "expressions", r->provisioners.at[i].code);
        json_close_object(w);
    }
    json_close_array(w);
}

static const char *mode_name(ResourceMode mode) {
    return mode == MODE_DATA ? "data" : mode == MODE_EPHEMERAL ? "ephemeral" : "managed";
}

static void resource_write(const ConfigWriter *c, const ModuleNode *node, const Resource *r, Str address) {
    JsonWriter *w = c->expr.w;
    json_open_object(w);
    json_text_field(w, "address", address);
    json_text_field(w, "mode", str_of(mode_name(r->mode)));
    json_text_field(w, "type", name_str(r->type));
    json_text_field(w, "name", name_str(r->name));
    json_text_field(w, "provider_config_key", provider_keys_of(c->providers, node, r));
    provisioners_write(c, r);
    expression_body_write(&c->expr, "expressions", r->code);
    json_field(w, "schema_version");
    json_int(w, r->schema ? (int64_t)r->schema->version : 0);
    repeat_write(c, r->repeat, r->repeat_code);
    depends_write(c, r->depends_on.at, r->depends_on.n);
    json_close_object(w);
    arena_reset(c->expr.arena);
}

static void resources_write(const ConfigWriter *c, const ModuleNode *node, Arena *arena) {
    static const ResourceMode modes[] = {MODE_MANAGED, MODE_DATA, MODE_EPHEMERAL};
    const ModuleDef *def = c->expr.def;
    if (def->resources.n == 0) return;
    Sorted *order = ARENA_ARRAY(arena, Sorted, def->resources.n);
    json_field(c->expr.w, "resources");
    json_open_array(c->expr.w);
    for (uint32_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < def->resources.n; i++) {
            const Resource *r = &def->resources.at[i];
            const char *prefix = r->mode == MODE_DATA ? "data." : r->mode == MODE_EPHEMERAL ? "ephemeral." : "";
            if (r->mode == modes[m])
                order[n++] = (Sorted){str_format(arena, "%s%s.%s", prefix, r->type->text, r->name->text), i};
        }
        sorted_by_key(order, n);
        for (uint32_t i = 0; i < n; i++) resource_write(c, node, &def->resources.at[order[i].index], order[i].key);
    }
    json_close_array(c->expr.w);
}

// ---- modules ----

static void module_write(ConfigWriter *c, const ModuleNode *node);

static void inputs_write(const ConfigWriter *c, const ModuleCall *call, Arena *arena) {
    if (call->input_count == 0) return;
    Sorted *order = ARENA_ARRAY(arena, Sorted, call->input_count);
    for (uint32_t i = 0; i < call->input_count; i++)
        order[i] = (Sorted){name_str(call->def->variables.at[call->inputs[i].variable].name), i};
    sorted_by_key(order, call->input_count);
    json_field(c->expr.w, "expressions");
    json_open_object(c->expr.w);
    for (uint32_t i = 0; i < call->input_count; i++) {
        json_key(c->expr.w, order[i].key);
        expression_write(&c->expr, call->inputs[order[i].index].code);
    }
    json_close_object(c->expr.w);
    arena_reset(c->expr.arena);
}

static void call_write(ConfigWriter *c, const ModuleNode *node, uint32_t index, Arena *arena) {
    const ModuleCall *call = &node->def->calls.at[index];
    JsonWriter *w = c->expr.w;
    json_key(w, name_str(call->name));
    json_open_object(w);
    json_text_field_if(w, "source", call->source);
    inputs_write(c, call, arena);
    repeat_write(c, call->repeat, call->repeat_code);
    json_field(w, "module");
    module_write(c, &c->walk->config->nodes[node->first_child + index]);
    c->expr.def = node->def;
    json_text_field_if(w, "version_constraint", call->version);
    depends_write(c, call->depends_on.at, call->depends_on.n);
    json_close_object(w);
}

// Recursion is over nested modules, which loading bounds.
static void module_write(ConfigWriter *c, const ModuleNode *node) {
    const ModuleDef *def = node->def;
    Arena *arena = arena_new(c->walk->process, LIFE_OP, "configuration order");
    c->expr.def = def;
    json_open_object(c->expr.w);
    outputs_write(c, arena);
    resources_write(c, node, arena);
    if (def->calls.n) {
        Sorted *order = ARENA_ARRAY(arena, Sorted, def->calls.n);
        for (uint32_t i = 0; i < def->calls.n; i++) order[i] = (Sorted){name_str(def->calls.at[i].name), i};
        sorted_by_key(order, def->calls.n);
        json_field(c->expr.w, "module_calls");
        json_open_object(c->expr.w);
        for (uint32_t i = 0; i < def->calls.n; i++) call_write(c, node, order[i].index, arena);
        json_close_object(c->expr.w);
    }
    variables_write(c, arena);
    json_close_object(c->expr.w);
    arena_free(arena);
}

static void provider_write(const ConfigWriter *c, const ProviderKey *key) {
    JsonWriter *w = c->expr.w;
    json_key(w, key->key);
    json_open_object(w);
    json_text_field(w, "name", key->name);
    json_text_field(w, "full_name", key->address);
    json_text_field_if(w, "alias", key->alias);
    json_text_field_if(w, "version_constraint", key->version);
    json_text_field_if(w, "module_address", key->node->path);
    if (key->block) {
        ExpressionWriter e = c->expr;
        e.def = key->node->def;
        expression_body_write(&e, "expressions", key->block->code);
        arena_reset(e.arena);
    }
    json_close_object(w);
}

void config_json_write(JsonWriter *w, const Walk *walk) {
    Arena *arena = arena_new(walk->process, LIFE_OP, "provider keys");
    ConfigWriter c = {.walk = walk, .providers = provider_keys_new(arena, walk->config)};
    c.expr =
        (ExpressionWriter){.w = w, .arena = arena_new(walk->process, LIFE_OP, "expressions"), .process = walk->process};
    bool open = false;
    json_field(w, "configuration");
    json_open_object(w);
    for (uint32_t i = 0; i < c.providers->n; i++) {
        const ProviderKey *key = c.providers->at[i];
        if (key->parent) continue;
        if (!open) {
            json_field(w, "provider_config");
            json_open_object(w);
        }
        open = true;
        provider_write(&c, key);
    }
    if (open) json_close_object(w);
    json_field(w, "root_module");
    module_write(&c, &walk->config->nodes[0]);
    json_close_object(w);
    arena_free(c.expr.arena);
    arena_free(arena);
}

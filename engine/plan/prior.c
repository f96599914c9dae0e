#include "engine/plan/prior.h"

#include "engine/plan/module_path.h"

bool prior_provider_parts(Str text, Str *module, Str *address, Str *alias) {
    ptrdiff_t at = str_find(text, STR("provider[\""));
    if (at < 0) return false;
    *module = at > 0 ? str_slice(text, 0, (size_t)at - 1) : STR("");
    Str rest = str_slice(text, (size_t)at + 10, text.n);
    ptrdiff_t end = str_find(rest, STR("\"]"));
    if (end < 0) return false;
    *address = str_slice(rest, 0, (size_t)end);
    rest = str_slice(rest, (size_t)end + 2, rest.n);
    *alias = str_starts(rest, STR(".")) ? str_slice(rest, 1, rest.n) : STR("");
    return true;
}

// The part after the registry's host: states of both registries name the same providers.
static Str address_tail(Str address) {
    ptrdiff_t at = str_find_char(address, '/');
    return at < 0 ? address : str_slice(address, (size_t)at + 1, address.n);
}

uint32_t prior_provider_node(const Walk *w, Str text) {
    Str module, address, alias;
    if (!prior_provider_parts(text, &module, &address, &alias)) return UINT32_MAX;
    uint32_t implicit = UINT32_MAX;
    for (uint32_t i = 0; i < w->provider_count; i++) {
        const ProviderUse *use = &w->providers[i];
        if (!str_eq(address_tail(use->address), address_tail(address))) continue;
        if (graph_node_kind(w->graph, use->node) == NODE_PROVIDER) {
            if (alias.n == 0) implicit = use->node;
            continue;
        }
        const ModuleNode *m = config_node_of(w->config, use->node);
        uint32_t k;
        config_block(m->def, use->node - m->base, &k);
        Name own = m->def->providers.at[k].alias;
        if (str_eq(m->path, module) && str_eq(own ? name_str(own) : STR(""), alias)) return use->node;
    }
    return implicit;
}

static bool has_default(const Graph *g, Str address) {
    const ModuleDef *root = g->config->nodes[0].def;
    for (uint32_t i = 0; i < root->providers.n; i++)
        if (!root->providers.at[i].alias && str_eq(address_tail(root->providers.at[i].address), address)) return true;
    for (uint32_t i = 0; i < g->implicit_count; i++)
        if (str_eq(address_tail(g->implicit[i].address), address)) return true;
    return false;
}

const Str *prior_more_providers(Arena *arena, const Graph *g, const Snapshot *s, uint32_t *n) {
    VEC(Str) out = {0};
    Str last = STR_NONE, module, address, alias;
    for (uint32_t i = 0; i < s->resource_count; i++) {
        const StateResource *r = &s->resources[i];
        if (r->data || str_eq(r->provider, last)) continue;
        last = r->provider;
        if (!prior_provider_parts(last, &module, &address, &alias) || module.n || alias.n) continue;
        bool known = has_default(g, address_tail(address));
        for (uint32_t k = 0; k < out.n; k++) known |= str_eq(address_tail(out.at[k]), address_tail(address));
        if (!known) vec_push(arena, &out, address);
    }
    *n = out.n;
    return out.at;
}

// The configuration's provider of a resource that is still configured, by its block.
static void prior_block_providers(const Walk *w, StrMap *out) {
    for (uint32_t m = 0; m < w->config->node_count; m++) {
        const ModuleNode *node = &w->config->nodes[m];
        for (uint32_t i = 0; i < node->def->resources.n; i++) {
            const Resource *r = &node->def->resources.at[i];
            if (r->mode != MODE_MANAGED) continue;
            uint32_t id = node->base + config_local_id(node->def, BLOCK_RESOURCE, i);
            Str address = str_format(w->arena, "%.*s%s%s.%s", STR_ARG(node->path), node->path.n ? "." : "",
                                     r->type->text, r->name->text);
            *strmap_put(out, address, NULL) = w->graph->provider_of[id];
        }
    }
}

void prior_prepare(Walk *w) {
    snapshot_settle(w->state); // what was recovered came in any order
    const Snapshot *s = w->state;
    w->prior_first = ARENA_ARRAY(w->arena, uint32_t, s->resource_count + 1);
    if (s->resource_count == 0) return;
    vec_reserve(w->arena, &w->prior, snapshot_object_count(s));
    StrMap blocks = strmap_in(w->arena), states = strmap_in(w->arena);
    prior_block_providers(w, &blocks);
    for (uint32_t i = 0; i < s->resource_count; i++) {
        StateResource *r = &s->resources[i];
        w->prior_first[i] = w->prior.n;
        uint32_t provider = UINT32_MAX;
        if (!r->data) {
            Str module = module_path_plain(w->scratch, r->module);
            Str address = str_format(w->scratch, "%.*s%s%.*s.%.*s", STR_ARG(module), module.n ? "." : "",
                                     STR_ARG(r->type), STR_ARG(r->name));
            uint64_t *known = strmap_get(&blocks, address);
            bool added = false;
            if (!known) {
                known = strmap_put(&states, r->provider, &added);
                if (added) *known = prior_provider_node(w, r->provider);
            }
            provider = (uint32_t)*known;
        }
        for (uint32_t k = 0; k < r->n; k++) {
            PriorObject *p = vec_add(w->arena, &w->prior);
            p->resource = r;
            p->object = &r->objects[k];
            p->provider = provider;
        }
        if (i % 1024 == 0) arena_reset(w->scratch);
    }
    w->prior_first[s->resource_count] = w->prior.n;
}

RowRange prior_of(const Walk *w, Str address) {
    if (!w->state) return (RowRange){0, 0};
    const StateResource *r = snapshot_find(w->state, address);
    if (!r) return (RowRange){0, 0};
    return (RowRange){w->prior_first[r - w->state->resources], r->n};
}

PriorObject *prior_find(const Walk *w, RowRange objects, InstanceKey key) {
    uint32_t lo = objects.first, hi = objects.first + objects.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = key_cmp(w->prior.at[mid].object->key, key);
        if (c < 0) lo = mid + 1;
        else hi = mid;
    }
    if (lo == objects.first + objects.n) return NULL;
    PriorObject *p = &w->prior.at[lo];
    return key_equal(p->object->key, key) && p->object->deposed.n == 0 ? p : NULL;
}

void prior_detach(Walk *w) {
    StateResource *resources = ARENA_ARRAY(w->arena, StateResource, w->state->resource_count + 1);
    StateObject *objects = ARENA_ARRAY(w->arena, StateObject, w->prior.n + 1);
    const StateResource *first = w->state->resources;
    if (w->state->resource_count) memcpy(resources, first, sizeof *resources * w->state->resource_count);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        PriorObject *p = &w->prior.at[i];
        objects[i] = *p->object;
        p->object = &objects[i];
        p->resource = &resources[p->resource - first];
    }
}

const Schema *prior_schema(const Walk *w, const PriorObject *p) {
    ProviderUse *use = p->provider == UINT32_MAX ? NULL : walk_provider(w, p->provider);
    if (!use || !use->plugin) return NULL;
    uint32_t flags;
    return plugin_schema(use->plugin, p->resource->data ? INFRA_DATA : INFRA_RESOURCE,
                         name_of(w->process, p->resource->type), &flags);
}

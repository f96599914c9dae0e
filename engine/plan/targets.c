#include "engine/plan/targets.h"

#include "engine/plan/module_path.h"

static bool any_covers(const Address *list, uint32_t n, Str module, bool data, Str type, Str name, InstanceKey key) {
    for (uint32_t i = 0; i < n; i++)
        if (address_covers(&list[i], module, data, type, name, key)) return true;
    return false;
}

bool targets_object(const PlanOptions *o, Str module, bool data, Str type, Str name, InstanceKey key) {
    if (o->target_count) return any_covers(o->targets, o->target_count, module, data, type, name, key);
    return !any_covers(o->excludes, o->exclude_count, module, data, type, name, key);
}

static bool block_covered(const Address *list, uint32_t n, const ModuleNode *m, const Resource *r, uint8_t *used) {
    bool covered = false;
    for (uint32_t i = 0; i < n; i++) {
        if (!address_covers_block(&list[i], m, r)) continue;
        used[i] = 1;
        covered = true;
    }
    return covered;
}

static void targets_unused(Walk *w, const Address *list, uint32_t n, const uint8_t *used, const char *option) {
    for (uint32_t i = 0; i < n; i++) {
        bool in_state = false;
        for (uint32_t k = 0; w->state && k < w->state->resource_count && !in_state; k++) {
            const StateResource *r = &w->state->resources[k];
            for (uint32_t j = 0; j < r->n && !in_state; j++)
                in_state = address_covers(&list[i], r->module, r->data, r->type, r->name, r->objects[j].key);
        }
        if (used[i] || in_state) continue;
        Buf b = buf_in(w->scratch);
        address_print(&list[i], &b);
        diag_warn(w->diags, "unused_target", SPAN_NONE, "Address names nothing",
                  "%s=%.*s names nothing in the configuration or the state.", option, STR_ARG(buf_str(&b)));
    }
}

// Everything that needs an excluded node, or one with excluded instances, goes with it.
static void exclude_users(const Graph *g, const uint8_t *partly, uint8_t *wanted) {
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t x = g->order[i];
        if (graph_node_kind(g, x) == NODE_MODULE_END) continue;
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1] && wanted[x]; j++)
            if (!wanted[g->dep[j]] || partly[g->dep[j]]) wanted[x] = 0;
    }
}

static bool without_keys(const Address *a) {
    for (uint32_t i = 0; i < a->module_count; i++)
        if (a->modules[i].key.kind != TYPE_DYNAMIC) return false;
    return a->key.kind == TYPE_DYNAMIC;
}

// Root outputs that follow from wanted resources, and only from these, are wanted too; others stay as they are.
static void targets_outputs(const Walk *w, uint8_t *wanted) {
    enum { USES_RESOURCE = 1, USES_LEFT_OUT = 2 };
    const Graph *g = w->graph;
    const ModuleNode *root = &w->config->nodes[0];
    uint8_t *uses = ARENA_ARRAY(w->arena, uint8_t, g->n + 1);
    uint32_t *from = ARENA_ARRAY(w->arena, uint32_t, root->def->outputs.n + 1), n = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t x = g->order[i];
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1]; j++) {
            uint32_t d = g->dep[j];
            uses[x] |= uses[d];
            if (d < w->config->block_count && g->provider_of[d] != UINT32_MAX)
                uses[x] |= wanted[d] ? USES_RESOURCE : USES_RESOURCE | USES_LEFT_OUT;
        }
    }
    for (uint32_t i = 0; i < root->def->outputs.n; i++) {
        uint32_t id = root->base + config_local_id(root->def, BLOCK_OUTPUT, i);
        wanted[id] = 0;
        if (uses[id] == USES_RESOURCE) from[n++] = id;
    }
    graph_reach(g, from, n, wanted);
}

const uint8_t *targets_nodes(Arena *arena, Walk *w, const PlanOptions *o) {
    if (o->target_count == 0 && o->exclude_count == 0) return NULL;
    const Graph *g = w->graph;
    bool target = o->target_count > 0;
    const Address *list = target ? o->targets : o->excludes;
    uint32_t count = target ? o->target_count : o->exclude_count, n = 0;
    uint8_t *wanted = ARENA_ARRAY(arena, uint8_t, g->n + 1), *used = ARENA_ARRAY(arena, uint8_t, count);
    uint32_t *from = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    uint8_t *partly = ARENA_ARRAY(arena, uint8_t, g->n + 1);
    if (!target) memset(wanted, 1, g->n);
    for (uint32_t k = 0; k < w->config->node_count; k++) {
        const ModuleNode *m = &w->config->nodes[k];
        for (uint32_t i = 0; i < m->def->resources.n; i++) {
            const Resource *r = &m->def->resources.at[i];
            if (!block_covered(list, count, m, r, used)) continue;
            uint32_t id = m->base + config_local_id(m->def, BLOCK_RESOURCE, i);
            if (target) from[n++] = id;
            else {
                bool whole = false; // a key alone excludes an instance, not the block
                for (uint32_t t = 0; t < count; t++) whole |= without_keys(&list[t]) && address_covers_block(&list[t], m, r);
                if (whole) wanted[id] = 0;
                else partly[id] = 1;
            }
        }
    }
    if (target) {
        for (uint32_t i = 0; i < w->prior.n; i++) { // providers of targeted objects that are no longer configured
            const PriorObject *p = &w->prior.at[i];
            const StateResource *r = p->resource;
            if (p->provider != UINT32_MAX &&
                targets_object(o, r->module, r->data, r->type, r->name, p->object->key) && !wanted[p->provider])
                from[n < g->n ? n++ : n - 1] = p->provider;
        }
        graph_reach(g, from, n, wanted);
        for (uint32_t k = 0; k < w->config->node_count; k++) wanted[graph_module_end(g, k)] = 1;
    } else {
        exclude_users(g, partly, wanted);
    }
    targets_outputs(w, wanted);
    targets_unused(w, list, count, used, target ? "-target" : "-exclude");
    return wanted;
}

// ---- what is not even read ----

// The blocks of the configuration by the addresses of their resources, keys aside; graph node + 1.
static StrMap blocks_by_address(Arena *arena, const Config *c) {
    StrMap out = strmap_in(arena);
    for (uint32_t k = 0; k < c->node_count; k++) {
        const ModuleNode *m = &c->nodes[k];
        for (uint32_t i = 0; i < m->def->resources.n; i++) {
            const Resource *r = &m->def->resources.at[i];
            if (r->mode != MODE_MANAGED) continue;
            Str address =
                str_format(arena, "%.*s%s%s.%s", STR_ARG(m->path), m->path.n ? "." : "", r->type->text, r->name->text);
            *strmap_put(&out, address, NULL) = m->base + config_local_id(m->def, BLOCK_RESOURCE, i) + 1;
        }
    }
    return out;
}

static bool node_named(const Walk *w, const PlanOptions *o, uint32_t node) {
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t i;
    config_block(m->def, node - m->base, &i);
    for (uint32_t k = 0; k < o->target_count; k++)
        if (address_covers_block(&o->targets[k], m, &m->def->resources.at[i])) return true;
    return false;
}

const uint8_t *targets_unread(Arena *arena, const Walk *w, const Plan *plan) {
    const PlanOptions *o = &plan->options;
    if (o->target_count == 0 && o->exclude_count == 0) return NULL;
    uint8_t *out = ARENA_ARRAY(arena, uint8_t, w->prior.n + 1);
    StrMap blocks = blocks_by_address(arena, w->config);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        const StateResource *r = p->resource;
        if (r->data) continue;
        bool in = targets_object(o, r->module, false, r->type, r->name, p->object->key);
        Str module = module_path_plain(w->scratch, r->module);
        Str address = str_format(w->scratch, "%.*s%s%.*s.%.*s", STR_ARG(module), module.n ? "." : "", STR_ARG(r->type),
                                 STR_ARG(r->name));
        const uint64_t *block = strmap_get(&blocks, address);
        if (plan->goes) in = plan->goes[i];
        else if (block && o->exclude_count) in = in && plan->wanted[*block - 1];
        else if (block && plan->wanted[*block - 1]) in = in || !node_named(w, o, (uint32_t)*block - 1);
        out[i] = !in;
        if (i % 1024 == 0) arena_reset(w->scratch);
    }
    return out;
}

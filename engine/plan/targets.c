#include "engine/plan/targets.h"

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

// Everything that needs an excluded node goes with it.
static void exclude_users(const Graph *g, uint8_t *wanted) {
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t x = g->order[i];
        if (graph_node_kind(g, x) == NODE_MODULE_END) continue;
        for (uint32_t j = g->dep_start[x]; j < g->dep_start[x + 1] && wanted[x]; j++)
            if (!wanted[g->dep[j]]) wanted[x] = 0;
    }
}

const uint8_t *targets_nodes(Arena *arena, Walk *w, const PlanOptions *o) {
    if (o->target_count == 0 && o->exclude_count == 0) return NULL;
    const Graph *g = w->graph;
    bool target = o->target_count > 0;
    const Address *list = target ? o->targets : o->excludes;
    uint32_t count = target ? o->target_count : o->exclude_count, n = 0;
    uint8_t *wanted = ARENA_ARRAY(arena, uint8_t, g->n + 1), *used = ARENA_ARRAY(arena, uint8_t, count);
    uint32_t *from = ARENA_ARRAY(arena, uint32_t, g->n + 1);
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
                for (uint32_t t = 0; t < count; t++)
                    whole |= list[t].key.kind == TYPE_DYNAMIC && address_covers_block(&list[t], m, r);
                if (whole) wanted[id] = 0;
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
        exclude_users(g, wanted);
    }
    targets_unused(w, list, count, used, target ? "-target" : "-exclude");
    return wanted;
}

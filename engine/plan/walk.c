#include "engine/plan/walk.h"

#include "engine/base/heap.h"
#include "engine/plan/moves.h"
#include "engine/plan/prior.h"

// How long a walk works before it lets the loop look at its descriptors.
#define WALK_SLICE_NS (5 * NS_PER_MS)

typedef struct Runner {
    Walk *walk;
    const WalkVisitor *visitor;
    uint32_t *left;     // per node: dependencies not yet done
    uint32_t *position; // per node: its place in graph->order
    Heap ready;         // by position
    uint32_t running, finished;
    uint8_t *bad;       // per node: something it needs failed
    bool changed;       // a running node ended while the runner waited
} Runner;

static void walk_add_root(Walk *w) {
    ModuleInst *m = ARENA_NEW(w->arena, ModuleInst);
    m->node = &w->config->nodes[0];
    m->path = STR("");
    m->values = ARENA_ARRAY(w->arena, Value, m->node->def->nodes + 1);
    m->have = ARENA_ARRAY(w->arena, uint8_t, m->node->def->nodes + 1);
    m->rows = ARENA_ARRAY(w->arena, RowRange, m->node->def->resources.n + 1);
    m->once = ARENA_ARRAY(w->arena, struct OnceCache *, m->node->def->nodes + 1);
    m->expansions = ARENA_ARRAY(w->arena, struct Expansion *, m->node->def->resources.n + 1);
    vec_push(w->arena, &w->modules, m);
    w->inst_first[0] = 0;
    w->inst_count[0] = 1;
}

static void walk_add_provider(Walk *w, uint32_t node, Str address) {
    w->providers[w->provider_count] = (ProviderUse){.node = node, .address = address};
    *idmap_put(&w->provider_index, node, NULL) = w->provider_count++;
}

static void walk_add_providers(Walk *w) {
    const Config *config = w->config;
    uint32_t n = w->graph->implicit_count;
    for (uint32_t m = 0; m < config->node_count; m++) n += config->nodes[m].def->providers.n;
    w->providers = ARENA_ARRAY(w->arena, ProviderUse, n + 1);
    w->provider_index = idmap_in(w->arena);
    for (uint32_t m = 0; m < config->node_count; m++) {
        const ModuleNode *node = &config->nodes[m];
        for (uint32_t i = 0; i < node->def->providers.n; i++)
            walk_add_provider(w, node->base + config_local_id(node->def, BLOCK_PROVIDER, i),
                              node->def->providers.at[i].address);
    }
    for (uint32_t i = 0; i < w->graph->implicit_count; i++)
        walk_add_provider(w, graph_implicit_node(w->graph, i), w->graph->implicit[i].address);
}

static void walk_need_providers(Walk *w) {
    w->provider_needed = ARENA_ARRAY(w->arena, uint8_t, w->graph->n + 1);
    for (uint32_t i = 0; i < w->config->block_count; i++)
        if (w->graph->provider_of[i] != UINT32_MAX) w->provider_needed[w->graph->provider_of[i]] = 1;
    for (uint32_t i = 0; i < w->prior.n; i++)
        if (w->prior.at[i].provider != UINT32_MAX) w->provider_needed[w->prior.at[i].provider] = 1;
}

Walk *walk_new(Arena *arena, WalkKind kind, Loop *loop, const Config *config, const Graph *graph, Plugins *plugins,
               Snapshot *state, const Value *root_values, Diags *diags) {
    Walk *w = ARENA_NEW(arena, Walk);
    w->kind = kind;
    w->process = arena_process(arena);
    w->loop = loop;
    w->arena = arena;
    w->config = config;
    w->graph = graph;
    w->plugins = plugins;
    w->state = state;
    w->root_values = root_values;
    w->diags = diags;
    w->refresh = true;
    w->rows.arena = arena;
    w->funcs = *config->funcs;
    w->funcs.arena = arena;
    w->funcs.pure = kind != WALK_APPLY && kind != WALK_EVAL; // timestamp() is known when it is applied
    if (kind == WALK_VALIDATE) w->funcs.now_ns = 0;
    w->scratch = arena_new(w->process, LIFE_OP, "walk scratch");
    w->inst_first = ARENA_ARRAY(arena, uint32_t, config->node_count + 1);
    w->inst_count = ARENA_ARRAY(arena, uint32_t, config->node_count + 1);
    w->node_state = ARENA_ARRAY(arena, uint8_t, graph->n + 1);
    walk_add_root(w);
    walk_add_providers(w);
    if (state) {
        moves_apply(w);
        prior_prepare(w);
    }
    walk_need_providers(w);
    return w;
}

void walk_free(Walk *w) {
    for (uint32_t i = 0; i < w->provider_count; i++)
        if (w->providers[i].provider) provider_close(w->providers[i].provider);
    arena_free(w->scratch);
}

static void runner_finish(Runner *r, uint32_t node, NodeState state) {
    const Graph *g = r->walk->graph;
    r->walk->node_state[node] = (uint8_t)state;
    r->finished++;
    for (uint32_t j = g->user_start[node]; j < g->user_start[node + 1]; j++) {
        uint32_t user = g->user[j];
        if (state != NODE_DONE) r->bad[user] = 1;
        if (--r->left[user] == 0) heap_push(&r->ready, user);
    }
}

static void runner_start(Runner *r, uint32_t node) {
    Walk *w = r->walk;
    if (r->bad[node]) {
        runner_finish(r, node, NODE_SKIPPED);
        return;
    }
    if (r->visitor->wanted && !r->visitor->wanted[node]) {
        runner_finish(r, node, NODE_DONE);
        return;
    }
    w->node_state[node] = NODE_RUNNING;
    r->running++;
    if (r->visitor->start(w, node, r->visitor->ctx)) walk_node_done(w, node, false);
}

void walk_node_done(Walk *w, uint32_t node, bool failed) { w->finish(w, node, failed); }

static void runner_node_done(Walk *w, uint32_t node, bool failed) {
    Runner *r = w->finish_ctx;
    assert(w->node_state[node] == NODE_RUNNING);
    r->running--;
    r->changed = true;
    runner_finish(r, node, failed ? NODE_FAILED : NODE_DONE);
}

bool walk_run(Walk *w, const WalkVisitor *visitor) {
    const Graph *g = w->graph;
    Arena *arena = arena_new(w->process, LIFE_OP, "walk order");
    Runner r = {.walk = w, .visitor = visitor};
    r.left = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    r.position = ARENA_ARRAY(arena, uint32_t, g->n + 1);
    r.ready = (Heap){ARENA_ARRAY(arena, uint32_t, g->n + 1), 0, r.position};
    r.bad = ARENA_ARRAY(arena, uint8_t, g->n + 1);
    memset(w->node_state, NODE_WAITING, g->n);
    w->finish = runner_node_done;
    w->finish_ctx = &r;
    uint32_t errors = w->diags->errors;
    for (uint32_t i = 0; i < g->n; i++) r.position[g->order[i]] = i;
    for (uint32_t i = 0; i < g->n; i++) {
        r.left[i] = g->dep_start[i + 1] - g->dep_start[i];
        if (r.left[i] == 0) heap_push(&r.ready, i);
    }
    int64_t slice = loop_now(w->loop);
    while (r.finished < g->n) {
        if (r.ready.n > 0 && !(w->stop && r.running == 0)) {
            if (!w->stop) runner_start(&r, heap_pop(&r.ready));
            if (r.running > 0 && loop_now(w->loop) - slice > WALK_SLICE_NS) {
                loop_poll(w->loop);
                slice = loop_now(w->loop);
            }
            if (!w->stop) continue;
        }
        if (r.running == 0) break; // stopped
        r.changed = false;
        if (!loop_run_until(w->loop, &r.changed)) break;
        slice = loop_now(w->loop);
    }
    bool whole = r.finished == g->n;
    w->finish = NULL;
    arena_free(arena);
    return whole && w->diags->errors == errors;
}

RowRange walk_module_insts(const Walk *w, const ModuleNode *node) {
    return (RowRange){w->inst_first[node->id], w->inst_count[node->id]};
}

ProviderUse *walk_provider(const Walk *w, uint32_t node) {
    uint64_t *i = idmap_get(&w->provider_index, node);
    return i ? &w->providers[*i] : NULL;
}

const Resource *walk_resource(const Walk *w, const Row *row) {
    if (row->block == UINT32_MAX) return NULL;
    const ModuleDef *def = w->modules.at[row->module]->node->def;
    uint32_t i;
    config_block(def, row->block - w->modules.at[row->module]->node->base, &i);
    return &def->resources.at[i];
}

void walk_row_address(const Walk *w, const Row *row, Buf *out) {
    InstanceKey key = INSTANCE_NO_KEY;
    const Resource *r = walk_resource(w, row);
    if (!r) {
        const PriorObject *p = &w->prior.at[row->object - 1];
        buf_add(out, p->resource->address);
        key = p->object->key;
    } else {
        const ModuleInst *m = w->modules.at[row->module];
        if (m->path.n) {
            buf_add(out, m->path);
            buf_char(out, '.');
        }
        if (r->mode == MODE_DATA) buf_z(out, "data.");
        if (r->mode == MODE_EPHEMERAL) buf_z(out, "ephemeral.");
        buf_add(out, name_str(r->type));
        buf_char(out, '.');
        buf_add(out, name_str(r->name));
        if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
    }
    key_print(key, out);
}

Str walk_row_address_str(Arena *arena, const Walk *w, const Row *row) {
    Buf b = buf_in(arena);
    walk_row_address(w, row, &b);
    return buf_str(&b);
}

static int row_key_cmp(Value a, InstanceKey b) {
    InstanceKey k = INSTANCE_NO_KEY;
    if (a.kind != TYPE_DYNAMIC) key_of_value(a, &k);
    return key_cmp(k, b);
}

uint32_t walk_find_row(const Walk *w, const ModuleInst *m, uint32_t resource, InstanceKey key) {
    RowRange range = m->rows[resource];
    uint32_t lo = 0, hi = range.n;
    if (key.kind == KEY_INT) { // count: the index is the place
        if (key.i < 0 || key.i >= (int64_t)range.n) return ROW_NONE;
        uint32_t row = range.first + (uint32_t)key.i;
        return row_key_cmp(row_at(&w->rows, row)->key, key) == 0 ? row : ROW_NONE;
    }
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = row_key_cmp(row_at(&w->rows, range.first + mid)->key, key);
        if (c == 0) return range.first + mid;
        if (c < 0) lo = mid + 1;
        else hi = mid;
    }
    return ROW_NONE;
}

const Schema *walk_row_schema(const Walk *w, const Row *row) {
    const Resource *r = walk_resource(w, row);
    if (r) return r->schema;
    return prior_schema(w, &w->prior.at[row->object - 1]);
}

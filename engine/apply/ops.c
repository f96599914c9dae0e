#include "engine/apply/ops.h"

#include <assert.h>

#include "engine/base/heap.h"
#include "engine/plan/module_path.h"

typedef struct OpEdge {
    uint32_t from, to;
    bool soft; // given up when it would close a circle
} OpEdge;

typedef struct OpBuild {
    Arena *arena, *scratch;
    const Plan *plan;
    const Walk *w;
    const Graph *g;
    OpGraph *out;
    VEC(OpEdge) edges;
    uint32_t n, done, destroyed, free_to_go, left, first_op; // first nodes of each kind
    uint32_t *change_op, *destroy_op;      // per row: node, or 0
    uint8_t *goes;                         // per state resource: has an operation that destroys
} OpBuild;

static void ops_edge(OpBuild *b, uint32_t from, uint32_t to, bool soft) {
    OpEdge e = {from, to, soft};
    vec_push(b->scratch, &b->edges, e);
}

static bool is_resource(const OpBuild *b, uint32_t node) {
    return node < b->w->config->block_count && b->g->provider_of[node] != UINT32_MAX;
}

static uint32_t done_node(const OpBuild *b, uint32_t node) { return is_resource(b, node) ? b->done + node : node; }

static uint32_t op_add(OpBuild *b, uint32_t row, OpKind kind) {
    Op op = {row, (uint8_t)kind};
    vec_push(b->arena, &b->out->ops, op);
    return b->first_op + b->out->ops.n - 1;
}

static uint32_t state_index(const OpBuild *b, const Row *row) {
    return (uint32_t)(b->w->prior.at[row->object - 1].resource - b->w->state->resources);
}

// ---- operations of the rows ----

static void ops_of_row(OpBuild *b, uint32_t i) {
    const Row *row = row_at(&b->w->rows, i);
    switch ((Action)row->action) {
    case ACTION_NOOP: return;
    case ACTION_READ: b->change_op[i] = op_add(b, i, OP_READ); return;
    case ACTION_CREATE:
    case ACTION_UPDATE: b->change_op[i] = op_add(b, i, OP_CHANGE); return;
    case ACTION_DELETE: b->destroy_op[i] = op_add(b, i, OP_DESTROY); return;
    case ACTION_FORGET: b->destroy_op[i] = op_add(b, i, OP_FORGET); return;
    case ACTION_DELETE_THEN_CREATE:
        b->destroy_op[i] = op_add(b, i, OP_DESTROY);
        b->change_op[i] = op_add(b, i, OP_CHANGE);
        ops_edge(b, b->change_op[i], b->destroy_op[i], false);
        return;
    case ACTION_CREATE_THEN_DELETE:
        b->change_op[i] = op_add(b, i, OP_CHANGE);
        b->destroy_op[i] = op_add(b, i, OP_DESTROY);
        ops_edge(b, b->destroy_op[i], b->change_op[i], false);
        return;
    case ACTION_FORGET_THEN_CREATE:
        b->destroy_op[i] = op_add(b, i, OP_FORGET);
        b->change_op[i] = op_add(b, i, OP_CHANGE);
        ops_edge(b, b->change_op[i], b->destroy_op[i], false);
        return;
    }
}

// Forgetting touches nothing outside, so it waits for nothing.
static bool row_forgets(const Row *row) {
    return row->action == ACTION_FORGET || row->action == ACTION_FORGET_THEN_CREATE;
}

static void ops_all(OpBuild *b) {
    for (uint32_t k = 0; k < b->plan->changes.n; k++) ops_of_row(b, b->plan->changes.at[k]);
    for (uint32_t k = 0; k < b->plan->changes.n; k++) {
        uint32_t i = b->plan->changes.at[k];
        const Row *row = row_at(&b->w->rows, i);
        if (b->change_op[i]) {
            ops_edge(b, b->change_op[i], row->block, false);
            ops_edge(b, b->done + row->block, b->change_op[i], false);
        }
        if (!b->destroy_op[i] || row_forgets(row)) continue;
        if (!row->object) { // imported a moment ago: nothing in the state needs it
            ops_edge(b, b->destroy_op[i], b->g->provider_of[row->block], false);
            continue;
        }
        uint32_t s = state_index(b, row), provider = b->w->prior.at[row->object - 1].provider;
        b->goes[s] = 1;
        ops_edge(b, b->destroyed + s, b->destroy_op[i], false);
        if (provider != UINT32_MAX && b->w->kind != WALK_PLAN_DESTROY) ops_edge(b, b->destroy_op[i], provider, false);
    }
}

// ---- edges of the configuration ----

// Instance k of the user needs instance k of the used: edges between operations of equal keys.
static void same_key_edges(OpBuild *b, uint32_t user, uint32_t used) {
    const ModuleNode *m = config_node_of(b->w->config, user);
    uint32_t ui, di;
    config_block(m->def, user - m->base, &ui);
    config_block(m->def, used - m->base, &di);
    RowRange insts = walk_module_insts(b->w, m);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        const ModuleInst *inst = b->w->modules.at[i];
        RowRange rows = inst->rows[ui];
        for (uint32_t k = rows.first; k < rows.first + rows.n; k++) {
            if (!b->change_op[k]) continue;
            InstanceKey key = INSTANCE_NO_KEY;
            Value v = row_at(&b->w->rows, k)->key;
            if (v.kind != TYPE_DYNAMIC) key_of_value(v, &key);
            uint32_t other = walk_find_row(b->w, inst, di, key);
            if (other != ROW_NONE && b->change_op[other]) ops_edge(b, b->change_op[k], b->change_op[other], false);
        }
    }
}

static void config_edges(OpBuild *b) {
    const Graph *g = b->g;
    for (uint32_t i = 0; i < g->n; i++) {
        if (is_resource(b, i)) ops_edge(b, b->done + i, i, false);
        for (uint32_t j = g->dep_start[i]; j < g->dep_start[i + 1]; j++) {
            uint32_t d = g->dep[j];
            if ((g->dep_flags[j] & EDGE_SAME_KEY) && is_resource(b, i) && is_resource(b, d)) same_key_edges(b, i, d);
            else ops_edge(b, i, done_node(b, d), false);
        }
    }
}

// ---- edges of destruction ----

// The resource blocks that use block x, directly or through what is no resource.
static void block_users(OpBuild *b, uint32_t x, uint32_t turned, uint32_t *seen, uint32_t *stack) {
    uint32_t depth = 0;
    stack[depth++] = x;
    seen[x] = x + 1;
    while (depth > 0) {
        uint32_t y = stack[--depth];
        for (uint32_t j = b->g->user_start[y]; j < b->g->user_start[y + 1]; j++) {
            uint32_t u = b->g->user[j];
            if (seen[u] == x + 1) continue;
            seen[u] = x + 1;
            if (is_resource(b, u)) ops_edge(b, turned, b->done + u, false);
            else if (graph_node_kind(b->g, u) != NODE_MODULE_END) stack[depth++] = u;
        }
    }
}

// What is replaced create-before-destroy goes when all that use its block have turned to the new object. One node a
// block stands for "all have turned", so that many instances make no more edges than they are.
static void replaced_edges(OpBuild *b) {
    uint32_t *seen = ARENA_ARRAY(b->scratch, uint32_t, b->g->n + 1);
    uint32_t *stack = ARENA_ARRAY(b->scratch, uint32_t, b->g->n + 1);
    uint32_t last = UINT32_MAX;
    for (uint32_t k = 0; k < b->plan->changes.n; k++) {
        uint32_t i = b->plan->changes.at[k];
        const Row *row = row_at(&b->w->rows, i);
        if (row->action != ACTION_CREATE_THEN_DELETE) continue;
        if (row->block != last) {
            last = row->block;
            block_users(b, row->block, b->n++, seen, stack);
        }
        ops_edge(b, b->destroy_op[i], b->n - 1, false);
    }
}

typedef struct DependIndex {
    StrMap by_address;   // plain resource address to first state resource + 1
    uint32_t *next;      // further ones of the same plain address + 1
} DependIndex;

static DependIndex depend_index(OpBuild *b) {
    const Snapshot *s = b->w->state;
    DependIndex x = {strmap_in(b->scratch), ARENA_ARRAY(b->scratch, uint32_t, s->resource_count + 1)};
    for (uint32_t i = 0; i < s->resource_count; i++) {
        const StateResource *r = &s->resources[i];
        if (!b->goes[i]) continue;
        uint64_t *slot = strmap_put(&x.by_address, module_path_plain(b->scratch, r->address), NULL);
        x.next[i] = (uint32_t)*slot;
        *slot = i + 1;
    }
    return x;
}

// The objects of state resource `su` need what is going: they go first, or are changed first.
static void depend_edges(OpBuild *b, const DependIndex *x, IdMap *seen, const PriorObject *user) {
    uint32_t su = (uint32_t)(user->resource - b->w->state->resources);
    const StateObject *o = user->object;
    bool changes = user->row && b->change_op[user->row - 1];
    assert(o);
    for (uint32_t d = 0; d < o->dependency_count; d++) {
        uint64_t *slot = strmap_get(&x->by_address, o->dependencies[d]);
        for (uint32_t s = slot ? (uint32_t)*slot : 0; s; s = x->next[s - 1]) {
            if (s - 1 == su) continue;
            uint64_t *had = idmap_put(seen, (uint64_t)su << 32 | (s - 1), NULL);
            uint64_t want = (b->goes[su] ? 1u : 0u) | (changes ? 2u : 0u);
            if ((want & 1) && !(*had & 1)) ops_edge(b, b->free_to_go + s - 1, b->destroyed + su, false);
            if ((want & 2) && !(*had & 2))
                ops_edge(b, b->left + s - 1, b->done + row_at(&b->w->rows, user->row - 1)->block, true);
            *had |= want;
        }
    }
}

static void destroy_edges(OpBuild *b) {
    const Walk *w = b->w;
    bool any = false;
    for (uint32_t i = 0; i < w->state->resource_count; i++) any |= b->goes[i];
    if (!any) return;
    DependIndex x = depend_index(b);
    IdMap seen = idmap_in(b->scratch);
    const Str *last = NULL;
    uint32_t last_resource = UINT32_MAX;
    bool last_changes = false;
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        uint32_t su = (uint32_t)(p->resource - w->state->resources);
        bool changes = p->row && b->change_op[p->row - 1];
        if (!b->goes[su] && !changes) continue;
        // Instances that share their list make the same edges.
        if (p->object->dependencies == last && su == last_resource && changes == last_changes) continue;
        last = p->object->dependencies;
        last_resource = su;
        last_changes = changes;
        depend_edges(b, &x, &seen, p);
    }
    for (uint32_t k = 0; k < b->plan->changes.n; k++) {
        uint32_t i = b->plan->changes.at[k];
        const Row *row = row_at(&w->rows, i);
        if (!b->destroy_op[i] || !row->object || row_forgets(row)) continue;
        uint32_t s = state_index(b, row);
        ops_edge(b, b->destroy_op[i], b->free_to_go + s, false);
        if (row->action == ACTION_DELETE) ops_edge(b, b->destroy_op[i], b->left + s, false);
    }
}

// ---- order ----

typedef struct Csr {
    uint32_t *start, *to;
} Csr;

static Csr ops_csr(OpBuild *b, bool reverse, bool soft) {
    Csr c = {ARENA_ARRAY(b->arena, uint32_t, b->n + 2), ARENA_ARRAY(b->arena, uint32_t, b->edges.n + 1)};
    for (uint32_t i = 0; i < b->edges.n; i++) {
        const OpEdge *e = &b->edges.at[i];
        if (e->soft && !soft) continue;
        c.start[(reverse ? e->to : e->from) + 1]++;
    }
    for (uint32_t i = 0; i < b->n; i++) c.start[i + 1] += c.start[i];
    uint32_t *fill = ARENA_ARRAY(b->scratch, uint32_t, b->n + 1);
    memcpy(fill, c.start, sizeof *fill * b->n);
    for (uint32_t i = 0; i < b->edges.n; i++) {
        const OpEdge *e = &b->edges.at[i];
        if (e->soft && !soft) continue;
        c.to[fill[reverse ? e->to : e->from]++] = reverse ? e->from : e->to;
    }
    return c;
}

// Kahn's order into `order`; how many nodes it reached.
static uint32_t ops_order(OpBuild *b, uint32_t *order) {
    const OpGraph *g = b->out;
    uint32_t *left = ARENA_ARRAY(b->scratch, uint32_t, b->n + 1), head = 0, tail = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        left[i] = g->dep_start[i + 1] - g->dep_start[i];
        if (left[i] == 0) order[tail++] = i;
    }
    while (head < tail) {
        uint32_t x = order[head++];
        for (uint32_t j = g->user_start[x]; j < g->user_start[x + 1]; j++)
            if (--left[g->user[j]] == 0) order[tail++] = g->user[j];
    }
    return tail;
}

// Rank by the longest path of operations behind a node: what holds up most goes first.
static void ops_rank(OpBuild *b, const uint32_t *order) {
    OpGraph *g = b->out;
    uint32_t *height = ARENA_ARRAY(b->scratch, uint32_t, b->n + 1), *rank = ARENA_ARRAY(b->arena, uint32_t, b->n + 1);
    uint32_t highest = 0;
    for (uint32_t k = b->n; k > 0; k--) {
        uint32_t x = order[k - 1], h = 0;
        for (uint32_t j = g->user_start[x]; j < g->user_start[x + 1]; j++)
            if (height[g->user[j]] > h) h = height[g->user[j]];
        height[x] = h + (x >= b->first_op ? 1 : 0);
        if (height[x] > highest) highest = height[x];
    }
    uint32_t *first = ARENA_ARRAY(b->scratch, uint32_t, highest + 2);
    for (uint32_t i = 0; i < b->n; i++) first[highest - height[i] + 1]++;
    for (uint32_t i = 0; i <= highest; i++) first[i + 1] += first[i];
    for (uint32_t i = 0; i < b->n; i++) rank[i] = first[highest - height[i]]++;
    g->rank = rank;
}

static void ops_layout(OpBuild *b, bool soft) {
    Csr deps = ops_csr(b, false, soft), users = ops_csr(b, true, soft);
    b->out->n = b->n;
    b->out->dep_start = deps.start;
    b->out->dep = deps.to;
    b->out->user_start = users.start;
    b->out->user = users.to;
}

static void ops_circle(OpBuild *b, const uint32_t *order, uint32_t reached, Diags *diags) {
    uint8_t *ok = ARENA_ARRAY(b->scratch, uint8_t, b->n + 1);
    Buf names = buf_in(b->scratch);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < reached; i++) ok[order[i]] = 1;
    for (uint32_t i = b->first_op; i < b->first_op + b->out->ops.n && shown < 10; i++) {
        const Op *op = &b->out->ops.at[i - b->first_op];
        if (ok[i]) continue;
        buf_format(&names, "%s%s ", shown++ ? ", " : "", op->kind == OP_DESTROY ? "destroy" : "create or update");
        walk_row_address(b->w, row_at(&b->w->rows, op->row), &names);
    }
    diag_error(diags, "apply_cycle", SPAN_NONE, "Operations need each other",
               "There is no order in which these can be done: %.*s. Create-before-destroy on all of them, or on none, "
               "or two applies with -target, will do.",
               STR_ARG(buf_str(&names)));
}

OpGraph *ops_build(Arena *arena, const Plan *plan, Diags *diags) {
    const Walk *w = plan->walk;
    Arena *scratch = arena_new(w->process, LIFE_OP, "apply graph");
    OpGraph *out = ARENA_NEW(arena, OpGraph);
    OpBuild b = {.arena = arena, .scratch = scratch, .plan = plan, .w = w, .g = w->graph, .out = out};
    b.done = w->graph->n;
    b.destroyed = 2 * w->graph->n;
    b.free_to_go = b.destroyed + w->state->resource_count;
    b.left = b.free_to_go + w->state->resource_count;
    b.first_op = out->first_op = b.left + w->state->resource_count;
    b.change_op = ARENA_ARRAY(scratch, uint32_t, w->rows.n + 1);
    b.destroy_op = ARENA_ARRAY(scratch, uint32_t, w->rows.n + 1);
    b.goes = ARENA_ARRAY(scratch, uint8_t, w->state->resource_count + 1);
    ops_all(&b);
    b.n = b.first_op + out->ops.n;
    if (w->kind != WALK_PLAN_DESTROY) {
        config_edges(&b);
        replaced_edges(&b);
    }
    destroy_edges(&b);
    uint32_t *order = ARENA_ARRAY(scratch, uint32_t, b.n + 1), reached;
    ops_layout(&b, true);
    reached = ops_order(&b, order);
    if (reached < b.n) {
        ops_layout(&b, false);
        reached = ops_order(&b, order);
    }
    bool ok = reached == b.n;
    if (ok) ops_rank(&b, order);
    else ops_circle(&b, order, reached, diags);
    arena_free(scratch);
    return ok ? out : NULL;
}

#include "tests/property/run.h"

#include "engine/apply/apply.h"
#include "engine/builtin/builtin.h"
#include "engine/plan/prior.h"
#include "engine/plan/schemas.h"
#include "engine/value/marks.h"
#include "state/manager.h"

typedef struct Engine {
    Process *process;
    Loop *loop;
    Arena *arena, *walk_arena;
    Diags diags;
    Config *config;
    Plugins *plugins;
    const Graph *graph;
    Value *variables;
    StateStore *store;
    StateManager *manager;
    Snapshot *state;
    Plan *plan;
    VEC(Walk *) walks;
} Engine;

// Ids come from the seed, so that a case is the same each time.
static _Thread_local uint64_t random_state;

static void seeded(Process *process, void *p, size_t n) {
    (void)process;
    for (size_t i = 0; i < n; i++) {
        random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)p)[i] = (unsigned char)(random_state >> 56);
    }
}

static bool engine_load(Engine *e, const RunOptions *o) {
    LoadOptions load = {.dir = str_of(o->folder), .workspace = STR("default")};
    e->config = load_config(e->arena, &load, &e->diags);
    if (!e->config || diags_failed(&e->diags)) return false;
    e->plugins = plugins_new(e->loop, e->arena, str_of(o->folder));
    plugins_add(e->plugins, builtin_terraform);
    load_bind_schemas(e->config, schemas_of_plugins(e->arena, e->process, e->plugins), &e->diags);
    load_variables(e->config, &load, false, &e->variables, &e->diags);
    if (diags_failed(&e->diags)) return false;
    e->graph = graph_build(e->arena, e->config, NULL, 0, &e->diags);
    return e->graph != NULL;
}

static bool engine_state(Engine *e, const RunOptions *o) {
    Str path = str_format(e->arena, "%s/terraform.tfstate", o->folder);
    ManagerOptions options = {.lock = o->apply, .operation = STR("test"), .write = o->apply};
    e->store = local_store(e->loop, e->walk_arena, path, STR(""));
    e->manager = manager_open(e->loop, e->walk_arena, e->store, &options, &e->diags);
    if (!e->manager) return false;
    e->state = manager_snapshot(e->manager);
    uint32_t n;
    const Str *more = prior_more_providers(e->arena, e->graph, e->state, &n);
    if (n) e->graph = graph_build(e->arena, e->config, more, n, &e->diags);
    return e->graph != NULL;
}

static Walk *engine_walk(Engine *e, WalkKind kind) {
    Walk *w = walk_new(e->walk_arena, kind, e->loop, e->config, e->graph, e->plugins, e->state, e->variables, &e->diags);
    vec_push(e->arena, &e->walks, w);
    return w;
}

static bool engine_recover(Engine *e, const RunOptions *o) {
    uint32_t n;
    manager_unknown(e->manager, &n);
    if (n == 0) return true;
    ApplyOptions options = {.dir = str_of(o->folder)};
    return apply_recover(engine_walk(e, WALK_PLAN_DESTROY), e->manager, &options, o->apply, &e->diags);
}

// ---- what is told ----

static Str text_of_field(Arena *arena, const Value *object, const char *name) {
    const Value *v = value_get_str(*object, str_of(name));
    return v && value_is_set(*v) && v->kind == TYPE_STRING ? str_copy(arena, value_str(*v)) : STR("");
}

static RunObject *objects_of(Engine *e, Arena *arena, uint32_t *n) {
    RunObject *out = ARENA_ARRAY(arena, RunObject, snapshot_object_count(e->state) + 1);
    *n = 0;
    for (uint32_t i = 0; i < e->state->resource_count; i++) {
        const StateResource *r = &e->state->resources[i];
        for (uint32_t k = 0; k < r->n; k++) {
            const StateObject *o = &r->objects[k];
            RunObject *to = &out[(*n)++];
            Value v;
            Buf key = buf_in(arena);
            key_print(o->key, &key);
            *to = (RunObject){.type = str_copy(arena, r->type), .name = str_copy(arena, r->name), .key = buf_str(&key)};
            to->deposed = str_copy(arena, o->deposed);
            to->tainted = o->tainted;
            Str *depends = ARENA_ARRAY(arena, Str, o->dependency_count + 1);
            for (uint32_t d = 0; d < o->dependency_count; d++) depends[d] = str_copy(arena, o->dependencies[d]);
            to->dependencies = depends;
            to->dependency_count = o->dependency_count;
            if (!json_decode(e->walk_arena, o->attributes, &v, NULL)) continue;
            to->id = text_of_field(arena, &v, "id");
            to->text = text_of_field(arena, &v, "string");
            to->label = text_of_field(arena, &v, "name");
        }
    }
    return out;
}

static void count_row(Engine *e, const Row *row, RunResult *out) {
    const Resource *r = walk_resource(e->plan->walk, row);
    Str type = r ? name_str(r->type) : e->plan->walk->prior.at[row->object - 1].resource->type;
    if (!str_eqz(type, "tfcoremock_r")) return;
    switch ((Action)row->action) {
    case ACTION_CREATE:
    case ACTION_FORGET_THEN_CREATE: out->create++; return;
    case ACTION_UPDATE: out->update++; return;
    case ACTION_DELETE: out->destroy++; return;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
        out->create++;
        out->destroy++;
        return;
    case ACTION_NOOP:
    case ACTION_READ:
    case ACTION_FORGET: return;
    }
}

static void engine_plan(Engine *e, const RunOptions *o, RunResult *out) {
    WalkKind kind = o->destroy ? WALK_PLAN_DESTROY : o->refresh_only ? WALK_REFRESH_ONLY : WALK_PLAN;
    PlanOptions options = {.destroy = o->destroy, .refresh_only = o->refresh_only};
    e->plan = plan_make(engine_walk(e, kind), &options);
    out->planned = e->plan && !e->plan->errored && !diags_failed(&e->diags);
    if (!out->planned) return;
    out->changes = e->plan->changes_any;
    for (uint32_t i = 0; i < e->plan->changes.n; i++)
        count_row(e, row_at(&e->plan->walk->rows, e->plan->changes.at[i]), out);
}

static void tell(Engine *e, Arena *arena, RunResult *out) {
    Buf b = buf_in(arena);
    for (uint32_t i = 0; i < e->diags.list.n; i++) diag_render(e->process, &e->diags.list.at[i], (DiagStyle){0}, &b);
    out->told = buf_str(&b);
}

void run_engine(Arena *arena, const RunOptions *o, RunResult *out) {
    Engine e = {.process = process_new()};
    *out = (RunResult){0};
    random_state = o->seed;
    e.process->random = seeded;
    type_init(e.process);
    marks_init(e.process);
    e.loop = loop_new(e.process);
    e.arena = arena_new(e.process, LIFE_CONFIG, "configuration");
    e.walk_arena = arena_new(e.process, LIFE_WALK, "walk");
    e.diags = diags_in(e.arena);
    if (engine_load(&e, o) && engine_state(&e, o) && engine_recover(&e, o)) {
        out->before = objects_of(&e, arena, &out->before_count);
        engine_plan(&e, o, out);
        if (out->planned && o->apply) {
            ApplyOptions options = {.dir = str_of(o->folder)};
            ApplyResult result;
            out->applied = apply_plan(e.plan, e.manager, &options, &result, &e.diags);
            out->failed = result.failed;
            out->skipped = result.skipped;
        }
        e.state = manager_snapshot(e.manager);
        out->after = objects_of(&e, arena, &out->after_count);
    }
    if (e.manager && !manager_unlock(e.manager, &e.diags)) out->applied = false;
    tell(&e, arena, out);
    if (e.store) e.store->vt->close(e.store);
    for (uint32_t i = 0; i < e.walks.n; i++) walk_free(e.walks.at[i]);
    if (e.plugins) plugins_free(e.plugins);
    arena_free(e.walk_arena);
    arena_free(e.arena);
    loop_free(e.loop);
    process_free(e.process);
}

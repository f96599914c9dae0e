#include "engine/plan/moves.h"

#include "engine/plan/module_path.h"

typedef struct Step { // of a module path
    Str name;
    InstanceKey key;
} Step;

typedef struct Where { // an object's address, taken apart
    Step *modules;
    uint32_t module_count;
    bool data;
    Str type, name;
    InstanceKey key;
} Where;

typedef struct MoveRule {
    const ModuleNode *node; // the module whose configuration says so
    const Moved *moved;
} MoveRule;

typedef struct Mover {
    Walk *walk;
    Arena *arena;
    VEC(MoveRule) rules;     // that move modules
    IdMap by_resource;   // hash of plain resource address to first rule + 1 of resource_rules
    VEC(MoveRule) resource_rules;
    VEC(uint32_t) next;  // per resource rule: the next with the same hash + 1
} Mover;

// "module.a[\"x\"].module.b" into steps.
static uint32_t path_steps(Arena *arena, Str path, Step **out) {
    VEC(Step) steps = {0};
    while (path.n > 7) {
        Step s = {.key = INSTANCE_NO_KEY};
        path = str_slice(path, 7, path.n); // "module."
        size_t n = 0;
        while (n < path.n && path.p[n] != '.' && path.p[n] != '[') n++;
        s.name = str_slice(path, 0, n);
        path = str_slice(path, n, path.n);
        size_t key = module_path_key(path);
        if (key) {
            Str text = str_slice(path, 1, key - 1);
            int64_t i;
            if (str_to_i64(text, &i)) s.key = (InstanceKey){KEY_INT, i, {NULL, 0}};
            else s.key = (InstanceKey){KEY_STRING, 0, module_path_unquote(arena, text)};
            path = str_slice(path, key, path.n);
        }
        if (path.n) path = str_slice(path, 1, path.n); // "."
        vec_push(arena, &steps, s);
    }
    *out = steps.at;
    return steps.n;
}

static uint64_t resource_hash(const Step *modules, uint32_t n, Str type, Str name) {
    uint64_t h = str_hash(type) * 31 + str_hash(name);
    for (uint32_t i = 0; i < n; i++) h = h * 31 + str_hash(modules[i].name);
    return h;
}

static bool key_fits(Value want, InstanceKey have) {
    InstanceKey key;
    return want.kind == TYPE_DYNAMIC || (key_of_value(want, &key) && key_equal(key, have));
}

// Does the object lie in an instance of the rule's module, and under the `from` address?
static bool rule_matches(const MoveRule *r, const Where *w) {
    const Address *from = &r->moved->from;
    uint32_t depth = r->node->depth;
    if (w->module_count < depth + from->module_count) return false;
    const ModuleNode *node = r->node;
    for (uint32_t i = depth; i > 0; i--, node = node->parent)
        if (!str_eq(w->modules[i - 1].name, name_str(node->parent->def->calls.at[node->call].name))) return false;
    for (uint32_t i = 0; i < from->module_count; i++) {
        const Step *s = &w->modules[depth + i];
        bool last = i + 1 == from->module_count && !from->type;
        if (!str_eq(s->name, name_str(from->modules[i].module))) return false;
        // A whole module call moves with all its instances; a step on the way must name the instance it means.
        if (from->modules[i].key.kind == TYPE_DYNAMIC ? (!last && s->key.kind != KEY_NONE)
                                                      : !key_fits(from->modules[i].key, s->key))
            return false;
    }
    if (!from->type) return true;
    return w->module_count == depth + from->module_count && (from->mode == MODE_DATA) == w->data &&
           str_eq(name_str(from->type), w->type) && str_eq(name_str(from->name), w->name) && key_fits(from->key, w->key);
}

static void rule_move(Arena *arena, const MoveRule *r, Where *w) {
    const Address *from = &r->moved->from, *to = &r->moved->to;
    uint32_t depth = r->node->depth, rest = w->module_count - depth - from->module_count;
    Step *steps = ARENA_ARRAY(arena, Step, depth + to->module_count + rest + 1);
    if (depth) memcpy(steps, w->modules, sizeof *steps * depth);
    for (uint32_t i = 0; i < to->module_count; i++) {
        steps[depth + i] = (Step){name_str(to->modules[i].module), INSTANCE_NO_KEY};
        if (to->modules[i].key.kind != TYPE_DYNAMIC) key_of_value(to->modules[i].key, &steps[depth + i].key);
        else if (!to->type && i + 1 == to->module_count && from->module_count &&
                 from->modules[from->module_count - 1].key.kind == TYPE_DYNAMIC)
            steps[depth + i].key = w->modules[depth + from->module_count - 1].key;
    }
    if (rest) memcpy(steps + depth + to->module_count, w->modules + depth + from->module_count, sizeof *steps * rest);
    w->modules = steps;
    w->module_count = depth + to->module_count + rest;
    if (!to->type) return;
    w->type = name_str(to->type);
    w->name = name_str(to->name);
    if (to->key.kind != TYPE_DYNAMIC) key_of_value(to->key, &w->key);
    else if (from->key.kind != TYPE_DYNAMIC) w->key = INSTANCE_NO_KEY;
}

static void mover_rules(Mover *m) {
    const Config *c = m->walk->config;
    m->by_resource = idmap_in(m->arena);
    for (uint32_t i = 0; i < c->node_count; i++) {
        const ModuleNode *node = &c->nodes[i];
        for (uint32_t k = 0; k < node->def->moved.n; k++) {
            MoveRule r = {node, &node->def->moved.at[k]};
            if (!r.moved->from.type) {
                vec_push(m->arena, &m->rules, r);
                continue;
            }
            Step *steps;
            uint32_t n = path_steps(m->arena, node->path, &steps), all = n + r.moved->from.module_count;
            Step *path = ARENA_ARRAY(m->arena, Step, all + 1);
            if (n) memcpy(path, steps, sizeof *path * n);
            for (uint32_t j = n; j < all; j++) path[j].name = name_str(r.moved->from.modules[j - n].module);
            uint64_t *slot = idmap_put(&m->by_resource,
                                       resource_hash(path, all, name_str(r.moved->from.type), name_str(r.moved->from.name)),
                                       NULL);
            vec_push(m->arena, &m->resource_rules, r);
            vec_push(m->arena, &m->next, (uint32_t)*slot);
            *slot = m->resource_rules.n;
        }
    }
}

static const MoveRule *mover_find(const Mover *m, const Where *w) {
    uint64_t *slot = idmap_get(&m->by_resource, resource_hash(w->modules, w->module_count, w->type, w->name));
    for (uint32_t i = slot ? (uint32_t)*slot : 0; i; i = m->next.at[i - 1])
        if (rule_matches(&m->resource_rules.at[i - 1], w)) return &m->resource_rules.at[i - 1];
    for (uint32_t i = 0; i < m->rules.n; i++)
        if (rule_matches(&m->rules.at[i], w)) return &m->rules.at[i];
    return NULL;
}

static Str where_module(Arena *arena, const Where *w) {
    Buf b = buf_in(arena);
    for (uint32_t i = 0; i < w->module_count; i++) {
        buf_format(&b, "%smodule.%.*s", i ? "." : "", STR_ARG(w->modules[i].name));
        key_print(w->modules[i].key, &b);
    }
    return buf_str(&b);
}

static Str where_resource(Arena *arena, const Where *w) {
    Str module = where_module(arena, w);
    return str_format(arena, "%.*s%s%s%.*s.%.*s", STR_ARG(module), module.n ? "." : "", w->data ? "data." : "",
                      STR_ARG(w->type), STR_ARG(w->name));
}

static Str with_key(Arena *arena, Str resource, InstanceKey key) {
    Buf b = buf_in(arena);
    buf_add(&b, resource);
    key_print(key, &b);
    return buf_str(&b);
}

// The configured block of the moved-to address, keys aside.
static const Resource *where_block(const Walk *w, const Where *where) {
    const ModuleNode *node = &w->config->nodes[0];
    for (uint32_t i = 0; i < where->module_count; i++) {
        Name name = name_find(w->process, where->modules[i].name);
        uint32_t call = name ? config_find_call(node->def, name) : UINT32_MAX;
        if (call == UINT32_MAX) return NULL;
        node = &w->config->nodes[node->first_child + call];
    }
    Name type = name_find(w->process, where->type), name = name_find(w->process, where->name);
    if (!type || !name) return NULL;
    uint32_t r = config_find_resource(node->def, where->data ? MODE_DATA : MODE_MANAGED, type, name);
    return r == UINT32_MAX ? NULL : &node->def->resources.at[r];
}

static bool implied_key(Repeat repeat, InstanceKey *key) {
    if (repeat == REPEAT_COUNT && key->kind == KEY_NONE) *key = (InstanceKey){KEY_INT, 0, {NULL, 0}};
    else if ((repeat == REPEAT_NONE || repeat == REPEAT_ENABLED) && key->kind == KEY_INT && key->i == 0)
        *key = INSTANCE_NO_KEY;
    else return false;
    return true;
}

// The same for the calls of the modules that the object is in.
static void implied_modules(const Mover *m, Where *w) {
    const ModuleNode *node = &m->walk->config->nodes[0];
    bool own = false;
    for (uint32_t i = 0; i < w->module_count; i++) {
        Name name = name_find(m->walk->process, w->modules[i].name);
        uint32_t call = name ? config_find_call(node->def, name) : UINT32_MAX;
        if (call == UINT32_MAX) return;
        InstanceKey key = w->modules[i].key;
        if (implied_key(node->def->calls.at[call].repeat, &key)) {
            Step *steps = own ? w->modules : ARENA_ARRAY(m->arena, Step, w->module_count);
            if (!own) memcpy(steps, w->modules, sizeof *steps * w->module_count);
            own = true;
            steps[i].key = key;
            w->modules = steps;
        }
        node = &m->walk->config->nodes[node->first_child + call];
    }
}

// An object without key and a block with count, or the other way round.
static void implied_move(const Mover *m, Where *w) {
    implied_modules(m, w);
    const Resource *r = where_block(m->walk, w);
    if (r) implied_key(r->repeat, &w->key);
}

static void object_move(Mover *m, StateResource *from, StateObject *object, const Where *to, bool implied) {
    Walk *w = m->walk;
    Snapshot *s = w->state;
    Str resource = where_resource(w->arena, to), old_resource = str_copy(w->arena, from->address);
    InstanceKey old_key = object->key;
    StateResource *there = snapshot_find(s, resource);
    if (there && snapshot_object(there, to->key, object->deposed)) {
        if (implied) return;
        diag_warn(w->diags, "blocked_move", SPAN_NONE, "Unresolved resource instance address changes",
                  "%.*s cannot move to %.*s: there is an object at that address already.",
                  STR_ARG(with_key(w->arena, old_resource, old_key)), STR_ARG(with_key(w->arena, resource, to->key)));
        return;
    }
    StateObject copy = *object;
    Str provider = from->provider, deposed = str_copy(w->arena, object->deposed);
    there = snapshot_put_resource(s, where_module(w->arena, to), to->data, to->type, to->name, provider);
    StateObject *o = snapshot_put_object(s, there, to->key, deposed);
    InstanceKey key = o->key;
    Str kept = o->deposed;
    *o = copy;
    o->key = key;
    o->deposed = kept;
    snapshot_remove_object(s, old_resource, old_key, deposed);
    if (deposed.n == 0)
        *strmap_put(&w->moved, with_key(w->arena, resource, to->key), NULL) =
            (uint64_t)(uintptr_t)str_to_z(w->arena, with_key(w->arena, old_resource, old_key));
}

typedef struct Planned {
    Str resource;
    InstanceKey key;
    Str deposed;
    Where to;
    bool implied;
} Planned;

void moves_apply(Walk *w) {
    Mover m = {.walk = w, .arena = arena_new(w->process, LIFE_OP, "moves")};
    w->moved = strmap_in(w->arena);
    mover_rules(&m);
    VEC(Planned) moves = {0};
    uint32_t rules = m.rules.n + m.resource_rules.n;
    for (uint32_t i = 0; i < w->state->resource_count; i++) {
        StateResource *r = &w->state->resources[i];
        Step *steps;
        uint32_t n = path_steps(m.arena, r->module, &steps);
        for (uint32_t k = 0; k < r->n; k++) {
            Where was = {steps, n, r->data, r->type, r->name, r->objects[k].key}, at = was;
            const MoveRule *rule;
            for (uint32_t hop = 0; rules && hop <= rules && (rule = mover_find(&m, &at)); hop++) rule_move(m.arena, rule, &at);
            bool implied = at.modules == was.modules && str_eq(at.type, was.type) && str_eq(at.name, was.name) &&
                           key_equal(at.key, was.key);
            implied_move(&m, &at);
            if (at.modules == was.modules && str_eq(at.type, was.type) && str_eq(at.name, was.name) &&
                key_equal(at.key, was.key))
                continue;
            Planned p = {str_copy(m.arena, r->address), r->objects[k].key, str_copy(m.arena, r->objects[k].deposed), at, implied};
            vec_push(m.arena, &moves, p);
        }
    }
    for (uint32_t i = 0; i < moves.n; i++) {
        StateResource *r = snapshot_find(w->state, moves.at[i].resource);
        StateObject *o = r ? snapshot_object(r, moves.at[i].key, moves.at[i].deposed) : NULL;
        if (o) object_move(&m, r, o, &moves.at[i].to, moves.at[i].implied);
    }
    if (moves.n) snapshot_settle(w->state);
    arena_free(m.arena);
}

#include "engine/plan/scope.h"

#include "engine/eval/once.h"
#include "engine/plan/expand.h"

static Value scope_unknown(const Walk *w) { return value_unknown(w->process, type_dynamic(w->process)); }

// What others see of an instance: what it will be, or what it is when nothing is planned for it.
static Value row_value(const Walk *w, const Row *row) {
    if (row->flags & (ROW_PLANNED | ROW_APPLIED)) return row->planned;
    if ((row->flags & ROW_UNTARGETED) && value_is_set(row->prior)) return row->prior;
    if (w->kind == WALK_PLAN_DESTROY || w->kind == WALK_EVAL) return row->prior;
    return scope_unknown(w);
}

// Neither there nor planned: a target leaves it alone.
static bool row_absent(const Row *row) {
    return (row->flags & ROW_UNTARGETED) && !(row->flags & (ROW_PLANNED | ROW_APPLIED)) && !value_is_set(row->prior);
}

static bool key_of_step(Value v, InstanceKey *key) {
    return value_is_set(v) && v.marks == 0 && key_of_value(v, key);
}

Value scope_resource_value(Walk *w, ModuleInst *m, uint32_t resource) {
    uint32_t id = config_local_id(m->node->def, BLOCK_RESOURCE, resource);
    if (m->have[id] && m->values[id].kind != TYPE_DYNAMIC) return m->values[id];
    const Resource *r = &m->node->def->resources.at[resource];
    RowRange range = m->rows[resource];
    Value out;
    if (w->kind == WALK_VALIDATE) {
        bool single = r->repeat == REPEAT_NONE && r->schema;
        return value_unknown(w->process, single ? r->schema->block->type : type_dynamic(w->process));
    }
    if (r->repeat == REPEAT_NONE || r->repeat == REPEAT_ENABLED) {
        if (range.n == 0) return value_null(w->process, r->schema ? r->schema->block->type : type_dynamic(w->process));
        return row_value(w, row_at(&w->rows, range.first));
    }
    Value *at = ARENA_ARRAY(w->arena, Value, range.n + 1);
    Name *names = ARENA_ARRAY(w->arena, Name, range.n + 1);
    uint32_t n = 0;
    bool list = r->repeat == REPEAT_COUNT;
    while (list && range.n && row_absent(row_at(&w->rows, range.first + range.n - 1))) range.n--;
    for (uint32_t i = 0; i < range.n; i++) {
        const Row *row = row_at(&w->rows, range.first + i);
        if (!list && row_absent(row)) continue;
        if (!list) names[n] = name_of(w->process, value_str(row->key));
        at[n++] = row_value(w, row);
    }
    out = list ? value_tuple(w->arena, at, n) : value_object_of(w->arena, names, at, n);
    m->values[id] = out;
    m->have[id] = 1;
    return out;
}

static Value module_inst_value(Walk *w, ModuleInst *child) {
    const ModuleDef *def = child->node->def;
    Name *names = ARENA_ARRAY(w->arena, Name, def->outputs.n + 1);
    Value *at = ARENA_ARRAY(w->arena, Value, def->outputs.n + 1);
    for (uint32_t i = 0; i < def->outputs.n; i++) {
        uint32_t id = config_local_id(def, BLOCK_OUTPUT, i);
        names[i] = def->outputs.at[i].name;
        at[i] = child->have[id] ? child->values[id] : scope_unknown(w);
    }
    return value_object_of(w->arena, names, at, def->outputs.n);
}

// The instances of a call within one instance of the calling module: children of one node lie by parent.
static RowRange module_children(const Walk *w, const ModuleInst *m, uint32_t call, uint32_t self) {
    const ModuleNode *child = &w->config->nodes[m->node->first_child + call];
    RowRange all = walk_module_insts(w, child), out = {all.first, 0};
    uint32_t lo = all.first, hi = all.first + all.n;
    while (lo < hi) { // first with parent >= self
        uint32_t mid = lo + (hi - lo) / 2;
        if (w->modules.at[mid]->parent < self) lo = mid + 1;
        else hi = mid;
    }
    out.first = lo;
    while (lo < all.first + all.n && w->modules.at[lo]->parent == self) lo++;
    out.n = lo - out.first;
    return out;
}

Value scope_module_value(Walk *w, ModuleInst *m, uint32_t call) {
    uint32_t id = config_local_id(m->node->def, BLOCK_MODULE, call);
    if (m->have[id] && m->values[id].kind != TYPE_DYNAMIC) return m->values[id];
    const ModuleCall *c = &m->node->def->calls.at[call];
    if (w->kind == WALK_VALIDATE && c->repeat != REPEAT_NONE) return scope_unknown(w);
    RowRange range = module_children(w, m, call, m->index);
    if (c->repeat == REPEAT_NONE || c->repeat == REPEAT_ENABLED)
        return range.n ? module_inst_value(w, w->modules.at[range.first])
                       : value_null(w->process, type_dynamic(w->process));
    Value *at = ARENA_ARRAY(w->arena, Value, range.n + 1);
    Name *names = ARENA_ARRAY(w->arena, Name, range.n + 1);
    for (uint32_t i = 0; i < range.n; i++) {
        ModuleInst *child = w->modules.at[range.first + i];
        at[i] = module_inst_value(w, child);
        if (child->key.kind == KEY_STRING) names[i] = name_of(w->process, child->key.s);
    }
    Value out = c->repeat == REPEAT_COUNT ? value_tuple(w->arena, at, range.n)
                                          : value_object_of(w->arena, names, at, range.n);
    m->values[id] = out;
    m->have[id] = 1;
    return out;
}

static bool load_resource(WalkScope *s, const Ref *ref, const Value *index, Value *out, uint32_t *used) {
    Walk *w = s->walk;
    uint32_t i = SLOT_INDEX(ref->slot), id = config_local_id(s->module->node->def, BLOCK_RESOURCE, i);
    const Resource *r = &s->module->node->def->resources.at[i];
    InstanceKey key = INSTANCE_NO_KEY;
    bool keyed = r->repeat == REPEAT_COUNT || r->repeat == REPEAT_FOR_EACH;
    *used = 0;
    if (s->module->have[id] && s->module->values[id].kind != TYPE_DYNAMIC) {
        *out = s->module->values[id];
        return true;
    }
    // One instance is touched alone; anything out of the ordinary goes through the whole value, whose indexing
    // explains itself.
    if (w->kind != WALK_VALIDATE && keyed && ref->n > 0 && ref->steps[0].index && key_of_step(index[0], &key)) {
        uint32_t row = walk_find_row(w, s->module, i, key);
        if (row != ROW_NONE) {
            *out = row_value(w, row_at(&w->rows, row));
            *used = 1;
            return true;
        }
    }
    if (w->kind != WALK_VALIDATE && keyed && ref->n > 0 && ref->steps[0].attr && r->repeat == REPEAT_FOR_EACH) {
        key = (InstanceKey){KEY_STRING, 0, name_str(ref->steps[0].attr)};
        uint32_t row = walk_find_row(w, s->module, i, key);
        if (row != ROW_NONE) {
            *out = row_value(w, row_at(&w->rows, row));
            *used = 1;
            return true;
        }
    }
    *out = scope_resource_value(w, s->module, i);
    return true;
}

static bool load_module(WalkScope *s, const Ref *ref, const Value *index, Value *out, uint32_t *used) {
    Walk *w = s->walk;
    uint32_t call = SLOT_INDEX(ref->slot), step = 0;
    const ModuleCall *c = &s->module->node->def->calls.at[call];
    RowRange range = module_children(w, s->module, call, s->module->index);
    ModuleInst *child = NULL;
    InstanceKey key;
    *used = 0;
    if (c->repeat == REPEAT_NONE || c->repeat == REPEAT_ENABLED) {
        if (range.n) child = w->modules.at[range.first];
    } else if (w->kind != WALK_VALIDATE && ref->n > 0 && ref->steps[0].index && key_of_step(index[0], &key)) {
        step = 1;
        for (uint32_t lo = range.first, hi = range.first + range.n; lo < hi;) {
            uint32_t mid = lo + (hi - lo) / 2;
            int cmp = key_cmp(w->modules.at[mid]->key, key);
            if (cmp == 0) {
                child = w->modules.at[mid];
                break;
            }
            if (cmp < 0) lo = mid + 1;
            else hi = mid;
        }
    }
    if (child && step < ref->n && ref->steps[step].attr) {
        const ModuleDef *def = child->node->def;
        int32_t o = expand_output_index(def, ref->steps[step].attr);
        if (o >= 0) {
            uint32_t id = config_local_id(def, BLOCK_OUTPUT, (uint32_t)o);
            *out = child->have[id] ? child->values[id] : scope_unknown(w);
            *used = step + 1;
            return true;
        }
    }
    *out = scope_module_value(w, s->module, call);
    return true;
}

static bool load_path(WalkScope *s, uint32_t which, Value *out) {
    const Config *c = s->walk->config;
    Str text = which == PATH_MODULE ? s->module->node->def->dir : which == PATH_ROOT ? c->root_dir : c->cwd;
    *out = value_string(s->scope.arena, text);
    return true;
}

// A configuration is valid for all values of its variables: while validating, only a variable's own rules see its value.
static Value variable_any(const Walk *w, const Variable *v) {
    Marks marks = 0;
    if (v->sensitive) marks = marks_union(w->process, marks, MARK_SENSITIVE);
    if (v->ephemeral) marks = marks_union(w->process, marks, MARK_EPHEMERAL);
    return value_with_marks(value_unknown(w->process, v->type), marks);
}

static bool scope_load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    WalkScope *s = (WalkScope *)scope;
    const ModuleDef *def = s->module->node->def;
    uint32_t i = SLOT_INDEX(ref->slot), id;
    *used = 0;
    switch (SLOT_KIND(ref->slot)) {
    case SLOT_VARIABLE:
        id = config_local_id(def, BLOCK_VARIABLE, i);
        if (s->walk->kind == WALK_VALIDATE && s->local_id != id) *out = variable_any(s->walk, &def->variables.at[i]);
        else *out = s->module->have[id] ? s->module->values[id] : scope_unknown(s->walk);
        return true;
    case SLOT_LOCAL:
        id = config_local_id(def, BLOCK_LOCAL, i);
        *out = s->module->have[id] ? s->module->values[id] : scope_unknown(s->walk);
        return true;
    case SLOT_RESOURCE: return load_resource(s, ref, index, out, used);
    case SLOT_MODULE: return load_module(s, ref, index, out, used);
    case SLOT_EACH_KEY:
    case SLOT_EACH_VALUE:
        if (!s->has_each)
            return diag_error(diags, "no_each", ref->span, "Reference to \"each\" in context without for_each",
                              "\"each\" is known only in blocks that have a for_each argument.");
        *out = SLOT_KIND(ref->slot) == SLOT_EACH_KEY ? s->each_key : s->each_value;
        return true;
    case SLOT_COUNT_INDEX:
        if (!s->has_count)
            return diag_error(diags, "no_count", ref->span, "Reference to \"count\" in non-counted context",
                              "\"count\" is known only in blocks that have a count argument.");
        *out = s->count_index;
        return true;
    case SLOT_SELF:
        if (!s->has_self)
            return diag_error(diags, "no_self", ref->span, "Invalid \"self\" reference",
                              "\"self\" is known only in postconditions, provisioners and connections.");
        *out = s->self;
        return true;
    case SLOT_PATH: return load_path(s, i, out);
    case SLOT_WORKSPACE: *out = value_string(s->scope.arena, s->walk->config->workspace); return true;
    case SLOT_APPLYING:
        *out = value_with_marks(value_bool(s->walk->kind == WALK_APPLY), MARK_EPHEMERAL);
        return true;
    }
    return false;
}

void scope_init(WalkScope *s, Walk *walk, ModuleInst *module, uint32_t local_id, uint32_t once_count, Arena *results) {
    memset(s, 0, sizeof *s);
    s->scope.load = scope_load;
    s->scope.arena = results;
    s->scope.funcs = &walk->funcs;
    s->walk = walk;
    s->module = module;
    s->local_id = local_id;
    if (once_count > 0) {
        if (!module->once[local_id]) module->once[local_id] = once_new(walk->arena, once_count);
        s->scope.once = module->once[local_id];
    }
}

#include "engine/report/relevant.h"

#include <stdlib.h>

#include "engine/value/marks.h"

typedef struct Pending { // a reference to follow
    const ModuleInst *module;
    const Ref *ref;
    uint32_t owner; // resource whose each and count it may name; UINT32_MAX: none
} Pending;

typedef struct Search {
    Arena *arena;
    const Plan *plan;
    const Walk *walk;
    VEC(Pending) queue;
    VEC(RelevantItem) items;
    StrMap seen;    // what was followed, and items, as texts
    StrMap modules; // instances by path
    VEC(ModuleInst *) wholes; // modules as references without key name them: all instances in one, after those of the walk
} Search;

static bool search_first(Search *s, Str key) {
    bool added;
    strmap_put(&s->seen, key, &added);
    return added;
}

static void search_refs(Search *s, const ModuleInst *m, uint32_t owner, const Ref *const *refs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) vec_push(s->arena, &s->queue, ((Pending){m, refs[i], owner}));
}

static void search_code(Search *s, const ModuleInst *m, uint32_t owner, const Code *code) {
    const Ref *const *refs;
    if (!code) return;
    uint32_t n = code_refs(s->arena, code, &refs);
    search_refs(s, m, owner, refs, n);
}

static void search_body(Search *s, const ModuleInst *m, uint32_t resource, Name attr) {
    const Resource *r = &m->node->def->resources.at[resource];
    const Ref *const *refs;
    if (!r->code) return;
    if (attr && r->schema && schema_attr(r->schema->block, attr)) {
        search_code(s, m, resource, decode_attr(r->code, attr));
        return;
    }
    uint32_t n = decode_refs(s->arena, r->code, &refs);
    search_refs(s, m, resource, refs, n);
}

static bool search_visit(Search *s, const ModuleInst *m, BlockKind kind, uint32_t index, Name attr) {
    return search_first(s, str_format(s->arena, "%u %d %u %s", m->index, (int)kind, index, attr ? attr->text : ""));
}

// The steps of a reference as far as they are constant.
static Path search_path(Search *s, const Ref *ref, uint32_t from) {
    Path path = {NULL, 0};
    for (uint32_t i = from; i < ref->n; i++) {
        const RefStep *step = &ref->steps[i];
        const Value *key = step->attr ? NULL : code_constant_value(step->index);
        if (step->attr)
            path = path_attr(s->arena, path, step->attr);
        else if (key && value_is_set(*key))
            path = path_index(s->arena, path, value_with_marks(*key, 0));
        else
            break;
    }
    return path;
}

static bool search_key(const Ref *ref, InstanceKey *key) {
    if (ref->n == 0 || ref->steps[0].attr) return false;
    const Value *v = code_constant_value(ref->steps[0].index);
    return v && value_is_set(*v) && key_of_value(*v, key);
}

static void search_resource(Search *s, const Pending *p) {
    uint32_t index = SLOT_INDEX(p->ref->slot), from = 0;
    const Resource *r = &p->module->node->def->resources.at[index];
    bool repeated = r->repeat == REPEAT_COUNT || r->repeat == REPEAT_FOR_EACH;
    InstanceKey key = INSTANCE_NO_KEY;
    bool has_key = repeated && search_key(p->ref, &key), stop = false;
    if (repeated && p->ref->n) {
        stop = !has_key;
        from = has_key ? 1 : 0;
    }
    Buf address = buf_in(s->arena), seen = buf_in(s->arena);
    if (p->module->path.n) buf_format(&address, "%.*s.", STR_ARG(p->module->path));
    buf_format(&address, "%s%s.%s", r->mode == MODE_DATA ? "data." : "", r->type->text, r->name->text);
    key_print(key, &address);
    RelevantItem item = {.address = buf_str(&address)};
    if (!stop) item.path = search_path(s, p->ref, from);
    buf_format(&seen, "item %.*s", STR_ARG(item.address));
    path_print(item.path, &seen);
    if (search_first(s, buf_str(&seen))) vec_push(s->arena, &s->items, item);
    Name attr = item.path.n ? item.path.at[0].attr : NULL;
    if (search_visit(s, p->module, BLOCK_RESOURCE, index, attr)) search_body(s, p->module, index, attr);
}

static const ModuleInst *search_inst(const Search *s, uint32_t index) {
    return index < s->walk->modules.n ? s->walk->modules.at[index] : s->wholes.at[index - s->walk->modules.n];
}

// The call's module with this key, or all its instances as one.
static const ModuleInst *search_whole(Search *s, const ModuleInst *caller, const ModuleNode *node, InstanceKey key) {
    Buf path = buf_in(s->arena);
    if (caller->path.n) buf_format(&path, "%.*s.", STR_ARG(caller->path));
    buf_format(&path, "module.%s", caller->node->def->calls.at[node->call].name->text);
    key_print(key, &path);
    ModuleInst *known = strmap_get_ptr(&s->modules, buf_str(&path));
    if (known) return known;
    ModuleInst *m = ARENA_NEW(s->arena, ModuleInst);
    *m = (ModuleInst){.node = node, .index = s->walk->modules.n + s->wholes.n, .parent = caller->index, .key = key};
    m->path = buf_str(&path);
    vec_push(s->arena, &s->wholes, m);
    strmap_put_ptr(&s->modules, m->path, m);
    return m;
}

static void search_variable(Search *s, const ModuleInst *m, uint32_t index) {
    if (m->node->id == 0 || !search_visit(s, m, BLOCK_VARIABLE, index, NULL)) return;
    const ModuleInst *parent = search_inst(s, m->parent);
    const ModuleCall *call = &m->node->parent->def->calls.at[m->node->call];
    for (uint32_t i = 0; i < call->input_count; i++)
        if (call->inputs[i].variable == index) search_code(s, parent, UINT32_MAX, call->inputs[i].code);
}

static void search_outputs(Search *s, const Pending *p) {
    const ModuleInst *m = p->module;
    uint32_t call = SLOT_INDEX(p->ref->slot);
    const ModuleNode *child = &s->walk->config->nodes[m->node->first_child + call];
    Name name = NULL;
    InstanceKey key = INSTANCE_NO_KEY;
    bool has_key = search_key(p->ref, &key);
    if (p->ref->n > 0 && p->ref->steps[0].attr)
        name = p->ref->steps[0].attr;
    else if (p->ref->n > 1)
        name = p->ref->steps[1].attr;
    const ModuleInst *inst = search_whole(s, m, child, has_key ? key : INSTANCE_NO_KEY);
    for (uint32_t o = 0; o < child->def->outputs.n; o++) {
        const Output *output = &child->def->outputs.at[o];
        if ((name && output->name != name) || !search_visit(s, inst, BLOCK_OUTPUT, o, NULL)) continue;
        search_code(s, inst, UINT32_MAX, output->code);
    }
}

static void search_follow(Search *s, const Pending *p) {
    const ModuleDef *def = p->module->node->def;
    uint32_t index = SLOT_INDEX(p->ref->slot);
    switch (SLOT_KIND(p->ref->slot)) {
    case SLOT_VARIABLE: search_variable(s, p->module, index); break;
    case SLOT_LOCAL:
        if (search_visit(s, p->module, BLOCK_LOCAL, index, NULL))
            search_code(s, p->module, UINT32_MAX, def->locals.at[index].code);
        break;
    case SLOT_RESOURCE: search_resource(s, p); break;
    case SLOT_MODULE: search_outputs(s, p); break;
    case SLOT_EACH_KEY:
    case SLOT_EACH_VALUE:
    case SLOT_COUNT_INDEX:
        if (p->owner != UINT32_MAX && search_visit(s, p->module, BLOCK_CHECK, p->owner, NULL)) // checks are not visited
            search_code(s, p->module, p->owner, def->resources.at[p->owner].repeat_code);
        break;
    case SLOT_SELF:
    case SLOT_PATH:
    case SLOT_WORKSPACE:
    case SLOT_APPLYING: break;
    }
}

// The block of a row; what is destroyed may still have one too.
static bool search_row(const Search *s, const Row *row, const ModuleInst **m, uint32_t *index) {
    const Walk *w = s->walk;
    if (row->block != UINT32_MAX) {
        *m = w->modules.at[row->module];
        config_block((*m)->node->def, row->block - (*m)->node->base, index);
        return true;
    }
    const StateResource *r = w->prior.at[row->object - 1].resource;
    *m = strmap_get_ptr(&s->modules, r->module);
    Name type = name_find(w->process, r->type), name = name_find(w->process, r->name);
    if (!*m || !type || !name) return false;
    *index = config_find_resource((*m)->node->def, r->data ? MODE_DATA : MODE_MANAGED, type, name);
    return *index != UINT32_MAX;
}

static void search_changes(Search *s) {
    const Walk *w = s->walk;
    s->modules = strmap_in(s->arena);
    for (uint32_t i = 0; i < w->modules.n; i++) strmap_put_ptr(&s->modules, w->modules.at[i]->path, w->modules.at[i]);
    for (uint32_t i = 0; i < s->plan->changes.n; i++) {
        const Row *row = row_at(&w->rows, s->plan->changes.at[i]);
        const ModuleInst *m;
        uint32_t index;
        if (row->action == ACTION_NOOP || !search_row(s, row, &m, &index)) continue;
        if (search_visit(s, m, BLOCK_RESOURCE, index, NULL)) search_body(s, m, index, NULL);
    }
}

// Outputs that change; those of called modules are made anew each time, so they all count.
static void search_changed_outputs(Search *s) {
    const Walk *w = s->walk;
    const ModuleInst *root = w->modules.at[0];
    for (uint32_t m = 1; m < w->modules.n; m++) {
        const ModuleInst *inst = w->modules.at[m];
        for (uint32_t o = 0; o < inst->node->def->outputs.n; o++) {
            uint32_t id = config_local_id(inst->node->def, BLOCK_OUTPUT, o);
            if (!inst->have[id] || value_is_null(inst->values[id])) continue;
            if (search_visit(s, inst, BLOCK_OUTPUT, o, NULL))
                search_code(s, inst, UINT32_MAX, inst->node->def->outputs.at[o].code);
        }
    }
    for (uint32_t i = 0; i < s->plan->outputs.n; i++) {
        if (s->plan->outputs.at[i].action == ACTION_NOOP) continue;
        uint32_t o = config_find_output(root->node->def, s->plan->outputs.at[i].name);
        if (o != UINT32_MAX) search_code(s, root, UINT32_MAX, root->node->def->outputs.at[o].code);
    }
}

static int item_cmp(const void *pa, const void *pb) {
    const RelevantItem *a = pa, *b = pb;
    int c = str_cmp(a->address, b->address);
    for (uint32_t i = 0; c == 0 && i < a->path.n && i < b->path.n; i++) {
        const PathStep *x = &a->path.at[i], *y = &b->path.at[i];
        if (x->attr && y->attr)
            c = str_cmp(name_str(x->attr), name_str(y->attr));
        else if (x->attr || y->attr)
            c = x->attr ? -1 : 1;
        else if (x->index.kind == TYPE_STRING && y->index.kind == TYPE_STRING)
            c = str_cmp(value_str(x->index), value_str(y->index));
        else if (x->index.kind == TYPE_NUMBER && y->index.kind == TYPE_NUMBER)
            c = x->index.i < y->index.i ? -1 : x->index.i > y->index.i;
        else
            c = x->index.kind < y->index.kind ? -1 : x->index.kind > y->index.kind;
    }
    return c ? c : a->path.n < b->path.n ? -1 : a->path.n > b->path.n;
}

Relevant *relevant_find(Arena *arena, const Plan *plan) {
    Search s = {.arena = arena, .plan = plan, .walk = plan->walk, .seen = strmap_in(arena)};
    search_changes(&s);
    search_changed_outputs(&s);
    for (uint32_t i = 0; i < s.queue.n; i++) {
        Pending p = s.queue.at[i]; // following grows the queue
        search_follow(&s, &p);
    }
    Relevant *out = ARENA_NEW(arena, Relevant);
    if (s.items.n > 1) qsort(s.items.at, s.items.n, sizeof *s.items.at, item_cmp);
    out->at = s.items.at;
    out->n = s.items.n;
    out->by_address = strmap_in(arena);
    for (uint32_t i = 0; i < out->n; i++) {
        uint64_t *slot = strmap_put(&out->by_address, out->at[i].address, NULL);
        if (*slot == 0) *slot = i + 1;
    }
    return out;
}

static void relevant_add(Arena *arena, const Relevant *r, Str address, PathList *out) {
    const uint64_t *first = strmap_get(&r->by_address, address);
    for (uint32_t i = first ? (uint32_t)*first - 1 : r->n; i < r->n && str_eq(r->at[i].address, address); i++)
        vec_push(arena, &out->list, r->at[i].path);
}

bool relevant_paths(Arena *arena, const Relevant *r, const PriorObject *p, PathList *out) {
    Buf address = buf_in(arena);
    buf_add(&address, p->resource->address);
    relevant_add(arena, r, buf_str(&address), out);
    if (p->object->key.kind != KEY_NONE) {
        key_print(p->object->key, &address);
        relevant_add(arena, r, buf_str(&address), out);
    }
    return out->list.n > 0;
}

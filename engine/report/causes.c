#include "engine/report/causes.h"

#include "engine/report/expression_json.h"

typedef struct Link { // a reference to follow, and what led to it
    const ModuleInst *module;
    const Ref *ref;
    uint32_t resource; // whose each and count it may name; UINT32_MAX: none
    Str through;
} Link;

typedef struct Follow {
    Causes *causes;
    Arena *arena;
    VEC(Link) queue;
} Follow;

Causes causes_in(Arena *arena, const Plan *plan) {
    return (Causes){.arena = arena, .plan = plan, .seen = strmap_in(arena)};
}

static void follow_refs(Follow *f, const ModuleInst *m, uint32_t resource, const Code *code, Str through) {
    const Ref *const *refs;
    uint32_t n = code ? code_refs(f->arena, code, &refs) : 0;
    for (uint32_t i = 0; i < n; i++) vec_push(f->arena, &f->queue, ((Link){m, refs[i], resource, through}));
}

static Str link_text(const Follow *f, const Link *l) {
    Buf text = buf_in(f->arena);
    if (l->module->path.n) buf_format(&text, "%.*s: ", STR_ARG(l->module->path));
    expression_ref_text(l->module->node->def, l->ref, &text);
    return buf_str(&text);
}

static Str link_through(const Follow *f, const Link *l) {
    Str text = link_text(f, l);
    if (l->through.n == 0) return text;
    return str_format(f->arena, "%.*s, %.*s", STR_ARG(l->through), STR_ARG(text));
}

static bool follow_first(Follow *f, const Link *l) {
    bool added;
    strmap_put(&f->causes->seen,
               str_format(f->arena, "%u %u %.*s", l->module->index, l->resource, STR_ARG(link_text(f, l))), &added);
    return added;
}

// Whether what the reference reads of the row is another value, or not known yet.
static bool row_differs(const Row *row, const Ref *ref, uint32_t from) {
    if (row->action == ACTION_NOOP) return false;
    Value before = row->prior, after = row->planned;
    for (uint32_t i = from; i < ref->n; i++) {
        if (!ref->steps[i].attr) break;
        const Value *b = value_get(before, ref->steps[i].attr), *a = value_get(after, ref->steps[i].attr);
        if (!a) return true;
        if (!b) return true;
        before = *b;
        after = *a;
    }
    return !value_is_whole(after) || !value_same(before, after);
}

static void follow_resource(Follow *f, const Link *l) {
    const Walk *w = f->causes->plan->walk;
    uint32_t index = SLOT_INDEX(l->ref->slot), from = 0;
    RowRange rows = l->module->rows[index];
    InstanceKey key;
    if (l->ref->n && l->ref->steps[0].index) {
        const Value *v = code_constant_value(l->ref->steps[0].index);
        from = 1;
        if (v && value_is_set(*v) && key_of_value(*v, &key)) {
            uint32_t row = walk_find_row(w, l->module, index, key);
            rows = (RowRange){row, row == ROW_NONE ? 0 : 1};
        }
    }
    for (uint32_t i = 0; i < rows.n; i++)
        if (row_differs(row_at(&w->rows, rows.first + i), l->ref, from))
            vec_push(f->arena, &f->causes->list, ((Cause){rows.first + i, link_text(f, l), l->through}));
}

static void follow_variable(Follow *f, const Link *l) {
    const Walk *w = f->causes->plan->walk;
    const ModuleInst *m = l->module;
    if (m->node->id == 0) {
        vec_push(f->arena, &f->causes->list, ((Cause){ROW_NONE, link_text(f, l), l->through}));
        return;
    }
    const ModuleCall *call = &m->node->parent->def->calls.at[m->node->call];
    for (uint32_t i = 0; i < call->input_count; i++)
        if (call->inputs[i].variable == SLOT_INDEX(l->ref->slot))
            follow_refs(f, w->modules.at[m->parent], UINT32_MAX, call->inputs[i].code, link_through(f, l));
}

static void follow_module(Follow *f, const Link *l) {
    const Walk *w = f->causes->plan->walk;
    const ModuleNode *child = &w->config->nodes[l->module->node->first_child + SLOT_INDEX(l->ref->slot)];
    uint32_t step = l->ref->n && l->ref->steps[0].index ? 1 : 0;
    Name output = step < l->ref->n ? l->ref->steps[step].attr : NULL;
    RowRange insts = walk_module_insts(w, child);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        if (w->modules.at[i]->parent != l->module->index) continue;
        for (uint32_t o = 0; o < child->def->outputs.n; o++)
            if (!output || child->def->outputs.at[o].name == output)
                follow_refs(f, w->modules.at[i], UINT32_MAX, child->def->outputs.at[o].code, link_through(f, l));
    }
}

static void follow_link(Follow *f, const Link *l) {
    const ModuleDef *def = l->module->node->def;
    if (!follow_first(f, l)) return;
    switch (SLOT_KIND(l->ref->slot)) {
    case SLOT_VARIABLE: follow_variable(f, l); break;
    case SLOT_LOCAL:
        follow_refs(f, l->module, UINT32_MAX, def->locals.at[SLOT_INDEX(l->ref->slot)].code, link_through(f, l));
        break;
    case SLOT_RESOURCE: follow_resource(f, l); break;
    case SLOT_MODULE: follow_module(f, l); break;
    case SLOT_EACH_KEY:
    case SLOT_EACH_VALUE:
    case SLOT_COUNT_INDEX:
        if (l->resource != UINT32_MAX)
            follow_refs(f, l->module, l->resource, def->resources.at[l->resource].repeat_code, l->through);
        break;
    case SLOT_SELF:
    case SLOT_PATH:
    case SLOT_WORKSPACE:
    case SLOT_APPLYING: break;
    }
}

static void follow_all(Follow *f) {
    for (uint32_t i = 0; i < f->queue.n; i++) {
        Link l = f->queue.at[i]; // following grows the queue
        follow_link(f, &l);
    }
}

void causes_code(Causes *causes, const ModuleInst *m, uint32_t resource, const Code *code) {
    Follow f = {.causes = causes, .arena = causes->arena};
    follow_refs(&f, m, resource, code, STR(""));
    follow_all(&f);
}

void causes_ref(Causes *causes, const ModuleInst *m, uint32_t resource, const Ref *ref) {
    Follow f = {.causes = causes, .arena = causes->arena};
    vec_push(f.arena, &f.queue, ((Link){m, ref, resource, STR("")}));
    follow_all(&f);
}

void causes_body(Causes *causes, const ModuleInst *m, uint32_t resource, Name attr) {
    const Resource *r = &m->node->def->resources.at[resource];
    const BodyPart *parts;
    uint32_t n = r->code ? decode_parts(causes->arena, r->code, &parts) : 0;
    Follow f = {.causes = causes, .arena = causes->arena};
    for (uint32_t i = 0; i < n; i++) {
        const Ref *const *refs;
        if (attr && parts[i].name != attr) continue;
        uint32_t count =
            parts[i].code ? code_refs(f.arena, parts[i].code, &refs) : decode_refs(f.arena, parts[i].block, &refs);
        for (uint32_t k = 0; k < count; k++) vec_push(f.arena, &f.queue, ((Link){m, refs[k], resource, STR("")}));
    }
    follow_all(&f);
}

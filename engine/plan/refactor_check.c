#include "engine/plan/refactor_check.h"

#include <stdlib.h>

// ---- targets ----

static bool covers(const Address *list, uint32_t n, const Address *object) {
    Buf module = {0};
    Address path = *object;
    path.type = NULL;
    address_print(&path, &module);
    InstanceKey key = INSTANCE_NO_KEY;
    if (object->key.kind != TYPE_DYNAMIC) key_of_value(object->key, &key);
    bool found = false;
    for (uint32_t i = 0; i < n && !found; i++)
        found = address_covers(&list[i], buf_str(&module), object->mode == MODE_DATA, name_str(object->type),
                               name_str(object->name), key);
    buf_free(&module);
    return found;
}

bool refactor_check_targets(Walk *w, const PlanOptions *o) {
    if (o->target_count == 0 && o->exclude_count == 0) return true;
    bool ok = true;
    for (uint32_t i = 0; i < w->moved.n; i++) {
        Str to = w->moved.items[i].key, from = str_of((const char *)(uintptr_t)w->moved.items[i].value);
        Address a, b;
        if (!address_parse(w->scratch, w->process, from, &a, w->diags) ||
            !address_parse(w->scratch, w->process, to, &b, w->diags))
            continue;
        bool whole = o->target_count ? covers(o->targets, o->target_count, &a) && covers(o->targets, o->target_count, &b)
                                     : !covers(o->excludes, o->exclude_count, &a) &&
                                           !covers(o->excludes, o->exclude_count, &b);
        if (whole) continue;
        ok = diag_error(w->diags, "moved_untargeted", SPAN_NONE, "Moved object left out by targets",
                        "%.*s has moved to %.*s. A plan has to cover both addresses: %s.", STR_ARG(from), STR_ARG(to),
                        o->target_count ? "add -target for both, or plan without -target"
                                        : "do not exclude either, or plan without -exclude");
    }
    return ok;
}

// ---- what is declared ----

// The node of the configuration that the address's modules lead to from m, or NULL. steps: how many of them.
static const ModuleNode *node_below(const Walk *w, const ModuleNode *m, const Address *a, uint32_t steps) {
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t call = config_find_call(m->def, a->modules[i].module);
        if (call == UINT32_MAX) return NULL;
        m = &w->config->nodes[m->first_child + call];
    }
    return m;
}

static bool step_fits(Value key, InstanceKey have) {
    InstanceKey want = INSTANCE_NO_KEY;
    if (key.kind != TYPE_DYNAMIC) key_of_value(key, &want);
    return key_equal(want, have);
}

// Is the instance reached by the address's keys from an instance of the module that says so? any_last: whatever the
// last key is.
static bool inst_fits(const Walk *w, const ModuleInst *m, const Address *a, bool any_last) {
    for (uint32_t i = a->module_count; i > 0; i--, m = w->modules.at[m->parent])
        if (!(any_last && i == a->module_count) && !step_fits(a->modules[i - 1].key, m->key)) return false;
    return true;
}

// The object kinds of a move: with a key on either side it is about an instance, else about the whole block.
static bool is_whole(const Moved *m) {
    const Address *f = &m->from, *t = &m->to;
    if (f->type) return f->key.kind == TYPE_DYNAMIC && t->key.kind == TYPE_DYNAMIC;
    return f->modules[f->module_count - 1].key.kind == TYPE_DYNAMIC &&
           t->modules[t->module_count - 1].key.kind == TYPE_DYNAMIC;
}

static bool resource_declared(const Walk *w, const ModuleNode *node, const Moved *moved) {
    const Address *a = &moved->from;
    uint32_t r = config_find_resource(node->def, a->mode, a->type, a->name);
    if (r == UINT32_MAX) return false;
    RowRange insts = walk_module_insts(w, node);
    InstanceKey key = INSTANCE_NO_KEY;
    if (a->key.kind != TYPE_DYNAMIC) key_of_value(a->key, &key);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        const ModuleInst *m = w->modules.at[i];
        if (inst_fits(w, m, a, false) && (is_whole(moved) || walk_find_row(w, m, r, key) != ROW_NONE)) return true;
    }
    return false;
}

static bool from_declared(const Walk *w, const ModuleNode *in, const Moved *moved) {
    const Address *a = &moved->from;
    const ModuleNode *node = node_below(w, in, a, a->module_count);
    if (!node) return false;
    if (a->type) return resource_declared(w, node, moved);
    RowRange insts = walk_module_insts(w, node);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++)
        if (inst_fits(w, w->modules.at[i], a, is_whole(moved))) return true;
    return is_whole(moved);
}

static Str address_text(Arena *arena, const Address *a) {
    Buf b = buf_in(arena);
    address_print(a, &b);
    return buf_str(&b);
}

typedef struct MoveEnds {
    StrMap from, to; // the text of one end to that of the other (char *)
} MoveEnds;

// The other end that an earlier block gave, or NULL.
static const char *ends_put(StrMap *map, Arena *arena, Str end, Str other) {
    bool added;
    uint64_t *slot = strmap_put(map, end, &added);
    if (added) *slot = (uint64_t)(uintptr_t)str_to_z(arena, other);
    const char *was = (const char *)(uintptr_t)*slot;
    return str_eqz(other, was) ? NULL : was;
}

static void check_moved(Walk *w, const ModuleNode *node, const Moved *m, MoveEnds *ends) {
    Str from = address_text(w->arena, &m->from), to = address_text(w->arena, &m->to);
    if (str_eq(from, to)) {
        diag_error(w->diags, "invalid_moved", m->span, "Redundant move",
                   "%.*s is said to move to the address that it has. Remove the block.", STR_ARG(from));
        return;
    }
    if (from_declared(w, node, m))
        diag_error(w->diags, "invalid_moved", m->span, "Moved object still declared",
                   "%.*s is said to have moved to %.*s, but it is still declared. Rename the declaration, or remove this "
                   "block.",
                   STR_ARG(from), STR_ARG(to));
    const char *other = ends_put(&ends->from, w->arena, from, to);
    if (other)
        diag_error(w->diags, "invalid_moved", m->span, "Ambiguous moves",
                   "%.*s is said to move to %.*s here and to %s in another block; it can move to one address only.",
                   STR_ARG(from), STR_ARG(to), other);
    other = ends_put(&ends->to, w->arena, to, from);
    if (other)
        diag_error(w->diags, "invalid_moved", m->span, "Ambiguous moves",
                   "%.*s is where %.*s moves here and %s in another block; only one of them can.", STR_ARG(to),
                   STR_ARG(from), other);
}

static void check_removed(Walk *w, const ModuleNode *in, const Removed *r) {
    const Address *a = &r->from;
    const ModuleNode *node = node_below(w, in, a, a->module_count);
    if (!node || (a->type && config_find_resource(node->def, a->mode, a->type, a->name) == UINT32_MAX)) return;
    Str text = address_text(w->arena, a);
    diag_error(w->diags, "invalid_removed", r->span, "Removed object still declared",
               "This block says that %.*s was removed, but it is still declared. Remove one of the two.", STR_ARG(text));
}

void refactor_check(Walk *w) {
    for (uint32_t i = 0; i < w->config->node_count; i++) {
        const ModuleNode *node = &w->config->nodes[i];
        MoveEnds ends = {strmap_in(w->arena), strmap_in(w->arena)};
        for (uint32_t k = 0; k < node->def->moved.n; k++) check_moved(w, node, &node->def->moved.at[k], &ends);
        for (uint32_t k = 0; k < node->def->removed.n; k++) check_removed(w, node, &node->def->removed.at[k]);
    }
}

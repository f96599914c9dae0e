#include "engine/report/module_tree.h"

#include <stdlib.h>

ModuleTree *module_tree_new(Arena *arena) {
    ModuleTree *t = ARENA_NEW(arena, ModuleTree);
    t->arena = arena;
    t->root.path = STR("");
    t->by_path = strmap_in(arena);
    t->last = &t->root;
    strmap_put_ptr(&t->by_path, t->root.path, &t->root);
    return t;
}

// The end of one step: past its name and key. Keys are quoted as Go does, so a quote inside has a backslash.
static size_t step_end(Str path, size_t at) {
    bool quoted = false;
    for (; at < path.n; at++) {
        char c = path.p[at];
        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '.')
            break;
    }
    return at;
}

Str module_tree_parent(Str path) {
    size_t at = 0, parent = 0;
    for (;;) { // "module.NAME[KEY]" after "module.NAME[KEY]"
        at = step_end(path, at + strlen("module."));
        if (at >= path.n) return str_slice(path, 0, parent);
        parent = at++;
    }
}

static ModuleItems *tree_at(ModuleTree *t, Str path) {
    ModuleItems *found = strmap_get_ptr(&t->by_path, path);
    if (found) return found;
    found = ARENA_NEW(t->arena, ModuleItems);
    found->path = path;
    strmap_put_ptr(&t->by_path, path, found);
    // Up to the first ancestor that is known; each step is one level of modules.
    for (ModuleItems *child = found;;) {
        Str parent_path = module_tree_parent(child->path);
        ModuleItems *parent = strmap_get_ptr(&t->by_path, parent_path);
        bool known = parent != NULL;
        if (!known) {
            parent = ARENA_NEW(t->arena, ModuleItems);
            parent->path = parent_path;
            strmap_put_ptr(&t->by_path, parent_path, parent);
        }
        vec_push(t->arena, &parent->children, child);
        if (known) return found;
        child = parent;
    }
}

void module_tree_add(ModuleTree *t, Str module, uint32_t item) {
    if (!str_eq(t->last->path, module)) t->last = tree_at(t, module);
    vec_push(t->arena, &t->last->items, item);
}

static int items_cmp(const void *a, const void *b) {
    return str_cmp((*(ModuleItems *const *)a)->path, (*(ModuleItems *const *)b)->path);
}

void module_tree_sort(ModuleTree *t) {
    for (uint32_t i = 0; i < t->by_path.n; i++) {
        ModuleItems *m = (ModuleItems *)(uintptr_t)t->by_path.items[i].value;
        if (m->children.n > 1) qsort(m->children.at, m->children.n, sizeof *m->children.at, items_cmp);
    }
}

// Recursion is over nesting of modules, which loading bounds.
static void items_write(const ModuleItems *m, JsonWriter *w, void (*item)(void *, JsonWriter *, uint32_t), void *ctx) {
    json_open_object(w);
    if (m->items.n) {
        json_key(w, STR("resources"));
        json_open_array(w);
        for (uint32_t i = 0; i < m->items.n; i++) item(ctx, w, m->items.at[i]);
        json_close_array(w);
    }
    if (m->path.n) {
        json_key(w, STR("address"));
        json_string(w, m->path);
    }
    if (m->children.n) {
        json_key(w, STR("child_modules"));
        json_open_array(w);
        for (uint32_t i = 0; i < m->children.n; i++) items_write(m->children.at[i], w, item, ctx);
        json_close_array(w);
    }
    json_close_object(w);
}

void module_tree_write(const ModuleTree *t, JsonWriter *w, void (*item)(void *ctx, JsonWriter *w, uint32_t item),
                       void *ctx) {
    items_write(&t->root, w, item, ctx);
}

// Items by module, as JSON nests them: module instances that have items and what leads to them.
#ifndef INFRA_REPORT_MODULE_TREE_H
#define INFRA_REPORT_MODULE_TREE_H

#include "engine/base/map.h"
#include "engine/base/vec.h"
#include "engine/value/json.h"

typedef struct ModuleItems ModuleItems;
struct ModuleItems {
    Str path;                    // "" for the root
    VEC(uint32_t) items;         // in the order in which they were added
    VEC(ModuleItems *) children; // by path, once module_tree_sort was called
};

typedef struct ModuleTree {
    Arena *arena;
    ModuleItems root;
    StrMap by_path;
    ModuleItems *last; // where the last item went: items come module by module
} ModuleTree;

ModuleTree *module_tree_new(Arena *arena);
void module_tree_add(ModuleTree *tree, Str module, uint32_t item);
void module_tree_sort(ModuleTree *tree);
// {"resources": […], "address": …, "child_modules": […]}; item writes one resource.
void module_tree_write(const ModuleTree *tree, JsonWriter *w, void (*item)(void *ctx, JsonWriter *w, uint32_t item),
                       void *ctx);
// "module.a[\"x\"]" of "module.a[\"x\"].module.b", "" for what is in the root.
Str module_tree_parent(Str path);

#endif

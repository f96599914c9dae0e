// Which def each call leads to, and the tree of module nodes.
#include "engine/base/limits.h"
#include "engine/config/loader.h"
#include "engine/io/file.h"

static Def *def_new(Loader *l, Str dir, Str absolute) {
    Def *def = ARENA_NEW(l->arena, Def);
    def->loader = l;
    def->mod.dir = dir;
    def->absolute = absolute;
    vec_push(l->arena, &l->config->defs, &def->mod);
    return def;
}

Def *tree_root(Loader *l, Str dir) {
    Str clean = path_clean(l->arena, dir);
    Def *def = def_new(l, clean, path_clean(l->arena, path_absolute(l->arena, clean)));
    strmap_put_ptr(&l->shared, def->absolute, def);
    return def;
}

static void set_call(const CallSite *site, Def *def) { site->def->mod.calls.at[site->call].def = &def->mod; }

void tree_unshare(Def *def) {
    Loader *l = def->loader;
    if (def->contextual) return;
    def->contextual = true;
    for (uint32_t i = 1; i < def->callers.n; i++) {
        Def *own = def_new(l, def->mod.dir, def->absolute);
        vec_push(l->arena, &own->callers, def->callers.at[i]);
        set_call(&def->callers.at[i], own);
    }
    if (def->callers.n) def->callers.n = 1;
}

static bool static_text(Def *def, const BodyAttr *attr, const char *what, Str *out) {
    Loader *l = def->loader;
    Value v;
    *out = STR_NONE;
    if (attr->expr->kind == EXPR_STRING) {
        *out = attr->expr->text;
        return true;
    }
    if (attr->expr->kind == EXPR_ERROR || !static_eval(def, attr->expr, &v)) return false;
    if (v.marks)
        return diag_error(l->diags, "invalid_module_source", attr->expr->span, "Invalid module source",
                          "The %s of a module must not depend on a sensitive or ephemeral value.", what);
    if (value_is_null(v) && attr->name == l->w.version_) return true;
    if (value_is_set(v) && v.kind == TYPE_STRING) {
        *out = value_str(v);
        return true;
    }
    return diag_error(l->diags, "invalid_module_source", attr->expr->span, "Invalid module source",
                      "The %s of a module is a string.", what);
}

static bool local_source(Loader *l, const ModuleCall *call, const BodyAttr *attr) {
    Str s = call->source;
    if (str_starts(s, STR("./")) || str_starts(s, STR("../")) || str_eqz(s, ".") || str_eqz(s, "..")) {
        if (str_empty(call->version)) return true;
        return diag_error(l->diags, "invalid_module_source", attr->expr->span, "Version of a local module",
                          "A module in a local folder has no versions. Remove the argument \"version\".");
    }
    if (str_empty(s))
        return diag_error(l->diags, "invalid_module_source", attr->expr->span, "Invalid module source",
                          "The source of a module must not be empty.");
    return diag_error(
        l->diags, "unsupported_module_source", attr->expr->span, "Unsupported module source",
        "\"%.*s\" is no local folder. Module sources are paths that start with ./ or ../; for other sources, put a "
        "copy of the module next to your configuration.",
        STR_ARG(s));
}

static bool check_ancestors(Def *def, const ModuleCall *call, Str absolute) {
    Loader *l = def->loader;
    uint32_t depth = 0;
    for (Def *a = def; a; a = a->callers.n ? a->callers.at[0].def : NULL, depth++)
        if (str_eq(a->absolute, absolute))
            return diag_error(l->diags, "module_cycle", call->source_span, "Module calls itself",
                              "The module \"%s\" leads back to %.*s, which called it. A module cannot contain itself.",
                              call->name->text, STR_ARG(a->mod.dir));
    return depth <= LIMIT_MODULE_DEPTH ||
           diag_error(l->diags, "module_depth", call->source_span, "Modules nested too deeply",
                      "More than %u modules call one another in a row.", (unsigned)LIMIT_MODULE_DEPTH);
}

static void attach(Def *def, uint32_t index) {
    Loader *l = def->loader;
    ModuleCall *call = &def->mod.calls.at[index];
    Str dir = path_clean(l->arena, path_join(l->arena, def->mod.dir, call->source));
    dir = str_copy(l->arena, dir);
    Str absolute = path_clean(l->arena, path_absolute(l->arena, dir));
    if (!check_ancestors(def, call, absolute)) return;
    CallSite site = {def, index};
    Def *have = strmap_get_ptr(&l->shared, absolute);
    if (have && !have->contextual) {
        vec_push(l->arena, &have->callers, site);
        set_call(&site, have);
        return;
    }
    if (!have && !files_folder_exists(l, dir)) {
        diag_error(l->diags, "missing_module", call->source_span, "Module folder not found",
                   "There is no folder %.*s for the module \"%s\".", STR_ARG(dir), call->name->text);
        return;
    }
    Def *fresh = def_new(l, dir, absolute);
    vec_push(l->arena, &fresh->callers, site);
    set_call(&site, fresh);
    if (!have) strmap_put_ptr(&l->shared, absolute, fresh);
}

void tree_calls(Def *def) {
    Loader *l = def->loader;
    for (uint32_t i = 0; i < def->mod.calls.n; i++) {
        ModuleCall *call = &def->mod.calls.at[i];
        const BodyContent *content = &def->call_contents.at[i].content;
        const BodyAttr *source = content_attr(content, l->w.source_), *version = content_attr(content, l->w.version_);
        if (!source) continue;
        call->source_span = source->expr->span;
        if (version && !static_text(def, version, "version", &call->version)) continue;
        if (!static_text(def, source, "source", &call->source)) continue;
        if (local_source(l, call, source)) attach(def, i);
    }
}

typedef struct Visit {
    Def *def;
    uint32_t next; // call
} Visit;

// Cycles through defs that several callers share: depth first, without recursion.
void tree_check_cycles(Loader *l) {
    VEC(Visit) stack = {NULL, 0, 0};
    IdMap state = idmap_in(l->arena); // 1: on the stack, 2: done
    Visit root = {(Def *)(void *)l->config->defs.at[0], 0};
    vec_push(l->arena, &stack, root);
    *idmap_put(&state, (uint64_t)(uintptr_t)root.def, NULL) = 1;
    while (stack.n) {
        Visit *top = &stack.at[stack.n - 1];
        if (top->next == top->def->mod.calls.n) {
            *idmap_put(&state, (uint64_t)(uintptr_t)top->def, NULL) = 2;
            stack.n--;
            continue;
        }
        ModuleCall *call = &top->def->mod.calls.at[top->next++];
        if (!call->def) continue;
        uint64_t *seen = idmap_put(&state, (uint64_t)(uintptr_t)call->def, NULL);
        if (*seen == 1) {
            diag_error(l->diags, "module_cycle", call->source_span, "Module calls itself",
                       "The module \"%s\" leads back to a module that contains it. A module cannot contain itself.",
                       call->name->text);
            call->def = NULL;
        } else if (*seen == 0) {
            *seen = 1;
            Visit below = {(Def *)(uintptr_t)call->def, 0};
            vec_push(l->arena, &stack, below);
        }
    }
}

static void add_children(Config *config, ModuleNode *nodes, uint32_t at, uint32_t *n) {
    ModuleNode *parent = &nodes[at];
    parent->first_child = *n;
    for (uint32_t i = 0; i < parent->def->calls.n; i++) {
        const ModuleCall *call = &parent->def->calls.at[i];
        ModuleNode *node = &nodes[(*n)++];
        *node = (ModuleNode){.id = *n - 1, .parent = parent, .call = i, .def = call->def, .depth = parent->depth + 1};
        node->path = str_format(config->arena, "%.*s%smodule.%s", STR_ARG(parent->path), parent->path.n ? "." : "",
                                call->name->text);
    }
}

// How many nodes there are: calls of each def's instances; 0 when there are too many.
static uint32_t count_nodes(Config *config) {
    VEC(const ModuleDef *) all = {NULL, 0, 0};
    vec_push(config->arena, &all, config->defs.at[0]);
    for (uint32_t i = 0; i < all.n; i++) {
        if (i && all.n + all.at[i]->calls.n > LIMIT_MODULES) return 0;
        for (uint32_t j = 0; j < all.at[i]->calls.n; j++) {
            const ModuleDef *def = all.at[i]->calls.at[j].def;
            vec_push(config->arena, &all, def);
        }
    }
    return all.n;
}

// A call whose module could not be read leads to an empty one; with `all`, each call of the root does.
static void fill_missing(Config *config, bool all) {
    ModuleDef *empty = &ARENA_NEW(config->arena, Def)->mod;
    for (uint32_t i = 0; i < config->defs.n; i++)
        for (uint32_t j = 0; j < config->defs.at[i]->calls.n; j++)
            if (!config->defs.at[i]->calls.at[j].def || (all && i == 0)) config->defs.at[i]->calls.at[j].def = empty;
}

void tree_build(Config *config, Diags *diags) {
    fill_missing(config, false);
    uint32_t total = count_nodes(config), n = 1;
    if (total == 0) {
        diag_error(diags, "too_many_modules", SPAN_NONE, "Too many modules",
                   "The calls of modules within modules multiply to more than can be planned.");
        fill_missing(config, true);
        total = count_nodes(config);
    }
    ModuleNode *nodes = ARENA_ARRAY(config->arena, ModuleNode, total);
    nodes[0].def = config->defs.at[0];
    for (uint32_t i = 0; i < n; i++) {
        nodes[i].base = config->block_count;
        config->block_count += nodes[i].def->nodes;
        add_children(config, nodes, i, &n);
    }
    config->nodes = nodes;
    config->node_count = n;
}

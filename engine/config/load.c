#include "engine/config/load.h"

#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/config/loader.h"
#include "engine/io/file.h"

static void fill_words(Loader *l) {
#define WORD(word) l->w.word##_ = name_of(l->process, STR(#word));
#include "engine/config/words.def"
#undef WORD
    l->w.underscore = name_of(l->process, STR("_"));
}

static Config *config_new(Arena *arena, const LoadOptions *options) {
    Process *p = arena_process(arena);
    Config *c = ARENA_NEW(arena, Config);
    c->process = p;
    c->arena = arena;
    c->root_dir = path_clean(arena, options->dir);
    c->cwd = path_clean(arena, path_absolute(arena, STR(".")));
    c->workspace = options->workspace.n ? str_copy(arena, options->workspace) : STR("default");
    c->funcs = ARENA_NEW(arena, FuncContext);
    c->funcs->process = p;
    c->funcs->cwd = c->cwd;
    c->funcs->now_ns = p->clock ? p->clock->wall(p->clock) : 0;
    c->funcs->arena = arena;
    c->funcs->functions = func_table();
    return c;
}

// Of a module for another version of the language only that is said: the rest would mislead.
static void keep_only_version(Diags *d, uint32_t from) {
    uint32_t kept = from;
    for (uint32_t i = from; i < d->list.n; i++) {
        const Diag *diag = &d->list.at[i];
        bool keep = strcmp(diag->code, "unsupported_version") == 0;
        if (keep)
            d->list.at[kept++] = d->list.at[i];
        else if (diag->severity == SEV_ERROR)
            d->errors--;
    }
    d->list.n = kept;
}

static void read_all(Loader *l) {
    for (uint32_t i = 0; i < l->config->defs.n; i++) {
        Def *def = (Def *)(void *)l->config->defs.at[i];
        uint32_t from = l->diags->list.n;
        read_def(def);
        if (def->incompatible)
            keep_only_version(l->diags, from);
        else if (!l->options->no_modules)
            tree_calls(def);
    }
}

typedef struct Place {
    Span span;
    uint32_t index;
} Place;

static int place_order(const void *a, const void *b) {
    const Place *x = a, *y = b;
    if (x->span.at != y->span.at) return x->span.at < y->span.at ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

void load_sort_diags(Arena *arena, Diags *d, uint32_t from) {
    uint32_t n = d->list.n - from;
    Place *places = ARENA_ARRAY(arena, Place, n);
    Diag *sorted = ARENA_ARRAY(arena, Diag, n);
    for (uint32_t i = 0; i < n; i++) places[i] = (Place){d->list.at[from + i].subject, from + i};
    if (n) qsort(places, n, sizeof *places, place_order);
    for (uint32_t i = 0; i < n; i++) sorted[i] = d->list.at[places[i].index];
    if (n) memcpy(d->list.at + from, sorted, n * sizeof *sorted);
}

Config *load_config(Arena *arena, const LoadOptions *options, Diags *diags) {
    Loader *l = ARENA_NEW(arena, Loader);
    l->process = arena_process(arena);
    l->arena = arena;
    l->options = options;
    l->diags = diags;
    l->shared = strmap_in(arena);
    uint32_t from = diags->list.n;
    fill_words(l);
    if (!files_folder_exists(l, options->dir)) {
        diag_error(diags, "missing_folder", SPAN_NONE, "Configuration folder not found",
                   "%.*s is no folder that can be read.", STR_ARG(options->dir));
        return NULL;
    }
    l->config = config_new(arena, options);
    tree_root(l, options->dir);
    read_all(l);
    tree_check_cycles(l);
    for (uint32_t i = 0; i < l->config->defs.n; i++) {
        Def *def = (Def *)(void *)l->config->defs.at[i];
        if (!def->incompatible) define_def(def);
    }
    providers_check(l->config, diags);
    tree_build(l->config, diags);
    load_sort_diags(arena, diags, from);
    return l->config;
}

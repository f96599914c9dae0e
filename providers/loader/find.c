// Finding and opening plugins.
#include "providers/build_id.h"
#include "providers/loader/plugins.h"

#include "engine/io/file.h"

#include <dlfcn.h>
#include <stdlib.h>

Plugins *plugins_new(Loop *loop, Arena *arena, Str folder) {
    Plugins *plugins = ARENA_NEW(arena, Plugins);
    plugins->loop = loop;
    plugins->process = loop_process(loop);
    plugins->arena = arena;
    plugins->folder = str_copy(arena, folder);
    host_init(plugins);
    return plugins;
}

// Shared objects stay open until exit: schemas and messages may point into them.
void plugins_free(Plugins *plugins) {
    for (uint32_t i = 0; i < plugins->list.n; i++) {
        const Plugin *plugin = plugins->list.at[i];
        if (plugin->table.unload) plugin->table.unload(plugin->self);
    }
    plugins->list.n = 0;
    plugins->free_running = NULL;
    plugins->free_http = NULL;
}

// Namespace and name: providers of every registry host are equal.
static Str address_path(Str address) {
    size_t from = address.n, slashes = 0;
    while (from > 0 && (address.p[from - 1] != '/' || ++slashes < 2)) from--;
    return str_slice(address, from, address.n);
}

static Str address_name(Str address) {
    size_t from = address.n;
    while (from > 0 && address.p[from - 1] != '/') from--;
    return str_slice(address, from, address.n);
}

static Plugin *plugin_add(Plugins *plugins, const InfraPlugin *table) {
    Plugin *plugin = ARENA_NEW(plugins->arena, Plugin);
    plugin->plugins = plugins;
    plugin->types = idmap_in(plugins->arena);
    memcpy(&plugin->table, table, table->size < sizeof plugin->table ? table->size : sizeof plugin->table);
    plugin->self = table;
    vec_push(plugins->arena, &plugins->list, plugin);
    return plugin;
}

void plugins_add(Plugins *plugins, const InfraPlugin *(*entry)(const InfraHost *host)) {
    const InfraPlugin *table = entry(&plugins->host);
    if (table) plugin_add(plugins, table);
}

static bool load_error(Diags *diags, Str path, const char *format, const char *what) {
    Buf b = buf_in(diags->arena);
    buf_format(&b, format, what);
    return diag_error(diags, "provider_unusable", SPAN_NONE, "Provider plugin cannot be used", "%.*s: %.*s.",
                      STR_ARG(path), STR_ARG(buf_str(&b)));
}

// The plugin of one file. NULL with a diagnostic when it cannot be used.
static const InfraPlugin *open_file(Plugins *plugins, Str path, Diags *diags) {
    void *library = dlopen(path.p, RTLD_NOW | RTLD_LOCAL);
    if (!library) return load_error(diags, path, "%s", dlerror()), NULL;
    InfraEntry entry;
    *(void **)&entry = dlsym(library, INFRA_ENTRY_SYMBOL);
    if (!entry) return load_error(diags, path, "it has no symbol %s", INFRA_ENTRY_SYMBOL), NULL;
    const InfraPlugin *table = entry(&plugins->host);
    if (!table) return load_error(diags, path, "%s", "it needs a newer version of infra"), NULL;
    if (table->version == 0 || table->size < offsetof(InfraPlugin, types) || !table->address)
        return load_error(diags, path, "%s", "its table of functions is malformed"), NULL;
    if (table->build_id && strcmp(table->build_id, INFRA_BUILD_ID) != 0)
        return load_error(diags, path, "%s", "it was built for another build of infra; install both together"), NULL;
    return table;
}

// Folders to look in, in order: the user's own first.
typedef struct Folders {
    VEC(Str) list;
} Folders;

static Folders plugin_folders(Plugins *plugins, Arena *arena) {
    Folders folders = {{NULL, 0, 0}};
    const char *named = getenv("INFRA_PROVIDER_PATH");
    Str rest = str_of(named), piece;
    while (named && str_next(&rest, ':', &piece))
        if (piece.n) vec_push(arena, &folders.list, piece);
    Dl_info self;
    if (dladdr((void *)(uintptr_t)&plugins_new, &self) && self.dli_fname) {
        Str own = path_dir(str_copy(arena, str_of(self.dli_fname)));
        vec_push(arena, &folders.list, own);
        vec_push(arena, &folders.list, path_join(arena, own, STR("infra")));
    }
    vec_push(arena, &folders.list, path_join(arena, plugins->folder, STR(".infra/providers")));
    return folders;
}

static Plugin *find_loaded(Plugins *plugins, Str address) {
    for (uint32_t i = 0; i < plugins->list.n; i++)
        if (str_eq(address_path(str_of(plugins->list.at[i]->table.address)), address_path(address)))
            return plugins->list.at[i];
    return NULL;
}

Plugin *plugins_find(Plugins *plugins, Str address, Diags *diags) {
    Plugin *loaded = find_loaded(plugins, address);
    Str name = address_name(address);
    if (loaded || !name.n) return loaded;
    Arena *scratch = arena_new(plugins->process, LIFE_OP, "plugin search");
    Folders folders = plugin_folders(plugins, scratch);
    Plugin *found = NULL;
    uint32_t errors = diags->errors;
    for (uint32_t i = 0; i < folders.list.n && !found && diags->errors == errors; i++) {
        Str file = str_format(scratch, "infra-provider-%.*s.so", STR_ARG(name));
        Str path = str_copy(scratch, path_join(scratch, folders.list.at[i], file));
        if (!file_exists(path.p)) continue;
        const InfraPlugin *table = open_file(plugins, path, diags);
        if (table && str_eq(address_path(str_of(table->address)), address_path(address)))
            found = plugin_add(plugins, table);
    }
    arena_free(scratch);
    return found;
}

const InfraPlugin *plugin_table(const Plugin *plugin) { return &plugin->table; }

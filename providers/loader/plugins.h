// The loader's own structures, shared by its files.
#ifndef INFRA_PROVIDERS_LOADER_PLUGINS_H
#define INFRA_PROVIDERS_LOADER_PLUGINS_H

#include "engine/base/map.h"
#include "providers/loader/loader.h"

struct Plugins {
    InfraHost host; // first: what a plugin hands back as its host is this struct
    Loop *loop;
    Process *process;
    Arena *arena;
    Str folder;
    VEC(Plugin *) list;
    struct ProviderRunning *free_running;
    struct HttpBridge *free_http;
};

// One type of a plugin, as far as it was asked for.
typedef struct PluginType {
    Name name; // NULL: the provider's own configuration
    InfraTypeKind kind;
    uint32_t flags; // INFRA_TYPE_…
    bool known;     // the plugin has it
    Schema schema;
} PluginType;

struct Plugin {
    Plugins *plugins;
    InfraPlugin table;       // copied: members that an older plugin does not have are NULL
    const InfraPlugin *self; // the plugin's own
    IdMap types;             // name and kind to PluginType
    PluginType *last;        // the one asked for last
};

struct Provider {
    Plugin *plugin;
    InfraProvider *handle;
};

// host.c, outside.c
void host_init(Plugins *plugins);
void outside_init(InfraHost *host);
static inline Plugins *host_plugins(const InfraHost *host) { return (Plugins *)(uintptr_t)host; }
static inline Arena *host_arena(InfraArena *arena) { return (Arena *)arena; }
static inline InfraText host_text(Str s) { return (InfraText){s.p, s.n}; }
static inline Str host_str(InfraText t) { return (Str){t.p, t.n}; }
Path host_path(Arena *arena, InfraPath path);

// schema.c
const PluginType *plugin_type(Plugin *plugin, InfraTypeKind kind, Name name);

// stored.c: an object of the state by the schema: attributes that the schema does not have are left out, missing ones
// are null.
bool stored_read(Arena *arena, const SchemaBlock *block, Str json, Value *out, Str *error);

#endif

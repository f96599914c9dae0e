// Finds and opens provider plugins, turns their tables into the engine's types, and carries verbs across.
//
// The only place that knows both provider.h and the engine: marks are stripped on the way in and put back on the way
// out, results are conformed to the schema and checked against the protocol's rules (a plan keeps configured values,
// an apply keeps planned ones; a violation is an error that shows path, planned and actual and keeps the real object).
// Plugins are looked for in the build tree or install folder next to the program, in .infra/providers/, and on
// INFRA_PROVIDER_PATH. Schemas are converted once per type, at first use.
#ifndef INFRA_PROVIDERS_LOADER_LOADER_H
#define INFRA_PROVIDERS_LOADER_LOADER_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"
#include "engine/schema/schema.h"
#include "providers/provider.h"

typedef struct Plugins Plugins;
typedef struct Plugin Plugin;
typedef struct Provider Provider; // one configured provider

Plugins *plugins_new(Loop *loop, Arena *arena, Str folder); // folder: the configuration's, for .infra/providers
void plugins_free(Plugins *plugins);
// A plugin that is part of the program (engine/builtin) or of a test.
void plugins_add(Plugins *plugins, const InfraPlugin *(*entry)(const InfraHost *host));
// By provider address, any registry host. NULL without a diagnostic when there is none.
Plugin *plugins_find(Plugins *plugins, Str address, Diags *diags);
const InfraPlugin *plugin_table(const Plugin *plugin);

// NULL when the plugin has no such type. type NULL: the provider's own configuration. *flags: INFRA_TYPE_… .
const Schema *plugin_schema(Plugin *plugin, InfraTypeKind kind, Name type, uint32_t *flags);
// All type names of a kind, for suggestions.
const char *const *plugin_types(Plugin *plugin, InfraTypeKind kind, size_t *n);

Provider *provider_open(Plugins *plugins, Plugin *plugin, Arena *arena);
void provider_close(Provider *provider);
Plugin *provider_plugin(const Provider *provider);

// Every asynchronous verb: `done` is called once on the loop, possibly before the function returns. Requests belong
// to the caller and must live until then; results are in the request's arena.
typedef void (*ProviderDone)(void *ctx);

void provider_configure(Provider *p, Arena *arena, Value config, Str folder, Diags *diags, ProviderDone done, void *ctx);
// Immediate; NULL-safe for plugins without it.
void plugin_validate(Plugin *plugin, InfraTypeKind kind, Name type, Str address, Arena *arena, Value config, Diags *diags);

typedef struct PrivateBytes {
    const void *p;
    size_t n;
} PrivateBytes;

typedef struct ProviderUpgrade {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    uint64_t version;
    Str from_type, from_provider; // move_state when set
    Str attributes;
    bool flat;
    PrivateBytes private_bytes;
    Value result; // out
    PrivateBytes result_private;
} ProviderUpgrade;
void provider_upgrade(Provider *p, ProviderUpgrade *request, ProviderDone done, void *ctx);

typedef struct ProviderPlan {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    Value prior, config, proposed; // may carry marks; null prior or proposed as in provider.h
    PrivateBytes prior_private;
    Value planned; // out, with marks put back
    PrivateBytes private_bytes;
    PathList replace; // only paths that differ between prior and planned
    Str note;
} ProviderPlan;
void provider_plan(Provider *p, ProviderPlan *request, ProviderDone done, void *ctx);

typedef struct ProviderRead {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    Value prior;
    PrivateBytes prior_private;
    Value result; // out; null: gone
    PrivateBytes private_bytes;
    Str id;         // import
    Value identity;
} ProviderRead;
// All at once: the plugin groups and batches them.
void provider_read_many(Provider *p, ProviderRead **requests, uint32_t n, ProviderDone done, void *ctx);
void provider_import(Provider *p, ProviderRead *request, ProviderDone done, void *ctx);

typedef struct ProviderApply {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    InfraAction action;
    Value prior, config, planned;
    PrivateBytes planned_private;
    Str token, note; // the intent: out of prepare, in of apply
    Value result;    // out
    PrivateBytes private_bytes;
    bool outcome_unknown; // out, after an error
    // A step of several is done: make partial durable (the caller's journal), then call saved. NULL: not wanted.
    void (*progress)(struct ProviderApply *request, Value partial, PrivateBytes private_bytes, void (*saved)(void *ctx),
                     void *saved_ctx);
    void (*status)(struct ProviderApply *request, Str words);
    void *ctx;       // the caller's, for progress and status
    struct ProviderRunning *running; // for provider_cancel
} ProviderApply;
// prepare may be a no-op of the plugin; then done is called at once.
void provider_prepare(Provider *p, ProviderApply *request, ProviderDone done, void *ctx);
void provider_apply(Provider *p, ProviderApply *request, ProviderDone done, void *ctx);
void provider_cancel(Provider *p, ProviderApply *request);

typedef struct ProviderRecover {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    InfraAction action;
    Value prior, planned;
    Str token, note;
    InfraOutcome outcome; // out
    Value result;
    PrivateBytes private_bytes;
} ProviderRecover;
void provider_recover(Provider *p, ProviderRecover *request, ProviderDone done, void *ctx);

typedef struct ProviderData {
    Arena *arena;
    Diags *diags;
    Name type;
    Str address;
    Value config;
    Value result; // out
} ProviderData;
void provider_read_data(Provider *p, ProviderData *request, ProviderDone done, void *ctx);

// The handle of provider.h and the engine's value are the same 16 bytes.
static inline InfraValue provider_handle(Value v) {
    InfraValue h;
    memcpy(&h, &v, sizeof h);
    return h;
}
static inline Value provider_value(InfraValue h) {
    Value v;
    memcpy(&v, &h, sizeof v);
    return v;
}

#endif

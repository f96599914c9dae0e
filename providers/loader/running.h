// A verb that is under way: the plugin's request, the caller's, and what the boundary took off.
//
// Verbs come in this order: running_new, requests filled with running_in, running_begin, the plugin's function,
// running_leave. When the plugin has answered, `finish` brings results over and the caller's done is called: during
// running_leave when the answer came within the verb, else from host->done. Running structs are used again.
#ifndef INFRA_PROVIDERS_LOADER_RUNNING_H
#define INFRA_PROVIDERS_LOADER_RUNNING_H

#include "engine/value/marks.h"
#include "providers/loader/plugins.h"

typedef struct ProviderRunning Running;

struct ProviderRunning { // what a plugin knows as InfraCall
    Plugins *plugins;
    Plugin *plugin;
    Provider *provider;
    const PluginType *type;
    Arena *arena;
    Str address;
    Diags diags;      // of this call alone
    Diags *out_diags; // the caller's
    bool inside, answered;
    void (*finish)(Running *r);
    ProviderDone done;
    void *done_ctx;
    void *request;                // the caller's
    Value prior, config, planned; // as the caller gave them, without marks
    PathMarksList marks;          // to be put back
    union {
        InfraConfigure configure;
        InfraUpgrade upgrade;
        InfraPlan plan;
        InfraRead read;
        InfraApply apply;
        InfraRecover recover;
        InfraDataRead data;
    };
    struct ReadMany *many;
    Running *next_free;
};

Running *running_new(Plugin *plugin, Provider *provider, const PluginType *type, Arena *arena, Str address,
                     Diags *diags);
void running_base(Running *r, InfraRequest *base, Diags *diags);
// Without marks; those of v are added to *marks (may be NULL) for putting back.
static inline Value running_in(Arena *arena, Value v, PathMarksList *marks) {
    return v.bits & VALUE_MARKED_INSIDE ? marks_strip(arena, v, marks) : v;
}
void running_begin(Running *r, void *request, void (*finish)(Running *r), ProviderDone done, void *ctx);
InfraCall *running_call(Running *r);
void running_leave(Running *r);
// host->done, host->progress, host->status
void running_done(InfraCall *call);
void apply_progress(InfraCall *call, InfraValue partial, InfraBytes private_bytes, void (*saved)(void *ctx), void *ctx);
void apply_status(InfraCall *call, InfraText words);

static inline InfraBytes bytes_in(PrivateBytes b) { return (InfraBytes){b.p, b.n}; }
static inline PrivateBytes bytes_out(InfraBytes b) { return (PrivateBytes){b.p, b.n}; }

// Moves the call's messages to the caller's list, with the address.
void running_messages(Diags *to, Diags *from, Str address);
// v as a value of the type's schema. False after an error when it cannot be one.
bool running_conform(Arena *arena, const PluginType *type, Value v, Diags *diags, const char *summary, Value *out);
// Marks put back, with those of the schema.
Value running_out(Arena *arena, const PluginType *type, const PathMarksList *marks, Value v);

// check.c: the protocol's rules. Each violation is an error with path and values.
void check_plan(Running *r, Value prior, Value config, Value planned);
void check_result(Running *r, Value planned, Value actual);
// write_only.c: v with every write-only attribute null: they are in nothing that a plugin gives back.
Value write_only_strip(Arena *arena, const SchemaBlock *block, Value v);

#endif

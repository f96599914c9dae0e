// Verbs of providers: opening, configuring, validating, upgrading, reading, importing. Plans are in verb_plan.c,
// changes in verb_apply.c.
#include "engine/io/file.h"
#include "providers/loader/running.h"

#include <assert.h>

Provider *provider_open(Plugins *plugins, Plugin *plugin, Arena *arena) {
    Provider *provider = ARENA_NEW(arena, Provider);
    provider->plugin = plugin;
    provider->handle = plugin->table.open ? plugin->table.open(plugin->self, &plugins->host) : NULL;
    return provider;
}

void provider_close(Provider *provider) {
    if (provider->plugin->table.close) provider->plugin->table.close(provider->handle);
    provider->handle = NULL;
}

Plugin *provider_plugin(const Provider *provider) { return provider->plugin; }

static void messages(Running *r) { running_messages(r->out_diags, &r->diags, r->address); }

void provider_configure(Provider *p, Arena *arena, Value config, Str folder, Diags *diags, ProviderDone done,
                        void *ctx) {
    Plugin *plugin = p->plugin;
    if (!plugin->table.configure) {
        done(ctx);
        return;
    }
    Running *r = running_new(plugin, p, NULL, arena, STR_NONE, diags);
    running_base(r, &r->configure.base, &r->diags);
    r->configure.config = provider_handle(running_in(arena, config, NULL));
    r->configure.folder = host_text(folder);
    r->configure.user_types = host_text(path_join(arena, folder, STR("infra.types")));
    running_begin(r, NULL, messages, done, ctx);
    plugin->table.configure(p->handle, &r->configure, running_call(r));
    running_leave(r);
}

void plugin_validate(Plugin *plugin, InfraTypeKind kind, Name type, Str address, Arena *arena, Value config,
                     Diags *diags) {
    if (!plugin->table.validate) return;
    Diags own = diags_in(arena);
    InfraRequest base = {
        .host = &plugin->plugins->host,
        .plugin = plugin->self,
        .arena = (InfraArena *)arena,
        .diags = (InfraDiags *)&own,
        .type = type ? host_text(name_str(type)) : (InfraText){"", 0},
        .address = host_text(address),
    };
    plugin->table.validate(kind, &base, provider_handle(running_in(arena, config, NULL)));
    running_messages(diags, &own, address);
}

// ---- stored objects ----

static void upgrade_finish(Running *r) {
    ProviderUpgrade *q = r->request;
    const char *what =
        q->from_type.n ? "Provider cannot take over the stored object" : "Provider cannot upgrade the stored object";
    q->result_private = bytes_out(r->upgrade.result_private);
    Value result = provider_value(r->upgrade.result);
    if (!r->diags.errors) running_conform(q->arena, r->type, result, &r->diags, what, &q->result);
    if (r->diags.errors)
        q->result = value_null(arena_process(q->arena), r->type->schema.block->type);
    else
        q->result = schema_mark(q->arena, r->type->schema.block, q->result);
    messages(r);
}

// An object of the schema's own version needs no plugin. False when the plugin has to be asked.
static bool upgrade_here(Plugin *plugin, const PluginType *type, ProviderUpgrade *q) {
    const SchemaBlock *block = type->schema.block;
    q->result = value_null(arena_process(q->arena), block->type);
    q->result_private = q->private_bytes;
    if (q->from_type.n) {
        if (plugin->table.move_state) return false;
        diag_error(q->diags, "move_not_supported", SPAN_NONE, "Resource type cannot be changed",
                   "The provider of %.*s cannot take over an object of type %.*s.", STR_ARG(q->address),
                   STR_ARG(q->from_type));
        return true;
    }
    if (q->version > type->schema.version) {
        diag_error(q->diags, "schema_newer", SPAN_NONE, "Object was stored by a newer provider version",
                   "The state of %.*s has schema version %llu, but this provider knows versions up to %llu. Use the "
                   "provider version that wrote it, or a newer one.",
                   STR_ARG(q->address), (unsigned long long)q->version, (unsigned long long)type->schema.version);
        return true;
    }
    bool current = q->version == type->schema.version || !plugin->table.upgrade_state;
    if (!current || q->flat) return false;
    Str error = STR_NONE;
    if (stored_read(q->arena, block, q->attributes, &q->result, &error)) {
        q->result = schema_mark(q->arena, block, q->result);
        return true;
    }
    q->result = value_null(arena_process(q->arena), block->type);
    diag_error(q->diags, "state_malformed", SPAN_NONE, "Stored object does not fit its type",
               "The state of %.*s cannot be read: %.*s.", STR_ARG(q->address), STR_ARG(error));
    return true;
}

void provider_upgrade(Provider *p, ProviderUpgrade *q, ProviderDone done, void *ctx) {
    const PluginType *type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
    assert(type->known);
    if (upgrade_here(p->plugin, type, q)) {
        done(ctx);
        return;
    }
    void (*verb)(InfraUpgrade *, InfraCall *) =
        q->from_type.n ? p->plugin->table.move_state : p->plugin->table.upgrade_state;
    if (!verb) {
        diag_error(q->diags, "state_malformed", SPAN_NONE, "Stored object is of a very old form",
                   "The provider of %.*s cannot read attributes in the flat form of early versions.",
                   STR_ARG(q->address));
        done(ctx);
        return;
    }
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->upgrade.base, &r->diags);
    r->upgrade.version = q->version;
    r->upgrade.from_type = host_text(q->from_type);
    r->upgrade.from_provider = host_text(q->from_provider);
    r->upgrade.attributes = host_text(q->attributes);
    r->upgrade.flat = q->flat;
    r->upgrade.private_bytes = r->upgrade.result_private = bytes_in(q->private_bytes);
    r->upgrade.result = r->plugins->host.null;
    running_begin(r, q, upgrade_finish, done, ctx);
    verb(&r->upgrade, running_call(r));
    running_leave(r);
}

// ---- reading ----

// One object of a group.
typedef struct ReadOne {
    InfraRead read;
    Diags diags;
    PathMarksList marks;
    const PluginType *type;
    ProviderRead *request;
} ReadOne;

struct ReadMany {
    Arena *arena;
    ReadOne *at;
    uint32_t n;
};

static void read_finish_one(ReadOne *one) {
    ProviderRead *q = one->request;
    q->private_bytes = bytes_out(one->read.private_bytes);
    q->result = q->prior;
    if (!one->diags.errors) {
        Value result;
        if (running_conform(q->arena, one->type, provider_value(one->read.result), &one->diags,
                            "Provider produced invalid object", &result)) {
            if (value_is_whole(result)) {
                result = write_only_strip(q->arena, one->type->schema.block, result);
                q->result = running_out(q->arena, one->type, &one->marks, result);
            } else {
                diag_error(&one->diags, "provider_bug", SPAN_NONE, "Provider produced invalid object",
                           "The provider read %.*s as an object that is not wholly known. This is a bug in the "
                           "provider.",
                           STR_ARG(q->address));
            }
        }
    }
    running_messages(q->diags, &one->diags, q->address);
}

static void read_many_finish(Running *r) {
    for (uint32_t i = 0; i < r->many->n; i++) read_finish_one(&r->many->at[i]);
    arena_free(r->many->arena);
}

// A read that came back as it was is not copied or compared: the result is the prior value itself.
void provider_read_many(Provider *p, ProviderRead **requests, uint32_t n, ProviderDone done, void *ctx) {
    if (!p->plugin->table.read_many || n == 0) {
        for (uint32_t i = 0; i < n; i++) {
            requests[i]->result = requests[i]->prior;
            requests[i]->private_bytes = requests[i]->prior_private;
        }
        done(ctx);
        return;
    }
    Arena *own = arena_new(p->plugin->plugins->process, LIFE_OP, "provider read");
    Running *r = running_new(p->plugin, p, NULL, own, STR_NONE, NULL);
    r->many = ARENA_NEW(own, struct ReadMany);
    *r->many = (struct ReadMany){own, ARENA_ARRAY(own, ReadOne, n), n};
    InfraRead **reads = ARENA_ARRAY(own, InfraRead *, n);
    for (uint32_t i = 0; i < n; i++) {
        ReadOne *one = &r->many->at[i];
        ProviderRead *q = one->request = requests[i];
        one->type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
        assert(one->type->known);
        one->diags = diags_in(q->arena);
        one->read.base = (InfraRequest){
            .host = &r->plugins->host,
            .plugin = p->plugin->self,
            .arena = (InfraArena *)q->arena,
            .diags = (InfraDiags *)&one->diags,
            .type = host_text(name_str(q->type)),
            .address = host_text(q->address),
        };
        one->read.prior = provider_handle(running_in(q->arena, q->prior, &one->marks));
        one->read.prior_private = one->read.private_bytes = bytes_in(q->prior_private);
        one->read.result = one->read.prior;
        one->read.identity = r->plugins->host.null;
        reads[i] = &one->read;
    }
    running_begin(r, NULL, read_many_finish, done, ctx);
    p->plugin->table.read_many(p->handle, reads, n, running_call(r));
    running_leave(r);
}

static void import_finish(Running *r) {
    ProviderRead *q = r->request;
    q->private_bytes = bytes_out(r->read.private_bytes);
    if (!r->diags.errors)
        running_conform(q->arena, r->type, provider_value(r->read.result), &r->diags,
                        "Provider produced invalid object", &q->result);
    if (!r->diags.errors && value_is_null(q->result))
        diag_error(&r->diags, "import_not_found", SPAN_NONE, "Cannot import an object that does not exist",
                   "The provider found no object for the id \"%.*s\" of %.*s.", STR_ARG(q->id), STR_ARG(q->address));
    if (r->diags.errors)
        q->result = value_null(arena_process(q->arena), r->type->schema.block->type);
    else
        q->result = running_out(q->arena, r->type, NULL, q->result);
    messages(r);
}

void provider_import(Provider *p, ProviderRead *q, ProviderDone done, void *ctx) {
    const PluginType *type = plugin_type(p->plugin, INFRA_RESOURCE, q->type);
    assert(type->known);
    q->result = value_null(arena_process(q->arena), type->schema.block->type);
    if (!p->plugin->table.import) {
        diag_error(q->diags, "import_not_supported", SPAN_NONE, "Resource type cannot be imported",
                   "The provider of %.*s does not support import.", STR_ARG(q->address));
        done(ctx);
        return;
    }
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->read.base, &r->diags);
    r->read.prior = r->read.result = r->plugins->host.null;
    r->read.id = host_text(q->id);
    r->read.identity = q->id.n ? r->plugins->host.null : provider_handle(running_in(q->arena, q->identity, NULL));
    running_begin(r, q, import_finish, done, ctx);
    p->plugin->table.import(p->handle, &r->read, running_call(r));
    running_leave(r);
}

static void data_finish(Running *r) {
    ProviderData *q = r->request;
    if (!r->diags.errors)
        running_conform(q->arena, r->type, provider_value(r->data.result), &r->diags,
                        "Provider produced invalid object", &q->result);
    if (r->diags.errors)
        q->result = value_null(arena_process(q->arena), r->type->schema.block->type);
    else
        q->result = running_out(q->arena, r->type, &r->marks, q->result);
    messages(r);
}

void provider_read_data(Provider *p, ProviderData *q, ProviderDone done, void *ctx) {
    const PluginType *type = plugin_type(p->plugin, INFRA_DATA, q->type);
    assert(type->known && p->plugin->table.read_data);
    Running *r = running_new(p->plugin, p, type, q->arena, q->address, q->diags);
    running_base(r, &r->data.base, &r->diags);
    r->data.config = provider_handle(running_in(q->arena, q->config, &r->marks));
    r->data.result = r->plugins->host.null;
    running_begin(r, q, data_finish, done, ctx);
    p->plugin->table.read_data(p->handle, &r->data, running_call(r));
    running_leave(r);
}

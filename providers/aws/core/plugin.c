// The plugin's table of verbs.
#include "providers/aws/client/endpoints.h"
#include "providers/aws/core/apply.h"
#include "providers/aws/core/batch.h"
#include "providers/aws/core/data.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/locks.h"
#include "providers/aws/core/plan.h"
#include "providers/aws/core/read.h"
#include "providers/aws/core/recover.h"
#include "providers/aws/core/settings.h"
#include "providers/aws/core/upgrade.h"
#include "providers/build_id.h"

static Core *core_of(const InfraPlugin *self) { return (Core *)(uintptr_t)self; }

static const char kinds[] = {'p', 'r', 'd', 'e'};

static const char *const *types(const InfraPlugin *self, InfraTypeKind kind, size_t *n) {
    Core *core = core_of(self);
    if (!core->names[kind])
        core->names[kind] = table_names(&core->table, core->arena, kinds[kind], &core->name_counts[kind]);
    *n = core->name_counts[kind];
    return core->names[kind];
}

static int schema(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out) {
    Core *core = core_of(self);
    if (kind == INFRA_PROVIDER_CONFIG) {
        *out = *settings_schema(core);
        return 1;
    }
    Def *def = core_def(core, kinds[kind], str_of(name));
    if (!def) return 0;
    *out = def->schema;
    return 1;
}

static InfraProvider *open_provider(const InfraPlugin *self, const InfraHost *host) {
    Core *core = core_of(self);
    Arena *arena = arena_new(core->process, LIFE_WALK, "aws provider");
    InfraProvider *p = ARENA_NEW(arena, InfraProvider);
    p->core = core;
    p->host = host;
    p->arena = arena;
    p->default_tags = value_null(core->process, type_map(core->process, type_string(core->process)));
    p->known = strmap_in(arena);
    p->batcher = batcher_new(p);
    p->locks = locks_new(arena, core->loop);
    return p;
}

static void close_provider(InfraProvider *p) {
    if (p->client) aws_client_free(p->client);
    arena_free(p->arena);
}

static void validate(InfraTypeKind kind, InfraRequest *base, InfraValue config) {
    if (kind == INFRA_PROVIDER_CONFIG) return;
    Def *def = core_def(core_of(base->plugin), kinds[kind], handle_str(base->type));
    if (def) aws_validate(def, base, handle_value(config));
}

static void configure(InfraProvider *p, InfraConfigure *q, InfraCall *call) {
    Value config = handle_value(q->config);
    AwsSettings settings;
    static const char *const later[] = {"default_tags", "ignore_tags"};
    // Unknown tags matter where they are used; any other unknown setting puts off all calls.
    for (uint32_t i = 0; i < value_parts(config); i++) {
        Str name = name_str(config.obj->shape->names[i]);
        p->deferred |= !value_is_whole(value_part(config, i)) && !str_eqz(name, later[0]) && !str_eqz(name, later[1]);
    }
    if (settings_read(p, &q->base, config, &settings) && !p->deferred) {
        p->client = aws_client_new(p->core->loop, p->arena, &settings);
        p->region = aws_client_region(p->client);
        p->partition = str_of(endpoint_partition(p->region));
        p->dns_suffix = str_of(endpoint_dns_suffix(p->region));
    }
    q->base.host->done(call);
}

static void plan(InfraProvider *p, InfraPlan *q, InfraCall *call) {
    aws_plan(p, q);
    q->base.host->done(call);
}

static void unload(const InfraPlugin *self) { core_free(core_of(self)); }

static const InfraPlugin table = {
    .size = sizeof table,
    .version = INFRA_PROVIDER_VERSION,
    .name = "aws",
    .address = "registry.opentofu.org/hashicorp/aws",
    .level = "6.58",
    .build_id = INFRA_BUILD_ID,
    .types = types,
    .schema = schema,
    .open = open_provider,
    .close = close_provider,
    .validate = validate,
    .configure = configure,
    .upgrade_state = aws_upgrade,
    .plan = plan,
    .read_many = aws_read_many,
    .prepare = aws_prepare,
    .apply = aws_apply,
    .recover = aws_recover,
    .import = aws_import,
    .read_data = aws_read_data,
    .cancel = aws_cancel_call,
    .unload = unload,
};

const InfraPlugin *infra_provider(const InfraHost *host);

__attribute__((visibility("default"))) const InfraPlugin *infra_provider(const InfraHost *host) {
    if (host->version < INFRA_PROVIDER_VERSION || !host->context) return NULL;
    Loop *loop = host->context;
    Core *core = core_new(host, loop_process(loop), loop);
    core->plugin = table;
    return &core->plugin;
}

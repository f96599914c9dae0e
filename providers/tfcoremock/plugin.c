#include "providers/tfcoremock/mock.h"

#include <string.h>

void mock_error(const InfraRequest *base, InfraText summary, InfraText detail) {
    base->host->diag(base->diags, INFRA_ERROR, summary, detail, (InfraPath){NULL, 0});
}

static const char *const fail_verbs[] = {"create", "update", "read", "delete"};

int mock_fails_on(const InfraProvider *p, const char *verb, InfraText id) {
    for (size_t v = 0; v < 4; v++) {
        if (strcmp(verb, fail_verbs[v]) != 0) continue;
        InfraValue list = p->fail_on[v];
        for (size_t i = 0; i < p->host->length(list); i++)
            if (text_same(p->host->text(p->host->element(list, i)), id)) return 1;
    }
    return 0;
}

static const char *const *types(const InfraPlugin *self, InfraTypeKind kind, size_t *n) {
    Mock *mock = mock_of(self);
    *n = kind == INFRA_RESOURCE || kind == INFRA_DATA ? mock->type_count : 0;
    return mock->names;
}

static int schema(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out) {
    return types_schema(mock_of(self), kind, name, out);
}

static InfraProvider *provider_open(const InfraPlugin *self, const InfraHost *host) {
    InfraArena *arena = host->arena_new(host);
    InfraProvider *p = host->alloc(arena, sizeof *p);
    p->mock = mock_of(self);
    p->host = host;
    p->arena = arena;
    p->store = (Store){host, host->folder, TEXT("terraform.resource"), TEXT("terraform.data"), 0};
    for (size_t i = 0; i < 4; i++) p->fail_on[i] = host->null;
    script_load(&p->script, host, arena, &p->script_error);
    return p;
}

static void provider_close(InfraProvider *p) { p->host->arena_free(p->arena); }

static InfraText kept(InfraProvider *p, InfraValue v, InfraText otherwise) {
    InfraText s = p->host->text(v);
    return s.n ? p->host->format(p->arena, "%.*s", (int)s.n, s.p) : otherwise;
}

static void configure(InfraProvider *p, InfraConfigure *q, InfraCall *call) {
    const InfraHost *host = p->host;
    static const char *const lists[] = {"fail_on_create", "fail_on_update", "fail_on_read", "fail_on_delete"};
    if (!host->is_null(q->config) && !host->is_unknown(q->config)) {
        p->store.resources = kept(p, host->get(host, q->config, "resource_directory"), p->store.resources);
        p->store.data = kept(p, host->get(host, q->config, "data_directory"), p->store.data);
        p->store.only_state = host->boolean(host->get(host, q->config, "use_only_state"));
        for (size_t i = 0; i < 4; i++) p->fail_on[i] = host->copy(p->arena, host->get(host, q->config, lists[i]));
    }
    if (p->mock->error.n) mock_error(&q->base, TEXT("Invalid dynamic_resources.json"), p->mock->error);
    if (p->script_error.n) mock_error(&q->base, TEXT("Invalid tfcoremock.json"), p->script_error);
    Rule *rule = script_rule(&p->script, "configure", TEXT(""), TEXT(""));
    if (rule->mishap != NO_MISHAP)
        mock_error(&q->base, TEXT("failed to configure"), rule->message.n ? rule->message : TEXT("forced failure"));
    host->done(call);
}

static void plan(InfraProvider *p, InfraPlan *q, InfraCall *call) {
    const InfraHost *host = p->host;
    Rule *rule = script_rule(&p->script, "plan", q->base.type, host->text(host->get(host, q->config, "id")));
    if (rule->mishap != NO_MISHAP)
        mock_error(&q->base, TEXT("failed to plan"), rule->message.n ? rule->message : TEXT("forced failure"));
    plan_object(types_find(p->mock, q->base.type), q);
    q->planned = script_merge(host, q->base.arena, q->planned, rule->answer);
    host->done(call);
}

static void unload(const InfraPlugin *self) {
    Mock *mock = mock_of(self);
    mock->host->arena_free(mock->arena);
}

static const InfraPlugin plugin = {
    .size = sizeof plugin,
    .version = INFRA_PROVIDER_VERSION,
    .name = "tfcoremock",
    .address = "registry.opentofu.org/hashicorp/tfcoremock",
    .level = "0.1",
    .types = types,
    .schema = schema,
    .open = provider_open,
    .close = provider_close,
    .configure = configure,
    .plan = plan,
    .read_many = read_many,
    .prepare = apply_prepare,
    .apply = apply_start,
    .recover = recover_start,
    .import = read_import,
    .read_data = read_data,
    .cancel = apply_cancel,
    .unload = unload,
};

INFRA_ENTRY const InfraPlugin *infra_provider(const InfraHost *host);

const InfraPlugin *infra_provider(const InfraHost *host) {
    if (host->version < INFRA_PROVIDER_VERSION) return NULL;
    InfraArena *arena = host->arena_new(host);
    Mock *mock = host->alloc(arena, sizeof *mock);
    mock->table = plugin;
    mock->host = host;
    mock->arena = arena;
    types_load(mock);
    return &mock->table;
}

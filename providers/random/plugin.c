#include "providers/random/random.h"

#include <string.h>

int text_same(InfraText a, InfraText b) { return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0); }

void random_error(const InfraRequest *base, const char *attribute, InfraText summary, InfraText detail) {
    InfraStep step = {.attr = text_of(attribute)};
    base->host->diag(base->diags, INFRA_ERROR, summary, detail, (InfraPath){&step, attribute ? 1 : 0});
}

InfraText random_text(const InfraHost *host, InfraValue object, const char *name) {
    return host->text(host->get(host, object, name));
}

int64_t random_integer(const InfraHost *host, InfraValue object, const char *name) {
    int64_t i;
    return host->integer(host->get(host, object, name), &i) ? i : 0;
}

void random_set(const InfraRequest *base, InfraValue *object, const char *name, InfraValue v) {
    *object = base->host->with(base->arena, *object, name, v);
}

void random_set_text(const InfraRequest *base, InfraValue *object, const char *name, InfraText s) {
    random_set(base, object, name, base->host->make_text(base->arena, s));
}

static const char *const *types(const InfraPlugin *self, InfraTypeKind kind, size_t *n) {
    (void)self;
    const char *const *names = types_names(n);
    if (kind != INFRA_RESOURCE) *n = 0;
    return names;
}

static int schema(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out) {
    (void)self;
    const RandomType *type = kind == INFRA_RESOURCE ? types_find(text_of(name)) : NULL;
    *out = (InfraSchema){0, NULL, 0};
    if (type) *out = (InfraSchema){type->version, &type->block, INFRA_TYPE_NO_EFFECT};
    return type || kind == INFRA_PROVIDER_CONFIG;
}

static void validate(InfraTypeKind kind, InfraRequest *base, InfraValue config) {
    if (kind == INFRA_RESOURCE) plan_validate(types_find(base->type), base, config);
}

static void upgrade_state(InfraUpgrade *q, InfraCall *call) {
    const InfraHost *host = q->base.host;
    if (!types_find(q->base.type)->characters) {
        random_error(&q->base, NULL, TEXT("Stored object cannot be upgraded"), TEXT("No such version is known."));
        host->done(call);
        return;
    }
    q->result = upgrade_characters(q);
    InfraText old = random_text(host, q->result, "bcrypt_hash");
    if (types_find(q->base.type)->characters == 2 && !host->is_null(q->result))
        hash_result(&q->base, &q->result, old, call);
    else
        host->done(call);
}

static void plan(InfraProvider *provider, InfraPlan *q, InfraCall *call) {
    (void)provider;
    plan_object(types_find(q->base.type), q);
    q->base.host->done(call);
}

static void apply(InfraProvider *provider, InfraApply *q, InfraCall *call) {
    (void)provider;
    const InfraHost *host = q->base.host;
    const RandomType *type = types_find(q->base.type);
    q->result = q->planned;
    if (q->action != INFRA_CREATE) {
        host->done(call);
        return;
    }
    InfraValue made = q->planned;
    type->create(q, &made);
    int failed = host->is_unknown(host->get(host, made, "id"));
    q->result = failed ? host->null : made;
    if (type->characters == 2 && !failed)
        hash_result(&q->base, &q->result, TEXT(""), call);
    else
        host->done(call);
}

static void import(InfraProvider *provider, InfraRead *q, InfraCall *call) {
    (void)provider;
    const RandomType *type = types_find(q->base.type);
    if (type->import)
        type->import(q);
    else
        random_error(&q->base, NULL, TEXT("Cannot import"), TEXT("This type cannot be imported."));
    if (type->characters == 2 && type->import)
        hash_result(&q->base, &q->result, TEXT(""), call);
    else
        q->base.host->done(call);
}

static const InfraPlugin plugin = {
    .size = sizeof plugin,
    .version = INFRA_PROVIDER_VERSION,
    .name = "random",
    .address = "registry.opentofu.org/hashicorp/random",
    .level = "3.7",
    .types = types,
    .schema = schema,
    .validate = validate,
    .upgrade_state = upgrade_state,
    .plan = plan,
    .apply = apply,
    .import = import,
};

INFRA_ENTRY const InfraPlugin *infra_provider(const InfraHost *host);

const InfraPlugin *infra_provider(const InfraHost *host) {
    return host->version >= INFRA_PROVIDER_VERSION ? &plugin : NULL;
}

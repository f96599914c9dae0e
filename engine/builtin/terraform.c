#include "engine/builtin/builtin.h"
#include "engine/builtin/remote_state.h"
#include "engine/builtin/terraform_data.h"

#include "providers/build_id.h"

#include <string.h>

static const char *const resources[] = {"terraform_data"};
static const char *const data_sources[] = {"terraform_remote_state"};

static const char *const *types(const InfraPlugin *self, InfraTypeKind kind, size_t *n) {
    (void)self;
    *n = kind == INFRA_RESOURCE || kind == INFRA_DATA ? 1 : 0;
    return kind == INFRA_DATA ? data_sources : resources;
}

static int schema(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out) {
    (void)self;
    if (kind == INFRA_PROVIDER_CONFIG) return 1;
    if (kind == INFRA_DATA && strcmp(name, "terraform_remote_state") == 0) {
        *out = (InfraSchema){.block = &remote_state_block};
        return 1;
    }
    if (kind != INFRA_RESOURCE || strcmp(name, "terraform_data") != 0) return 0;
    *out = (InfraSchema){.block = &terraform_data_block, .flags = INFRA_TYPE_NO_EFFECT};
    return 1;
}

static void validate(InfraTypeKind kind, InfraRequest *base, InfraValue config) {
    if (kind == INFRA_RESOURCE) terraform_data_validate(base, config);
    if (kind == INFRA_DATA) remote_state_validate(base, config);
}

static void move_state(InfraUpgrade *request, InfraCall *call) {
    terraform_data_move(request);
    request->base.host->done(call);
}

static void plan(InfraProvider *provider, InfraPlan *request, InfraCall *call) {
    (void)provider;
    terraform_data_plan(request);
    request->base.host->done(call);
}

static void apply(InfraProvider *provider, InfraApply *request, InfraCall *call) {
    (void)provider;
    terraform_data_apply(request);
    request->base.host->done(call);
}

static void import(InfraProvider *provider, InfraRead *request, InfraCall *call) {
    (void)provider;
    terraform_data_import(request);
    request->base.host->done(call);
}

static void read_data(InfraProvider *provider, InfraDataRead *request, InfraCall *call) {
    (void)provider;
    remote_state_read(request, call);
}

static const InfraPlugin plugin = {
    .size = sizeof plugin,
    .version = INFRA_PROVIDER_VERSION,
    .name = "terraform",
    .address = "terraform.io/builtin/terraform",
    .level = "1.12",
    .build_id = INFRA_BUILD_ID,
    .types = types,
    .schema = schema,
    .validate = validate,
    .move_state = move_state,
    .plan = plan,
    .apply = apply,
    .import = import,
    .read_data = read_data,
};

const InfraPlugin *builtin_terraform(const InfraHost *host) {
    return host->version >= INFRA_PROVIDER_VERSION ? &plugin : NULL;
}

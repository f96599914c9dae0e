#include "providers/aws/core/settings.h"

#include "engine/base/clock.h"
#include "providers/aws/client/endpoints.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/plan.h"

static void add(Core *core, const char *name, const Type *type, const char *deprecated) {
    Attrs *attrs = core->config_attrs;
    Attr *more = ARENA_ARRAY(core->arena, Attr, attrs->n + 1);
    memcpy(more, attrs->at, sizeof(Attr) * attrs->n);
    more[attrs->n++] = (Attr){
        .name = name_of(core->process, str_of(name)), .type = type, .flags = INFRA_OPTIONAL, .deprecated = deprecated};
    attrs->at = more;
    attrs_finish(core->arena, attrs);
}

const InfraSchema *settings_schema(Core *core) {
    if (core->config_attrs) return &core->config;
    uint64_t version;
    Process *p = core->process;
    core->config_attrs = table_type(&core->table, 'p', STR("aws"), false, &version);
    add(core, "tag_policy_compliance", type_string(p), NULL);
    add(core, "user_agent", type_list(p, type_string(p)), NULL);
    add(core, "s3_force_path_style", type_bool(p), "Use s3_use_path_style instead.");
    add(core, "shared_credentials_file", type_string(p), "Use shared_credentials_files instead.");
    add(core, "skip_get_ec2_platforms", type_bool(p), "It has no effect any more.");
    core->config = (InfraSchema){version, attrs_block(core->arena, core->config_attrs), INFRA_TYPE_LOOSE};
    return &core->config;
}

static Value get(Value v, const char *name) {
    const Value *found = value_get_str(v, str_of(name));
    static const Value none = {.kind = TYPE_STRING, .bits = VALUE_NULL};
    return found && value_is_set(*found) ? *found : none;
}

static Str text(const struct InfraProvider *provider, Value v, const char *name) {
    Value found = get(v, name);
    return value_is_set(found) && found.kind == TYPE_STRING ? str_copy(provider->arena, value_str(found)) : STR_NONE;
}

static bool boolean(Value v, const char *name) { return value_true(get(v, name)); }

static StrList texts(const struct InfraProvider *provider, Value v, const char *name) {
    Value list = get(v, name);
    uint32_t n = value_parts(list), kept = 0;
    Str *at = ARENA_ARRAY(provider->arena, Str, n + 1);
    for (uint32_t i = 0; i < n; i++)
        if (value_is_set(value_part(list, i))) at[kept++] = str_copy(provider->arena, value_str(value_part(list, i)));
    return (StrList){at, kept};
}

static bool duration(const InfraRequest *base, Value v, int64_t *seconds) {
    Value d = get(v, "duration");
    int64_t ns = 0;
    if (!value_is_set(d) || d.n == 0) return true;
    if (!clock_parse_duration(value_str(d), &ns)) {
        aws_error(base, STR("Invalid duration"), STR("duration is written like \"1h\" or \"30m\"."), NULL);
        return false;
    }
    *seconds = ns / NS_PER_S;
    return true;
}

static bool read_role(struct InfraProvider *p, const InfraRequest *base, Value block, AwsAssumeRole *role) {
    StrList policies = texts(p, block, "policy_arns");
    *role = (AwsAssumeRole){.role_arn = text(p, block, "role_arn"),
                            .session_name = text(p, block, "session_name"),
                            .external_id = text(p, block, "external_id"),
                            .policy = text(p, block, "policy"),
                            .source_identity = text(p, block, "source_identity"),
                            .token = text(p, block, "web_identity_token"),
                            .token_file = text(p, block, "web_identity_token_file"),
                            .policy_arns = policies.at,
                            .policy_arn_count = policies.n,
                            .tags = value_copy(p->arena, get(block, "tags")),
                            .transitive_tag_keys = value_copy(p->arena, get(block, "transitive_tag_keys"))};
    return duration(base, block, &role->duration_s);
}

static bool read_roles(struct InfraProvider *p, const InfraRequest *base, Value config, AwsSettings *s) {
    Value roles = get(config, "assume_role"), web = get(config, "assume_role_with_web_identity");
    AwsAssumeRole *at = ARENA_ARRAY(p->arena, AwsAssumeRole, value_parts(roles) + 1);
    bool fine = true;
    for (uint32_t i = 0; i < value_parts(roles); i++) {
        Value block = value_part(roles, i);
        if (!value_is_set(get(block, "role_arn")) || get(block, "role_arn").n == 0) continue;
        fine = read_role(p, base, block, &at[s->assume_role_count++]) && fine;
    }
    s->assume_roles = at;
    if (value_parts(web) == 0) return fine;
    AwsAssumeRole *identity = ARENA_NEW(p->arena, AwsAssumeRole);
    s->web_identity = identity;
    return read_role(p, base, value_part(web, 0), identity) && fine;
}

// Names that the endpoints block has for a service, and ours.
static const char *service_of(Str name) {
    static const struct {
        const char *alias, *service;
    } known[] = {{"s3api", "s3"},
                 {"cloudwatchevents", "events"},
                 {"eventbridge", "events"},
                 {"cloudwatchlogs", "logs"},
                 {"cloudwatchlog", "logs"},
                 {"elasticloadbalancingv2", "elbv2"},
                 {"elasticloadbalancing", "elb"},
                 {"sfn", "stepfunctions"},
                 {"elasticsearchservice", "es"},
                 {"elasticsearch", "es"},
                 {"databasemigration", "dms"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eqz(name, known[i].alias)) return known[i].service;
    return NULL;
}

static void read_endpoints(struct InfraProvider *p, Value config, AwsSettings *s) {
    Value blocks = get(config, "endpoints");
    VEC(AwsEndpoint) list = {0};
    for (uint32_t i = 0; i < value_parts(blocks); i++) {
        Value block = value_part(blocks, i);
        for (uint32_t k = 0; k < value_parts(block); k++) {
            Value url = value_part(block, k);
            if (!value_is_set(url) || url.kind != TYPE_STRING || url.n == 0) continue;
            Str name = name_str(block.obj->shape->names[k]);
            const char *service = service_of(name);
            AwsEndpoint e = {service ? str_of(service) : str_copy(p->arena, name), str_copy(p->arena, value_str(url))};
            vec_push(p->arena, &list, e);
        }
    }
    s->endpoints = list.at;
    s->endpoint_count = list.n;
}

static void read_tags(struct InfraProvider *p, Value config) {
    Value defaults = get(config, "default_tags"), ignore = get(config, "ignore_tags");
    const Type *map = type_map(p->core->process, type_string(p->core->process));
    p->default_tags = value_null(p->core->process, map);
    if (value_parts(defaults)) {
        const Value *tags = value_get_str(value_part(defaults, 0), STR("tags"));
        if (tags && !value_is_null(*tags)) p->default_tags = value_copy(p->arena, *tags);
    }
    if (!value_parts(ignore)) return;
    p->ignore_keys = texts(p, value_part(ignore, 0), "keys");
    p->ignore_prefixes = texts(p, value_part(ignore, 0), "key_prefixes");
}

bool settings_read(struct InfraProvider *p, const InfraRequest *base, Value config, AwsSettings *s) {
    *s = (AwsSettings){0};
    StrList config_files = texts(p, config, "shared_config_files"),
            credentials = texts(p, config, "shared_credentials_files");
    Str one = text(p, config, "shared_credentials_file");
    if (!credentials.n && one.n)
        credentials = (StrList){memcpy(arena_alloc(p->arena, sizeof one), &one, sizeof one), 1};
    s->region = text(p, config, "region");
    s->profile = text(p, config, "profile");
    s->access_key = text(p, config, "access_key");
    s->secret_key = text(p, config, "secret_key");
    s->token = text(p, config, "token");
    s->shared_config_files = config_files.at;
    s->shared_config_file_count = config_files.n;
    s->shared_credentials_files = credentials.at;
    s->shared_credentials_file_count = credentials.n;
    s->http_proxy = text(p, config, "http_proxy");
    s->https_proxy = text(p, config, "https_proxy");
    s->no_proxy = text(p, config, "no_proxy");
    s->custom_ca_bundle = text(p, config, "custom_ca_bundle");
    s->ec2_metadata_endpoint = text(p, config, "ec2_metadata_service_endpoint");
    s->insecure = boolean(config, "insecure");
    s->use_fips = boolean(config, "use_fips_endpoint");
    s->use_dualstack = boolean(config, "use_dualstack_endpoint");
    s->s3_path_style = boolean(config, "s3_use_path_style") || boolean(config, "s3_force_path_style");
    s->skip_metadata = str_eqz(text(p, config, "skip_metadata_api_check"), "true");
    s->skip_region_validation = boolean(config, "skip_region_validation");
    int64_t tries = 0;
    Value retries = get(config, "max_retries");
    if (value_is_set(retries)) (void)value_to_i64(retries, &tries);
    s->max_tries = tries > 0 && tries < 1000 ? (uint32_t)tries : 0;
    s->usual_tries = 25; // as Terraform's provider has it
    p->skip_account = boolean(config, "skip_requesting_account_id");
    p->allowed_accounts = texts(p, config, "allowed_account_ids");
    p->forbidden_accounts = texts(p, config, "forbidden_account_ids");
    if (p->allowed_accounts.n && p->forbidden_accounts.n) {
        aws_error(base, STR("Conflicting arguments"),
                  STR("allowed_account_ids and forbidden_account_ids exclude each other."), NULL);
        return false;
    }
    read_tags(p, config);
    read_endpoints(p, config, s);
    return read_roles(p, base, config, s);
}

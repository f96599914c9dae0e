// The order in which sources are asked, as AWS's SDKs have it: keys that were given, a profile that was given, the
// environment, the profile of the environment or "default", a container, the instance.
#include "providers/aws/client/credentials.h"
#include "providers/aws/client/text.h"

#define PROFILES_DEEP 16

typedef struct Planner {
    Arena *arena;
    const AwsConfig *config;
    CredentialsPlan *plan;
    uint32_t depth;
} Planner;

static bool problem(Planner *p, Str text) {
    p->plan->problem = text;
    return false;
}

static bool use_keys(Planner *p, Str access_key, Str secret_key, Str token) {
    if (!access_key.n || !secret_key.n) return false;
    p->plan->source = FROM_KEYS;
    p->plan->keys = (AwsKeys){access_key, secret_key, token, 0};
    return true;
}

static bool use_environment(Planner *p) {
    Str access_key = settings_env("AWS_ACCESS_KEY_ID"), secret_key = settings_env("AWS_SECRET_ACCESS_KEY");
    if (!access_key.n) access_key = settings_env("AWS_ACCESS_KEY");
    if (!secret_key.n) secret_key = settings_env("AWS_SECRET_KEY");
    return use_keys(p, access_key, secret_key, settings_env("AWS_SESSION_TOKEN"));
}

static bool use_web_identity(Planner *p, AwsAssumeRole web) {
    p->plan->source = FROM_WEB_IDENTITY;
    p->plan->web = web;
    return true;
}

static bool use_environment_web_identity(Planner *p) {
    AwsAssumeRole web = {.role_arn = settings_env("AWS_ROLE_ARN"),
                         .token_file = settings_env("AWS_WEB_IDENTITY_TOKEN_FILE"),
                         .session_name = settings_env("AWS_ROLE_SESSION_NAME")};
    return web.role_arn.n && web.token_file.n && use_web_identity(p, web);
}

static bool container_is_offered(void) {
    return settings_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").n ||
           settings_env("AWS_CONTAINER_CREDENTIALS_FULL_URI").n;
}

static bool metadata_is_allowed(const AwsConfig *config) {
    return !config->given.skip_metadata && !text_same(settings_env("AWS_EC2_METADATA_DISABLED"), STR("true"));
}

static bool use_profile(Planner *p, Str name);

static bool use_credential_source(Planner *p, Str source, Str profile) {
    if (str_eqz(source, "Environment")) {
        if (use_environment(p)) return true;
        return problem(p, str_format(p->arena,
                                     "The profile \"%.*s\" takes its credentials from the environment, which "
                                     "has none.",
                                     STR_ARG(profile)));
    }
    if (str_eqz(source, "EcsContainer")) {
        p->plan->source = FROM_CONTAINER;
        return true;
    }
    if (str_eqz(source, "Ec2InstanceMetadata")) {
        p->plan->source = FROM_METADATA;
        return true;
    }
    return problem(p, str_format(p->arena, "The profile \"%.*s\" has an unknown credential_source \"%.*s\".",
                                 STR_ARG(profile), STR_ARG(source)));
}

// The keys with which a profile's role is assumed.
static bool use_source_of_role(Planner *p, const StrMap *section, Str name) {
    Str source_profile = config_get(section, "source_profile"), source = config_get(section, "credential_source");
    if (source.n) return use_credential_source(p, source, name);
    if (!source_profile.n)
        return problem(p, str_format(p->arena,
                                     "The profile \"%.*s\" has a role_arn, but neither source_profile nor "
                                     "credential_source nor web_identity_token_file.",
                                     STR_ARG(name)));
    if (!str_eq(source_profile, name)) return use_profile(p, source_profile);
    if (use_keys(p, config_get(section, "aws_access_key_id"), config_get(section, "aws_secret_access_key"),
                 config_get(section, "aws_session_token")))
        return true;
    return problem(
        p, str_format(p->arena, "The profile \"%.*s\" is its own source_profile, but has no keys.", STR_ARG(name)));
}

static bool use_role(Planner *p, const StrMap *section, Str name) {
    AwsAssumeRole role = {.role_arn = config_get(section, "role_arn"),
                          .session_name = config_get(section, "role_session_name"),
                          .external_id = config_get(section, "external_id"),
                          .mfa_serial = config_get(section, "mfa_serial"),
                          .token_file = config_get(section, "web_identity_token_file")};
    str_to_i64(config_get(section, "duration_seconds"), &role.duration_s);
    if (role.token_file.n) return use_web_identity(p, role);
    if (!use_source_of_role(p, section, name)) return false;
    vec_push(p->arena, &p->plan->roles, role);
    return true;
}

static bool use_profile(Planner *p, Str name) {
    const StrMap *section = config_section(&p->config->files, "profile", name);
    if (!section)
        return problem(p,
                       str_format(p->arena, "There is no profile \"%.*s\" in the shared config and credentials files.",
                                  STR_ARG(name)));
    if (++p->depth > PROFILES_DEEP)
        return problem(p, str_format(p->arena, "The profile \"%.*s\" is reached from itself through source_profile.",
                                     STR_ARG(name)));
    if (config_get(section, "role_arn").n) return use_role(p, section, name);
    if (use_keys(p, config_get(section, "aws_access_key_id"), config_get(section, "aws_secret_access_key"),
                 config_get(section, "aws_session_token")))
        return true;
    p->plan->profile = section;
    bool sso = config_get(section, "sso_session").n || config_get(section, "sso_start_url").n;
    p->plan->source = sso ? FROM_SSO : config_get(section, "credential_process").n ? FROM_PROCESS : FROM_NOWHERE;
    return p->plan->source != FROM_NOWHERE;
}

static void find_source(Planner *p) {
    const AwsConfig *c = p->config;
    if (use_keys(p, c->given.access_key, c->given.secret_key, c->given.token)) return;
    if (!c->profile_given && (use_environment(p) || use_environment_web_identity(p))) return;
    if (c->profile && use_profile(p, c->profile_name)) return;
    if (p->plan->problem.n) return;
    if (container_is_offered())
        p->plan->source = FROM_CONTAINER;
    else if (metadata_is_allowed(c))
        p->plan->source = FROM_METADATA;
}

void credentials_plan(Arena *arena, const AwsConfig *config, CredentialsPlan *out) {
    *out = (CredentialsPlan){.source = FROM_NOWHERE, .problem = config->problem};
    if (out->problem.n) return;
    Planner p = {arena, config, out, 0};
    if (config->given.web_identity)
        use_web_identity(&p, *config->given.web_identity);
    else
        find_source(&p);
    for (uint32_t i = 0; i < config->given.assume_role_count; i++)
        vec_push(arena, &out->roles, config->given.assume_roles[i]);
}

#include "providers/aws/client/settings.h"

#include "providers/aws/client/text.h"

#include <stdlib.h>

Str settings_env(const char *name) { return str_of(getenv(name)); }

Str settings_home_file(Arena *arena, const char *name) {
    return str_format(arena, "%.*s/.aws/%s", STR_ARG(settings_env("HOME")), name);
}

static Str first_of(const Str *candidates, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (candidates[i].n) return candidates[i];
    return STR_NONE;
}

#define FIRST(...) first_of((const Str[]){__VA_ARGS__}, sizeof((const Str[]){__VA_ARGS__}) / sizeof(Str))

static const Str *copy_list(Arena *arena, const Str *list, uint32_t n) {
    Str *copy = ARENA_ARRAY(arena, Str, n);
    for (uint32_t i = 0; i < n; i++) copy[i] = str_copy(arena, list[i]);
    return copy;
}

static const AwsAssumeRole *copy_roles(Arena *arena, const AwsAssumeRole *roles, uint32_t n) {
    AwsAssumeRole *copies = ARENA_ARRAY(arena, AwsAssumeRole, n);
    for (uint32_t i = 0; i < n; i++) {
        AwsAssumeRole r = roles[i];
        Str *texts[] = {&r.role_arn,        &r.session_name, &r.external_id, &r.policy,
                        &r.source_identity, &r.mfa_serial,   &r.token,       &r.token_file};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) *texts[t] = str_copy(arena, *texts[t]);
        r.policy_arns = copy_list(arena, r.policy_arns, r.policy_arn_count);
        // Cleared structs hold no value at all.
        if (r.tags.kind != TYPE_DYNAMIC) r.tags = value_copy(arena, r.tags);
        if (r.transitive_tag_keys.kind != TYPE_DYNAMIC)
            r.transitive_tag_keys = value_copy(arena, r.transitive_tag_keys);
        copies[i] = r;
    }
    return copies;
}

static AwsSettings copy_settings(Arena *arena, const AwsSettings *given) {
    AwsSettings s = *given;
    Str *texts[] = {&s.region,     &s.profile,     &s.access_key, &s.secret_key,       &s.token,
                    &s.http_proxy, &s.https_proxy, &s.no_proxy,   &s.custom_ca_bundle, &s.ec2_metadata_endpoint,
                    &s.sts_region, &s.user_agent};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = str_copy(arena, *texts[i]);
    s.shared_config_files = copy_list(arena, s.shared_config_files, s.shared_config_file_count);
    s.shared_credentials_files = copy_list(arena, s.shared_credentials_files, s.shared_credentials_file_count);
    s.assume_roles = copy_roles(arena, s.assume_roles, s.assume_role_count);
    if (s.web_identity) s.web_identity = copy_roles(arena, s.web_identity, 1);
    AwsEndpoint *endpoints = ARENA_ARRAY(arena, AwsEndpoint, s.endpoint_count);
    for (uint32_t i = 0; i < s.endpoint_count; i++)
        endpoints[i] = (AwsEndpoint){str_copy(arena, s.endpoints[i].service), str_copy(arena, s.endpoints[i].url)};
    s.endpoints = endpoints;
    return s;
}

static Str expand_home(Arena *arena, Str path) {
    if (!str_starts(path, STR("~/"))) return path;
    return str_format(arena, "%.*s%.*s", STR_ARG(settings_env("HOME")), STR_ARG(str_slice(path, 1, path.n)));
}

static bool read_files(AwsConfig *c, const Str *given, uint32_t n, const char *variable, const char *usual,
                       bool credentials, Diags *diags) {
    if (n == 0) {
        Str named = settings_env(variable);
        Str path = named.n ? expand_home(c->arena, named) : settings_home_file(c->arena, usual);
        return config_file_read(&c->files, str_to_z(c->arena, path), credentials, false, diags);
    }
    for (uint32_t i = 0; i < n; i++)
        if (!config_file_read(&c->files, expand_home(c->arena, given[i]).p, credentials, true, diags)) return false;
    return true;
}

static void find_profile(AwsConfig *c) {
    const AwsSettings *s = &c->given;
    Diags diags = diags_in(c->arena);
    c->files = config_files_in(c->arena);
    c->profile_given = s->profile.n > 0;
    Str named = FIRST(s->profile, settings_env("AWS_PROFILE"), settings_env("AWS_DEFAULT_PROFILE"));
    c->profile_name = named.n ? named : STR("default");
    if (!read_files(c, s->shared_config_files, s->shared_config_file_count, "AWS_CONFIG_FILE", "config", false,
                    &diags) ||
        !read_files(c, s->shared_credentials_files, s->shared_credentials_file_count, "AWS_SHARED_CREDENTIALS_FILE",
                    "credentials", true, &diags)) {
        c->problem = diags.list.at[0].detail;
        return;
    }
    c->profile = config_section(&c->files, "profile", c->profile_name);
    if (!c->profile && named.n)
        c->problem = str_format(c->arena, "There is no profile \"%.*s\" in the shared config and credentials files.",
                                STR_ARG(named));
    Str services = config_get(c->profile, "services");
    if (services.n) c->services = config_section(&c->files, "services", services);
}

static bool is_true(Str text) { return text_same(text, STR("true")); }

AwsConfig *settings_resolve(Arena *arena, const AwsSettings *given) {
    AwsConfig *c = ARENA_NEW(arena, AwsConfig);
    *c = (AwsConfig){.arena = arena, .given = copy_settings(arena, given)};
    find_profile(c);
    const AwsSettings *s = &c->given;
    const StrMap *p = c->profile;
    c->region =
        FIRST(s->region, settings_env("AWS_REGION"), settings_env("AWS_DEFAULT_REGION"), config_get(p, "region"));
    c->ca_bundle = FIRST(s->custom_ca_bundle, settings_env("AWS_CA_BUNDLE"), config_get(p, "ca_bundle"));
    int64_t tries;
    Str tries_text = FIRST(settings_env("AWS_MAX_ATTEMPTS"), config_get(p, "max_attempts"));
    c->max_tries = s->max_tries;
    if (!c->max_tries && str_to_i64(tries_text, &tries) && tries > 0 && tries < 1000) c->max_tries = (uint32_t)tries;
    if (!c->max_tries) c->max_tries = s->usual_tries ? s->usual_tries : 3;
    c->use_fips =
        s->use_fips || is_true(FIRST(settings_env("AWS_USE_FIPS_ENDPOINT"), config_get(p, "use_fips_endpoint")));
    c->use_dualstack = s->use_dualstack || is_true(FIRST(settings_env("AWS_USE_DUALSTACK_ENDPOINT"),
                                                         config_get(p, "use_dualstack_endpoint")));
    c->s3_path_style = s->s3_path_style || str_eqz(config_get(p, "s3.addressing_style"), "path");
    c->ignore_endpoints = is_true(
        FIRST(settings_env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), config_get(p, "ignore_configured_endpoint_urls")));
    return c;
}

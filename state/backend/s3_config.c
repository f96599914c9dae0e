#include "state/backend/s3_config.h"

#include "engine/base/base64.h"
#include "engine/base/clock.h"
#include "engine/base/secret.h"
#include "state/backend/reply.h"

#include <stdlib.h>

// What peers use where max_retries is not set.
#define TRIES 5u

typedef struct Reader {
    Arena *arena;
    Process *process;
    Value config;
    Diags *diags;
} Reader;

static Str env(const char *name) {
    const char *value = getenv(name);
    return str_of(value ? value : "");
}

static bool is_given(Reader *r, const char *name) {
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    return v && value_is_set(*v);
}

static Str text(Reader *r, const char *name) {
    return str_copy(r->arena, config_text(r->process, r->config, name, STR_NONE));
}

static bool truth(Reader *r, const char *name) { return config_bool(r->process, r->config, name, false); }

static const Str *texts(Reader *r, const char *name, uint32_t *n) {
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    *n = v && value_is_set(*v) ? v->n : 0;
    Str *out = ARENA_ARRAY(r->arena, Str, *n);
    for (uint32_t i = 0; i < *n; i++) out[i] = str_copy(r->arena, value_str(value_elements(*v)[i]));
    return out;
}

static Reader inside(Reader *r, const char *name) {
    Reader inner = *r;
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    inner.config = v ? *v : value_null(r->process, type_dynamic(r->process));
    return inner;
}

static int64_t number(Reader *r, const char *name, int64_t fallback) {
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    int64_t i;
    return v && value_is_set(*v) && value_to_i64(*v, &i) ? i : fallback;
}

static void invalid(Reader *r, const char *name, const char *problem) {
    config_error(r->diags, "Invalid backend configuration", "The argument \"%s\" %s.", name, problem);
}

static void exclusive(Reader *r, const char *a, const char *b) {
    if (is_given(r, a) && is_given(r, b))
        config_error(r->diags, "Invalid attribute combination", "Only one of \"%s\" and \"%s\" can be set.", a, b);
}

// As a query string: keys in order, space as plus.
static Str tags(Reader *r, const char *name) {
    static const char hex[] = "0123456789ABCDEF";
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    Buf out = buf_in(r->arena);
    for (uint32_t i = 0; v && value_is_set(*v) && i < v->n; i++) {
        Str parts[2] = {v->map->at[i].key, value_str(v->map->at[i].value)};
        if (i) buf_char(&out, '&');
        for (int part = 0; part < 2; part++) {
            if (part) buf_char(&out, '=');
            for (size_t k = 0; k < parts[part].n; k++) {
                unsigned char c = (unsigned char)parts[part].p[k];
                bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.' || c == '~';
                if (plain) {
                    buf_char(&out, (char)c);
                } else if (c == ' ') {
                    buf_char(&out, '+');
                } else {
                    buf_char(&out, '%');
                    buf_char(&out, hex[c >> 4]);
                    buf_char(&out, hex[c & 15]);
                }
            }
        }
    }
    return buf_str(&out);
}

static void read_place(Reader *r, S3Config *c) {
    c->bucket = text(r, "bucket");
    c->key = text(r, "key");
    c->workspace_prefix = is_given(r, "workspace_key_prefix") ? text(r, "workspace_key_prefix") : STR("env:");
    if (!c->bucket.n) invalid(r, "bucket", "must not be empty");
    if (!c->key.n)
        invalid(r, "key", "must not be empty");
    else if (str_starts(c->key, STR("/")) || str_ends(c->key, STR("/")))
        invalid(r, "key", "must not start or end with \"/\"");
    if (str_starts(c->workspace_prefix, STR("/")) || str_ends(c->workspace_prefix, STR("/")))
        invalid(r, "workspace_key_prefix", "must not start or end with \"/\"");
}

static void read_encryption(Reader *r, S3Config *c) {
    c->encrypt = truth(r, "encrypt");
    c->kms_key = text(r, "kms_key_id");
    c->sse_key = is_given(r, "sse_customer_key") ? text(r, "sse_customer_key") : env("AWS_SSE_CUSTOMER_KEY");
    secret_register(r->process, c->sse_key);
    Str raw;
    if (c->kms_key.n && c->sse_key.n)
        config_error(r->diags, "Invalid encryption configuration",
                     "Only one of \"kms_key_id\" (encryption with a key of KMS) and \"sse_customer_key\", also set by "
                     "AWS_SSE_CUSTOMER_KEY (encryption with a key of your own), can be set.");
    if (c->sse_key.n && (c->sse_key.n != 44 || !base64_decode(r->arena, c->sse_key, &raw) || raw.n != 32))
        invalid(r, "sse_customer_key", "or AWS_SSE_CUSTOMER_KEY must be 32 bytes in base64, which is 44 characters");
    if (!c->encrypt && (c->kms_key.n || is_given(r, "sse_customer_key")))
        diag_warn(r->diags, "invalid_backend", SPAN_NONE, "Encryption is off",
                  "The arguments \"kms_key_id\" and \"sse_customer_key\" have an effect only with encrypt = true.");
}

typedef struct EndpointName {
    const char *service, *old, *old_env, *new_env;
} EndpointName;

static const EndpointName endpoint_names[] = {
    {"s3", "endpoint", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3"},
    {"iam", "iam_endpoint", "AWS_IAM_ENDPOINT", "AWS_ENDPOINT_URL_IAM"},
    {"sts", "sts_endpoint", "AWS_STS_ENDPOINT", "AWS_ENDPOINT_URL_STS"},
    {"dynamodb", "dynamodb_endpoint", "AWS_DYNAMODB_ENDPOINT", "AWS_ENDPOINT_URL_DYNAMODB"},
};

static void read_endpoints(Reader *r, S3Config *c) {
    Reader inner = inside(r, "endpoints");
    AwsEndpoint *at = ARENA_ARRAY(r->arena, AwsEndpoint, 4);
    uint32_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        const EndpointName *e = &endpoint_names[i];
        if (is_given(&inner, e->service) && is_given(r, e->old))
            config_error(r->diags, "Invalid attribute combination",
                         "Only one of \"endpoints.%s\" and \"%s\" can be set.", e->service, e->old);
        Str url = text(&inner, e->service);
        if (!url.n) url = text(r, e->old);
        if (!url.n) url = env(e->new_env);
        if (!url.n) url = env(e->old_env);
        if (!url.n) continue;
        if (str_find(url, STR("://")) < 0) url = str_concat(r->arena, STR("https://"), url);
        at[n++] = (AwsEndpoint){str_of(e->service), url};
    }
    c->aws.endpoints = at;
    c->aws.endpoint_count = n;
}

static void read_network(Reader *r, S3Config *c) {
    AwsSettings *s = &c->aws;
    s->region = text(r, "region");
    s->sts_region = text(r, "sts_region");
    s->http_proxy = text(r, "http_proxy");
    s->https_proxy = text(r, "https_proxy");
    s->no_proxy = text(r, "no_proxy");
    s->custom_ca_bundle = text(r, "custom_ca_bundle");
    s->insecure = truth(r, "insecure");
    s->use_fips = truth(r, "use_fips_endpoint");
    s->use_dualstack = truth(r, "use_dualstack_endpoint");
    s->s3_path_style = truth(r, "use_path_style") || truth(r, "force_path_style");
    s->skip_region_validation = truth(r, "skip_region_validation");
    int64_t tries = number(r, "max_retries", TRIES);
    if (tries < 0 || tries > 1000) invalid(r, "max_retries", "must be between 0 and 1000");
    s->max_tries = tries > 0 ? (uint32_t)tries : 1;
    // Both modes are one here: delays grow, and the pace follows the service's throttling.
    Str mode = text(r, "retry_mode");
    if (mode.n && !str_eqz(mode, "standard") && !str_eqz(mode, "adaptive"))
        invalid(r, "retry_mode", "must be \"standard\" or \"adaptive\"");
    exclusive(r, "force_path_style", "use_path_style");
}

static void read_metadata(Reader *r, S3Config *c) {
    c->aws.ec2_metadata_endpoint = text(r, "ec2_metadata_service_endpoint");
    c->aws.skip_metadata = truth(r, "skip_metadata_api_check");
    Str mode = text(r, "ec2_metadata_service_endpoint_mode");
    bool six = mode.n == 4 && strncasecmp(mode.p, "ipv6", 4) == 0,
         four = mode.n == 4 && strncasecmp(mode.p, "ipv4", 4) == 0;
    if (mode.n && !six && !four) invalid(r, "ec2_metadata_service_endpoint_mode", "must be \"IPv4\" or \"IPv6\"");
    if (six && !c->aws.ec2_metadata_endpoint.n) c->aws.ec2_metadata_endpoint = STR("http://[fd00:ec2::254]");
}

static void read_keys(Reader *r, S3Config *c) {
    AwsSettings *s = &c->aws;
    s->access_key = text(r, "access_key");
    s->secret_key = text(r, "secret_key");
    s->token = text(r, "token");
    s->profile = text(r, "profile");
    secret_register(r->process, s->secret_key);
    secret_register(r->process, s->token);
    s->shared_config_files = texts(r, "shared_config_files", &s->shared_config_file_count);
    s->shared_credentials_files = texts(r, "shared_credentials_files", &s->shared_credentials_file_count);
    exclusive(r, "shared_credentials_file", "shared_credentials_files");
    Str file = text(r, "shared_credentials_file");
    if (file.n) {
        Str *one = ARENA_NEW(r->arena, Str);
        *one = file;
        s->shared_credentials_files = one;
        s->shared_credentials_file_count = 1;
    }
}

static int64_t duration_s(Reader *r, const char *name) {
    Str given = text(r, "duration");
    int64_t ns;
    if (!given.n) return 0;
    if (!clock_parse_duration(given, &ns) || ns < 900 * NS_PER_S || ns > 43200 * NS_PER_S) {
        config_error(r->diags, "Invalid duration",
                     "The argument \"%s.duration\" must be between 15m and 12h, such as \"1h30m\".", name);
        return 0;
    }
    return ns / NS_PER_S;
}

static Value any(Reader *r, const char *name) {
    const Value *v = value_get(r->config, name_of(r->process, str_of(name)));
    return v ? value_copy(r->arena, *v) : value_null(r->process, type_dynamic(r->process));
}

static void not_blank(Reader *r, const char *block, const char *name) {
    if (is_given(r, name) && !str_trim(text(r, name)).n)
        config_error(r->diags, "Invalid value", "The argument \"%s.%s\" must not be empty.", block, name);
}

static void read_nested_role(Reader *r, AwsAssumeRole *role) {
    Reader in = inside(r, "assume_role");
    role->role_arn = text(&in, "role_arn");
    role->duration_s = duration_s(&in, "assume_role");
    role->external_id = text(&in, "external_id");
    role->policy = str_trim(text(&in, "policy"));
    role->policy_arns = texts(&in, "policy_arns", &role->policy_arn_count);
    role->session_name = text(&in, "session_name");
    role->tags = any(&in, "tags");
    role->transitive_tag_keys = any(&in, "transitive_tag_keys");
    if (!role->role_arn.n)
        config_error(r->diags, "Missing required value", "The argument \"assume_role.role_arn\" is required.");
    not_blank(&in, "assume_role", "external_id");
    not_blank(&in, "assume_role", "policy");
    not_blank(&in, "assume_role", "session_name");
}

static void read_flat_role(Reader *r, AwsAssumeRole *role) {
    role->role_arn = text(r, "role_arn");
    role->duration_s = number(r, "assume_role_duration_seconds", 0);
    role->external_id = text(r, "external_id");
    role->policy = text(r, "assume_role_policy");
    role->policy_arns = texts(r, "assume_role_policy_arns", &role->policy_arn_count);
    role->session_name = text(r, "session_name");
    role->tags = any(r, "assume_role_tags");
    role->transitive_tag_keys = any(r, "assume_role_transitive_tag_keys");
}

static const char *const flat_role_names[] = {
    "role_arn",           "session_name",
    "external_id",        "assume_role_duration_seconds",
    "assume_role_policy", "assume_role_policy_arns",
    "assume_role_tags",   "assume_role_transitive_tag_keys",
};

static void read_role(Reader *r, S3Config *c) {
    bool nested = is_given(r, "assume_role");
    for (size_t i = 0; i < sizeof flat_role_names / sizeof *flat_role_names; i++) {
        const char *name = flat_role_names[i];
        if (!is_given(r, name)) continue;
        if (nested)
            config_error(r->diags, "Conflicting arguments",
                         "The deprecated argument \"%s\" cannot be used together with "
                         "\"assume_role\".",
                         name);
        else if (!is_given(r, "role_arn"))
            config_error(r->diags, "Missing required value",
                         "The argument \"%s\" has an effect only with \"role_arn\".", name);
    }
    if (!nested && !is_given(r, "role_arn")) return;
    AwsAssumeRole *role = ARENA_NEW(r->arena, AwsAssumeRole);
    if (nested)
        read_nested_role(r, role);
    else
        read_flat_role(r, role);
    c->aws.assume_roles = role;
    c->aws.assume_role_count = 1;
}

static Str text_or_env(Reader *r, const char *name, const char *variable) {
    Str given = text(r, name);
    return given.n ? given : env(variable);
}

static void read_web_identity(Reader *r, S3Config *c) {
    if (!is_given(r, "assume_role_with_web_identity")) return;
    Reader in = inside(r, "assume_role_with_web_identity");
    AwsAssumeRole *role = ARENA_NEW(r->arena, AwsAssumeRole);
    role->role_arn = text_or_env(&in, "role_arn", "AWS_ROLE_ARN");
    role->session_name = text_or_env(&in, "session_name", "AWS_ROLE_SESSION_NAME");
    role->token = text_or_env(&in, "web_identity_token", "AWS_WEB_IDENTITY_TOKEN");
    role->token_file = text_or_env(&in, "web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE");
    role->policy = text(&in, "policy");
    role->policy_arns = texts(&in, "policy_arns", &role->policy_arn_count);
    role->duration_s = duration_s(&in, "assume_role_with_web_identity");
    role->tags = role->transitive_tag_keys = value_null(r->process, type_dynamic(r->process));
    secret_register(r->process, role->token);
    exclusive(&in, "web_identity_token", "web_identity_token_file");
    not_blank(&in, "assume_role_with_web_identity", "session_name");
    not_blank(&in, "assume_role_with_web_identity", "policy");
    if (!role->role_arn.n || (!role->token.n && !role->token_file.n))
        config_error(
            r->diags, "Missing required value",
            "The block \"assume_role_with_web_identity\" needs a role (\"role_arn\" or AWS_ROLE_ARN) and a token "
            "(\"web_identity_token\", \"web_identity_token_file\" or their environment variables).");
    c->aws.web_identity = role;
}

bool s3_config_read(Arena *arena, Value config, S3Config *out, Diags *diags) {
    Reader r = {arena, arena_process(arena), config, diags};
    uint32_t before = diags->errors;
    *out = (S3Config){0};
    read_place(&r, out);
    read_encryption(&r, out);
    read_endpoints(&r, out);
    read_network(&r, out);
    read_metadata(&r, out);
    read_keys(&r, out);
    read_role(&r, out);
    read_web_identity(&r, out);
    out->acl = text(&r, "acl");
    out->state_tags = tags(&r, "state_tags");
    out->lock_tags = tags(&r, "lock_tags");
    out->table = text(&r, "dynamodb_table");
    out->lockfile = truth(&r, "use_lockfile");
    out->skip_checksum = truth(&r, "skip_s3_checksum");
    out->allowed_accounts = texts(&r, "allowed_account_ids", &out->allowed_count);
    out->forbidden_accounts = texts(&r, "forbidden_account_ids", &out->forbidden_count);
    exclusive(&r, "allowed_account_ids", "forbidden_account_ids");
    return diags->errors == before;
}

// SSO: the token that `aws sso login` left in ~/.aws/sso/cache is exchanged for the keys of a role.
#include "engine/io/file.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/slice.h"
#include "providers/aws/client/text.h"

typedef struct SsoSettings {
    Str start_url, region, account, role;
    Str cache_key; // the session's name, or the start URL
} SsoSettings;

static SsoSettings sso_settings(CredentialsRun *run) {
    const StrMap *p = run->plan->profile;
    Str session = config_get(p, "sso_session");
    const StrMap *from = session.n ? config_section(&run->client->config->files, "sso-session", session) : p;
    SsoSettings s = {.start_url = config_get(from, "sso_start_url"),
                     .region = config_get(from, "sso_region"),
                     .account = config_get(p, "sso_account_id"),
                     .role = config_get(p, "sso_role_name")};
    s.cache_key = session.n ? session : s.start_url;
    return s;
}

static Str cache_path(CredentialsRun *run, Str key) {
    uint8_t hash[20];
    Buf hex = buf_in(run->arena);
    run->client->crypto->sha1(key, hash);
    crypto_hex(hash, sizeof hash, &hex);
    return settings_home_file(run->arena, str_format(run->arena, "sso/cache/%.*s.json", STR_ARG(buf_str(&hex))).p);
}

// {"roleCredentials":{"accessKeyId":…,"secretAccessKey":…,"sessionToken":…,"expiration":milliseconds}}
static void on_keys(CredentialsRun *run, Str body) {
    StrMap top, o;
    Arena *arena = run->arena;
    int64_t ms = 0;
    if (!slice_object(arena, body, &top) || !slice_object(arena, slice_get(&top, "roleCredentials"), &o)) {
        credentials_failed(run, "the SSO portal's answer is not the JSON expected");
        return;
    }
    str_to_i64(slice_get(&o, "expiration"), &ms);
    credentials_got(run, (AwsKeys){slice_text(arena, slice_get(&o, "accessKeyId")),
                                   slice_text(arena, slice_get(&o, "secretAccessKey")),
                                   slice_text(arena, slice_get(&o, "sessionToken")), ms * NS_PER_MS});
}

static void on_refused(CredentialsRun *run, int status) {
    credentials_failed(run, "the SSO portal gives no credentials (HTTP %d). Log in again with: aws sso login", status);
}

// The token of the cache, if it is good yet.
static bool read_token(CredentialsRun *run, Str key, Str *token) {
    Diags diags = diags_in(run->arena);
    Str path = cache_path(run, key), json;
    StrMap o;
    int64_t expires;
    if (!file_read(run->arena, path.p, 1 << 20, &json, &diags) || !slice_object(run->arena, json, &o)) return false;
    *token = slice_text(run->arena, slice_get(&o, "accessToken"));
    return token->n && text_time_parse(slice_text(run->arena, slice_get(&o, "expiresAt")), &expires) &&
           expires > client_wall(run->client);
}

void credentials_from_sso(CredentialsRun *run) {
    SsoSettings s = sso_settings(run);
    Str token;
    if (!s.start_url.n || !s.region.n || !s.account.n || !s.role.n) {
        credentials_failed(run,
                           "the SSO profile lacks one of sso_start_url, sso_region, sso_account_id, sso_role_name");
        return;
    }
    if (!read_token(run, s.cache_key, &token)) {
        credentials_failed(run, "there is no valid SSO token. Log in with: aws sso login");
        return;
    }
    Buf url = buf_in(run->arena);
    Str given = settings_env("AWS_ENDPOINT_URL_SSO");
    if (given.n)
        buf_add(&url, given);
    else
        buf_format(&url, "https://portal.sso.%.*s.%s", STR_ARG(s.region), endpoint_dns_suffix(s.region));
    buf_z(&url, "/federation/credentials?account_id=");
    text_uri(&url, s.account, false);
    buf_z(&url, "&role_name=");
    text_uri(&url, s.role, false);
    CredentialsGet get = {.method = STR("GET"),
                          .url = buf_str(&url),
                          .headers = {{STR("x-amz-sso_bearer_token"), token}},
                          .header_count = 1,
                          .what = "the SSO portal",
                          .then = on_keys,
                          .otherwise = on_refused};
    credentials_request(run, &get);
}

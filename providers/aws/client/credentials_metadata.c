// Instances: the metadata service gives the keys of the instance's role, against a session token (version 2).
#include "providers/aws/client/client_internal.h"

static const char what[] = "the instance's metadata service";
static const char path[] = "/latest/meta-data/iam/security-credentials/";

static void on_keys(CredentialsRun *run, Str body) {
    AwsKeys keys;
    if (credentials_parse(run, body, &keys))
        credentials_got(run, keys);
    else
        credentials_failed(run, "%s answered without keys", what);
}

static void get(CredentialsRun *run, Str url, CredentialsThen then) {
    CredentialsGet request = {.method = STR("GET"),
                              .url = url,
                              .headers = {{STR("X-aws-ec2-metadata-token"), run->token}},
                              .header_count = run->token.n > 0,
                              .what = what,
                              .then = then,
                              .local = true};
    credentials_request(run, &request);
}

static void on_role(CredentialsRun *run, Str body) {
    Str role;
    Str rest = str_trim(body);
    if (!str_next(&rest, '\n', &role) || str_empty(str_trim(role)))
        credentials_failed(run, "no credentials were found: this instance has no role");
    else
        get(run, str_format(run->arena, "%.*s%s%.*s", STR_ARG(run->url), path, STR_ARG(str_trim(role))), on_keys);
}

static void on_token(CredentialsRun *run, Str body) {
    run->token = body;
    get(run, str_format(run->arena, "%.*s%s", STR_ARG(run->url), path), on_role);
}

// Version 1 asks for no token.
static void without_token(CredentialsRun *run, int status) {
    if (status == 403 || status == 404 || status == 405)
        on_token(run, STR_NONE);
    else
        credentials_failed(run, "%s gives no token: HTTP %d", what, status);
}

void credentials_from_metadata(CredentialsRun *run) {
    const AwsConfig *config = run->client->config;
    Str url = config->given.ec2_metadata_endpoint;
    if (!url.n) url = settings_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (!url.n) url = STR("http://169.254.169.254");
    while (str_ends(url, STR("/"))) url.n--;
    run->url = url;
    CredentialsGet request = {.method = STR("PUT"),
                              .url = str_format(run->arena, "%.*s/latest/api/token", STR_ARG(url)),
                              .headers = {{STR("X-aws-ec2-metadata-token-ttl-seconds"), STR("21600")}},
                              .header_count = 1,
                              .what = what,
                              .then = on_token,
                              .otherwise = without_token,
                              .local = true};
    credentials_request(run, &request);
}

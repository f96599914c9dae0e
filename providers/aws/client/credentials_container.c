// Containers: an address of the environment gives the task's keys.
#include "engine/io/file.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/text.h"

static const char what[] = "the container's credentials service";

static void on_keys(CredentialsRun *run, Str body) {
    AwsKeys keys;
    if (credentials_parse(run, body, &keys))
        credentials_got(run, keys);
    else
        credentials_failed(run, "%s answered without keys", what);
}

// Plain HTTP must not carry the token away from this host.
static bool is_near(Str url) {
    static const char *const hosts[] = {"http://127.0.0.1",     "http://localhost",      "http://[::1]",
                                        "http://169.254.170.2", "http://169.254.170.23", "http://[fd00:ec2::23]"};
    if (str_starts(url, STR("https://"))) return true;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        Str host = str_of(hosts[i]);
        if (!str_starts(url, host)) continue;
        char after = url.n > host.n ? url.p[host.n] : '/';
        if (after == '/' || after == ':') return true;
    }
    return false;
}

void credentials_from_container(CredentialsRun *run) {
    Str relative = settings_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    Str url = settings_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative.n) url = str_concat(run->arena, STR("http://169.254.170.2"), relative);
    if (!is_near(url)) {
        credentials_failed(run, "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this host");
        return;
    }
    Str token = settings_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    Str file = settings_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (file.n) {
        Diags diags = diags_in(run->arena);
        if (!file_read(run->arena, str_to_z(run->arena, file), 1 << 20, &token, &diags)) {
            credentials_failed(run, "%.*s", STR_ARG(diags.list.at[0].detail));
            return;
        }
        token = str_trim(token);
    }
    CredentialsGet get = {.method = STR("GET"),
                          .url = url,
                          .headers = {{STR("Authorization"), token}},
                          .header_count = token.n > 0,
                          .what = what,
                          .then = on_keys,
                          .local = true};
    credentials_request(run, &get);
}

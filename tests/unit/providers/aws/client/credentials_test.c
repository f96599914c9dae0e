#include "tests/harness/cmocka.h"

#include "tests/unit/providers/aws/client/script.h"

#include <stdio.h>
#include <unistd.h>

static const char identity[] = "<R><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></R>";

#define ROLE(key, minutes)                                                                                             \
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" key "</AccessKeyId><SecretAccessKey>sec-" key   \
    "</SecretAccessKey><SessionToken>tok-" key "</SessionToken><Expiration>2023-11-14T22:" minutes                     \
    ":20Z</Expiration></Credentials></AssumeRoleResult>"                                                               \
    "</AssumeRoleResponse>"

static AwsResult ask(Script *s) { return script_call(s, "sts", "GetCallerIdentity", "{}"); }

static bool signed_by(const Script *s, int request, const char *key) {
    return str_find(script_header(s, request, "Authorization"), str_format(s->arena, "Credential=%s/", key)) > 0;
}

static const char *file_with(Script *s, const char *text) {
    char *path = str_to_z(s->arena, STR("/tmp/credentials_test.XXXXXX"));
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) abort();
    close(fd);
    return path;
}

static void config(Script *s, const char *text) { setenv("AWS_CONFIG_FILE", file_with(s, text), 1); }

static void end(Script *s) {
    const char *path = getenv("AWS_CONFIG_FILE");
    if (path) unlink(path);
    script_free(s);
}

static const AwsSettings plain = {.region = STR_INIT("eu-west-1"), .skip_metadata = true, .max_tries = 1};

static void environment(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    setenv("AWS_ACCESS_KEY_ID", "AKENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "env-secret", 1);
    setenv("AWS_SESSION_TOKEN", "env-token", 1);
    script_client(s, plain);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 0, "AKENV"));
    assert_true(str_eqz(script_header(s, 0, "X-Amz-Security-Token"), "env-token"));
    end(s);
}

static void a_given_profile_wins_over_the_environment(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    config(s, "[profile p]\nregion = ap-east-1 # there\naws_access_key_id = AKPROFILE\naws_secret_access_key=shhh\n");
    setenv("AWS_ACCESS_KEY_ID", "AKENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "env-secret", 1);
    script_client(s, (AwsSettings){.profile = STR("p"), .max_tries = 1});
    assert_true(str_eqz(aws_client_region(s->client), "ap-east-1"));
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 0, "AKPROFILE"));
    end(s);
}

static void roles_are_chained(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKINNER", "43"), NULL), ANSWER(200, ROLE("AKOUTER", "43"), NULL),
           ANSWER(200, ROLE("AKLAST", "43"), NULL), ANSWER(200, identity, NULL));
    config(s,
           "[default]\naws_access_key_id = AKBASE\naws_secret_access_key = shhh\n"
           "[profile inner]\nrole_arn = arn:aws:iam::1:role/inner\nsource_profile = default\nexternal_id = x&y\n"
           "[profile outer]\nrole_arn = arn:aws:iam::1:role/outer\nsource_profile = inner\nduration_seconds = 900\n");
    setenv("AWS_PROFILE", "outer", 1);
    Str policies[] = {STR("arn:aws:iam::aws:policy/ReadOnlyAccess")};
    AwsAssumeRole role = {.role_arn = STR("arn:aws:iam::1:role/last"),
                          .session_name = STR("me"),
                          .policy_arns = policies,
                          .policy_arn_count = 1};
    AwsSettings settings = plain;
    settings.assume_roles = &role;
    settings.assume_role_count = 1;
    script_client(s, settings);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 0, "AKBASE"));
    assert_true(script_body_has(s, 0, "role%2Finner") && script_body_has(s, 0, "ExternalId=x%26y"));
    assert_true(signed_by(s, 1, "AKINNER"));
    assert_true(script_body_has(s, 1, "role%2Fouter") && script_body_has(s, 1, "DurationSeconds=900"));
    assert_true(signed_by(s, 2, "AKOUTER"));
    assert_true(script_body_has(s, 2, "RoleSessionName=me") && script_body_has(s, 2, "PolicyArns.member.1.arn=arn"));
    assert_true(signed_by(s, 3, "AKLAST"));
    end(s);
}

static void keys_are_renewed_before_they_expire(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKONE", "33"), NULL), ANSWER(200, identity, NULL), ANSWER(200, identity, NULL),
           ANSWER(200, ROLE("AKTWO", "53"), NULL), ANSWER(200, identity, NULL));
    AwsAssumeRole role = {.role_arn = STR("arn:aws:iam::1:role/r")};
    AwsSettings settings = plain;
    settings.access_key = STR("AKBASE");
    settings.secret_key = STR("base-secret");
    settings.assume_roles = &role;
    settings.assume_role_count = 1;
    script_client(s, settings);
    assert_true(ask(s).ok); // keys for 20 minutes
    script_pass(s, 14 * 60 * NS_PER_S);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 2, "AKONE"));
    script_pass(s, 2 * 60 * NS_PER_S);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 4, "AKTWO"));
    assert_int_equal(s->count, 5);
    end(s);
}

static void old_keys_serve_while_they_can(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKONE", "17"), NULL), ANSWER(200, identity, NULL), ANSWER(403, "<E/>", NULL),
           ANSWER(200, identity, NULL), ANSWER(403, "<E/>", NULL));
    AwsAssumeRole role = {.role_arn = STR("arn:aws:iam::1:role/r")};
    AwsSettings settings = plain;
    settings.access_key = STR("AKBASE");
    settings.secret_key = STR("base-secret");
    settings.assume_roles = &role;
    settings.assume_role_count = 1;
    script_client(s, settings);
    assert_true(ask(s).ok); // keys for 4 minutes: renewed at once, which fails
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 3, "AKONE"));
    script_pass(s, 5 * 60 * NS_PER_S);
    AwsResult r = ask(s);
    assert_true(str_eqz(r.error.code, "NoCredentials"));
    end(s);
}

static void expired_by_aws_word(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKONE", "59"), NULL),
           ANSWER(400, "<R><Error><Code>ExpiredToken</Code><Message>m</Message></Error></R>", NULL),
           ANSWER(200, ROLE("AKTWO", "59"), NULL), ANSWER(200, identity, NULL));
    AwsAssumeRole role = {.role_arn = STR("arn:aws:iam::1:role/r")};
    AwsSettings settings = plain;
    settings.access_key = STR("AKBASE");
    settings.secret_key = STR("base-secret");
    settings.assume_roles = &role;
    settings.assume_role_count = 1;
    script_client(s, settings);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 3, "AKTWO"));
    end(s);
}

static void web_identity(void **state) {
    (void)state;
    SCRIPT(
        ANSWER(200,
               "<R><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKWEB</AccessKeyId><SecretAccessKey>s"
               "</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></R>",
               NULL),
        ANSWER(200, identity, NULL));
    const char *token = file_with(s, "jwt-token\n");
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/web", 1);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", token, 1);
    script_client(s, plain);
    assert_true(ask(s).ok);
    assert_true(script_body_has(s, 0, "WebIdentityToken=jwt-token&") ||
                script_body_has(s, 0, "WebIdentityToken=jwt-token"));
    assert_true(str_empty(script_header(s, 0, "Authorization")));
    assert_true(signed_by(s, 1, "AKWEB"));
    unlink(token);
    end(s);
}

static void a_process_prints_keys(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    config(s, "[default]\ncredential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"AKPROC\", "
              "\"SecretAccessKey\": \"s-proc\", \"SessionToken\": \"t\"}'\n");
    script_client(s, plain);
    assert_true(ask(s).ok);
    assert_true(signed_by(s, 0, "AKPROC"));
    end(s);
}

static void a_process_fails(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    config(
        s,
        "[default]\ncredential_process = echo no luck >&2; exit 7\n[profile odd]\ncredential_process = echo hello\n");
    script_client(s, plain);
    AwsResult r = ask(s);
    assert_true(str_find(r.error.message, STR("7: no luck")) > 0);
    aws_client_free(s->client);
    AwsSettings odd = plain;
    odd.profile = STR("odd");
    script_client(s, odd);
    r = ask(s);
    assert_true(str_find(r.error.message, STR("not a JSON object with Version 1")) > 0);
    end(s);
}

static void the_instance(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "imds-token", NULL), ANSWER(503, "", NULL), ANSWER(200, "my-role\n", NULL),
           ANSWER(200,
                  "{\"Code\":\"Success\",\"AccessKeyId\":\"AKIMDS\",\"SecretAccessKey\":\"s-imds\",\"Token\":\"t\","
                  "\"Expiration\":\"2023-11-15T04:13:20Z\"}",
                  NULL),
           ANSWER(200, identity, NULL));
    script_client(s, (AwsSettings){.region = STR("eu-west-1"), .max_tries = 1});
    assert_true(ask(s).ok);
    assert_true(str_eqz(s->requests[0].method, "PUT"));
    assert_true(str_eqz(s->requests[0].url, "http://169.254.169.254/latest/api/token"));
    assert_true(str_eqz(s->requests[0].no_proxy, "*"));
    assert_true(str_eqz(script_header(s, 2, "X-aws-ec2-metadata-token"), "imds-token"));
    assert_true(
        str_eqz(s->requests[3].url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role"));
    assert_true(signed_by(s, 4, "AKIMDS"));
    end(s);
}

static void no_instance(void **state) {
    (void)state;
    SCRIPT(UNSENT, UNSENT, UNSENT);
    script_client(s, (AwsSettings){.region = STR("eu-west-1"), .max_tries = 1});
    AwsResult r = ask(s);
    assert_true(str_eqz(r.error.code, "NoCredentials"));
    assert_true(str_starts(r.error.message, STR("no credentials were found")));
    assert_int_equal(s->count, 3);
    end(s);
}

static void the_container(void **state) {
    (void)state;
    SCRIPT(ANSWER(200,
                  "{\"AccessKeyId\":\"AKTASK\",\"SecretAccessKey\":\"s-task\",\"Token\":\"t\","
                  "\"Expiration\":\"2023-11-15T04:13:20Z\"}",
                  NULL),
           ANSWER(200, identity, NULL));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1234/get?id=1", 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc", 1);
    script_client(s, plain);
    assert_true(ask(s).ok);
    assert_true(str_eqz(s->requests[0].url, "http://localhost:1234/get?id=1"));
    assert_true(str_eqz(script_header(s, 0, "Authorization"), "Basic abc"));
    assert_true(signed_by(s, 1, "AKTASK"));
    end(s);
}

static void a_container_far_away(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "{}", NULL));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost.example.com/", 1);
    script_client(s, plain);
    assert_true(str_find(ask(s).error.message, STR("must be https")) > 0);
    assert_int_equal(s->count, 0);
    end(s);
}

static void sso(void **state) {
    (void)state;
    SCRIPT(ANSWER(200,
                  "{\"roleCredentials\":{\"accessKeyId\":\"AKSSO\",\"secretAccessKey\":\"s-sso\",\"sessionToken\":"
                  "\"t\",\"expiration\":1700020000000}}",
                  NULL),
           ANSWER(200, identity, NULL));
    config(s, "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev Ops\n"
              "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = us-east-2\n");
    char home[] = "/tmp/credentials_test.XXXXXX";
    assert_non_null(mkdtemp(home));
    setenv("HOME", home, 1);
    // The cache file is named by the SHA-1 of the session's name.
    Str command =
        str_format(s->arena,
                   "mkdir -p %s/.aws/sso/cache && echo '{\"accessToken\":\"bearer-1\",\"expiresAt\":"
                   "\"2023-11-15T00:00:00Z\"}' > %s/.aws/sso/cache/$(printf corp | sha1sum | cut -c1-40).json",
                   home, home);
    assert_int_equal(system(command.p), 0);
    script_client(s, plain);
    assert_true(ask(s).ok);
    assert_true(str_eqz(s->requests[0].url, "https://portal.sso.us-east-2.amazonaws.com/federation/credentials"
                                            "?account_id=123456789012&role_name=Dev%20Ops"));
    assert_true(str_eqz(script_header(s, 0, "x-amz-sso_bearer_token"), "bearer-1"));
    assert_true(signed_by(s, 1, "AKSSO"));
    assert_int_equal(system(str_format(s->arena, "rm -r %s", home).p), 0);
    end(s);
}

static void settings_that_cannot_work(void **state) {
    (void)state;
    static const struct {
        const char *text, *profile, *says;
    } cases[] = {
        {"[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n", "a",
         "reached from itself"},
        {"[profile a]\nrole_arn = r\n", "a", "neither source_profile nor"},
        {"[profile a]\nrole_arn = r\nsource_profile = a\n", "a", "its own source_profile"},
        {"[profile a]\nrole_arn = r\nsource_profile = gone\n", "a", "no profile \"gone\""},
        {"[profile a]\nrole_arn = r\nmfa_serial = m\nsource_profile = a\naws_access_key_id = k\n"
         "aws_secret_access_key = shhh\n",
         "a", "multi-factor"},
        {"[profile a]\nrole_arn = r\ncredential_source = Magic\n", "a", "unknown credential_source"},
        {"[profile a]\nrole_arn = r\ncredential_source = Environment\n", "a", "which has none"},
        {"[default]\n", "missing", "no profile \"missing\""},
        {"[default\n", "default", "line 1"},
        {"[default]\nnonsense\n", "default", "line 2"},
        {"[default]\nsso_start_url = u\n", "default", "lacks one of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SCRIPT(ANSWER(200, identity, NULL));
        config(s, cases[i].text);
        AwsSettings settings = plain;
        settings.profile = str_of(cases[i].profile);
        script_client(s, settings);
        AwsResult r = ask(s);
        assert_true(str_eqz(r.error.code, "NoCredentials"));
        if (str_find(r.error.message, str_of(cases[i].says)) < 0) fail_msg("%s", str_to_z(s->arena, r.error.message));
        end(s);
    }
}

static bool answer_mfa(void *ctx, Str serial, char *code, size_t size) {
    (void)ctx;
    assert_true(str_eqz(serial, "arn:aws:iam::1:mfa/me"));
    snprintf(code, size, "123456");
    return true;
}

static void a_role_with_a_device(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKMFA", "59"), NULL), ANSWER(200, identity, NULL));
    config(s, "[profile a]\nrole_arn = arn:aws:iam::1:role/r\nmfa_serial = arn:aws:iam::1:mfa/me\nsource_profile = a\n"
              "aws_access_key_id = AKBASE\naws_secret_access_key = shhh\n");
    AwsSettings settings = plain;
    settings.profile = STR("a");
    settings.ask_mfa = answer_mfa;
    script_client(s, settings);
    assert_true(ask(s).ok);
    assert_true(script_body_has(s, 0, "SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme"));
    assert_true(script_body_has(s, 0, "TokenCode=123456"));
    end(s);
}

static void waiting_calls_share_one_run(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, ROLE("AKONE", "59"), NULL), ANSWER(200, identity, NULL), ANSWER(200, identity, NULL),
           ANSWER(200, identity, NULL));
    AwsAssumeRole role = {.role_arn = STR("arn:aws:iam::1:role/r")};
    AwsSettings settings = plain;
    settings.access_key = STR("AKBASE");
    settings.secret_key = STR("base-secret");
    settings.assume_roles = &role;
    settings.assume_role_count = 1;
    script_client(s, settings);
    AwsRequest request = script_request(s, "sts", "GetCallerIdentity", "{}");
    AwsCall *calls[4];
    for (int i = 0; i < 4; i++) calls[i] = aws_call(s->client, s->arena, &request, script_done, s);
    loop_poll(s->loop);
    aws_cancel(calls[2]);
    script_pass(s, NS_PER_S);
    assert_int_equal(s->done_count, 4);
    assert_int_equal(s->count, 4); // one role, three calls
    end(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environment),
        cmocka_unit_test(a_given_profile_wins_over_the_environment),
        cmocka_unit_test(roles_are_chained),
        cmocka_unit_test(keys_are_renewed_before_they_expire),
        cmocka_unit_test(old_keys_serve_while_they_can),
        cmocka_unit_test(expired_by_aws_word),
        cmocka_unit_test(web_identity),
        cmocka_unit_test(a_process_prints_keys),
        cmocka_unit_test(a_process_fails),
        cmocka_unit_test(the_instance),
        cmocka_unit_test(no_instance),
        cmocka_unit_test(the_container),
        cmocka_unit_test(a_container_far_away),
        cmocka_unit_test(sso),
        cmocka_unit_test(settings_that_cannot_work),
        cmocka_unit_test(a_role_with_a_device),
        cmocka_unit_test(waiting_calls_share_one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/cmocka.h"

#include "providers/aws/client/client_internal.h"
#include "tests/unit/providers/aws/client/script.h"

#include <unistd.h>

static const char *where(Script *s, AwsSettings settings, const char *service, const char *region) {
    aws_client_free(s->client);
    script_client(s, settings);
    const AwsModel *model = aws_client_model(s->client, str_of(service), &s->diags);
    AwsAddress a;
    Str problem = STR_NONE;
    if (!endpoint_find(s->client->config, model, str_of(region), &a, &problem)) return str_to_z(s->arena, problem);
    return str_format(s->arena, "%.*s://%.*s%.*s %.*s", STR_ARG(a.scheme), STR_ARG(a.host), STR_ARG(a.path),
                      STR_ARG(a.region))
        .p;
}

static void by_rule(void **state) {
    (void)state;
    Script *s = script_new(NULL, 0);
    AwsSettings none = {0}, fips = {.use_fips = true}, dual = {.use_dualstack = true};
    assert_string_equal(where(s, none, "ec2", "eu-west-1"), "https://ec2.eu-west-1.amazonaws.com eu-west-1");
    assert_string_equal(where(s, none, "ec2", "cn-north-1"), "https://ec2.cn-north-1.amazonaws.com.cn cn-north-1");
    assert_string_equal(where(s, none, "iam", "eu-west-1"), "https://iam.amazonaws.com us-east-1");
    assert_string_equal(where(s, none, "iam", "us-gov-east-1"), "https://iam.us-gov.amazonaws.com us-gov-west-1");
    assert_string_equal(where(s, none, "sts", "us-iso-east-1"), "https://sts.us-iso-east-1.c2s.ic.gov us-iso-east-1");
    assert_string_equal(where(s, fips, "dynamodb", "us-east-2"),
                        "https://dynamodb-fips.us-east-2.amazonaws.com us-east-2");
    assert_string_equal(where(s, fips, "ec2", "us-gov-west-1"),
                        "https://ec2.us-gov-west-1.amazonaws.com us-gov-west-1");
    assert_string_equal(where(s, fips, "iam", "us-east-2"), "https://iam-fips.amazonaws.com us-east-1");
    assert_string_equal(where(s, dual, "ec2", "eu-west-1"), "https://ec2.eu-west-1.api.aws eu-west-1");
    assert_string_equal(where(s, dual, "s3", "eu-west-1"), "https://s3.dualstack.eu-west-1.amazonaws.com eu-west-1");
    assert_non_null(strstr(where(s, none, "ec2", "eu-west-1/evil.example"), "is not a region's name"));
    assert_non_null(strstr(where(s, none, "ec2", ""), "no region"));
    script_free(s);
}

static void given(void **state) {
    (void)state;
    Script *s = script_new(NULL, 0);
    AwsEndpoint endpoints[] = {{STR("ec2"), STR("http://127.0.0.1:5000/base/")}, {STR("dynamodb"), STR("ftp://x")}};
    AwsSettings settings = {.region = STR("eu-west-1"), .endpoints = endpoints, .endpoint_count = 2},
                none = {.region = STR("eu-west-1")};
    setenv("AWS_ENDPOINT_URL", "http://all.example:80", 1);
    setenv("AWS_ENDPOINT_URL_S3", "https://s3.example", 1);
    assert_string_equal(where(s, settings, "ec2", ""), "http://127.0.0.1:5000/base eu-west-1");
    assert_non_null(strstr(where(s, settings, "dynamodb", ""), "not an http or https address"));
    assert_string_equal(where(s, settings, "sts", ""), "http://all.example eu-west-1");
    assert_string_equal(where(s, settings, "s3", ""), "https://s3.example eu-west-1");
    assert_string_equal(where(s, settings, "iam", ""), "http://all.example us-east-1");
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    assert_string_equal(where(s, settings, "s3", ""), "https://s3.eu-west-1.amazonaws.com eu-west-1");
    assert_string_equal(where(s, settings, "ec2", ""), "http://127.0.0.1:5000/base eu-west-1");
    script_clear_environment();
    char path[] = "/tmp/endpoints_test.XXXXXX";
    int fd = mkstemp(path);
    static const char text[] = "[default]\nservices = local\nendpoint_url = http://profile.example\n"
                               "[services local]\nec2 =\n  endpoint_url = http://ec2.example\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    setenv("AWS_CONFIG_FILE", path, 1);
    assert_string_equal(where(s, none, "ec2", ""), "http://ec2.example eu-west-1");
    assert_string_equal(where(s, none, "sts", ""), "http://profile.example eu-west-1");
    unlink(path);
    script_free(s);
}

static void buckets(void **state) {
    (void)state;
    static const struct {
        const char *host, *scheme, *bucket, *path, *want;
    } cases[] = {
        {"s3.eu-west-1.amazonaws.com", "https", "my-bucket", "/my-bucket/a/b",
         "my-bucket.s3.eu-west-1.amazonaws.com/a/b"},
        {"s3.eu-west-1.amazonaws.com", "https", "my-bucket", "/my-bucket", "my-bucket.s3.eu-west-1.amazonaws.com/"},
        {"s3.eu-west-1.amazonaws.com", "https", "my.bucket", "/my.bucket/k", "s3.eu-west-1.amazonaws.com/my.bucket/k"},
        {"s3.example", "http", "my.bucket", "/my.bucket/k", "my.bucket.s3.example/k"},
        {"s3.eu-west-1.amazonaws.com", "https", "Old_Bucket", "/Old_Bucket/k",
         "s3.eu-west-1.amazonaws.com/Old_Bucket/k"},
        {"127.0.0.1:5000", "http", "my-bucket", "/my-bucket/k", "127.0.0.1:5000/my-bucket/k"},
        {"localhost:5000", "http", "my-bucket", "/my-bucket/k", "localhost:5000/my-bucket/k"},
    };
    Script *s = script_new(NULL, 0);
    script_client(s, (AwsSettings){.region = STR("eu-west-1")});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AwsAddress a = {.scheme = str_of(cases[i].scheme), .host = str_of(cases[i].host)};
        Buf path = buf_in(s->arena);
        buf_z(&path, cases[i].path);
        endpoint_s3(s->client->config, str_of(cases[i].bucket), &a, &path);
        assert_string_equal(str_concat(s->arena, a.host, buf_str(&path)).p, cases[i].want);
    }
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_rule), cmocka_unit_test(given), cmocka_unit_test(buckets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/cmocka.h"

#include "engine/base/log.h"
#include "engine/io/file.h"
#include "tests/unit/providers/aws/client/script.h"

#include <unistd.h>

static void nothing_secret_is_logged(void **state) {
    (void)state;
    SCRIPT(ANSWER(200,
                  "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-seen</vpcId></item></vpcSet></DescribeVpcsResponse>",
                  "x-amzn-requestid: req-1"),
           ANSWER(200, "{\"Parameter\":{\"Value\":\"parameter-value\"}}", NULL), ANSWER(200, "object-content", NULL),
           ANSWER(200,
                  "<R><AssumeRoleResult><Credentials><SecretAccessKey>new-secret</SecretAccessKey></Credentials>"
                  "</AssumeRoleResult></R>",
                  NULL),
           ANSWER(400, "{\"__type\":\"ParameterNotFound\",\"message\":\"error-seen\"}", NULL));
    char path[] = "/tmp/wire_log_test.XXXXXX";
    close(mkstemp(path));
    assert_true(log_open(s->process, STR("trace"), str_of(path)));
    script_client(s, (AwsSettings){.region = STR("eu-west-1"),
                                   .access_key = STR("AKEXAMPLE"),
                                   .secret_key = STR("secret-key"),
                                   .token = STR("session-token"),
                                   .max_tries = 1});
    assert_true(script_call(s, "ec2", "DescribeVpcs", "{\"VpcIds\":[\"vpc-asked\"]}").ok);
    assert_true(script_call(s, "ssm", "GetParameter", "{\"Name\":\"/parameter-name\",\"WithDecryption\":true}").ok);
    AwsRequest put = script_request(s, "s3", "PutObject", "{\"Bucket\":\"bucket-1\",\"Key\":\"k\"}");
    put.raw_payload = true;
    put.payload = STR("sent-state");
    assert_true(script_run(s, put).ok);
    assert_true(script_call(s, "sts", "AssumeRole", "{\"RoleArn\":\"arn\",\"RoleSessionName\":\"n\"}").ok);
    assert_false(script_call(s, "ssm", "GetParameter", "{\"Name\":\"/p\"}").ok);
    log_close(s->process);
    Str log;
    assert_true(file_read(s->arena, path, 1 << 20, &log, &s->diags));
    unlink(path);
    static const char *const seen[] = {"vpc-asked",
                                       "vpc-seen",
                                       "req-1",
                                       "Authorization: (redacted)",
                                       "error-seen",
                                       "/parameter-name",
                                       "ec2 DescribeVpcs: 200, try 1",
                                       "/bucket-1"};
    static const char *const hidden[] = {"secret-key", "session-token",  "Signature=", "parameter-value",
                                         "sent-state", "object-content", "new-secret"};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        if (str_find(log, str_of(seen[i])) < 0) fail_msg("not in the log: %s", seen[i]);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (str_find(log, str_of(hidden[i])) >= 0) fail_msg("in the log: %s", hidden[i]);
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_secret_is_logged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

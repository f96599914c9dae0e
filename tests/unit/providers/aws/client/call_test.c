#include "tests/harness/cmocka.h"

#include "tests/unit/providers/aws/client/script.h"

static const char identity[] = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</"
                               "Arn><Account>123456789012</Account>"
                               "</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></"
                               "ResponseMetadata></GetCallerIdentityResponse>";

static const char throttling[] =
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>t1</RequestId>"
    "</ErrorResponse>";

static void a_call_and_its_signature(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, "x-amzn-RequestId: r"));
    script_simple_client(s);
    AwsResult r = script_call(s, "sts", "GetCallerIdentity", "{}");
    assert_true(r.ok);
    assert_int_equal(r.tries, 1);
    assert_true(str_eqz(script_text(r.output, "Account"), "123456789012"));
    assert_true(value_is_null(*value_get_str(r.output, STR("UserId"))));
    assert_true(str_eqz(s->requests[0].url, "https://sts.eu-west-1.amazonaws.com/"));
    assert_true(str_eqz(s->requests[0].body, "Action=GetCallerIdentity&Version=2011-06-15"));
    assert_true(str_eqz(script_header(s, 0, "X-Amz-Date"), "20231114T221320Z"));
    assert_true(str_starts(script_header(s, 0, "Authorization"),
                           STR("AWS4-HMAC-SHA256 Credential=AKEXAMPLE/20231114/eu-west-1/sts/aws4_request, "
                               "SignedHeaders=content-type;host;x-amz-date, Signature=")));
    assert_true(str_starts(script_header(s, 0, "User-Agent"), STR("infra/")));
    script_free(s);
}

static void server_faults_are_retried(void **state) {
    (void)state;
    SCRIPT(ANSWER(503, "<html/>", NULL), UNSENT, ANSWER(200, identity, NULL));
    script_simple_client(s);
    int64_t begin = loop_now(s->loop);
    AwsResult r = script_call(s, "sts", "GetCallerIdentity", "{}");
    assert_true(r.ok);
    assert_int_equal(r.tries, 3);
    int64_t passed = loop_now(s->loop) - begin;
    assert_true(passed > 0 && passed <= 300 * NS_PER_MS);
    script_free(s);
}

static void tries_are_used_up(void **state) {
    (void)state;
    SCRIPT(ANSWER(400, throttling, NULL), ANSWER(400, throttling, NULL), ANSWER(400, throttling, NULL));
    script_simple_client(s);
    AwsResult r = script_call(s, "sts", "GetCallerIdentity", "{}");
    assert_false(r.ok);
    assert_true(r.error.retryable);
    assert_int_equal(r.tries, 3);
    Buf text = buf_in(s->arena);
    aws_error_print(&r.error, &text);
    assert_string_equal(text.p, "sts GetCallerIdentity: Throttling: Rate exceeded (HTTP 400, request id t1)");
    script_free(s);
}

static void nobody_answers(void **state) {
    (void)state;
    SCRIPT(UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT);
    script_client(s, (AwsSettings){.region = STR("eu-west-1"),
                                   .access_key = STR("AKEXAMPLE"),
                                   .secret_key = STR("secret-key"),
                                   .usual_tries = 25});
    AwsResult r = script_call(s, "sts", "GetCallerIdentity", "{}");
    assert_false(r.ok);
    assert_int_equal(r.tries, 9);
    script_free(s);
}

static void final_errors_are_final(void **state) {
    (void)state;
    SCRIPT(ANSWER(403,
                  "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>"
                  "<RequestID>q</RequestID></Response>",
                  NULL));
    script_simple_client(s);
    AwsResult r = script_call(s, "ec2", "DescribeVpcs", "{}");
    assert_false(r.ok);
    assert_true(str_eqz(r.error.code, "UnauthorizedOperation"));
    assert_true(str_eqz(r.error.request_id, "q"));
    assert_false(r.error.retryable);
    assert_int_equal(s->count, 1);
    script_free(s);
}

static void further_codes_are_retried_when_asked(void **state) {
    (void)state;
    SCRIPT(
        ANSWER(
            400,
            "<Response><Errors><Error><Code>DependencyViolation</Code><Message>m</Message></Error></Errors></Response>",
            NULL),
        ANSWER(200, "<DeleteVpcResponse><return>true</return></DeleteVpcResponse>", NULL));
    script_simple_client(s);
    AwsRequest request = script_request(s, "ec2", "DeleteVpc", "{\"VpcId\":\"vpc-1\"}");
    Str codes[] = {STR("DependencyViolation")};
    request.retry_codes = codes;
    request.retry_code_count = 1;
    assert_true(script_run(s, request).ok);
    assert_int_equal(s->count, 2);
    script_free(s);
}

static void a_lost_answer_is_not_sent_again(void **state) {
    (void)state;
    SCRIPT(UNSENT, LOST);
    script_simple_client(s);
    AwsRequest request = script_request(s, "ec2", "CreateVpc", "{\"CidrBlock\":\"10.0.0.0/16\"}");
    request.no_resend = true;
    AwsResult r = script_run(s, request);
    assert_false(r.ok);
    assert_true(r.error.sent);
    assert_true(str_empty(r.error.code));
    assert_int_equal(s->count, 2); // the one that never left was tried again
    script_free(s);
}

static void the_clock_is_corrected(void **state) {
    (void)state;
    SCRIPT(
        ANSWER(403,
               "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>old</Message></Error></ErrorResponse>",
               "Date: Wed, 15 Nov 2023 00:13:20 GMT"),
        ANSWER(200, identity, NULL), ANSWER(200, identity, NULL));
    script_simple_client(s);
    assert_true(script_call(s, "sts", "GetCallerIdentity", "{}").ok);
    assert_true(str_eqz(script_header(s, 1, "X-Amz-Date"), "20231115T001320Z"));
    assert_true(script_call(s, "sts", "GetCallerIdentity", "{}").ok);
    assert_true(str_eqz(script_header(s, 2, "X-Amz-Date"), "20231115T001320Z"));
    script_free(s);
}

static void a_wrong_signature_with_a_right_clock_is_final(void **state) {
    (void)state;
    SCRIPT(ANSWER(403, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>",
                  "Date: Tue, 14 Nov 2023 22:13:25 GMT"));
    script_simple_client(s);
    assert_false(script_call(s, "sts", "GetCallerIdentity", "{}").ok);
    assert_int_equal(s->count, 1);
    script_free(s);
}

static void a_bucket_elsewhere(void **state) {
    (void)state;
    SCRIPT(ANSWER(301, "", "x-amz-bucket-region: us-west-2"), ANSWER(200, "", NULL),
           ANSWER(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>", NULL),
           ANSWER(200, "<ListBucketResult/>", NULL), ANSWER(200, "", NULL));
    script_simple_client(s);
    assert_true(script_call(s, "s3", "HeadBucket", "{\"Bucket\":\"my-bucket\"}").ok);
    assert_true(str_eqz(s->requests[0].url, "https://my-bucket.s3.eu-west-1.amazonaws.com/"));
    assert_true(str_eqz(s->requests[1].url, "https://my-bucket.s3.us-west-2.amazonaws.com/"));
    assert_true(str_find(script_header(s, 1, "Authorization"), STR("/us-west-2/s3/")) > 0);
    assert_true(script_call(s, "s3", "ListObjectsV2", "{\"Bucket\":\"b.c\"}").ok);
    assert_true(str_eqz(s->requests[3].url, "https://s3.ap-south-1.amazonaws.com/b.c?list-type=2"));
    assert_true(script_call(s, "s3", "HeadBucket", "{\"Bucket\":\"my-bucket\"}").ok); // remembered
    assert_true(str_eqz(s->requests[4].url, "https://my-bucket.s3.us-west-2.amazonaws.com/"));
    script_free(s);
}

static void objects_as_bytes(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "", "ETag: \"e\""), ANSWER(200, "state\x01", "ETag: \"e\""), ANSWER(200, "state", NULL));
    script_simple_client(s);
    AwsRequest put = script_request(s, "s3", "PutObject",
                                    "{\"Bucket\":\"b-1\",\"Key\":\"a b/c\",\"ContentType\":\"application/json\"}");
    put.raw_payload = true;
    put.payload = STR("\x00\xFF"
                      "x");
    AwsResult r = script_run(s, put);
    assert_true(r.ok);
    assert_true(str_eqz(script_text(r.output, "ETag"), "\"e\""));
    assert_true(str_eqz(s->requests[0].url, "https://b-1.s3.eu-west-1.amazonaws.com/a%20b/c"));
    assert_int_equal(s->requests[0].body.n, 3);
    assert_true(str_eqz(script_header(s, 0, "Content-Type"), "application/json"));
    assert_int_equal(script_header(s, 0, "X-Amz-Content-Sha256").n, 64);
    AwsRequest get = script_request(s, "s3", "GetObject", "{\"Bucket\":\"b-1\",\"Key\":\"k\"}");
    get.raw_payload = true;
    r = script_run(s, get);
    assert_true(str_eqz(r.payload, "state\x01"));
    assert_true(value_is_null(*value_get_str(r.output, STR("Body"))));
    r = script_call(s, "s3", "GetObject", "{\"Bucket\":\"b-1\",\"Key\":\"k\"}");
    assert_true(str_eqz(script_text(r.output, "Body"), "c3RhdGU="));
    script_free(s);
}

static void a_bucket_says_where_it_is(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "<LocationConstraint xmlns=\"http://s3/\">eu-west-1</LocationConstraint>", NULL),
           ANSWER(200, "<LocationConstraint xmlns=\"http://s3/\"/>", NULL));
    script_simple_client(s);
    AwsResult r = script_call(s, "s3", "GetBucketLocation", "{\"Bucket\":\"b-1\"}");
    assert_true(str_eqz(script_text(r.output, "LocationConstraint"), "eu-west-1"));
    r = script_call(s, "s3", "GetBucketLocation", "{\"Bucket\":\"b-1\"}");
    assert_true(value_is_null(*value_get_str(r.output, STR("LocationConstraint")))); // us-east-1
    script_free(s);
}

static void s3_says_error_with_200(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "<Error><Code>InternalError</Code><Message>m</Message></Error>", NULL),
           ANSWER(200, "<DeleteResult><Deleted><Key>k</Key></Deleted></DeleteResult>", NULL));
    script_simple_client(s);
    AwsResult r =
        script_call(s, "s3", "DeleteObjects", "{\"Bucket\":\"b-1\",\"Delete\":{\"Objects\":[{\"Key\":\"k\"}]}}");
    assert_true(r.ok);
    assert_int_equal(r.tries, 2);
    assert_true(script_header(s, 0, "Content-MD5").n > 0);
    script_free(s);
}

static void pages_are_joined(void **state) {
    (void)state;
    SCRIPT(
        ANSWER(200, "<R><subnetSet><item><subnetId>a</subnetId></item></subnetSet><nextToken>t1</nextToken></R>", NULL),
        ANSWER(200, "<R><subnetSet/><nextToken>t2</nextToken></R>", NULL),
        ANSWER(200,
               "<R><subnetSet><item><subnetId>b</subnetId></item><item><subnetId>c</subnetId></item></subnetSet></R>",
               NULL));
    script_simple_client(s);
    AwsRequest request =
        script_request(s, "ec2", "DescribeSubnets", "{\"Filters\":[{\"Name\":\"vpc-id\",\"Values\":[\"v\"]}]}");
    request.all_pages = true;
    AwsResult r = script_run(s, request);
    assert_true(r.ok);
    assert_int_equal(r.tries, 3);
    const Value *subnets = value_get_str(r.output, STR("Subnets"));
    assert_int_equal(subnets->n, 3);
    assert_true(str_eqz(script_text(value_elements(*subnets)[2], "SubnetId"), "c"));
    assert_true(value_is_null(*value_get_str(r.output, STR("NextToken"))));
    assert_false(script_body_has(s, 0, "NextToken"));
    assert_true(script_body_has(s, 1, "Filter.1.Value.1=v&NextToken=t1") || script_body_has(s, 1, "NextToken=t1"));
    assert_true(script_body_has(s, 2, "NextToken=t2"));
    script_free(s);
}

static void bad_input_and_operation(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "", NULL));
    script_simple_client(s);
    AwsResult r = script_call(s, "ec2", "CreateVpc", "{\"CidrBlok\":\"10.0.0.0/16\"}");
    assert_true(str_eqz(r.error.code, "InvalidInput"));
    assert_true(str_find(r.error.message, STR("CidrBlok")) > 0);
    r = script_call(s, "ec2", "CreateVpc", "{\"TagSpecifications\":[{\"Tags\":\"x\"}]}");
    assert_true(str_starts(r.error.message, STR("TagSpecifications[0].Tags: a list is needed")));
    r = script_call(s, "ec2", "CreateNothing", "{}");
    assert_true(str_eqz(r.error.code, "UnknownOperation"));
    r = script_call(s, "s3", "HeadBucket", "{}");
    assert_true(str_starts(r.error.message, STR("Bucket: ")));
    assert_int_equal(s->count, 0);
    assert_null(aws_client_model(s->client, STR("nonesuch"), &s->diags));
    assert_true(diags_failed(&s->diags));
    script_free(s);
}

static void cancelled_at_each_stage(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    script_simple_client(s);
    s->mute = true;
    AwsRequest request = script_request(s, "sts", "GetCallerIdentity", "{}");
    AwsCall *call = aws_call(s->client, s->arena, &request, script_done, s);
    aws_cancel(call); // before it began
    assert_int_equal(s->done_count, 0);
    assert_true(loop_run_until(s->loop, &s->done));
    assert_true(str_eqz(s->result.error.code, "RequestCanceled"));
    assert_false(s->result.error.sent);
    s->done = false;
    call = aws_call(s->client, s->arena, &request, script_done, s);
    script_pass(s, NS_PER_S);
    assert_int_equal(s->count, 1);
    aws_cancel(call); // on the wire
    assert_true(loop_run_until(s->loop, &s->done));
    assert_true(str_eqz(s->result.error.code, "RequestCanceled"));
    assert_true(s->result.error.sent);
    assert_int_equal(s->done_count, 2);
    script_free(s);
}

static void dropped_with_the_client(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, identity, NULL));
    script_simple_client(s);
    s->mute = true;
    AwsRequest request = script_request(s, "sts", "GetCallerIdentity", "{}");
    aws_call(s->client, s->arena, &request, script_done, s);
    script_pass(s, NS_PER_S);
    aws_call(s->client, s->arena, &request, script_done, s);
    aws_client_free(s->client);
    s->client = NULL;
    script_pass(s, NS_PER_S);
    assert_int_equal(s->done_count, 0);
    script_free(s);
}

static void no_region(void **state) {
    (void)state;
    SCRIPT(ANSWER(200, "", NULL));
    script_client(s, (AwsSettings){.access_key = STR("a"), .secret_key = STR("secret")});
    AwsResult r = script_call(s, "ec2", "DescribeVpcs", "{}");
    assert_true(str_eqz(r.error.code, "InvalidEndpoint"));
    assert_true(str_find(r.error.message, STR("no region")) >= 0);
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_and_its_signature),
        cmocka_unit_test(server_faults_are_retried),
        cmocka_unit_test(tries_are_used_up),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(final_errors_are_final),
        cmocka_unit_test(further_codes_are_retried_when_asked),
        cmocka_unit_test(a_lost_answer_is_not_sent_again),
        cmocka_unit_test(the_clock_is_corrected),
        cmocka_unit_test(a_wrong_signature_with_a_right_clock_is_final),
        cmocka_unit_test(a_bucket_elsewhere),
        cmocka_unit_test(objects_as_bytes),
        cmocka_unit_test(a_bucket_says_where_it_is),
        cmocka_unit_test(s3_says_error_with_200),
        cmocka_unit_test(pages_are_joined),
        cmocka_unit_test(bad_input_and_operation),
        cmocka_unit_test(cancelled_at_each_stage),
        cmocka_unit_test(dropped_with_the_client),
        cmocka_unit_test(no_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

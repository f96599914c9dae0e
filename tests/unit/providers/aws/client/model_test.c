#include "tests/harness/cmocka.h"

#include "providers/aws/client/model.h"

#include <stdio.h>
#include <stdlib.h>

static Process *process;
static Arena *arena;
static Diags diags;

static int setup(void **state) {
    (void)state;
    process = process_new();
    type_init(process);
    arena = arena_new(process, LIFE_CONFIG, "test");
    diags = diags_in(arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static void built_in(void **state) {
    (void)state;
    AwsModels *models = aws_models_new(arena);
    const AwsModel *ec2 = aws_model_load(models, STR("ec2"), &diags);
    assert_non_null(ec2);
    assert_ptr_equal(ec2, aws_model_load(models, STR("ec2"), &diags));
    assert_int_equal(ec2->protocol, AWS_EC2);
    const AwsOperation *describe = aws_model_operation(ec2, STR("DescribeSubnets"));
    assert_ptr_equal(describe, aws_model_operation(ec2, STR("DescribeSubnets")));
    assert_int_equal(describe->paginator->tokens, 1);
    assert_true(str_eqz(describe->paginator->results[0], "Subnets"));
    const AwsMember *filters = aws_shape_member(describe->input, name_of(process, STR("Filters")));
    assert_true(str_eqz(filters->location_name, "Filter"));
    assert_int_equal(filters->shape->kind, AWS_LIST);
    assert_null(aws_shape_member(describe->input, name_of(process, STR("Nonesuch"))));
    assert_null(aws_model_operation(ec2, STR("Nonesuch")));
    Str *names;
    uint32_t n;
    aws_model_operations(ec2, arena, &names, &n);
    assert_true(n > 10);
    for (uint32_t i = 1; i < n; i++) assert_true(str_cmp(names[i - 1], names[i]) < 0);
}

// Every operation of every built-in model can be built.
static void all_of_them(void **state) {
    (void)state;
    static const char *const services[] = {"ec2", "iam", "s3", "dynamodb", "sts", "ssm"};
    AwsModels *models = aws_models_new(arena);
    for (size_t s = 0; s < sizeof services / sizeof *services; s++) {
        const AwsModel *model = aws_model_load(models, str_of(services[s]), &diags);
        Str *names;
        uint32_t n;
        aws_model_operations(model, arena, &names, &n);
        for (uint32_t i = 0; i < n; i++) assert_non_null(aws_model_operation(model, names[i]));
    }
}

static void shapes_in_a_circle(void **state) {
    (void)state;
    const AwsModel *db = aws_model_load(aws_models_new(arena), STR("dynamodb"), &diags);
    const AwsShape *value = aws_model_shape(db, STR("AttributeValue"));
    const AwsMember *list = aws_shape_member(value, name_of(process, STR("L")));
    assert_ptr_equal(list->shape->members[0].shape, value);
}

static void put_file(const char *dir, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void a_folder_beside(void **state) {
    (void)state;
    char dir[] = "/tmp/model_test.XXXXXX";
    assert_non_null(mkdtemp(dir));
    static const char meta[] =
        "{\"metadata\":{\"protocol\":\"smithy-rpc-v2-cbor\",\"protocols\":[\"smithy-rpc-v2-cbor\",\"json\"],"
        "\"endpointPrefix\":\"x\"},\"operations\":{\"DoIt\":{\"name\":\"DoIt\",\"input\":{\"shape\":\"In\"},"
        "\"documentation\":\"<p>\\\"quoted\\\"</p>\"},\"Broken\":{\"input\":{\"shape\":\"Gone\"}}},"
        "\"shapes\":{\"In\":{\"type\":\"structure\",\"members\":{\"A\":{\"shape\":\"S\"}}},\"S\":{\"type\":\"string\"}}"
        "}";
    put_file(dir, "sts.json", meta);
    put_file(dir, "new.json", meta);
    put_file(dir, "new.paginators.json",
             "{\"pagination\":{\"DoIt\":{\"input_token\":\"A\",\"output_token\":\"B\",\"result_key\":[\"C\",\"D\"]}}}");
    put_file(dir, "bad.json", "{\"metadata\":{\"protocol\":\"carrier-pigeon\"},\"operations\":{},\"shapes\":{}}");
    AwsModels *models = aws_models_new(arena);
    aws_models_add_dir(models, str_of(dir));
    const AwsModel *sts = aws_model_load(models, STR("sts"), &diags);
    assert_true(aws_model_operation(sts, STR("AssumeRole")) && aws_model_operation(sts, STR("DoIt")));
    assert_int_equal(aws_model_operation(sts, STR("AssumeRole"))->model->protocol, AWS_QUERY);
    assert_int_equal(aws_model_operation(sts, STR("DoIt"))->model->protocol, AWS_JSON);
    const AwsModel *new = aws_model_load(models, STR("new"), &diags);
    assert_int_equal(aws_model_operation(new, STR("DoIt"))->paginator->result_count, 2);
    assert_null(aws_model_operation(new, STR("Broken")));
    assert_false(diags_failed(&diags));
    assert_null(aws_model_load(models, STR("bad"), &diags));
    assert_null(aws_model_load(models, STR("missing"), &diags));
    assert_int_equal(diags.errors, 2);
    char command[300];
    snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(built_in, setup, teardown),
        cmocka_unit_test_setup_teardown(all_of_them, setup, teardown),
        cmocka_unit_test_setup_teardown(shapes_in_a_circle, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_beside, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

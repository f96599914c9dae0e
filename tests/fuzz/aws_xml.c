// XML bodies of AWS's answers, as results and as errors. The first byte picks the operation.
#include "providers/aws/client/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const picks[][2] = {{"ec2", "DescribeVpcs"},    {"ec2", "DescribeSecurityGroups"},
                                           {"iam", "ListRoles"},       {"sts", "AssumeRole"},
                                           {"s3", "ListObjectsV2"},    {"s3", "GetBucketAcl"},
                                           {"s3", "GetBucketTagging"}, {"s3", "DeleteObjects"}};
    if (size == 0) return 0;
    const char *const *pick = picks[data[0] % (sizeof picks / sizeof *picks)];
    // The models are read once.
    static Process *process;
    static AwsModels *models;
    if (!process) {
        process = process_new();
        type_init(process);
        models = aws_models_new(process->arena);
    }
    Arena *arena = arena_new(process, LIFE_OP, "fuzz");
    Diags diags = diags_in(arena);
    const AwsModel *model = aws_model_load(models, str_of(pick[0]), &diags);
    const AwsOperation *operation = aws_model_operation(model, str_of(pick[1]));
    HttpResponse response = {.status = 400, .body = str_make((const char *)data + 1, size - 1)};
    Value out;
    Str problem;
    AwsError error = {0};
    protocol_result(arena, operation, &response, false, &out, &problem);
    protocol_error(arena, operation, &response, &error);
    protocol_hidden_error(arena, operation, &response);
    arena_free(arena);
    return 0;
}

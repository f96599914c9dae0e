// JSON bodies of AWS's answers, as results and as errors, and the settings that are JSON: models and keys.
// The first byte picks what the rest is.
#include "providers/aws/client/config_file.h"
#include "providers/aws/client/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_answer(AwsModels *models, Arena *arena, const char *service, const char *name, Str body) {
    Diags diags = diags_in(arena);
    const AwsModel *model = aws_model_load(models, str_of(service), &diags);
    const AwsOperation *operation = aws_model_operation(model, str_of(name));
    HttpResponse response = {.status = 400, .body = body};
    Value out;
    Str problem;
    AwsError error = {0};
    protocol_result(arena, operation, &response, false, &out, &problem);
    protocol_error(arena, operation, &response, &error);
}

static void fuzz_model(Arena *arena, Str text) {
    Diags diags = diags_in(arena);
    const AwsModel *model = aws_model_parse(aws_models_new(arena), STR("x"), text, &diags);
    if (!model) return;
    Str *names;
    uint32_t n;
    aws_model_operations(model, arena, &names, &n);
    for (uint32_t i = 0; i < n; i++) aws_model_operation(model, names[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
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
    ConfigFiles files = config_files_in(arena);
    Str body = str_make((const char *)data + 1, size - 1);
    switch (data[0] % 5) {
    case 0: fuzz_answer(models, arena, "dynamodb", "GetItem", body); break;
    case 1: fuzz_answer(models, arena, "dynamodb", "DescribeTable", body); break;
    case 2: fuzz_answer(models, arena, "ssm", "GetParameters", body); break;
    case 3: fuzz_model(arena, body); break;
    case 4: config_file_parse(&files, body, size % 2, "f", &diags); break;
    }
    arena_free(arena);
    return 0;
}

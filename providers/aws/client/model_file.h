// One file of a service model, read by pieces. Only for model*.c.
#ifndef INFRA_AWS_CLIENT_MODEL_FILE_H
#define INFRA_AWS_CLIENT_MODEL_FILE_H

#include "engine/base/map.h"
#include "providers/aws/client/model.h"

typedef struct ModelFile {
    Arena *arena;
    StrMap operations, shapes, pages; // bytes of the definitions; pages: a separate file of paginators
    StrMap built_operations, built_shapes;
    uint32_t depth; // of shapes being built within each other
} ModelFile;

typedef struct BuiltinModel {
    const char *service;
    const char *json, *end;
} BuiltinModel;
// The last has service NULL.
extern const BuiltinModel builtin_models[];

// NULL when the file does not define it or the definition is malformed.
const AwsShape *model_shape_build(const AwsModel *model, Str name);
const AwsOperation *model_operation_build(const AwsModel *model, Str name);

#endif

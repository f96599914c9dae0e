// AWS's published descriptions of its services: operations, shapes, pages. Facts of the wire, nothing else.
//
// The files are botocore's service models, trimmed (providers/aws/shapes/<service>.json, built into the library) or
// unchanged (a folder of the user's). An operation is looked for in the built-in model first, then in the folders';
// its shapes come from the file that it was found in. Files are read when a service is first asked for, shapes are
// built when an operation first needs them. Everything lives in the arena of aws_models_new.
#ifndef INFRA_AWS_CLIENT_MODEL_H
#define INFRA_AWS_CLIENT_MODEL_H

#include "engine/base/diag.h"
#include "engine/value/value.h"

typedef enum AwsProtocol { AWS_EC2, AWS_QUERY, AWS_JSON, AWS_REST_JSON, AWS_REST_XML } AwsProtocol;

typedef enum AwsKind {
    AWS_STRUCTURE,
    AWS_LIST,
    AWS_MAP,
    AWS_STRING,
    AWS_BLOB,
    AWS_BOOLEAN,
    AWS_INTEGER, // byte, short, integer, long
    AWS_DOUBLE,  // float, double
    AWS_TIMESTAMP,
} AwsKind;

typedef enum AwsLocation {
    AWS_IN_BODY,
    AWS_IN_URI,
    AWS_IN_QUERY,
    AWS_IN_HEADER,
    AWS_IN_HEADERS, // a map of headers with a common prefix
    AWS_IN_STATUS,
} AwsLocation;

typedef enum AwsTime { AWS_TIME_DEFAULT, AWS_TIME_ISO8601, AWS_TIME_UNIX, AWS_TIME_RFC822 } AwsTime;

typedef struct AwsShape AwsShape;
typedef struct AwsModel AwsModel;
typedef struct AwsModels AwsModels;

// A reference to a shape: a member of a structure, the element of a list, the key or value of a map.
typedef struct AwsMember {
    Name name; // of a structure's member, else NULL
    const AwsShape *shape;
    AwsLocation location;
    AwsTime time;      // of this member or of its shape
    Str location_name; // empty: its own name
    Str query_name;    // EC2 only
    Str xml_namespace, xml_prefix;
    bool flattened, xml_attribute, idempotency_token, host_label, json_value, required;
} AwsMember;

struct AwsShape {
    Name name;
    AwsKind kind;
    const AwsMember *members; // structure: in wire order; list: the element; map: key, value
    uint32_t n;
    const Shape *object;    // structure: its members' names sorted, as values of it have them
    const uint32_t *places; // structure: index in `object` of each member
    int32_t payload;        // structure: the member that is the whole body, or -1
    AwsTime time;
    bool flattened, sensitive, streaming, document, is_union, exception, event_stream;
    Str location_name, xml_namespace, xml_prefix;
    Str error_code; // of an exception where it differs from its name, else empty
    int error_status;
    const Str *values; // of an enum
    uint32_t value_count;
};

typedef struct AwsPaginator {
    const Str *inputs, *outputs; // pairs; outputs are paths like "Marker || Contents[-1].Key"
    uint32_t tokens;
    const Str *results;
    uint32_t result_count;
    Str more; // a boolean in the result, or empty
    Str limit;
} AwsPaginator;

typedef struct AwsOperation {
    Name name;
    const AwsModel *model;
    Str method, uri;
    Str host_prefix;       // "foo.{label}."
    const AwsShape *input; // NULL: none
    const AwsShape *output;
    Str result_wrapper;                 // query protocol
    Str input_element, input_namespace; // rest-xml: how the reference to the input names it
    const AwsShape *const *errors;
    uint32_t error_count;
    const AwsPaginator *paginator; // NULL: not paged
    bool unsigned_request;         // authtype none
    bool unsigned_payload;
    bool checksum_required; // Content-MD5
} AwsOperation;

struct AwsModel {
    AwsModels *models;
    Str service; // "ec2": the file's name
    AwsProtocol protocol;
    Str api_version, json_version, target_prefix, endpoint_prefix, signing_name, service_id, xml_namespace;
    Str global_endpoint;
    bool query_compatible; // JSON with error codes of the query protocol in a header
    bool s3;               // signed and addressed by S3's rules
    struct ModelFile *file;
    const AwsModel *next; // of the same service in another folder
};

AwsModels *aws_models_new(Arena *arena);
// A folder with <service>.json files as AWS publishes them, read beside the built-in ones.
void aws_models_add_dir(AwsModels *models, Str dir);
// NULL with a diagnostic when there is no such service or its file is malformed.
const AwsModel *aws_model_load(AwsModels *models, Str service, Diags *diags);
// A model from bytes in memory, which must live as long as `models`: for tests. Not remembered.
const AwsModel *aws_model_parse(AwsModels *models, Str service, Str json, Diags *diags);
// NULL when no file has it.
const AwsOperation *aws_model_operation(const AwsModel *model, Str name);
// Names of all operations, sorted, for messages.
void aws_model_operations(const AwsModel *model, Arena *arena, Str **names, uint32_t *n);
// The shape of that name, whether or not an operation uses it; NULL when there is none.
const AwsShape *aws_model_shape(const AwsModel *model, Str name);
// The member of a structure, or NULL.
const AwsMember *aws_shape_member(const AwsShape *shape, Name name);

#endif

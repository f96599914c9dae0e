// Definitions to structs. Shapes refer to each other, also in circles: a shape is entered into the table before its
// members are built, so a circle finds it there.
#include "engine/base/limits.h"
#include "providers/aws/client/model_file.h"
#include "providers/aws/client/slice.h"

static AwsKind kind_of(Str type, bool *known) {
    static const struct {
        const char *name;
        AwsKind kind;
    } kinds[] = {{"structure", AWS_STRUCTURE}, {"list", AWS_LIST},        {"map", AWS_MAP},
                 {"string", AWS_STRING},       {"character", AWS_STRING}, {"blob", AWS_BLOB},
                 {"boolean", AWS_BOOLEAN},     {"byte", AWS_INTEGER},     {"short", AWS_INTEGER},
                 {"integer", AWS_INTEGER},     {"long", AWS_INTEGER},     {"biginteger", AWS_INTEGER},
                 {"float", AWS_DOUBLE},        {"double", AWS_DOUBLE},    {"bigdecimal", AWS_DOUBLE},
                 {"timestamp", AWS_TIMESTAMP}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_eqz(type, kinds[i].name)) continue;
        *known = true;
        return kinds[i].kind;
    }
    *known = false;
    return AWS_STRING;
}

static AwsTime time_of(Str text) {
    if (str_eqz(text, "iso8601")) return AWS_TIME_ISO8601;
    if (str_eqz(text, "unixTimestamp")) return AWS_TIME_UNIX;
    if (str_eqz(text, "rfc822")) return AWS_TIME_RFC822;
    return AWS_TIME_DEFAULT;
}

static AwsLocation location_of(Str text) {
    if (str_eqz(text, "uri")) return AWS_IN_URI;
    if (str_eqz(text, "querystring")) return AWS_IN_QUERY;
    if (str_eqz(text, "header")) return AWS_IN_HEADER;
    if (str_eqz(text, "headers")) return AWS_IN_HEADERS;
    if (str_eqz(text, "statusCode")) return AWS_IN_STATUS;
    return AWS_IN_BODY;
}

static void read_namespace(Arena *arena, Str raw, Str *uri, Str *prefix) {
    StrMap m;
    if (raw.n && raw.p[0] == '"') {
        *uri = slice_text(arena, raw);
    } else if (slice_object(arena, raw, &m)) {
        *uri = slice_text(arena, slice_get(&m, "uri"));
        *prefix = slice_text(arena, slice_get(&m, "prefix"));
    }
}

static bool read_member(const AwsModel *model, Str raw, AwsMember *out) {
    Arena *arena = model->file->arena;
    StrMap m;
    if (!slice_object(arena, raw, &m)) return false;
    const AwsShape *shape = model_shape_build(model, slice_text(arena, slice_get(&m, "shape")));
    if (!shape) return false;
    *out = (AwsMember){.shape = shape};
    out->location = location_of(slice_text(arena, slice_get(&m, "location")));
    out->time = time_of(slice_text(arena, slice_get(&m, "timestampFormat")));
    if (out->time == AWS_TIME_DEFAULT) out->time = shape->time;
    out->location_name = slice_text(arena, slice_get(&m, "locationName"));
    out->query_name = slice_text(arena, slice_get(&m, "queryName"));
    read_namespace(arena, slice_get(&m, "xmlNamespace"), &out->xml_namespace, &out->xml_prefix);
    if (str_empty(out->xml_namespace)) {
        out->xml_namespace = shape->xml_namespace;
        out->xml_prefix = shape->xml_prefix;
    }
    out->flattened = slice_true(slice_get(&m, "flattened")) || shape->flattened;
    out->xml_attribute = slice_true(slice_get(&m, "xmlAttribute"));
    out->idempotency_token = slice_true(slice_get(&m, "idempotencyToken"));
    out->host_label = slice_true(slice_get(&m, "hostLabel"));
    out->json_value = slice_true(slice_get(&m, "jsonvalue"));
    return true;
}

static void read_required(const AwsModel *model, AwsMember *members, uint32_t n, Str raw) {
    Str *names;
    uint32_t count;
    slice_strings(model->file->arena, raw, NULL, &names, &count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t m = 0; m < n; m++)
            if (str_eq(name_str(members[m].name), names[i])) members[m].required = true;
}

static bool read_structure(const AwsModel *model, const StrMap *s, AwsShape *shape) {
    Arena *arena = model->file->arena;
    Process *process = arena_process(arena);
    StrMap list = strmap_in(arena);
    Str raw = slice_get(s, "members");
    if (raw.n && !slice_object(arena, raw, &list)) return false;
    AwsMember *members = ARENA_ARRAY(arena, AwsMember, list.n);
    Name *names = ARENA_ARRAY(arena, Name, list.n);
    uint32_t *places = ARENA_ARRAY(arena, uint32_t, list.n);
    for (uint32_t i = 0; i < list.n; i++) {
        const Str *member = (const Str *)(uintptr_t)list.items[i].value;
        if (!read_member(model, *member, &members[i])) return false;
        members[i].name = names[i] = name_of(process, list.items[i].key);
    }
    read_required(model, members, list.n, slice_get(s, "required"));
    shape->object = shape_of(arena, names, list.n);
    for (uint32_t i = 0; i < list.n; i++) places[i] = (uint32_t)shape_index(shape->object, members[i].name);
    shape->members = members;
    shape->n = list.n;
    shape->places = places;
    Str payload = slice_text(arena, slice_get(s, "payload"));
    for (uint32_t i = 0; i < list.n && payload.n; i++)
        if (str_eq(name_str(members[i].name), payload)) shape->payload = (int32_t)i;
    return true;
}

static bool read_elements(const AwsModel *model, const StrMap *s, AwsShape *shape) {
    static const char *const of_list[] = {"member"}, *const of_map[] = {"key", "value"};
    const char *const *keys = shape->kind == AWS_LIST ? of_list : of_map;
    shape->n = shape->kind == AWS_LIST ? 1 : 2;
    AwsMember *members = ARENA_ARRAY(model->file->arena, AwsMember, shape->n);
    for (uint32_t i = 0; i < shape->n; i++)
        if (!read_member(model, slice_get(s, keys[i]), &members[i])) return false;
    shape->members = members;
    return true;
}

static void read_error(Arena *arena, const StrMap *s, AwsShape *shape) {
    StrMap error;
    shape->exception = slice_true(slice_get(s, "exception"));
    if (!slice_object(arena, slice_get(s, "error"), &error)) return;
    shape->exception = true;
    shape->error_code = slice_text(arena, slice_get(&error, "code"));
    int64_t status;
    if (str_to_i64(slice_get(&error, "httpStatusCode"), &status)) shape->error_status = (int)status;
}

const AwsShape *model_shape_build(const AwsModel *model, Str name) {
    ModelFile *file = model->file;
    AwsShape *shape = strmap_get_ptr(&file->built_shapes, name);
    if (shape) return shape;
    const Str *raw = strmap_get_ptr(&file->shapes, name);
    Arena *arena = file->arena;
    StrMap s;
    bool known;
    if (!raw || !slice_object(arena, *raw, &s)) return NULL;
    AwsKind kind = kind_of(slice_text(arena, slice_get(&s, "type")), &known);
    if (!known) return NULL;
    Name interned = name_of(arena_process(arena), name);
    shape = ARENA_NEW(arena, AwsShape);
    *shape = (AwsShape){.name = interned, .kind = kind, .payload = -1};
    shape->time = time_of(slice_text(arena, slice_get(&s, "timestampFormat")));
    shape->flattened = slice_true(slice_get(&s, "flattened"));
    shape->sensitive = slice_true(slice_get(&s, "sensitive"));
    shape->streaming = slice_true(slice_get(&s, "streaming"));
    shape->document = slice_true(slice_get(&s, "document"));
    shape->is_union = slice_true(slice_get(&s, "union"));
    shape->event_stream = slice_true(slice_get(&s, "eventstream"));
    shape->location_name = slice_text(arena, slice_get(&s, "locationName"));
    read_namespace(arena, slice_get(&s, "xmlNamespace"), &shape->xml_namespace, &shape->xml_prefix);
    read_error(arena, &s, shape);
    Str *values;
    slice_strings(arena, slice_get(&s, "enum"), NULL, &values, &shape->value_count);
    shape->values = values;
    strmap_put_ptr(&file->built_shapes, name_str(interned), shape);
    bool ok = file->depth++ < LIMIT_VALUE_DEPTH;
    if (ok && kind == AWS_STRUCTURE) ok = read_structure(model, &s, shape);
    if (ok && (kind == AWS_LIST || kind == AWS_MAP)) ok = read_elements(model, &s, shape);
    file->depth--;
    if (!ok) *strmap_get(&file->built_shapes, name_str(interned)) = 0;
    return ok ? shape : NULL;
}

static const AwsPaginator *read_paginator(Arena *arena, Str raw) {
    StrMap p;
    if (!raw.n || !slice_object(arena, raw, &p)) return NULL;
    AwsPaginator *paginator = ARENA_NEW(arena, AwsPaginator);
    Str *inputs, *outputs, *results;
    uint32_t input_count, output_count;
    slice_strings(arena, slice_get(&p, "input_token"), NULL, &inputs, &input_count);
    slice_strings(arena, slice_get(&p, "output_token"), NULL, &outputs, &output_count);
    slice_strings(arena, slice_get(&p, "result_key"), NULL, &results, &paginator->result_count);
    paginator->inputs = inputs;
    paginator->outputs = outputs;
    paginator->results = results;
    paginator->tokens = input_count < output_count ? input_count : output_count;
    paginator->more = slice_text(arena, slice_get(&p, "more_results"));
    paginator->limit = slice_text(arena, slice_get(&p, "limit_key"));
    return paginator->tokens ? paginator : NULL;
}

// The shape that a reference names; true when there is none to name.
static bool read_reference(const AwsModel *model, Str raw, StrMap *reference, const AwsShape **out) {
    Arena *arena = model->file->arena;
    *out = NULL;
    *reference = strmap_in(arena);
    if (!raw.n) return true;
    if (!slice_object(arena, raw, reference)) return false;
    *out = model_shape_build(model, slice_text(arena, slice_get(reference, "shape")));
    return *out != NULL;
}

static void read_errors(const AwsModel *model, Str raw, AwsOperation *operation) {
    Arena *arena = model->file->arena;
    Str *names;
    uint32_t n;
    slice_strings(arena, raw, "shape", &names, &n);
    const AwsShape **errors = ARENA_ARRAY(arena, const AwsShape *, n);
    for (uint32_t i = 0; i < n; i++) {
        const AwsShape *shape = model_shape_build(model, names[i]);
        if (shape) errors[operation->error_count++] = shape;
    }
    operation->errors = errors;
}

static void read_http(Arena *arena, const StrMap *o, AwsOperation *operation) {
    StrMap http, endpoint, checksum;
    operation->method = STR("POST");
    operation->uri = STR("/");
    if (slice_object(arena, slice_get(o, "http"), &http)) {
        Str method = slice_text(arena, slice_get(&http, "method")),
            uri = slice_text(arena, slice_get(&http, "requestUri"));
        if (method.n) operation->method = method;
        if (uri.n) operation->uri = uri;
    }
    if (slice_object(arena, slice_get(o, "endpoint"), &endpoint))
        operation->host_prefix = slice_text(arena, slice_get(&endpoint, "hostPrefix"));
    operation->unsigned_request = str_eqz(slice_text(arena, slice_get(o, "authtype")), "none");
    operation->unsigned_payload = slice_true(slice_get(o, "unsignedPayload"));
    operation->checksum_required = slice_true(slice_get(o, "httpChecksumRequired"));
    if (slice_object(arena, slice_get(o, "httpChecksum"), &checksum))
        operation->checksum_required |= slice_true(slice_get(&checksum, "requestChecksumRequired"));
}

const AwsOperation *model_operation_build(const AwsModel *model, Str name) {
    ModelFile *file = model->file;
    AwsOperation *operation = strmap_get_ptr(&file->built_operations, name);
    if (operation) return operation;
    const Str *raw = strmap_get_ptr(&file->operations, name);
    Arena *arena = file->arena;
    StrMap o, input, output;
    if (!raw || !slice_object(arena, *raw, &o)) return NULL;
    operation = ARENA_NEW(arena, AwsOperation);
    *operation = (AwsOperation){.name = name_of(arena_process(arena), name), .model = model};
    read_http(arena, &o, operation);
    if (!read_reference(model, slice_get(&o, "input"), &input, &operation->input) ||
        !read_reference(model, slice_get(&o, "output"), &output, &operation->output))
        return NULL;
    Str prefix = STR_NONE;
    operation->input_element = slice_text(arena, slice_get(&input, "locationName"));
    read_namespace(arena, slice_get(&input, "xmlNamespace"), &operation->input_namespace, &prefix);
    operation->result_wrapper = slice_text(arena, slice_get(&output, "resultWrapper"));
    read_errors(model, slice_get(&o, "errors"), operation);
    Str pages = slice_get(&o, "paginator");
    const Str *apart = strmap_get_ptr(&file->pages, name);
    operation->paginator = read_paginator(arena, apart ? *apart : pages);
    strmap_put_ptr(&file->built_operations, name_str(operation->name), operation);
    return operation;
}

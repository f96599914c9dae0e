#include "providers/aws/client/model.h"

#include "engine/base/limits.h"
#include "engine/io/file.h"
#include "providers/aws/client/model_file.h"
#include "providers/aws/client/slice.h"

#include <stdlib.h>

struct AwsModels {
    Arena *arena;
    VEC(Str) dirs;
    StrMap loaded; // service -> AwsModel
};

AwsModels *aws_models_new(Arena *arena) {
    AwsModels *models = ARENA_NEW(arena, AwsModels);
    models->arena = arena;
    models->loaded = strmap_in(arena);
    return models;
}

void aws_models_add_dir(AwsModels *models, Str dir) {
    Str copy = str_copy(models->arena, dir);
    vec_push(models->arena, &models->dirs, copy);
}

static AwsProtocol protocol_of(Str name, bool *known) {
    static const char *const names[] = {"ec2", "query", "json", "rest-json", "rest-xml"};
    for (int i = 0; i < 5; i++) {
        if (!str_eqz(name, names[i])) continue;
        *known = true;
        return (AwsProtocol)i;
    }
    *known = false;
    return AWS_QUERY;
}

// The first protocol of the list that is spoken here, else the one named alone.
static bool find_protocol(Arena *arena, const StrMap *metadata, AwsProtocol *out) {
    Str *names;
    uint32_t n;
    bool known = false;
    slice_strings(arena, slice_get(metadata, "protocols"), NULL, &names, &n);
    for (uint32_t i = 0; i < n && !known; i++) *out = protocol_of(names[i], &known);
    if (!known) *out = protocol_of(slice_text(arena, slice_get(metadata, "protocol")), &known);
    return known;
}

static bool read_metadata(AwsModel *model, Arena *arena, Str raw) {
    StrMap m;
    if (!slice_object(arena, raw, &m) || !find_protocol(arena, &m, &model->protocol)) return false;
    model->api_version = slice_text(arena, slice_get(&m, "apiVersion"));
    model->json_version = slice_text(arena, slice_get(&m, "jsonVersion"));
    model->target_prefix = slice_text(arena, slice_get(&m, "targetPrefix"));
    model->endpoint_prefix = slice_text(arena, slice_get(&m, "endpointPrefix"));
    model->signing_name = slice_text(arena, slice_get(&m, "signingName"));
    if (str_empty(model->signing_name)) model->signing_name = model->endpoint_prefix;
    model->service_id = slice_text(arena, slice_get(&m, "serviceId"));
    model->xml_namespace = slice_text(arena, slice_get(&m, "xmlNamespace"));
    model->global_endpoint = slice_text(arena, slice_get(&m, "globalEndpoint"));
    StrMap query_compatible;
    model->query_compatible = slice_object(arena, slice_get(&m, "awsQueryCompatible"), &query_compatible);
    model->s3 = str_eqz(slice_text(arena, slice_get(&m, "signatureVersion")), "s3");
    return true;
}

static AwsModel *parse(AwsModels *models, Str service, Str json) {
    Arena *arena = models->arena;
    AwsModel *model = ARENA_NEW(arena, AwsModel);
    ModelFile *file = ARENA_NEW(arena, ModelFile);
    StrMap top;
    *file = (ModelFile){.arena = arena,
                        .built_operations = strmap_in(arena),
                        .built_shapes = strmap_in(arena),
                        .pages = strmap_in(arena)};
    *model = (AwsModel){.models = models, .service = str_copy(arena, service), .file = file};
    bool ok = slice_object(arena, json, &top) && read_metadata(model, arena, slice_get(&top, "metadata")) &&
              slice_object(arena, slice_get(&top, "shapes"), &file->shapes) &&
              slice_object(arena, slice_get(&top, "operations"), &file->operations);
    return ok ? model : NULL;
}

const AwsModel *aws_model_parse(AwsModels *models, Str service, Str json, Diags *diags) {
    AwsModel *model = parse(models, service, json);
    if (!model)
        diag_error(diags, "aws_model", SPAN_NONE, "Invalid service model",
                   "The model of the service \"%.*s\" is not a botocore service model in one of the protocols ec2, "
                   "query, json, rest-json or rest-xml.",
                   STR_ARG(service));
    return model;
}

static AwsModel *load_builtin(AwsModels *models, Str service) {
    for (const BuiltinModel *m = builtin_models; m->service; m++)
        if (str_eqz(service, m->service)) return parse(models, service, str_make(m->json, (size_t)(m->end - m->json)));
    return NULL;
}

// <service>.json, and <service>.paginators.json where paging was published apart.
static bool load_from_dir(AwsModels *models, Str dir, Str service, const AwsModel **out, Diags *diags) {
    Arena *arena = models->arena;
    Str path = str_format(arena, "%.*s/%.*s.json", STR_ARG(dir), STR_ARG(service)), json;
    if (!file_exists(path.p)) return true;
    if (!file_read(arena, path.p, LIMIT_SOURCE_BYTES, &json, diags)) return false;
    AwsModel *model = parse(models, service, json);
    if (!model)
        return diag_error(diags, "aws_model", SPAN_NONE, "Invalid service model",
                          "\"%s\" is not a botocore service model in one of the protocols ec2, query, json, rest-json "
                          "or rest-xml.",
                          path.p);
    path = str_format(arena, "%.*s/%.*s.paginators.json", STR_ARG(dir), STR_ARG(service));
    StrMap top;
    if (file_exists(path.p)) {
        if (!file_read(arena, path.p, LIMIT_SOURCE_BYTES, &json, diags)) return false;
        if (!slice_object(arena, json, &top) ||
            !slice_object(arena, slice_get(&top, "pagination"), &model->file->pages))
            return diag_error(diags, "aws_model", SPAN_NONE, "Invalid service model",
                              "\"%s\" is not a botocore paginator file.", path.p);
    }
    *out = model;
    return true;
}

const AwsModel *aws_model_load(AwsModels *models, Str service, Diags *diags) {
    const AwsModel *known = strmap_get_ptr(&models->loaded, service);
    if (known) return known;
    AwsModel *first = load_builtin(models, service), *last = first;
    for (uint32_t i = 0; i < models->dirs.n; i++) {
        const AwsModel *found = NULL;
        if (!load_from_dir(models, models->dirs.at[i], service, &found, diags)) return NULL;
        if (!found) continue;
        AwsModel *next = ARENA_NEW(models->arena, AwsModel);
        *next = *found;
        if (last)
            last->next = next;
        else
            first = next;
        last = next;
    }
    if (!first) {
        diag_error(diags, "aws_model", SPAN_NONE, "Unknown AWS service",
                   "There is no model of the service \"%.*s\". Put AWS's published model into "
                   "infra.types/shapes/%.*s.json.",
                   STR_ARG(service), STR_ARG(service));
        return NULL;
    }
    strmap_put_ptr(&models->loaded, first->service, first);
    return first;
}

const AwsOperation *aws_model_operation(const AwsModel *model, Str name) {
    for (; model; model = model->next) {
        const AwsOperation *operation = model_operation_build(model, name);
        if (operation) return operation;
    }
    return NULL;
}

const AwsShape *aws_model_shape(const AwsModel *model, Str name) {
    for (; model; model = model->next) {
        const AwsShape *shape = model_shape_build(model, name);
        if (shape) return shape;
    }
    return NULL;
}

static int compare_names(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

void aws_model_operations(const AwsModel *model, Arena *arena, Str **names, uint32_t *n) {
    VEC(Str) list = {0};
    StrMap seen = strmap_in(arena);
    for (; model; model = model->next) {
        const StrMap *operations = &model->file->operations;
        for (uint32_t i = 0; i < operations->n; i++) {
            bool added;
            strmap_put(&seen, operations->items[i].key, &added);
            if (added) vec_push(arena, &list, operations->items[i].key);
        }
    }
    if (list.n) qsort(list.at, list.n, sizeof *list.at, compare_names);
    *names = list.at;
    *n = list.n;
}

const AwsMember *aws_shape_member(const AwsShape *shape, Name name) {
    if (shape->kind != AWS_STRUCTURE) return NULL;
    for (uint32_t i = 0; i < shape->n; i++)
        if (shape->members[i].name == name) return &shape->members[i];
    return NULL;
}

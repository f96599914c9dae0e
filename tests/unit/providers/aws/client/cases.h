// Cases as data: suites of JSON files in the form of botocore's protocol tests, each a model and its cases. Own ones
// lie in tests/aws/protocols; INFRA_AWS_VECTORS may name a folder with more.
#ifndef TESTS_AWS_CLIENT_CASES_H
#define TESTS_AWS_CLIENT_CASES_H

#include "engine/io/file.h"
#include "engine/value/json.h"
#include "providers/aws/client/model.h"
#include "providers/aws/client/slice.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Case {
    Arena *arena;
    StrMap suite, fields; // of the suite, of the case
    Str id;
    const AwsOperation *operation;
} Case;

static inline void no_random(Process *process, void *p, size_t n) {
    (void)process;
    memset(p, 0, n);
}

static inline Process *cases_process(void) {
    Process *process = process_new();
    type_init(process);
    process->random = no_random;
    return process;
}

// The elements of an array, as bytes.
static inline uint32_t array_of(Arena *arena, Str raw, Str **out) {
    VEC(Str) list = {0};
    size_t start = 0;
    JsonReader r = json_reader(arena, raw);
    for (JsonToken token = json_next(&r); token != JSON_END && token != JSON_ERROR; token = json_next(&r)) {
        if (token == JSON_OBJECT_OPEN && r.depth == 2) start = r.token_start;
        if (token == JSON_OBJECT_CLOSE && r.depth == 1) {
            Str element = str_slice(raw, start, r.at);
            vec_push(arena, &list, element);
        }
    }
    *out = list.at;
    return list.n;
}

// The operation of a case as a model of its own.
static inline const AwsOperation *case_operation(Arena *arena, const StrMap *suite, Str given, Diags *diags) {
    StrMap fields;
    if (!slice_object(arena, given, &fields)) return NULL;
    Str name = slice_text(arena, slice_get(&fields, "name")), shapes = slice_get(suite, "shapes");
    Str json = str_format(arena, "{\"metadata\":%.*s,\"shapes\":%.*s,\"operations\":{\"%.*s\":%.*s}}",
                          STR_ARG(slice_get(suite, "metadata")), STR_ARG(shapes), STR_ARG(name), STR_ARG(given));
    const AwsModel *model = aws_model_parse(aws_models_new(arena), STR("test"), json, diags);
    return model ? aws_model_operation(model, name) : NULL;
}

// Runs all cases of a file; the number that failed. Cases of features outside of the protocols are left out.
static inline int cases_run_file(Process *process, const char *path, bool (*run)(Case *c), int *total) {
    Arena *arena = arena_new(process, LIFE_WALK, "cases");
    Diags diags = diags_in(arena);
    Str json, *suites;
    int failed = 0;
    if (!file_read(arena, path, 64u << 20, &json, &diags)) return 1;
    uint32_t suite_count = array_of(arena, json, &suites);
    for (uint32_t s = 0; s < suite_count; s++) {
        Case c = {.arena = arena};
        Str *cases;
        if (!slice_object(arena, suites[s], &c.suite)) return 1;
        uint32_t n = array_of(arena, slice_get(&c.suite, "cases"), &cases);
        for (uint32_t i = 0; i < n; i++) {
            if (!slice_object(arena, cases[i], &c.fields)) return 1;
            c.id = slice_text(arena, slice_get(&c.fields, "id"));
            Str given = slice_get(&c.fields, "given");
            if (str_find(given, STR("\"requestcompression\"")) >= 0) continue; // optional, and not done
            c.operation = case_operation(arena, &c.suite, given, &diags);
            ++*total;
            if (c.operation && run(&c)) continue;
            failed++;
            printf("%s: %.*s failed\n", path, STR_ARG(c.id));
        }
    }
    arena_free(arena);
    return failed;
}

// Every file <dir>/<kind>/*.json but those of protocols that are not spoken.
static inline int cases_run_dir(Str dir, const char *kind, bool (*run)(Case *c), int *total) {
    Process *process = cases_process();
    Arena *arena = arena_new(process, LIFE_WALK, "cases");
    Diags diags = diags_in(arena);
    Str path = str_format(arena, "%.*s/%s", STR_ARG(dir), kind), *names;
    uint32_t n;
    int failed = 0;
    if (!file_list(arena, path.p, &names, &n, &diags)) return 1;
    for (uint32_t i = 0; i < n; i++) {
        if (!str_ends(names[i], STR(".json")) || str_find(names[i], STR("cbor")) >= 0) continue;
        failed += cases_run_file(process, path_join(arena, path, names[i]).p, run, total);
    }
    arena_free(arena);
    process_free(process);
    return failed;
}

static inline Str cases_own_dir(char *buffer, size_t n) {
    const char *source = getenv("INFRA_SOURCE");
    snprintf(buffer, n, "%s/tests/aws/protocols", source ? source : ".");
    return str_of(buffer);
}

#endif

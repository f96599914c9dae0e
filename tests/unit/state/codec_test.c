// The version 4 format: peers' states come out as they went in; what is broken is refused with its place.
#include "tests/harness/unit.h"

#include "engine/io/file.h"
#include "state/codec.h"

#include <stdlib.h>

typedef struct Rig {
    Process *process;
    Arena *arena;
    Diags diags;
} Rig;

static Rig rig_new(void) {
    Rig rig = {.process = test_process()};
    type_init(rig.process);
    marks_init(rig.process);
    rig.arena = arena_new(rig.process, LIFE_WALK, "test");
    rig.diags = diags_in(rig.arena);
    return rig;
}

static void rig_free(Rig *rig) {
    arena_free(rig->arena);
    process_free(rig->process);
}

static Str data(Rig *rig, const char *name) {
    const char *root = getenv("INFRA_SOURCE");
    Str path = str_format(rig->arena, "%s/tests/unit/state/data/%s", root ? root : ".", name);
    Str bytes = STR_NONE;
    assert_true(file_read(rig->arena, path.p, 1u << 20, &bytes, &rig->diags));
    return bytes;
}

static Snapshot *read(Rig *rig, Str text) { return codec_read(rig->arena, text, STR("test"), &rig->diags); }

static Str encode(Rig *rig, Snapshot *s, bool indent) {
    Buf out = buf_in(rig->arena);
    codec_encode(s, indent, &out);
    return buf_str(&out);
}

// One run's state as a peer keeps it in a file and as it prints it: each gives both.
static void peer_states_round_trip(void **state) {
    (void)state;
    Rig rig = rig_new();
    Str local = data(&rig, "tofu-local.tfstate"), remote = data(&rig, "tofu-remote.tfstate");
    Str from[2] = {local, remote};
    for (int i = 0; i < 2; i++) {
        Snapshot *s = read(&rig, from[i]);
        assert_non_null(s);
        assert_true(str_eq(encode(&rig, s, true), local));
        assert_true(str_eq(encode(&rig, s, false), remote));
        assert_true(codec_same(s, encode(&rig, s, true), remote));
        assert_true(codec_same(s, encode(&rig, s, false), remote));
    }
    rig_free(&rig);
}

#define HEAD "{\"version\":4,\"terraform_version\":\"1.12.6\",\"serial\":7,\"lineage\":\"L\",\"outputs\":{},"
#define RESOURCE(instances)                                                                                            \
    HEAD "\"resources\":[{\"mode\":\"managed\",\"type\":\"a\",\"name\":\"b\",\"provider\":\"p\",\"instances\":"        \
         "[" instances "]}],\"check_results\":null}\n"

static void every_member_round_trips(void **state) {
    (void)state;
    Rig rig = rig_new();
    static const char text[] = RESOURCE(
        "{\"schema_version\":18446744073709551615,\"attributes\":{\"n\":9007199254740993,\"s\":\"\\u003c\"},"
        "\"sensitive_attributes\":[[{\"type\":\"get_attr\",\"value\":\"s\"}]],\"private\":\"eyJ9\","
        "\"dependencies\":[\"a.c\",\"module.m.a.d\"],\"create_before_destroy\":true,\"skip_destroy\":true,"
        "\"identity\":{\"id\":\"1\"},\"identity_schema_version\":0},"
        "{\"deposed\":\"00000001\",\"schema_version\":0,\"attributes_flat\":{\"a.#\":\"1\"},\"sensitive_attributes\":[]"
        "},"
        "{\"index_key\":-1,\"status\":\"tainted\",\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[]},"
        "{\"index_key\":2,\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[],\"later\":{\"x\":[1]}},"
        "{\"index_key\":\"a\\\"\\u003e\",\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[]}");
    Snapshot *s = read(&rig, str_of(text));
    assert_non_null(s);
    assert_str(encode(&rig, s, false), text);
    const StateResource *r = snapshot_find(s, STR("a.b"));
    assert_int_equal(r->n, 5);
    const StateObject *o = snapshot_object(r, INSTANCE_NO_KEY, STR_NONE);
    assert_str(o->dependencies[1], "module.m.a.d");
    assert_str(o->private_bytes, "eyJ9");
    assert_true(o->skip_destroy && o->create_before_destroy && !o->tainted);
    assert_str(snapshot_object(r, INSTANCE_NO_KEY, STR("00000001"))->attributes_flat, "{\"a.#\":\"1\"}");
    rig_free(&rig);
}

static void order_and_form_are_made_good(void **state) {
    (void)state;
    Rig rig = rig_new();
    Snapshot *s =
        read(&rig, STR("\n{ \"lineage\" : \"L\", \"serial\":1, \"version\" : 4, \"each\": 1, \"outputs\":{"
                       "\"z\":{\"type\":\"string\",\"value\":\"<\\u2028\"},\"a\":{\"value\":[ ],\"type\":[]}},"
                       "\"resources\":[{\"type\":\"t\",\"name\":\"n\",\"mode\":\"managed\",\"each\":\"list\","
                       "\"provider\":\"p\",\"instances\":[{\"index_key\":\"b\"},{\"index_key\":10},"
                       "{\"index_key\":9,\"attributes\":{ \"a\" : [ { } , 1 ]}}]},"
                       "{\"mode\":\"data\",\"type\":\"t\",\"name\":\"n\",\"provider\":\"p\",\"instances\":[]}],"
                       "\"check_results\":[]}"));
    assert_non_null(s);
    assert_str(encode(&rig, s, false),
               "{\"version\":4,\"terraform_version\":\"1.12.6\",\"serial\":1,\"lineage\":\"L\",\"outputs\":{"
               "\"a\":{\"value\":[],\"type\":[]},\"z\":{\"value\":\"\\u003c\\u2028\",\"type\":\"string\"}},"
               "\"resources\":[{\"mode\":\"data\",\"type\":\"t\",\"name\":\"n\",\"provider\":\"p\",\"instances\":[]},"
               "{\"mode\":\"managed\",\"type\":\"t\",\"name\":\"n\",\"provider\":\"p\",\"instances\":["
               "{\"index_key\":9,\"schema_version\":0,\"attributes\":{\"a\":[{},1]},\"sensitive_attributes\":[]},"
               "{\"index_key\":10,\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[]},"
               "{\"index_key\":\"b\",\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[]}]}],"
               "\"check_results\":null,\"each\":1}\n");
    assert_non_null(snapshot_find(s, STR("data.t.n")));
    rig_free(&rig);
}

static void provider_of_instances(void **state) {
    (void)state;
    Rig rig = rig_new();
    static const char text[] =
        HEAD "\"resources\":[{\"mode\":\"managed\",\"type\":\"a\",\"name\":\"b\",\"instances\":[{\"index_key\":0,"
             "\"provider\":\"provider[\\\"h/n/t\\\"].x[\\\"k\\\"]\",\"schema_version\":0,\"attributes\":{},"
             "\"sensitive_attributes\":[]}]}],\"check_results\":null}\n";
    Snapshot *s = read(&rig, str_of(text));
    assert_non_null(s);
    assert_str(s->resources[0].provider, "provider[\"h/n/t\"].x");
    assert_str(encode(&rig, s, false), text);
    rig_free(&rig);
}

// Instances that depend on the same have one list between them.
static void dependency_lists_are_shared(void **state) {
    (void)state;
    Rig rig = rig_new();
    Snapshot *s = read(&rig, STR(RESOURCE("{\"index_key\":0,\"dependencies\":[\"x.y\",\"x.z\"]},"
                                          "{\"index_key\":1,\"dependencies\":[\"x.y\",\"x.z\"]},"
                                          "{\"index_key\":2,\"dependencies\":[\"x.y\"]}")));
    const StateObject *o = s->resources[0].objects;
    assert_ptr_equal(o[0].dependencies, o[1].dependencies);
    assert_int_equal(o[1].dependency_count, 2);
    assert_int_equal(o[2].dependency_count, 1);
    rig_free(&rig);
}

static void same_content_is_told(void **state) {
    (void)state;
    Rig rig = rig_new();
    Str old =
        STR("{\"version\":4,\"terraform_version\":\"1.5.0\",\"serial\":1,\"lineage\":\"x\",\"outputs\":{},"
            "\"resources\":[{\"mode\":\"managed\",\"type\":\"a\",\"name\":\"b\",\"provider\":\"p\",\"instances\":["
            "{ \"schema_version\":0,\"attributes\":{}}]}]}");
    Snapshot *s = read(&rig, old);
    s->serial = 9;
    assert_true(codec_same(s, encode(&rig, s, false), old));
    s->resources[0].objects[0].tainted = true;
    assert_false(codec_same(s, encode(&rig, s, false), old));
    Snapshot *ours = read(&rig, encode(&rig, s, true));
    ours->resources[0].objects[0].tainted = false;
    assert_false(codec_same(ours, encode(&rig, ours, true), encode(&rig, s, true)));
    rig_free(&rig);
}

static void refused(const char *text, const char *part) {
    Rig rig = rig_new();
    assert_null(read(&rig, str_of(text)));
    assert_true(diags_failed(&rig.diags));
    Str detail = rig.diags.list.at[0].detail;
    if (str_find(detail, str_of(part)) < 0) fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(detail), part);
    rig_free(&rig);
}

static void bad_states_are_refused(void **state) {
    (void)state;
    refused("{\"version\":5,\"terraform_version\":\"9.1\",\"future\":[]}", "format version 5, written by version 9.1");
    refused("{\"version\":3}", "format version 3, from before Terraform 0.12");
    refused("{\"serial\":1}", "no \"version\"");
    refused("{\"encrypted_data\":\"x\",\"serial\":1}", "encrypted");
    refused("tfstate", "line 1, column 1");
    refused(HEAD "\n\"resources\":[{\"mode\":", "line 2, column");
    refused(HEAD "\"resources\":[],\"check_results\":null}}", "column");
    refused(RESOURCE("{},{}"), "a.b is there more than once");
    refused(RESOURCE("{\"index_key\":1.5}"), "instance key");
    refused(RESOURCE("{\"status\":\"odd\"}"), "status");
    refused(RESOURCE("{\"deposed\":\"1\"}"), "deposed");
    refused(RESOURCE("{\"attributes\":[]}"), "object is expected");
    refused(HEAD "\"resources\":[{\"mode\":\"ephemeral\"}]}", "mode");
    refused(HEAD "\"resources\":[{\"mode\":\"data\",\"type\":\"a\",\"name\":\"b\",\"instances\":[]}]}", "no provider");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_states_round_trip),       cmocka_unit_test(every_member_round_trips),
        cmocka_unit_test(order_and_form_are_made_good), cmocka_unit_test(provider_of_instances),
        cmocka_unit_test(dependency_lists_are_shared),  cmocka_unit_test(same_content_is_told),
        cmocka_unit_test(bad_states_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

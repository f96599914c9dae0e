#include "tests/harness/provider_world.h"

#define ADDRESS "registry.terraform.io/hashicorp/tfcoremock"
#define SIMPLE "tfcoremock_simple_resource"
#define COMPLEX "tfcoremock_complex_resource"

static World *open_mock(const char *switches, const char *type) {
    World *w = world_new();
    if (switches) world_write(w, "tfcoremock.json", switches);
    world_open(w, NULL, ADDRESS, type);
    world_configure(w, "{}");
    assert_no_errors(w);
    return w;
}

static const char *log_of(World *w) { return str_to_z(w->arena, world_read(w, "ops")); }

static void test_object_is_a_file(void **state) {
    (void)state;
    World *w = open_mock("{\"log\":\"ops\"}", SIMPLE);
    const char *config = "{\"string\":\"a<b\",\"number\":1000000,\"float\":0.5,\"bool\":false}";
    ProviderPlan plan = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    assert_shown(w, plan.planned, "{bool=false float=0.5 id=? number=1000000 string=a<b}");

    ProviderApply q = world_change(w, INFRA_CREATE, NULL, NULL);
    q.planned = plan.planned;
    world_prepare(w, &q);
    world_apply(w, &q);
    assert_no_errors(w);
    Str id = value_str(*value_get_str(q.result, STR("id")));
    const char *file = str_format(w->arena, "terraform.resource/%.*s.json", STR_ARG(id)).p;
    Str want = str_format(w->arena,
                          "{\n"
                          "  \"values\": {\n"
                          "    \"bool\": {\n      \"boolean\": false\n    },\n"
                          "    \"float\": {\n      \"number\": \"0.5\"\n    },\n"
                          "    \"id\": {\n      \"string\": \"%.*s\"\n    },\n"
                          "    \"number\": {\n      \"number\": \"1e+06\"\n    },\n"
                          "    \"string\": {\n      \"string\": \"a\\u003cb\"\n    }\n"
                          "  }\n"
                          "}",
                          STR_ARG(id));
    assert_str(world_read(w, file), want.p);

    ProviderRead read = world_read_request(w, NULL), *one = &read;
    read.prior = q.result;
    provider_read_many(w->provider, &one, 1, world_done, w);
    world_wait(w);
    assert_true(value_same(read.result, q.result));

    ProviderApply gone = world_change(w, INFRA_DELETE, NULL, NULL);
    gone.prior = q.result;
    world_apply(w, &gone);
    assert_no_errors(w);
    assert_false(file_exists(world_path(w, file)));
    provider_read_many(w->provider, &one, 1, world_done, w);
    world_wait(w);
    assert_true(value_is_null(read.result));
    assert_string_equal(log_of(w), str_format(w->arena,
                                              "create " SIMPLE " %.*s\nread " SIMPLE " %.*s\n"
                                              "delete " SIMPLE " %.*s\nread " SIMPLE " %.*s\n",
                                              STR_ARG(id), STR_ARG(id), STR_ARG(id), STR_ARG(id))
                                       .p);
    world_free(w);
}

static void test_complex_round_trip(void **state) {
    (void)state;
    World *w = open_mock(NULL, COMPLEX);
    const char *config = "{\"id\":\"c\",\"list\":[{\"string\":\"x\"},{\"integer\":2}],\"map\":{\"k\":{\"bool\":true}},"
                         "\"object\":{\"object\":{\"string\":\"deep\"}},\"set\":[{\"number\":1}],"
                         "\"list_block\":[{\"string\":\"b\",\"set_block\":[{\"string\":\"c\"}]}]}";
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, config);
    world_apply(w, &q);
    assert_no_errors(w);
    ProviderRead read = world_read_request(w, "{\"id\":\"c\"}"), *one = &read;
    provider_read_many(w->provider, &one, 1, world_done, w);
    world_wait(w);
    assert_no_errors(w);
    assert_true(value_same(read.result, q.planned));
    assert_true(str_find(world_read(w, "terraform.resource/c.json"), STR("\"set_block\": {\n      \"set\": []")) > 0);
    world_free(w);
}

static void test_update_and_replace(void **state) {
    (void)state;
    World *w = open_mock(NULL, SIMPLE);
    ProviderPlan plan =
        world_plan(w, "{\"id\":\"i\",\"string\":\"a\"}", "{\"string\":\"b\"}", "{\"id\":\"i\",\"string\":\"b\"}");
    assert_no_errors(w);
    assert_shown(w, plan.planned, "{id=i string=b}");
    assert_int_equal(plan.replace.list.n, 0);
    plan = world_plan(w, "{\"id\":\"i\"}", "{\"id\":\"j\"}", "{\"id\":\"j\"}");
    assert_int_equal(plan.replace.list.n, 1);
    // An object that is not there cannot be updated.
    ProviderApply q = world_change(w, INFRA_UPDATE, "{\"id\":\"i\"}", "{\"id\":\"i\",\"string\":\"b\"}");
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    assert_shown(w, q.result, "{id=i}");
    world_free(w);
}

static void test_dynamic_types(void **state) {
    (void)state;
    World *w = world_new();
    world_write(
        w, "dynamic_resources.json",
        "{\"my_type\":{\"attributes\":{"
        "\"made\":{\"type\":\"string\",\"computed\":true,\"value\":{\"string\":\"v\"}},"
        "\"zone\":{\"type\":\"string\",\"required\":true,\"replace\":true},"
        "\"rows\":{\"type\":\"list\",\"optional\":true,\"list\":{\"type\":\"object\",\"object\":{"
        "\"name\":{\"type\":\"string\",\"required\":true},\"n\":{\"type\":\"integer\",\"computed\":true}}}},"
        "\"plain\":{\"type\":\"list\",\"optional\":true,\"skip_nested_metadata\":true,"
        "\"list\":{\"type\":\"list\",\"list\":{\"type\":\"number\"}}}},"
        "\"blocks\":{\"b\":{\"mode\":\"set\",\"attributes\":{\"x\":{\"type\":\"number\",\"optional\":true}}}}}}");
    world_open(w, NULL, ADDRESS, "my_type");
    world_configure(w, "{}");
    assert_no_errors(w);
    const char *config = "{\"id\":\"d\",\"zone\":\"z\",\"rows\":[{\"name\":\"r\"}],\"plain\":[[1]],\"b\":[{\"x\":1}]}";
    ProviderPlan plan = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    assert_shown(w, plan.planned, "{b=[{x=1}] id=d made=? plain=[[1]] rows=[{n=? name=r}] zone=z}");
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, NULL);
    q.planned = plan.planned;
    world_apply(w, &q);
    assert_no_errors(w);
    assert_shown(w, q.result, "{b=[{x=1}] id=d made=v plain=[[1]] rows=[{n=0 name=r}] zone=z}");
    plan = world_plan(w, "{\"id\":\"d\",\"zone\":\"z\",\"made\":\"v\"}", "{\"zone\":\"y\"}",
                      "{\"id\":\"d\",\"zone\":\"y\",\"made\":\"v\"}");
    assert_int_equal(plan.replace.list.n, 1);
    assert_shown(w, plan.planned, "{id=d made=v zone=y}");
    world_free(w);
}

static void test_data(void **state) {
    (void)state;
    World *w = open_mock(NULL, SIMPLE);
    world_type(w, INFRA_DATA, SIMPLE);
    assert_int_equal(mkdir(world_path(w, "terraform.data"), 0700), 0);
    world_write(w, "terraform.data/x.json", "{\"values\":{\"id\":{\"string\":\"x\"},\"integer\":{\"number\":\"7\"}}}");
    ProviderData q = {
        .arena = w->arena, .diags = &w->diags, .type = w->type, .config = world_object(w, "{\"id\":\"x\"}")};
    provider_read_data(w->provider, &q, world_done, w);
    world_wait(w);
    assert_shown(w, q.result, "{id=x integer=7}");
    q.config = world_object(w, "{\"id\":\"y\"}");
    provider_read_data(w->provider, &q, world_done, w);
    world_wait(w);
    assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_failures(void **state) {
    (void)state;
    World *w = open_mock("{\"log\":\"ops\",\"delay_ms\":{\"create\":50},\"rules\":["
                         "{\"verb\":\"create\",\"id\":\"b\",\"fail\":\"before\",\"message\":\"no\"},"
                         "{\"verb\":\"create\",\"id\":\"a\",\"fail\":\"after\"},"
                         "{\"verb\":\"create\",\"id\":\"n\",\"fail\":\"never\"},"
                         "{\"verb\":\"create\",\"id\":\"o\",\"answer\":{\"string\":\"other\"}}]}",
                         SIMPLE);
    int64_t start = loop_now(w->loop);
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"b\"}");
    world_apply(w, &q);
    assert_int_equal(loop_now(w->loop) - start, 50 * NS_PER_MS);
    assert_str(w->diags.list.at[0].detail, "no");
    assert_str(w->diags.list.at[0].address, "thing.a");
    assert_true(value_is_null(q.result) && !q.outcome_unknown);

    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"a\"}");
    world_apply(w, &q);
    assert_shown(w, q.result, "{id=a}");
    assert_int_equal(world_errors(w), 2);

    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"n\"}");
    world_apply(w, &q);
    assert_true(q.outcome_unknown && value_is_null(q.result));
    assert_int_equal(world_errors(w), 1);

    // A result that is not what was planned is kept, and is an error that shows both.
    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"o\",\"string\":\"s\"}");
    world_apply(w, &q);
    assert_shown(w, q.result, "{id=o string=other}");
    assert_int_equal(w->diags.errors, 1);
    assert_str(w->diags.list.at[0].path, ".string");
    assert_true(str_find(w->diags.list.at[0].detail, STR("\"s\", but is now \"other\"")) > 0);
    assert_string_equal(log_of(w), "create " SIMPLE " a\ncreate " SIMPLE " n\ncreate " SIMPLE " o\n");
    world_free(w);
}

static void test_cancel(void **state) {
    (void)state;
    World *w = open_mock("{\"delay_ms\":1000}", SIMPLE);
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"a\"}");
    provider_apply(w->provider, &q, world_done, w);
    assert_false(w->done);
    provider_cancel(w->provider, &q);
    assert_true(w->done);
    assert_true(!q.outcome_unknown && value_is_null(q.result));
    assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_steps(void **state) {
    (void)state;
    World *w = open_mock("{\"log\":\"ops\",\"steps\":3,\"rules\":["
                         "{\"verb\":\"create\",\"id\":\"f\",\"fail\":\"step\",\"step\":3}]}",
                         SIMPLE);
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"a\",\"string\":\"s\"}");
    world_apply(w, &q);
    assert_no_errors(w);
    assert_shown(w, q.result, "{id=a string=s}");
    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"f\",\"string\":\"s\"}");
    world_apply(w, &q);
    assert_shown(w, q.result, "{id=f}");
    assert_int_equal(world_errors(w), 1);
    assert_string_equal(log_of(w), "create " SIMPLE " a 1/3\ncreate " SIMPLE " a 2/3\ncreate " SIMPLE " a 3/3\n"
                                   "create " SIMPLE " f 1/3\ncreate " SIMPLE " f 2/3\n");
    world_free(w);
}

static void lose_and_recover(const char *how, const char *fail, InfraOutcome want) {
    World *w = world_new();
    world_write(w, "tfcoremock.json",
                str_format(w->arena,
                           "{\"recover\":\"%s\",\"rules\":[{\"verb\":\"create\",\"times\":1,\"fail\":\"%s\"}]}", how,
                           fail)
                    .p);
    world_open(w, NULL, ADDRESS, SIMPLE);
    world_configure(w, "{}");
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"?\",\"string\":\"s\"}");
    world_prepare(w, &q);
    world_apply(w, &q);
    assert_true(q.outcome_unknown);
    assert_int_equal(world_errors(w), 1);
    ProviderRecover r = world_recover(w, &q);
    assert_int_equal(r.outcome, want);
    if (want == INFRA_IS_DONE) assert_str(value_str(*value_get_str(r.result, STR("string"))), "s");
    if (want == INFRA_REPEAT) { // the same intent makes no second object
        world_apply(w, &q);
        assert_no_errors(w);
        Str *names;
        uint32_t n, objects = 0;
        assert_true(file_list(w->arena, world_path(w, "terraform.resource"), &names, &n, &w->diags));
        for (uint32_t i = 0; i < n; i++) objects += str_ends(names[i], STR(".json"));
        assert_int_equal(objects, 1);
    }
    world_free(w);
}

static void test_recover(void **state) {
    (void)state;
    static const char *const ways[] = {"natural", "token", "before"};
    for (size_t i = 0; i < 3; i++) {
        lose_and_recover(ways[i], "lost", INFRA_IS_DONE);
        lose_and_recover(ways[i], "lost_before", INFRA_NOT_DONE);
    }
    lose_and_recover("ask", "lost", INFRA_ASK);
    lose_and_recover("repeat", "lost", INFRA_REPEAT);
    lose_and_recover("repeat", "lost_before", INFRA_REPEAT);
}

static void test_batched_reads(void **state) {
    (void)state;
    World *w =
        open_mock("{\"log\":\"ops\",\"batch\":{\"max\":2,\"fail\":[\"c\"]},\"drift\":{\"a\":{\"string\":\"new\"},"
                  "\"b\":null},\"rules\":[{\"verb\":\"read\",\"id\":\"d\",\"fail\":\"before\"}]}",
                  SIMPLE);
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    ProviderRead reads[5], *all[5];
    Diags diags[5];
    for (size_t i = 0; i < 5; i++) {
        ProviderApply q = world_change(w, INFRA_CREATE, NULL, str_format(w->arena, "{\"id\":\"%s\"}", ids[i]).p);
        world_apply(w, &q);
        reads[i] = world_read_request(w, NULL);
        reads[i].prior = q.result;
        reads[i].diags = &diags[i];
        diags[i] = diags_in(w->arena);
        all[i] = &reads[i];
    }
    assert_int_equal(unlink(world_path(w, "ops")), 0);
    provider_read_many(w->provider, all, 5, world_done, w);
    world_wait(w);
    assert_shown(w, reads[0].result, "{id=a string=new}");
    assert_true(value_is_null(reads[1].result));
    assert_shown(w, reads[2].result, "{id=c}");
    assert_int_equal(diags[2].errors, 0);
    assert_int_equal(diags[3].errors, 1);
    assert_shown(w, reads[3].result, "{id=d}");
    assert_string_equal(log_of(w), "batch " SIMPLE " a,b\nbatch " SIMPLE " c,d\nread " SIMPLE " c\n"
                                   "read " SIMPLE " d\nread " SIMPLE " e\n");
    world_free(w);
}

static void test_options(void **state) {
    (void)state;
    World *w = world_new();
    world_open(w, NULL, ADDRESS, SIMPLE);
    world_configure(w, "{\"resource_directory\":\"r\",\"fail_on_create\":[\"bad\"]}");
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"good\"}");
    world_apply(w, &q);
    assert_no_errors(w);
    assert_true(file_exists(world_path(w, "r/good.json")));
    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"bad\"}");
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    world_configure(w, "{\"use_only_state\":true}");
    q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"nofile\"}");
    world_apply(w, &q);
    assert_no_errors(w);
    assert_false(file_exists(world_path(w, "r/nofile.json")));
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_object_is_a_file),
        cmocka_unit_test(test_complex_round_trip),
        cmocka_unit_test(test_update_and_replace),
        cmocka_unit_test(test_dynamic_types),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_batched_reads),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/provider_world.h"

#include "engine/builtin/builtin.h"

static World *open_remote(void) {
    World *w = world_new();
    world_open(w, builtin_terraform, "terraform.io/builtin/terraform", "terraform_data");
    world_type(w, INFRA_DATA, "terraform_remote_state");
    world_write(w, "a.tfstate",
                "{\"version\":4,\"terraform_version\":\"1.12.6\",\"serial\":1,\"lineage\":\"l\",\"outputs\":{"
                "\"id\":{\"value\":\"vpc-1\",\"type\":\"string\"},"
                "\"zones\":{\"value\":[\"a\",\"b\"],\"type\":[\"list\",\"string\"],\"sensitive\":true},"
                "\"old\":{\"value\":1,\"type\":\"number\",\"deprecated\":\"use id\"}},\"resources\":[]}");
    return w;
}

static ProviderData read_state(World *w, const char *config) {
    ProviderData q = {.arena = w->arena, .diags = &w->diags, .type = w->type, .config = world_object(w, config)};
    provider_read_data(w->provider, &q, world_done, w);
    world_wait(w);
    return q;
}

static const char *local(World *w, const char *file, const char *more) {
    return str_format(w->arena, "{\"backend\":\"local\",\"config\":{\"path\":\"%s\"}%s}", world_path(w, file), more).p;
}

static void test_outputs(void **state) {
    (void)state;
    World *w = open_remote();
    ProviderData q = read_state(w, local(w, "a.tfstate", ",\"defaults\":{\"id\":\"none\",\"extra\":true}"));
    assert_no_errors(w);
    Value outputs = *value_get_str(q.result, STR("outputs"));
    assert_shown(w, outputs, "{extra=true id=vpc-1 old=1 zones=[a b]}");
    assert_int_equal(value_get_str(outputs, STR("zones"))->kind, TYPE_LIST);
    const Str *messages;
    assert_int_equal(marks_messages(w->process, value_get_str(outputs, STR("old"))->marks, &messages), 1);
    assert_str(messages[0], "use id");
    assert_true(value_is_null(*value_get_str(q.result, STR("workspace"))));
    world_free(w);
}

static void test_nothing_there(void **state) {
    (void)state;
    World *w = open_remote();
    read_state(w, local(w, "b.tfstate", ",\"defaults\":{\"id\":\"none\"}"));
    assert_int_equal(w->diags.errors, 1);
    assert_str(w->diags.list.at[0].summary, "Unable to find remote state");
    world_free(w);
}

static void test_malformed(void **state) {
    (void)state;
    World *w = open_remote();
    world_write(w, "a.tfstate",
                "{\"version\":4,\"outputs\":{\"x\":{\"value\":{},\"type\":\"string\"}},\"resources\":[]");
    read_state(w, local(w, "a.tfstate", ""));
    assert_int_equal(world_errors(w), 1);
    world_write(w, "a.tfstate",
                "{\"version\":4,\"terraform_version\":\"1.12.6\",\"serial\":1,\"lineage\":\"l\","
                "\"outputs\":{\"x\":{\"value\":{},\"type\":\"string\"}},\"resources\":[]}");
    read_state(w, local(w, "a.tfstate", ""));
    assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_configuration(void **state) {
    (void)state;
    static const struct {
        const char *config, *path;
    } cases[] = {
        {"{\"backend\":\"nonsense\"}", ".backend"},
        {"{\"backend\":\"local\",\"config\":{\"nonsense\":1}}", ".config"},
        {"{\"backend\":\"local\",\"config\":[]}", ".config"},
        {"{\"backend\":\"local\",\"defaults\":1}", ".defaults"},
        {"{\"backend\":\"?\",\"config\":{\"nonsense\":1}}", NULL},
        {"{\"backend\":\"local\",\"config\":{\"path\":\"?\"}}", NULL},
        {"{\"backend\":\"local\"}", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        World *w = open_remote();
        plugin_validate(w->plugin, INFRA_DATA, w->type, STR("data.x"), w->arena, world_object(w, cases[i].config),
                        &w->diags);
        assert_int_equal(w->diags.errors, cases[i].path ? 1 : 0);
        if (cases[i].path) assert_str(w->diags.list.at[0].path, cases[i].path);
        world_free(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

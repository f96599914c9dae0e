#include "tests/harness/provider_world.h"

#include "engine/builtin/builtin.h"

static World *open_builtin(void) {
    World *w = world_new();
    world_open(w, builtin_terraform, "terraform.io/builtin/terraform", "terraform_data");
    return w;
}

static Value with(World *w, Value of, const char *name, Value v) {
    ObjectData *data = value_object_data(w->arena, of.obj->shape);
    memcpy(data->at, of.obj->at, of.n * sizeof(Value));
    data->at[shape_find(of.obj->shape, str_of(name))] = v;
    return value_finish_object(w->arena, data);
}

static ProviderPlan plan(World *w, Value prior, Value config, Value proposed) {
    ProviderPlan q = {.arena = w->arena,
                      .diags = &w->diags,
                      .type = w->type,
                      .address = STR("terraform_data.a"),
                      .prior = prior,
                      .config = config,
                      .proposed = proposed};
    provider_plan(w->provider, &q, world_done, w);
    assert_no_errors(w);
    return q;
}

static Value null_object(World *w) { return world_object(w, NULL); }

static void test_create(void **state) {
    (void)state;
    World *w = open_builtin();
    Value config = world_object(w, "{\"input\":{\"a\":[1,\"x\"]}}");
    ProviderPlan q = plan(w, null_object(w), config, config);
    assert_true(w->done);
    assert_int_equal(q.replace.list.n, 0);
    Value id = *value_get_str(q.planned, STR("id")), output = *value_get_str(q.planned, STR("output"));
    assert_true(value_is_unknown(id) && id.unk->not_null);
    assert_true(value_is_unknown(output));
    assert_ptr_equal(output.unk->type, value_type(w->process, *value_get_str(config, STR("input"))));

    ProviderApply a = {.arena = w->arena,
                       .diags = &w->diags,
                       .type = w->type,
                       .address = STR("terraform_data.a"),
                       .action = INFRA_CREATE,
                       .prior = null_object(w),
                       .config = config,
                       .planned = q.planned};
    provider_apply(w->provider, &a, world_done, w);
    assert_int_equal(w->diags.errors, 0);
    assert_shown(w, a.result, "{id=00010203-0405-4607-8809-0a0b0c0d0e0f input={a=[1 x]} output={a=[1 x]}}");
    world_free(w);
}

static void test_update_and_replace(void **state) {
    (void)state;
    World *w = open_builtin();
    Value prior = world_object(w, "{\"id\":\"i\",\"input\":1,\"output\":1,\"triggers_replace\":\"t\"}");
    Value config = world_object(w, "{\"input\":1,\"triggers_replace\":\"t\"}");
    // Nothing changed: the proposed object itself.
    ProviderPlan q = plan(w, prior, config, prior);
    assert_true(memcmp(&q.planned, &prior, sizeof prior) == 0);

    config = with(w, config, "input", value_bool(true));
    q = plan(w, prior, config, with(w, prior, "input", value_bool(true)));
    assert_true(value_is_unknown(*value_get_str(q.planned, STR("output"))));
    assert_str(value_str(*value_get_str(q.planned, STR("id"))), "i");
    assert_int_equal(q.replace.list.n, 0);

    config = world_object(w, "{\"input\":1}");
    Value none = value_null(w->process, type_dynamic(w->process));
    q = plan(w, prior, config, with(w, prior, "triggers_replace", none));
    assert_int_equal(q.replace.list.n, 1);
    assert_true(value_is_unknown(*value_get_str(q.planned, STR("id"))));
    world_free(w);
}

static void test_destroy(void **state) {
    (void)state;
    World *w = open_builtin();
    Value prior = world_object(w, "{\"id\":\"i\"}");
    ProviderPlan q = plan(w, prior, null_object(w), null_object(w));
    assert_true(value_is_null(q.planned));
    ProviderApply a = {.arena = w->arena,
                       .diags = &w->diags,
                       .type = w->type,
                       .action = INFRA_DELETE,
                       .prior = prior,
                       .config = null_object(w),
                       .planned = null_object(w)};
    provider_apply(w->provider, &a, world_done, w);
    assert_true(value_is_null(a.result));
    assert_int_equal(w->diags.errors, 0);
    world_free(w);
}

static void test_marks_come_back(void **state) {
    (void)state;
    World *w = open_builtin();
    Value secret = value_with_marks(value_string(w->arena, STR("s")), MARK_SENSITIVE);
    Value config = with(w, world_object(w, "{}"), "input", secret);
    ProviderPlan q = plan(w, null_object(w), config, config);
    assert_true(value_is_sensitive(*value_get_str(q.planned, STR("input"))));
    assert_false(value_is_sensitive(*value_get_str(q.planned, STR("id"))));
    world_free(w);
}

static ProviderUpgrade upgrade(World *w, const char *from, const char *json) {
    ProviderUpgrade q = {.arena = w->arena,
                         .diags = &w->diags,
                         .type = w->type,
                         .address = STR("terraform_data.a"),
                         .from_type = str_of(from),
                         .attributes = str_of(json)};
    provider_upgrade(w->provider, &q, world_done, w);
    return q;
}

static void test_stored(void **state) {
    (void)state;
    World *w = open_builtin();
    const char *json = "{\"id\":\"i\",\"input\":{\"value\":[1],\"type\":[\"tuple\",[\"number\"]]},\"output\":null,"
                       "\"gone\":{\"x\":[]}}";
    ProviderUpgrade q = upgrade(w, NULL, json);
    assert_int_equal(w->diags.errors, 0);
    assert_int_equal(value_get_str(q.result, STR("input"))->kind, TYPE_TUPLE);
    assert_true(value_is_null(*value_get_str(q.result, STR("triggers_replace"))));

    q = upgrade(w, "null_resource", "{\"id\":\"7\",\"triggers\":{\"a\":\"b\"}}");
    assert_int_equal(w->diags.errors, 0);
    Value triggers = *value_get_str(q.result, STR("triggers_replace"));
    assert_str(value_str(*value_get_str(triggers, STR("a"))), "b");
    assert_str(value_str(*value_get_str(q.result, STR("id"))), "7");

    q = upgrade(w, "aws_vpc", "{}");
    assert_int_equal(w->diags.errors, 1);
    assert_str(w->diags.list.at[0].address, "terraform_data.a");
    q = upgrade(w, NULL, "{\"id\":{}}");
    assert_int_equal(w->diags.errors, 2);
    world_free(w);
}

static void test_import(void **state) {
    (void)state;
    World *w = open_builtin();
    ProviderRead q = {.arena = w->arena, .diags = &w->diags, .type = w->type, .id = STR("abc")};
    provider_import(w->provider, &q, world_done, w);
    assert_str(value_str(*value_get_str(q.result, STR("id"))), "abc");
    ProviderRead *one = &q;
    q.prior = q.result;
    provider_read_many(w->provider, &one, 1, world_done, w);
    assert_true(value_same(q.result, q.prior));
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),  cmocka_unit_test(test_update_and_replace),
        cmocka_unit_test(test_destroy), cmocka_unit_test(test_marks_come_back),
        cmocka_unit_test(test_stored),  cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

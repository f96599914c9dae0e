#include "tests/harness/provider_world.h"

static World *open_random(const char *type) {
    World *w = world_new();
    world_open(w, NULL, "registry.terraform.io/hashicorp/random", type);
    return w;
}

static Value create(World *w, const char *config) {
    ProviderPlan plan = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, NULL);
    q.planned = plan.planned;
    world_apply(w, &q);
    return q.result;
}

static void made(const char *type, const char *config, const char *want) {
    World *w = open_random(type);
    Value v = create(w, config);
    assert_no_errors(w);
    assert_shown(w, v, want);
    world_free(w);
}

// The test's random bytes are 0, 1, 2, …
static void test_create(void **state) {
    (void)state;
    made("random_id", "{\"byte_length\":3,\"prefix\":\"p-\"}",
         "{b64_std=p-AAEC b64_url=p-AAEC byte_length=3 dec=p-258 hex=p-000102 id=AAEC prefix=p-}");
    made("random_bytes", "{\"length\":4}", "{base64=AAECAw== hex=00010203 length=4}");
    made("random_uuid", "{}", "{id=00010203-0405-0607-0809-0a0b0c0d0e0f result=00010203-0405-0607-0809-0a0b0c0d0e0f}");
    made("random_integer", "{\"min\":5,\"max\":5}", "{id=5 max=5 min=5 result=5}");
    made("random_shuffle", "{\"input\":[\"a\"],\"result_count\":3}", "{id=- input=[a] result=[a a a] result_count=3}");
    made("random_shuffle", "{\"input\":[]}", "{id=-}");
}

static void test_integers_are_in_range(void **state) {
    (void)state;
    World *w = open_random("random_integer");
    bool seen[4] = {false};
    for (int i = 0; i < 64; i++) {
        const char *config = str_format(w->arena, "{\"min\":-1,\"max\":2,\"seed\":\"s%d\"}", i).p;
        int64_t result;
        assert_true(value_to_i64(*value_get_str(create(w, config), STR("result")), &result));
        assert_in_range(result + 1, 0, 3);
        seen[result + 1] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
    // A seed gives the same again; the whole range of numbers works too.
    Value a = create(w, "{\"min\":0,\"max\":1000000,\"seed\":\"x\"}");
    assert_true(value_same(a, create(w, "{\"min\":0,\"max\":1000000,\"seed\":\"x\"}")));
    create(w, "{\"min\":-9223372036854775808,\"max\":9223372036854775807}");
    assert_no_errors(w);
    world_free(w);
}

static void test_pet(void **state) {
    (void)state;
    World *w = open_random("random_pet");
    Value v = create(w, "{\"prefix\":\"x\",\"separator\":\"_\",\"length\":3}");
    Str rest = value_str(*value_get_str(v, STR("id"))), piece;
    int pieces = 0;
    while (str_next(&rest, '_', &piece)) pieces += piece.n > 0;
    assert_int_equal(pieces, 4);
    ProviderPlan plan = world_plan(w, NULL, "{}", "{}");
    assert_shown(w, plan.planned, "{id=? length=2 separator=-}");
    world_free(w);
}

static void test_string(void **state) {
    (void)state;
    World *w = open_random("random_string");
    Value v =
        create(w, "{\"length\":12,\"min_numeric\":2,\"min_special\":3,\"override_special\":\"+\",\"upper\":false}");
    Str s = value_str(*value_get_str(v, STR("result")));
    assert_int_equal(s.n, 12);
    int digits = 0, special = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9';
        special += s.p[i] == '+';
        assert_false(s.p[i] >= 'A' && s.p[i] <= 'Z');
    }
    assert_true(digits >= 2 && special >= 3);
    assert_true(str_eq(s, value_str(*value_get_str(v, STR("id")))));
    assert_true(value_true(*value_get_str(v, STR("number"))));
    world_free(w);
}

static void test_password(void **state) {
    (void)state;
    World *w = open_random("random_password");
    Value v = create(w, "{\"length\":80}");
    assert_no_errors(w);
    Value result = *value_get_str(v, STR("result")), hash = *value_get_str(v, STR("bcrypt_hash"));
    assert_true(value_is_sensitive(result) && value_is_sensitive(hash));
    assert_str(value_str(*value_get_str(v, STR("id"))), "none");
    assert_true(str_starts(value_str(hash), STR("$2a$10$")));
    assert_int_equal(hash.n, 60);
    world_free(w);
}

static void replaces(const char *type, const char *prior, const char *config, const char *proposed, const char *path) {
    World *w = open_random(type);
    ProviderPlan plan = world_plan(w, prior, config, proposed);
    assert_no_errors(w);
    assert_int_equal(plan.replace.list.n, path ? 1 : 0);
    if (path) {
        Buf b = buf_in(w->arena);
        path_print(plan.replace.list.at[0], &b);
        assert_str(buf_str(&b), path);
    }
    world_free(w);
}

static void test_replacement(void **state) {
    (void)state;
    const char *id = "{\"byte_length\":1,\"id\":\"AA\",\"keepers\":{\"a\":\"1\"}}";
    replaces("random_id", id, "{\"byte_length\":1,\"keepers\":{\"a\":\"1\"}}", id, NULL);
    replaces("random_id", id, "{\"byte_length\":1,\"keepers\":{\"a\":\"1\",\"b\":null}}",
             "{\"byte_length\":1,\"id\":\"AA\",\"keepers\":{\"a\":\"1\",\"b\":null}}", NULL);
    replaces("random_id", id, "{\"byte_length\":1,\"keepers\":{\"a\":\"2\"}}",
             "{\"byte_length\":1,\"id\":\"AA\",\"keepers\":{\"a\":\"2\"}}", ".keepers");
    replaces("random_id", id, "{\"byte_length\":1,\"keepers\":{\"a\":\"?\"}}",
             "{\"byte_length\":1,\"id\":\"AA\",\"keepers\":{\"a\":\"?\"}}", ".keepers");
    replaces("random_id", id, "{\"byte_length\":1}", "{\"byte_length\":1,\"id\":\"AA\"}", ".keepers");
    replaces("random_id", id, "{\"byte_length\":2,\"keepers\":{\"a\":\"1\"}}",
             "{\"byte_length\":2,\"id\":\"AA\",\"keepers\":{\"a\":\"1\"}}", ".byte_length");
    // A default that is not what the object has.
    replaces("random_pet", "{\"id\":\"x\",\"length\":3,\"separator\":\"-\"}", "{}",
             "{\"id\":\"x\",\"length\":3,\"separator\":\"-\"}", ".length");
    const char *all =
        "\"length\":1,\"lower\":true,\"upper\":true,\"number\":true,\"numeric\":true,\"special\":true,"
        "\"min_lower\":0,\"min_upper\":0,\"min_numeric\":0,\"min_special\":0,\"id\":\"x\",\"result\":\"x\"";
    World *w = open_random("random_string");
    const char *prior = str_format(w->arena, "{%s,\"override_special\":\"\"}", all).p;
    const char *now = str_format(w->arena, "{%s}", all).p;
    replaces("random_string", prior, "{\"length\":1}", now, NULL);
    // number and numeric are one.
    const char *off = str_format(w->arena, "{%s,\"numeric\":false}", all).p;
    ProviderPlan plan = world_plan(w, now, "{\"length\":1,\"numeric\":false}", off);
    assert_int_equal(plan.replace.list.n, 2);
    assert_false(value_true(*value_get_str(plan.planned, STR("number"))));
    world_free(w);
}

static void test_validation(void **state) {
    (void)state;
    static const struct {
        const char *type, *config;
        uint32_t errors;
    } cases[] = {
        {"random_string", "{\"length\":0}", 1},
        {"random_string", "{\"length\":3,\"min_upper\":2,\"min_lower\":2}", 1},
        {"random_string", "{\"length\":3,\"min_upper\":\"?\",\"min_lower\":4}", 0},
        {"random_string", "{\"length\":3,\"upper\":false,\"lower\":false,\"numeric\":false,\"special\":false}", 1},
        {"random_password", "{\"length\":3,\"number\":true,\"numeric\":false}", 1},
        {"random_integer", "{\"min\":2,\"max\":1}", 1},
        {"random_integer", "{\"min\":1.5,\"max\":2}", 1},
        {"random_integer", "{\"min\":\"?\",\"max\":1}", 0},
        {"random_bytes", "{\"length\":0}", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        World *w = open_random(cases[i].type);
        plugin_validate(w->plugin, INFRA_RESOURCE, w->type, STR("a"), w->arena, world_object(w, cases[i].config),
                        &w->diags);
        assert_int_equal(world_errors(w), cases[i].errors);
        world_free(w);
    }
}

static void imported(const char *type, const char *id, const char *want) {
    World *w = open_random(type);
    ProviderRead q = world_read_request(w, NULL);
    q.id = str_of(id);
    provider_import(w->provider, &q, world_done, w);
    world_wait(w);
    if (want)
        assert_shown(w, q.result, want);
    else
        assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_import(void **state) {
    (void)state;
    imported("random_id", "p,AAEC",
             "{b64_std=pAAEC b64_url=pAAEC byte_length=3 dec=p258 hex=p000102 id=AAEC prefix=p}");
    imported("random_id", "A", NULL);
    imported("random_bytes", "AAECAw==", "{base64=AAECAw== hex=00010203 length=4}");
    imported("random_bytes", "AAECAw=", NULL);
    imported("random_integer", "3,1,9,s", "{id=3 max=9 min=1 result=3 seed=s}");
    imported("random_integer", "3,1", NULL);
    imported("random_uuid", "AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee",
             "{id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee result=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}");
    imported("random_string", "abc",
             "{id=abc length=3 lower=true min_lower=0 min_numeric=0 min_special=0 min_upper=0 number=true numeric=true "
             "result=abc special=true upper=true}");
    imported("random_pet", "x", NULL);
}

static void test_upgrade(void **state) {
    (void)state;
    World *w = open_random("random_password");
    ProviderUpgrade q = {.arena = w->arena,
                         .diags = &w->diags,
                         .type = w->type,
                         .version = 0,
                         .attributes = STR("{\"id\":\"none\",\"result\":\"pw\",\"number\":false,\"length\":null}")};
    provider_upgrade(w->provider, &q, world_done, w);
    world_wait(w);
    assert_no_errors(w);
    assert_false(value_true(*value_get_str(q.result, STR("numeric"))));
    int64_t length;
    assert_true(value_to_i64(*value_get_str(q.result, STR("length")), &length) && length == 2);
    // A right hash stays, a wrong one is made anew.
    Str hash = value_str(*value_get_str(q.result, STR("bcrypt_hash")));
    for (int wrong = 0; wrong < 2; wrong++) {
        q.version = 2;
        q.attributes =
            str_format(w->arena, "{\"result\":\"%s\",\"bcrypt_hash\":\"%.*s\"}", wrong ? "other" : "pw", STR_ARG(hash));
        provider_upgrade(w->provider, &q, world_done, w);
        world_wait(w);
        assert_int_equal(str_eq(value_str(*value_get_str(q.result, STR("bcrypt_hash"))), hash), !wrong);
    }
    world_free(w);
}

static void test_failed_create_leaves_nothing(void **state) {
    (void)state;
    World *w = open_random("random_integer");
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"min\":2,\"max\":1,\"id\":\"?\",\"result\":\"?\"}");
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    assert_true(value_is_null(q.result));
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),     cmocka_unit_test(test_integers_are_in_range),
        cmocka_unit_test(test_pet),        cmocka_unit_test(test_string),
        cmocka_unit_test(test_password),   cmocka_unit_test(test_replacement),
        cmocka_unit_test(test_validation), cmocka_unit_test(test_import),
        cmocka_unit_test(test_upgrade),    cmocka_unit_test(test_failed_create_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

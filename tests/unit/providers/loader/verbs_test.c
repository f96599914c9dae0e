// The protocol's rules, with a plugin that answers whatever the test puts into `answer`.
#include "tests/harness/provider_world.h"

static const char *answer;       // JSON of the result; "?" as a string is unknown; NULL: as asked for
static const char *replace_name; // attribute whose change needs a replacement
static const char *failure;      // an error, after the answer
static bool late;                // answer from a timer
static uint32_t type_flags;

static const InfraAttr inner_attrs[] = {
    {.name = "name", .type = "\"string\"", .flags = INFRA_OPTIONAL},
    {.name = "size", .type = "\"number\"", .flags = INFRA_OPTIONAL | INFRA_COMPUTED},
};
static const InfraBlock inner = {.attrs = inner_attrs, .attr_count = 2};
static const InfraAttr attrs[] = {
    {.name = "id", .type = "\"string\"", .flags = INFRA_COMPUTED},
    {.name = "name", .type = "\"string\"", .flags = INFRA_OPTIONAL},
    {.name = "zone", .type = "\"string\"", .flags = INFRA_OPTIONAL | INFRA_COMPUTED},
    {.name = "secret", .type = "\"string\"", .flags = INFRA_OPTIONAL | INFRA_SENSITIVE},
    {.name = "hidden", .type = "\"string\"", .flags = INFRA_OPTIONAL | INFRA_WRITE_ONLY},
    {.name = "tags", .type = "[\"map\",\"string\"]", .flags = INFRA_OPTIONAL},
    {.name = "disks", .nested = &inner, .nesting = INFRA_NEST_LIST, .flags = INFRA_OPTIONAL},
    {.name = "ids", .type = "[\"set\",\"string\"]", .flags = INFRA_OPTIONAL},
};
static const InfraNested blocks[] = {{.name = "rule", .nesting = INFRA_NEST_LIST, .block = &inner}};
static const InfraBlock body = {.attrs = attrs, .attr_count = 8, .blocks = blocks, .block_count = 1};
static const InfraBlock provider_body = {.attrs = NULL, .attr_count = 0};

static int fake_schema(const InfraPlugin *self, InfraTypeKind kind, const char *name, InfraSchema *out) {
    (void)self;
    if (kind == INFRA_PROVIDER_CONFIG)
        *out = (InfraSchema){0, &provider_body, 0};
    else if (strcmp(name, "thing") == 0)
        *out = (InfraSchema){2, &body, type_flags};
    else
        return 0;
    return 1;
}

static InfraValue unknowns(const InfraRequest *base, InfraValue v) {
    const InfraHost *host = base->host;
    if (host->kind(v) == INFRA_STRING && host->text(v).n == 1 && host->text(v).p[0] == '?') return host->unknown;
    if (!host->length(v)) return v;
    InfraValue *at = host->alloc(base->arena, sizeof *at * host->length(v));
    InfraText *names = host->alloc(base->arena, sizeof *names * host->length(v));
    for (size_t i = 0; i < host->length(v); i++) at[i] = unknowns(base, host->element(v, i));
    if (host->kind(v) != INFRA_OBJECT) return host->make_list(base->arena, at, host->length(v));
    for (size_t i = 0; i < host->length(v); i++) names[i] = host->key(v, i);
    return host->make_object(base->arena, names, at, host->length(v));
}

static void fill(const InfraRequest *base, InfraValue *result) {
    InfraValue v;
    if (answer && strcmp(answer, "null") == 0)
        *result = base->host->null;
    else if (answer) {
        assert_true(base->host->from_json(base->arena, (InfraText){answer, strlen(answer)}, &v));
        *result = unknowns(base, v);
    }
    if (failure)
        base->host->diag(base->diags, INFRA_ERROR, (InfraText){failure, strlen(failure)}, (InfraText){"", 0},
                         (InfraPath){NULL, 0});
}

static const InfraHost *late_host;
static void answer_late(void *ctx) { late_host->done(ctx); }

static void finish(const InfraRequest *base, InfraCall *call) {
    late_host = base->host;
    if (late)
        base->host->timer(base->host, 1000, answer_late, call);
    else
        base->host->done(call);
}

static void fake_plan(InfraProvider *p, InfraPlan *q, InfraCall *call) {
    (void)p;
    static InfraStep step;
    static const InfraPath path = {&step, 1};
    fill(&q->base, &q->planned);
    if (replace_name) {
        step = (InfraStep){.attr = {replace_name, strlen(replace_name)}};
        q->replace = &path;
        q->replace_count = 1;
    }
    finish(&q->base, call);
}

static InfraValue seen_planned;
static void fake_apply(InfraProvider *p, InfraApply *q, InfraCall *call) {
    (void)p;
    seen_planned = q->planned;
    fill(&q->base, &q->result);
    q->outcome_unknown = 1;
    finish(&q->base, call);
}

static InfraPlugin fake = {.size = sizeof fake,
                           .version = INFRA_PROVIDER_VERSION,
                           .name = "fake",
                           .address = "registry.opentofu.org/acme/fake",
                           .schema = fake_schema,
                           .plan = fake_plan,
                           .apply = fake_apply};

static const InfraPlugin *fake_entry(const InfraHost *host) {
    assert_int_equal(host->size, sizeof *host);
    return &fake;
}

static World *open_fake(uint32_t flags) {
    answer = replace_name = failure = NULL;
    late = false;
    type_flags = flags;
    World *w = world_new();
    world_open(w, fake_entry, "example.com/acme/fake", "thing");
    return w;
}

static bool said(World *w, const char *path, const char *words) {
    for (uint32_t i = 0; i < w->diags.list.n; i++)
        if (str_eqz(w->diags.list.at[i].path, path) && str_find(w->diags.list.at[i].detail, str_of(words)) >= 0)
            return true;
    return false;
}

static void test_plan_keeps_configuration(void **state) {
    (void)state;
    World *w = open_fake(0);
    const char *config = "{\"name\":\"a\",\"rule\":[{\"name\":\"r\"}]}";
    answer = "{\"id\":\"?\",\"name\":\"a\",\"zone\":\"made\",\"rule\":[{\"name\":\"r\",\"size\":\"?\"}]}";
    ProviderPlan q = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    assert_shown(w, q.planned, "{id=? name=a rule=[{name=r size=?}] zone=made}");

    answer = "{\"id\":\"?\",\"name\":\"b\",\"tags\":{\"x\":\"y\"},\"rule\":[]}";
    q = world_plan(w, NULL, config, config);
    assert_true(value_is_null(q.planned));
    assert_int_equal(w->diags.errors, 3);
    assert_true(said(w, ".name", "is configured as \"a\", but planned as \"b\""));
    assert_true(said(w, ".tags", "not computed and not configured"));
    assert_true(said(w, ".rule", "another number of elements"));
    world_errors(w);

    answer = "{\"name\":\"a\",\"rule\":[{\"name\":\"other\"}]}";
    world_plan(w, NULL, config, config);
    assert_true(said(w, ".rule[0].name", "\"r\", but planned as \"other\""));
    world_errors(w);
    // A prior spelling may be kept.
    answer = "{\"name\":\"A\"}";
    world_plan(w, "{\"name\":\"A\"}", "{\"name\":\"a\"}", "{\"name\":\"a\"}");
    assert_no_errors(w);
    world_free(w);
}

static void test_structured_attributes(void **state) {
    (void)state;
    World *w = open_fake(0);
    const char *config = "{\"disks\":[{\"name\":\"d\"}]}";
    answer = "{\"disks\":[{\"name\":\"d\",\"size\":\"?\"}]}";
    ProviderPlan q = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    assert_shown(w, q.planned, "{disks=[{name=d size=?}]}");
    answer = "{\"disks\":[{\"name\":\"e\"}]}";
    world_plan(w, NULL, config, config);
    assert_true(said(w, ".disks[0].name", "\"d\""));
    world_free(w);
}

static void test_result_keeps_plan(void **state) {
    (void)state;
    World *w = open_fake(0);
    const char *planned =
        "{\"id\":\"?\",\"name\":\"a\",\"secret\":\"s3\",\"ids\":[\"x\",\"?\"],\"tags\":{\"k\":\"v\"}}";
    answer = "{\"id\":\"1\",\"name\":\"a\",\"secret\":\"s3\",\"ids\":[\"x\",\"y\"],\"tags\":{\"k\":\"v\"}}";
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, planned);
    world_apply(w, &q);
    assert_no_errors(w);
    assert_false(q.outcome_unknown); // only after an error
    assert_true(value_is_sensitive(*value_get_str(q.result, STR("secret"))));

    answer = "{\"id\":\"1\",\"name\":\"b\",\"secret\":\"s4\",\"ids\":[\"z\"],\"tags\":{\"k\":\"v\",\"l\":\"m\"}}";
    world_apply(w, &q);
    assert_str(value_str(*value_get_str(q.result, STR("name"))), "b");
    assert_true(said(w, ".name", "planned as \"a\", but is now \"b\""));
    assert_true(said(w, ".secret", "planned as (sensitive value), but is now (sensitive value)"));
    assert_true(said(w, ".tags[\"l\"]", "was not planned"));
    assert_true(said(w, ".ids", "no element that fits the planned \"x\""));
    for (uint32_t i = 0; i < w->diags.list.n; i++)
        assert_int_equal(str_find(w->diags.list.at[i].detail, STR("s4")), -1);
    world_errors(w);

    answer = "null";
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    // What is not known after an apply is null, and an error.
    answer = "{\"id\":\"?\",\"name\":\"a\",\"secret\":\"s3\",\"ids\":[\"x\"],\"tags\":{\"k\":\"v\"}}";
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    assert_true(value_is_null(*value_get_str(q.result, STR("id"))));
    // An object that does not fit the schema leaves what was planned.
    answer = "{\"id\":\"1\",\"nonsense\":1}";
    world_apply(w, &q);
    assert_int_equal(world_errors(w), 1);
    assert_str(value_str(*value_get_str(q.result, STR("name"))), "a");
    world_free(w);
}

static void test_loose_types_are_free(void **state) {
    (void)state;
    World *w = open_fake(INFRA_TYPE_LOOSE);
    answer = "{\"id\":\"1\",\"name\":\"b\"}";
    world_plan(w, NULL, "{\"name\":\"a\"}", "{\"name\":\"a\"}");
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"name\":\"a\"}");
    world_apply(w, &q);
    assert_no_errors(w);
    assert_shown(w, q.result, "{id=1 name=b}");
    world_free(w);
}

static void test_error_keeps_the_object(void **state) {
    (void)state;
    World *w = open_fake(0);
    failure = "it broke";
    answer = "{\"id\":\"1\",\"name\":\"half\"}";
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, "{\"id\":\"?\",\"name\":\"a\"}");
    world_apply(w, &q);
    assert_shown(w, q.result, "{id=1 name=half}");
    assert_true(q.outcome_unknown);
    assert_int_equal(w->diags.errors, 1); // the rules are not checked as well
    answer = NULL;
    q = world_change(w, INFRA_UPDATE, "{\"id\":\"1\"}", "{\"id\":\"1\",\"name\":\"a\"}");
    world_apply(w, &q);
    assert_shown(w, q.result, "{id=1}");
    world_free(w);
}

static void test_marks_and_write_only(void **state) {
    (void)state;
    World *w = open_fake(0);
    Value planned = world_object(w, "{\"name\":\"a\",\"tags\":{\"k\":\"v\"},\"hidden\":\"h\"}");
    Path name = path_attr(w->arena, (Path){NULL, 0}, name_of(w->process, STR("name")));
    PathMarksList marks = {{NULL, 0, 0}};
    PathMarks mark = {name, MARK_SENSITIVE};
    vec_push(w->arena, &marks.list, mark);
    ProviderApply q = world_change(w, INFRA_CREATE, NULL, NULL);
    q.planned = marks_apply(w->arena, planned, &marks);
    answer = "{\"name\":\"a\",\"tags\":{\"k\":\"v\"},\"hidden\":\"h\"}";
    late = true;
    world_apply(w, &q);
    assert_false(provider_value(seen_planned).bits & VALUE_MARKED_INSIDE);
    assert_true(value_is_sensitive(*value_get_str(q.result, STR("name"))));
    assert_false(value_is_sensitive(*value_get_str(q.result, STR("tags"))));
    assert_true(value_is_null(*value_get_str(q.result, STR("hidden"))));
    world_free(w);
}

static void test_replace_paths(void **state) {
    (void)state;
    World *w = open_fake(0);
    replace_name = "name";
    ProviderPlan q = world_plan(w, "{\"name\":\"a\"}", "{\"name\":\"a\"}", "{\"name\":\"a\"}");
    assert_int_equal(q.replace.list.n, 0); // not a change
    q = world_plan(w, "{\"name\":\"a\"}", "{\"name\":\"b\"}", "{\"name\":\"b\"}");
    assert_int_equal(q.replace.list.n, 1);
    q = world_plan(w, NULL, "{\"name\":\"b\"}", "{\"name\":\"b\"}");
    assert_int_equal(q.replace.list.n, 0);
    assert_no_errors(w);
    replace_name = "nonsense";
    world_plan(w, "{\"name\":\"a\"}", "{\"name\":\"b\"}", "{\"name\":\"b\"}");
    assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_stored_versions(void **state) {
    (void)state;
    World *w = open_fake(0);
    ProviderUpgrade q = {.arena = w->arena,
                         .diags = &w->diags,
                         .type = w->type,
                         .address = STR("thing.a"),
                         .version = 2,
                         .attributes =
                             STR("{\"id\":\"1\",\"old\":[{\"x\":null}],\"rule\":[{\"name\":\"r\",\"gone\":1}]}")};
    provider_upgrade(w->provider, &q, world_done, w);
    assert_no_errors(w);
    assert_shown(w, q.result, "{id=1 rule=[{name=r}]}");
    q.version = 3;
    provider_upgrade(w->provider, &q, world_done, w);
    assert_int_equal(world_errors(w), 1);
    world_free(w);
}

static void test_plugins_that_are_not_there(void **state) {
    (void)state;
    World *w = open_fake(0);
    assert_null(plugins_find(w->plugins, STR("registry.opentofu.org/acme/nothing"), &w->diags));
    assert_null(plugins_find(w->plugins, STR("registry.opentofu.org/other/fake"), &w->diags));
    assert_no_errors(w);
    assert_null(plugin_schema(w->plugin, INFRA_RESOURCE, name_of(w->process, STR("nonsense")), NULL));
    // A file that is no plugin is an error that names it.
    assert_int_equal(mkdir(world_path(w, ".infra"), 0700), 0);
    assert_int_equal(mkdir(world_path(w, ".infra/providers"), 0700), 0);
    world_write(w, ".infra/providers/infra-provider-nothing.so", "no");
    assert_null(plugins_find(w->plugins, STR("registry.opentofu.org/acme/nothing"), &w->diags));
    assert_int_equal(w->diags.errors, 1);
    assert_true(str_find(w->diags.list.at[0].detail, STR("infra-provider-nothing.so")) >= 0);
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_keeps_configuration),
        cmocka_unit_test(test_structured_attributes),
        cmocka_unit_test(test_result_keeps_plan),
        cmocka_unit_test(test_loose_types_are_free),
        cmocka_unit_test(test_error_keeps_the_object),
        cmocka_unit_test(test_marks_and_write_only),
        cmocka_unit_test(test_replace_paths),
        cmocka_unit_test(test_stored_versions),
        cmocka_unit_test(test_plugins_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

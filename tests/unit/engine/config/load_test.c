#include <stdlib.h>

#include "tests/harness/unit.h"

#include "engine/config/load.h"
#include "engine/io/file.h"
#include "engine/value/marks.h"

static Process *p;
static Arena *arena;
static Diags diags;
static LoadOptions options;

static int setup(void **state) {
    (void)state;
    p = test_process();
    type_init(p);
    marks_init(p);
    arena = arena_new(p, LIFE_CONFIG, "test");
    diags = diags_in(arena);
    options = (LoadOptions){.workspace = STR("blue")};
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(p);
    return 0;
}

static Name n(const char *z) { return name_of(p, str_of(z)); }

static Config *load(const char *name) {
    const char *source = getenv("INFRA_SOURCE");
    options.dir = str_format(arena, "%s/tests/config/%s", source ? source : ".", name);
    Config *c = load_config(arena, &options, &diags);
    assert_non_null(c);
    return c;
}

static void blocks_have_ids_in_the_order_of_their_kinds(void **state) {
    (void)state;
    const Config *c = load("basic");
    const ModuleDef *def = c->defs.at[0];
    uint32_t index;
    assert_int_equal(def->nodes, 2 + 1 + 1 + 3 + 0 + 1 + 0);
    assert_int_equal(config_local_id(def, BLOCK_LOCAL, 0), 2);
    assert_int_equal(config_local_id(def, BLOCK_OUTPUT, 0), 7);
    for (uint32_t id = 0; id < def->nodes; id++) {
        BlockKind kind = config_block(def, id, &index);
        assert_int_equal(config_local_id(def, kind, index), id);
    }
    assert_int_equal(config_block(def, 5, &index), BLOCK_RESOURCE);
    assert_int_equal(index, 1);
}

static void one_folder_is_one_def_for_all_its_callers(void **state) {
    (void)state;
    const Config *c = load("modules"); // has errors, and a tree all the same
    const ModuleNode *a = NULL, *b = NULL;
    for (uint32_t i = 0; i < c->node_count; i++) {
        const ModuleNode *node = &c->nodes[i];
        if (str_eqz(node->path, "module.a.module.deep")) a = node;
        if (str_eqz(node->path, "module.b.module.deep")) b = node;
        for (uint32_t j = 0; j < node->def->nodes; j++) assert_ptr_equal(config_node_of(c, node->base + j), node);
        assert_int_equal(node->id, i);
        for (uint32_t j = 0; j < node->def->calls.n; j++)
            assert_ptr_equal(c->nodes[node->first_child + j].parent, node);
    }
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_equal(a->def, b->def);
    assert_true(a->base != b->base);
    assert_int_equal(c->block_count, c->nodes[c->node_count - 1].base + c->nodes[c->node_count - 1].def->nodes);
}

static void declared_things_are_found_by_name(void **state) {
    (void)state;
    const ModuleDef *def = load("basic")->defs.at[0];
    assert_int_equal(config_find_resource(def, MODE_MANAGED, n("test_plain"), n("many")), 1);
    assert_int_equal(config_find_resource(def, MODE_DATA, n("test_plain"), n("d")), 2);
    assert_int_equal(config_find_resource(def, MODE_DATA, n("test_plain"), n("many")), UINT32_MAX);
    assert_int_equal(config_find_variable(def, n("names")), 1);
    assert_int_equal(config_find_output(def, n("ids")), 0);
    assert_int_equal(config_find_call(def, n("ids")), UINT32_MAX);
}

static void backends_are_evaluated_before_the_plan(void **state) {
    (void)state;
    Config *c = load("static-backend");
    SchemaBuilder b = schema_builder(p);
    schema_add(&b, "path", type_string(p), ATTR_OPTIONAL);
    schema_add(&b, "workspace_dir", type_string(p), ATTR_OPTIONAL);
    const SchemaBlock *schema = schema_finish(&b);
    VariableInput input = {.name = STR("env"), .from = VAR_ENV, .text = STR("prod"), .where = STR("TF_VAR_env")};
    vec_push(arena, &options.inputs, input);
    Value v;
    assert_true(load_static_eval(c, &options, c->defs.at[0]->backend->body, schema, &v, &diags));
    assert_str(value_str(*value_get(v, n("path"))), "state/PROD/blue.tfstate");
    assert_true(value_is_null(*value_get(v, n("workspace_dir"))));
}

static char *environment[] = {(char *)(uintptr_t) "TF_VAR_a=1=2", (char *)(uintptr_t) "INFRA_VAR_a=3",
                              (char *)(uintptr_t) "TF_VAR_=x", (char *)(uintptr_t) "OTHER=y", NULL};

static void the_environment_is_read_in_rising_precedence(void **state) {
    (void)state;
    load_env_inputs(arena, environment, &options);
    assert_int_equal(options.inputs.n, 2);
    assert_str(options.inputs.at[0].text, "1=2");
    assert_str(options.inputs.at[0].where, "TF_VAR_a");
    assert_str(options.inputs.at[1].text, "3");
}

int main(void) {
#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(blocks_have_ids_in_the_order_of_their_kinds), test(one_folder_is_one_def_for_all_its_callers),
        test(declared_things_are_found_by_name), test(backends_are_evaluated_before_the_plan),
        test(the_environment_is_read_in_rising_precedence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

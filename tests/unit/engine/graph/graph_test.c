#include "tests/harness/unit.h"

#include "engine/graph/graph.h"
#include "engine/value/marks.h"
#include "engine/config/load.h"

static Process *p;
static Arena *arena;
static Diags diags;
static const Config *config;

static int setup(void **state) {
    (void)state;
    p = test_process();
    type_init(p);
    marks_init(p);
    arena = arena_new(p, LIFE_CONFIG, "test");
    diags = diags_in(arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(p);
    return 0;
}

static Graph *graph_of(const char *root, const char *child) {
    Str paths[2] = {STR("main.infra"), STR("m/main.infra")}, texts[2] = {str_of(root), str_of(child ? child : "")};
    SourceSnapshot snapshot = {paths, texts, child ? 2 : 1};
    LoadOptions options = {.dir = STR("."), .workspace = STR("default"), .snapshot = &snapshot};
    config = load_config(arena, &options, &diags);
    assert_non_null(config);
    assert_int_equal(diags.errors, 0);
    return graph_build(arena, config, NULL, 0, &diags);
}

static uint32_t place(const Graph *g, const char *name) {
    for (uint32_t i = 0; i < g->n; i++) {
        Buf b = buf_in(arena);
        graph_node_name(g, g->order[i], &b);
        if (str_eqz(buf_str(&b), name)) return i;
    }
    fail_msg("no node %s", name);
    return 0;
}

static void what_is_needed_comes_first(void **state) {
    (void)state;
    const Graph *g = graph_of("output \"o\" {\n  value = module.m.y\n}\nmodule \"m\" {\n  source = \"./m\"\n  x = local.a\n}\n"
                              "locals {\n  a = local.b\n  b = var.v\n}\nvariable \"v\" {\n  default = 1\n}\n",
                              "variable \"x\" {}\nlocals {\n  l = var.x\n}\noutput \"y\" {\n  value = local.l\n}\n");
    assert_non_null(g);
    const char *const order[] = {"var.v", "local.b", "local.a", "module.m.var.x", "module.m.local.l", "module.m.output.y",
                                 "output.o", "root (close)"};
    for (size_t i = 0; i + 1 < sizeof order / sizeof *order; i++) assert_true(place(g, order[i]) < place(g, order[i + 1]));
    assert_true(place(g, "module.m") < place(g, "module.m.var.x"));
}

static void a_cycle_is_told_edge_by_edge(void **state) {
    (void)state;
    assert_null(graph_of("locals {\n  a = local.b\n  b = local.c + 1\n  c = local.a\n  d = local.a\n}\n", NULL));
    assert_int_equal(diags.errors, 1);
    Str detail = diags.list.at[0].detail;
    assert_true(str_find(detail, STR("local.a needs local.b, by \"local.b\" at main.infra:2")) >= 0);
    assert_true(str_find(detail, STR("local.b needs local.c, by \"local.c\" at main.infra:3")) >= 0);
    assert_true(str_find(detail, STR("local.c needs local.a, by \"local.a\" at main.infra:4")) >= 0);
    assert_true(str_find(detail, STR("local.d")) < 0);
}

static void validations_of_each_other_make_no_cycle(void **state) {
    (void)state;
    const char *text = "variable \"a\" {\n  default = 1\n  validation {\n    condition = var.a < var.b\n    error_message = \"x\"\n"
                       "  }\n}\nvariable \"b\" {\n  default = 2\n  validation {\n    condition = var.b > var.a\n"
                       "    error_message = \"x\"\n  }\n}\n";
    assert_non_null(graph_of(text, NULL));
}

static void reach_follows_dependencies(void **state) {
    (void)state;
    const Graph *g = graph_of("locals {\n  a = local.b\n  b = 1\n  c = 2\n}\n", NULL);
    uint8_t *marks = ARENA_ARRAY(arena, uint8_t, g->n);
    uint32_t a = g->order[place(g, "local.a")];
    graph_reach(g, &a, 1, marks);
    assert_true(marks[a] && marks[g->order[place(g, "local.b")]]);
    assert_false(marks[g->order[place(g, "local.c")]]);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {test(what_is_needed_comes_first), test(a_cycle_is_told_edge_by_edge),
                                       test(validations_of_each_other_make_no_cycle), test(reach_follows_dependencies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

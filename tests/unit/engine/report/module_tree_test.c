#include "tests/harness/unit.h"

#include "engine/report/module_tree.h"

static void test_parent(void **state) {
    (void)state;
    assert_str(module_tree_parent(STR("")), "");
    assert_str(module_tree_parent(STR("module.a")), "");
    assert_str(module_tree_parent(STR("module.a.module.b")), "module.a");
    assert_str(module_tree_parent(STR("module.a[0].module.b[\"x\"]")), "module.a[0]");
    assert_str(module_tree_parent(STR("module.a[\"x.module.y\"].module.b")), "module.a[\"x.module.y\"]");
    assert_str(module_tree_parent(STR("module.a[\"q\\\".\"].module.b.module.c")), "module.a[\"q\\\".\"].module.b");
}

static void item_write(void *ctx, JsonWriter *w, uint32_t item) {
    (void)ctx;
    json_int(w, item);
}

static void test_modules_nest(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    ModuleTree *tree = module_tree_new(arena);
    module_tree_add(tree, STR("module.b.module.c"), 1); // module.b itself has nothing
    module_tree_add(tree, STR("module.b.module.c"), 2);
    module_tree_add(tree, STR("module.a"), 3);
    module_tree_add(tree, STR(""), 4);
    module_tree_add(tree, STR("module.b.module.c"), 5);
    module_tree_sort(tree);
    Buf out = {0};
    JsonWriter w = json_writer(&out, 0);
    module_tree_write(tree, &w, item_write, NULL);
    assert_str(
        buf_str(&out),
        "{\"resources\":[4],\"child_modules\":[{\"resources\":[3],\"address\":\"module.a\"},"
        "{\"address\":\"module.b\",\"child_modules\":[{\"resources\":[1,2,5],\"address\":\"module.b.module.c\"}]}]}");
    buf_free(&out);
    arena_free(arena);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parent),
        cmocka_unit_test(test_modules_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

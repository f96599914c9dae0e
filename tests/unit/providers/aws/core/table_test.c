// The schema table: every entry can be read, and damaged ones are refused.
#include "tests/harness/unit.h"

#include "engine/value/marks.h"
#include "providers/aws/core/table.h"

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = test_process();
    type_init(process);
    marks_init(process);
    arena = arena_new(process, LIFE_PROCESS, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static void every_type_is_read(void **state) {
    (void)state;
    static const struct {
        char kind;
        size_t n;
    } kinds[] = {{'r', 1526}, {'d', 608}};
    Table table;
    table_init(&table, arena, table_builtin());
    for (int k = 0; k < 2; k++) {
        size_t n;
        const char **names = table_names(&table, arena, kinds[k].kind, &n);
        assert_int_equal(n, kinds[k].n);
        for (size_t i = 0; i < n; i++) {
            uint64_t version;
            if (!table_type(&table, kinds[k].kind, str_of(names[i]), true, &version)) fail_msg("%s", names[i]);
        }
    }
}

static void entries_are_what_they_say(void **state) {
    (void)state;
    Table table;
    uint64_t version = 0;
    table_init(&table, arena, table_builtin());
    Attrs *attrs = table_type(&table, 'r', STR("aws_subnet"), false, &version);
    assert_int_equal(version, 1);
    Attr *vpc = attrs_find(attrs, name_of(process, STR("vpc_id"))),
         *timeouts = attrs_find(attrs, name_of(process, STR("timeouts")));
    assert_int_equal(vpc->flags, INFRA_REQUIRED);
    assert_ptr_equal(vpc->type, type_string(process));
    assert_true(timeouts->block && timeouts->nesting == NEST_SINGLE);
    assert_int_equal(timeouts->inside->n, 2);
    assert_null(attrs_find(attrs, name_of(process, STR("nothing"))));
    assert_null(table_type(&table, 'r', STR("aws_subne"), false, &version));
    assert_null(table_type(&table, 'r', STR("aws_subnets"), false, &version));
    assert_false(table_has(&table, 'd', STR("aws_route_table_association")));
}

static void damaged_lines_are_refused(void **state) {
    (void)state;
    static const char *const lines[] = {"r t 0 a:",
                                        "r t 0 a:x",
                                        "r t 0 a:oO{b:s",
                                        "r t 0 a:oL",
                                        "r t 0 b[l0-1 c:os",
                                        "r t 0 b[q0-1 c:os]",
                                        "r t 0 b[l0-1@0000000",
                                        "r t 0 b[l0-1@deadbeef]",
                                        "r t x a:os",
                                        "r t",
                                        "r t 0 b[lx-1 c:os]"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Table table;
        uint64_t version;
        table_init(&table, arena, str_of(lines[i]));
        if (table_type(&table, 'r', STR("t"), false, &version)) fail_msg("\"%s\" was read", lines[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_type_is_read),
                                       cmocka_unit_test(entries_are_what_they_say),
                                       cmocka_unit_test(damaged_lines_are_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}

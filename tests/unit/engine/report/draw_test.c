// Changes of values as they are drawn.
#include "tests/harness/unit.h"

#include "engine/report/draw.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = test_process();
    type_init(process);
    marks_init(process);
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static void keep(void *ctx, Str bytes) { buf_add(ctx, bytes); }

static Value json(const char *text) {
    Value v;
    assert_true(json_decode(arena, str_of(text), &v, NULL));
    return v;
}

static Str drawn(Delta delta, ReportOptions options) {
    Buf text = buf_in(arena);
    Out out = {.write = keep, .ctx = &text};
    Drawing d = {&out, arena, &options};
    draw_delta(&d, &delta, 0, (DrawStyle){0});
    out_close(&out);
    return buf_str(&text);
}

static Str changed_with(Value before, Value after, ReportOptions options) {
    return drawn(delta_value(arena, change_of(arena, before, after, NULL)), options);
}

static Str changed(const char *before, const char *after) {
    return changed_with(json(before), json(after), (ReportOptions){0});
}

static void test_plain_values(void **state) {
    (void)state;
    assert_str(changed("\"a\"", "\"b\\n\""), "<<-EOT\n      - a\n      + b\n    EOT");
    assert_str(changed("\"a\"", "\"b\""), "\"a\" -> \"b\"");
    assert_str(changed("1.5", "2"), "1.5 -> 2");
    assert_str(changed("true", "true"), "true");
    assert_str(changed("null", "\"x\""), "\"x\"");
    assert_str(changed("\"x\"", "null"), "\"x\" -> null");
    assert_str(changed("9007199254740993", "123456789012345678901234567890"),
               "9007199254740993 -> 123456789012345678901234567890");
    assert_str(changed("[1]", "\"a\""), "[\n      - 1,\n    ] -> \"a\"");
}

static void test_control_characters_are_shown(void **state) {
    (void)state;
    assert_str(changed("null", "\"a\\u001b[2Kb\\r\\nc\\u007f\\td\""), "<<-EOT\n"
                                                                      "        a\\x1b[2Kb\\r\n"
                                                                      "        c\\x7f\td\n"
                                                                      "    EOT");
}

static void test_lists_show_neighbours(void **state) {
    (void)state;
    assert_str(changed("[1,2,3,4,5,6]", "[1,2,3,4,9,6]"), "[\n"
                                                          "        # (3 unchanged elements hidden)\n"
                                                          "        4,\n"
                                                          "      - 5,\n"
                                                          "      + 9,\n"
                                                          "        6,\n"
                                                          "    ]");
    ReportOptions concise = {.concise = true};
    assert_str(changed_with(json("[1,2,3]"), json("[1,2,4]"), concise), "[\n      - 3,\n      + 4,\n    ]");
}

static void test_objects_hide_what_stays(void **state) {
    (void)state;
    assert_str(changed("{\"a\":1,\"b\":[1],\"id\":\"i\",\"longer key\":true}", "{\"a\":2,\"b\":[1],\"id\":\"i\"}"),
               "{\n"
               "      ~ a            = 1 -> 2\n"
               "        id           = \"i\"\n"
               "      - \"longer key\" = true\n"
               "        # (1 unchanged attribute hidden)\n"
               "    }");
}

static void test_json_texts_are_taken_apart(void **state) {
    (void)state;
    assert_str(changed("\"{\\\"a\\\":1,\\\"b\\\":2}\"", "\"{\\\"a\\\":1,\\\"b\\\":3}\""),
               "jsonencode(\n"
               "      ~ {\n"
               "          ~ b = 2 -> 3\n"
               "            # (1 unchanged attribute hidden)\n"
               "        }\n"
               "    )");
    assert_str(changed("\"{\\\"a\\\":1}\"", "\"{ \\\"a\\\": 1 }\""), "jsonencode( # whitespace changes\n"
                                                                     "        {\n"
                                                                     "            a = 1\n"
                                                                     "        }\n"
                                                                     "    )");
    assert_str(changed("\"{}\"", "\"x\""), "jsonencode({}) -> \"x\"");
    // Not JSON as a whole, so not to be shown as if it were.
    assert_str(changed("null", "\"[1] and more\""), "\"[1] and more\"");
}

static void test_unknown(void **state) {
    (void)state;
    Value unknown = value_unknown(process, type_dynamic(process));
    assert_str(changed_with(json("\"a\""), unknown, (ReportOptions){0}), "\"a\" -> (known after apply)");
    assert_str(changed_with(json("null"), unknown, (ReportOptions){0}), "(known after apply)");
}

static void test_sensitive_values_are_hidden(void **state) {
    (void)state;
    Value old = value_with_marks(json("\"old-secret\""), MARK_SENSITIVE);
    Value new = value_with_marks(json("\"new-secret\""), MARK_SENSITIVE);
    assert_str(changed_with(old, new, (ReportOptions){0}), "(sensitive value)");
    assert_str(changed_with(old, json("null"), (ReportOptions){0}), "(sensitive value) -> null");
    assert_str(changed_with(old, json("\"new\""), (ReportOptions){0}), "(sensitive value)");
    assert_str(changed_with(old, new, (ReportOptions){.show_sensitive = true}), "\"old-secret\" -> \"new-secret\"");
}

// ---- along a schema ----

static const SchemaBlock *rule_block(void) {
    SchemaBuilder b = schema_builder(process);
    schema_add(&b, "note", type_string(process), ATTR_OPTIONAL);
    schema_add(&b, "port", type_number(process), ATTR_OPTIONAL);
    schema_add(&b, "proto", type_string(process), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static Value rule(const SchemaBlock *block, const char *note, int64_t port, const char *proto) {
    Value at[] = {value_string(arena, str_of(note)), value_int(port), value_string(arena, str_of(proto))};
    return value_object(arena, block->shape, at);
}

static void test_blocks_of_a_set_are_paired(void **state) {
    (void)state;
    const SchemaBlock *inner = rule_block();
    SchemaBuilder b = schema_builder(process);
    schema_add(&b, "id", type_string(process), ATTR_COMPUTED);
    schema_add_block(&b, "rule", NEST_SET, inner, 0, 0);
    const SchemaBlock *block = schema_finish(&b);
    Value old[] = {rule(inner, "web", 80, "tcp"), rule(inner, "dns", 53, "udp")};
    Value new[] = {rule(inner, "www", 80, "tcp"), rule(inner, "ntp", 123, "sctp")};
    Value id = value_string(arena, STR("i-1"));
    Value before = value_object(arena, block->shape, (Value[]){id, value_set(arena, inner->type, old, 2)});
    Value after = value_object(arena, block->shape, (Value[]){id, value_set(arena, inner->type, new, 2)});
    PathList replace = {0};
    vec_push(arena, &replace.list, path_attr(arena, (Path){NULL, 0}, name_of(process, STR("rule"))));
    Delta delta = delta_block(arena, change_of(arena, before, after, &replace), block);
    assert_str(drawn(delta, (ReportOptions){0}), "{\n"
                                                 "        id = \"i-1\"\n"
                                                 "\n"
                                                 "      - rule { # forces replacement\n"
                                                 "          - note  = \"dns\" -> null\n"
                                                 "          - port  = 53 -> null\n"
                                                 "          - proto = \"udp\" -> null\n"
                                                 "        }\n"
                                                 "      ~ rule { # forces replacement\n"
                                                 "          ~ note  = \"web\" -> \"www\"\n"
                                                 "            port  = 80\n"
                                                 "            proto = \"tcp\"\n"
                                                 "        }\n"
                                                 "      + rule { # forces replacement\n"
                                                 "          + note  = \"ntp\"\n"
                                                 "          + port  = 123\n"
                                                 "          + proto = \"sctp\"\n"
                                                 "        }\n"
                                                 "    }");
}

static void test_unknown_blocks_keep_what_goes(void **state) {
    (void)state;
    const SchemaBlock *inner = rule_block();
    SchemaBuilder b = schema_builder(process);
    schema_add_block(&b, "rule", NEST_LIST, inner, 0, 0);
    const SchemaBlock *block = schema_finish(&b);
    Value old[] = {rule(inner, "", 80, "tcp")};
    Value before = value_object(arena, block->shape, (Value[]){value_list(arena, inner->type, old, 1)});
    Value unknown = value_unknown(process, type_list(process, inner->type));
    Value after = value_object(arena, block->shape, (Value[]){unknown});
    assert_str(drawn(delta_block(arena, change_of(arena, before, after, NULL), block), (ReportOptions){0}),
               "{\n"
               "      - rule {\n"
               "          - port  = 80 -> null\n"
               "          - proto = \"tcp\" -> null\n"
               "        }\n"
               "      + rule (known after apply)\n"
               "    }");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_control_characters_are_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists_show_neighbours, setup, teardown),
        cmocka_unit_test_setup_teardown(test_objects_hide_what_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_texts_are_taken_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sensitive_values_are_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(test_blocks_of_a_set_are_paired, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_blocks_keep_what_goes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

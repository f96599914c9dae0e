#include "tests/harness/unit.h"

#include "engine/base/span.h"

static void assert_place(Process *process, Span span, const char *path, uint32_t line, uint32_t column) {
    SourcePos start;
    assert_true(source_pos(process, span, &start, NULL));
    assert_str(start.file->path, path);
    assert_int_equal(start.line, line);
    assert_int_equal(start.column, column);
}

static void places_are_found(void **state) {
    (void)state;
    Process *process = test_process();
    assert_null(source_find(process, (Span){1, 1}));
    const SourceFile *a = source_add(process, STR("a.infra"), STR("one\ntwo\n"));
    const SourceFile *empty = source_add(process, STR("empty.infra"), STR(""));
    const SourceFile *b = source_add(process, STR("b.infra"), STR("x"));
    assert_int_equal(a->base, 1);
    assert_place(process, (Span){a->base, 1}, "a.infra", 1, 1);
    assert_place(process, (Span){a->base + 5, 1}, "a.infra", 2, 2);
    assert_place(process, (Span){a->base + 7, 1}, "a.infra", 2, 4);
    assert_place(process, (Span){a->base + 8, 0}, "a.infra", 3, 1); // the end of the file is its own
    assert_place(process, (Span){empty->base, 0}, "empty.infra", 1, 1);
    assert_place(process, (Span){b->base + 1, 0}, "b.infra", 1, 2);
    assert_null(source_find(process, SPAN_NONE));
    assert_null(source_find(process, (Span){b->base + 2, 1}));
    assert_str(source_text(process, (Span){a->base + 4, 3}), "two");
    assert_str(source_text(process, (Span){a->base + 4, 999}), "two\n");
    SourcePos start, end;
    assert_true(source_pos(process, (Span){a->base + 1, 5}, &start, &end));
    assert_true(start.line == 1 && end.line == 2 && end.column == 3 && end.byte == 6);
    process_free(process);
}

static void columns_are_characters(void **state) {
    (void)state;
    Process *process = test_process();
    // BOM, e with a combining accent, a family of three (one cluster of 18 bytes), then z.
    Str text = STR("\xEF\xBB\xBF"
                   "e\xCC\x81\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7z");
    const SourceFile *f = source_add(process, STR("f"), text);
    assert_place(process, (Span){f->base, 0}, "f", 1, 1);
    assert_place(process, (Span){f->base + 3, 1}, "f", 1, 1);
    assert_place(process, (Span){f->base + 6, 1}, "f", 1, 2);
    assert_place(process, (Span){f->base + (uint32_t)text.n - 1, 1}, "f", 1, 3);
    process_free(process);
}

static void joins(void **state) {
    (void)state;
    Span s = span_join((Span){10, 2}, (Span){20, 5});
    assert_true(s.at == 10 && s.n == 15);
    assert_int_equal(span_join(SPAN_NONE, (Span){20, 5}).at, 20);
    assert_int_equal(span_join((Span){20, 5}, SPAN_NONE).n, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(columns_are_characters),
        cmocka_unit_test(joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/report/report.h"

typedef struct Sink {
    Buf text;
    size_t largest;
} Sink;

static void sink_write(void *ctx, Str bytes) {
    Sink *s = ctx;
    buf_add(&s->text, bytes);
    if (bytes.n > s->largest) s->largest = bytes.n;
}

static void test_long_texts_come_in_pieces(void **state) {
    (void)state;
    Sink sink = {0};
    Out out = {.write = sink_write, .ctx = &sink};
    Buf want = {0}, large = {0};
    buf_fill(&large, 'x', 100000);
    for (int i = 0; i < 5000; i++) {
        out_z(&out, "ab");
        buf_z(&want, "ab");
        if (i % 1000) continue;
        out_add(&out, buf_str(&large));
        buf_add(&want, buf_str(&large));
        out_format(&out, "%d", i);
        buf_format(&want, "%d", i);
    }
    out_add(&out, STR_NONE);
    out_close(&out);
    assert_true(str_eq(buf_str(&sink.text), buf_str(&want)));
    assert_true(sink.largest <= 16384);
    buf_free(&sink.text);
    buf_free(&want);
    buf_free(&large);
}

static void test_nothing_is_written_for_nothing(void **state) {
    (void)state;
    Sink sink = {0};
    Out out = {.write = sink_write, .ctx = &sink};
    out_flush(&out);
    out_z(&out, "");
    out_close(&out);
    assert_int_equal(sink.largest, 0);
    buf_free(&sink.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_texts_come_in_pieces),
        cmocka_unit_test(test_nothing_is_written_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

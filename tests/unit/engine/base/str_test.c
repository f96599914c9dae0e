#include "tests/harness/unit.h"

#include "engine/base/str.h"

#include <stdio.h>

static void compares_bytes_shorter_first(void **state) {
    (void)state;
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
    assert_true(str_starts(STR("abc"), STR("ab")) && str_ends(STR("abc"), STR("bc")));
    assert_false(str_starts(STR("a"), STR("ab")) || str_ends(STR("b"), STR("ab")));
    assert_true(str_starts(STR_NONE, STR_NONE) && str_ends(STR("x"), STR_NONE));
}

static void finds(void **state) {
    (void)state;
    assert_int_equal(str_find(STR("abcabd"), STR("abd")), 3);
    assert_int_equal(str_find(STR("ab"), STR("abd")), -1);
    assert_int_equal(str_find(STR_NONE, STR("")), 0);
    assert_int_equal(str_find_char(STR("a\0b"), 'b'), 2);
    assert_int_equal(str_find_char(STR_NONE, 'b'), -1);
    assert_str(str_slice(STR("abcdef"), 2, 4), "cd");
    assert_str(str_slice(STR("abc"), 2, 99), "c");
    assert_str(str_slice(STR("abc"), 5, 9), "");
    assert_str(str_trim(STR(" \t\r\n\v\fa b \n")), "a b");
    assert_str(str_trim(STR(" \n")), "");
}

static void cuts_pieces(void **state) {
    (void)state;
    Str rest = STR("a,,b"), piece;
    assert_true(str_next(&rest, ',', &piece));
    assert_str(piece, "a");
    assert_true(str_next(&rest, ',', &piece));
    assert_str(piece, "");
    assert_true(str_next(&rest, ',', &piece));
    assert_str(piece, "b");
    assert_false(str_next(&rest, ',', &piece));
    rest = STR("a,");
    assert_true(str_next(&rest, ',', &piece) && str_next(&rest, ',', &piece));
    assert_str(piece, "");
    assert_false(str_next(&rest, ',', &piece));
}

static void reads_integers_exactly(void **state) {
    (void)state;
    int64_t i;
    assert_true(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
    assert_true(str_to_i64(STR("+7"), &i) && i == 7);
    const char *bad[] = {"",   "-",   "+",   "9223372036854775808", "-9223372036854775809",
                         "1 ", "0x1", "1.0", "99999999999999999999"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) assert_false(str_to_i64(str_of(bad[k]), &i));
}

// Tables stay good only if like keys spread: low bits of numbered addresses are nearly all different.
static void hashes_spread(void **state) {
    (void)state;
    static unsigned char seen[1 << 16];
    unsigned filled = 0;
    char text[64];
    for (int i = 0; i < 1 << 16; i++) {
        int n = snprintf(text, sizeof text, "aws_subnet.private[%d]", i);
        uint64_t hash = str_hash((Str){text, (size_t)n});
        filled += !seen[hash & 0xFFFF];
        seen[hash & 0xFFFF] = 1;
    }
    assert_in_range(filled, 40000, 43000); // 1 - 1/e of 65536 is 41427
    assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));
    assert_true(str_hash(STR_NONE) == str_hash(STR("")));
}

static void buffers_grow_in_heap_and_arena(void **state) {
    (void)state;
    Process *process = test_process();
    Buf bufs[] = {{0}, buf_in(process->arena)};
    for (size_t k = 0; k < 2; k++) {
        Buf *b = &bufs[k];
        buf_format(b, "%s-%d", "a", 7);
        for (int i = 0; i < 1000; i++) buf_format(b, "%0100d", i);
        assert_int_equal(b->n, 3 + 1000 * 100);
        assert_int_equal(b->p[b->n], '\0');
        assert_memory_equal(b->p + 3 + 99900 + 97, "999", 4);
        buf_clear(b);
        buf_z(b, "x");
        buf_char(b, 'y');
        buf_fill(b, 'z', 3);
        buf_add(b, STR_NONE);
        assert_str(buf_str(b), "xyzzz");
        buf_free(b);
        assert_null(b->p);
    }
    assert_str(str_format(process->arena, "%d%%", 5), "5%");
    assert_str(str_concat(process->arena, STR("a"), STR_NONE), "a");
    assert_string_equal(str_to_z(process->arena, STR("abc")), "abc");
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_bytes_shorter_first),
        cmocka_unit_test(finds),
        cmocka_unit_test(cuts_pieces),
        cmocka_unit_test(reads_integers_exactly),
        cmocka_unit_test(hashes_spread),
        cmocka_unit_test(buffers_grow_in_heap_and_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/harness/unit.h"

#include "engine/base/utf8.h"

static void tells_valid_text(void **state) {
    (void)state;
    assert_int_equal(utf8_valid(STR("plain text, long enough for words")), 33);
    assert_int_equal(utf8_valid(STR("\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x91\xA8")), 9);
    assert_int_equal(utf8_valid(STR_NONE), 0);
    const struct {
        Str text;
        size_t valid;
    } bad[] = {
        {STR_INIT("12345678\x80"), 8},  // a continuation alone
        {STR_INIT("a\xC0\xAF"), 1},     // overlong
        {STR_INIT("a\xE0\x80\xAF"), 1}, // overlong
        {STR_INIT("a\xF0\x82\x82\xAC"), 1},
        {STR_INIT("a\xED\xA0\x80"), 1},     // a surrogate
        {STR_INIT("a\xF4\x90\x80\x80"), 1}, // over U+10FFFF
        {STR_INIT("a\xE6\xBC"), 1},         // cut short
        {STR_INIT("a\xC3("), 1},
        {STR_INIT("a\xFF"), 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(utf8_valid(bad[i].text), bad[i].valid);
}

static void decodes_what_it_encodes(void **state) {
    (void)state;
    const uint32_t codes[] = {0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    Buf out = {0};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        buf_clear(&out);
        utf8_encode(&out, codes[i]);
        uint32_t code;
        assert_int_equal(utf8_decode(buf_str(&out), &code), out.n);
        assert_int_equal(code, codes[i]);
    }
    buf_clear(&out);
    utf8_encode(&out, 0xD800);
    utf8_encode(&out, 0x110000);
    assert_str(buf_str(&out), "\xEF\xBF\xBD\xEF\xBF\xBD");
    buf_free(&out);
}

static void composes(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *a = process->arena;
    assert_str(utf8_nfc(a, STR("e\xCC\x81")), "\xC3\xA9");
    assert_str(utf8_nfc(a, STR("\xE2\x84\xAB")), "\xC3\x85");                             // the angstrom sign
    assert_str(utf8_nfc(a, STR("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB")), "\xED\x95\x9C"); // Hangul
    assert_str(utf8_nfc(a, STR("q\xCC\x87\xCC\xA3")), "q\xCC\xA3\xCC\x87");               // marks in their order
    assert_str(utf8_nfc(a, STR("a\xFF"
                               "b\xC3")),
               "a\xEF\xBF\xBD"
               "b\xEF\xBF\xBD");
    Str same[] = {STR("plain"), STR("\xC3\xA9"), STR("\xE6\xBC\xA2"), STR("q\xCC\xA3"), STR_NONE};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        Str nfc = utf8_nfc(a, same[i]);
        assert_ptr_equal(nfc.p, same[i].p);
        assert_int_equal(nfc.n, same[i].n);
    }
    process_free(process);
}

// Ordering marks is quadratic in their run; a long run must not be.
static void long_runs_of_marks_are_cut(void **state) {
    (void)state;
    Process *process = test_process();
    Buf text = buf_in(process->arena);
    buf_char(&text, 'a');
    for (int i = 0; i < 200000; i++) buf_z(&text, i % 2 ? "\xCC\xA3" : "\xCC\x87");
    Str nfc = utf8_nfc(process->arena, buf_str(&text));
    assert_true(nfc.n > text.n && str_find(nfc, STR("\xCD\x8F")) > 0);
    process_free(process);
}

#define FAMILY "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"
#define FLAGS "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7"

static void clusters_are_counted(void **state) {
    (void)state;
    assert_int_equal(utf8_grapheme_count(STR("abc")), 3);
    assert_int_equal(utf8_grapheme_count(STR("e\xCC\x81x")), 2);
    assert_int_equal(utf8_grapheme_count(STR(FAMILY "x")), 2);
    assert_int_equal(utf8_grapheme_count(STR(FLAGS)), 2);
    assert_int_equal(utf8_grapheme_count(STR("a\r\nb\n\r")), 5);
    assert_int_equal(utf8_grapheme_count(STR("\xFF\xFE")), 2);
    assert_int_equal(utf8_grapheme_count(STR_NONE), 0);
    assert_int_equal(utf8_grapheme(STR(FAMILY "x")), 18);
}

static void width_is_in_columns(void **state) {
    (void)state;
    assert_int_equal(utf8_width(STR("abc")), 3);
    assert_int_equal(utf8_width(STR("e\xCC\x81")), 1);
    assert_int_equal(utf8_width(STR("\xE6\xBC\xA2")), 2);
    assert_int_equal(utf8_width(STR(FAMILY)), 2);
    assert_int_equal(utf8_width(STR(FLAGS)), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_valid_text),
        cmocka_unit_test(decodes_what_it_encodes),
        cmocka_unit_test(composes),
        cmocka_unit_test(long_runs_of_marks_are_cut),
        cmocka_unit_test(clusters_are_counted),
        cmocka_unit_test(width_is_in_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

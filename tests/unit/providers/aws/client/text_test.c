#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/xml.h"

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = process_new();
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static void percent(void **state) {
    (void)state;
    Buf out = buf_in(arena);
    text_uri(&out, STR("a/b c~é*"), false);
    assert_string_equal(out.p, "a%2Fb%20c~%C3%A9%2A");
    assert_string_equal(text_uri_decode(arena, buf_str(&out)).p, "a/b c~é*");
    assert_string_equal(text_uri_decode(arena, STR("%zz%4")).p, "%zz%4");
}

static void base64(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Buf out = buf_in(arena);
        Str back;
        text_base64(&out, str_of(cases[i][0]));
        assert_true(str_eqz(buf_str(&out), cases[i][1]));
        assert_true(text_base64_decode(arena, str_of(cases[i][1]), &back));
        assert_true(str_eqz(back, cases[i][0]));
    }
    Str back;
    assert_true(text_base64_decode(arena, STR("Zm9v\n Yg"), &back)); // white space, no padding
    assert_true(str_eqz(back, "foob"));
    static const char *const bad[] = {"Z", "Zg=", "Zg==Zg==", "Z!==", "====", "Zm9vY==="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_base64_decode(arena, str_of(bad[i]), &back));
}

static void times(void **state) {
    (void)state;
    static const char *const same[] = {
        "2019-12-16T23:48:18Z",       "1576540098", "1576540098.0", "1.576540098E9", "Mon, 16 Dec 2019 23:48:18 GMT",
        " 2019-12-17T00:48:18+01:00 "};
    int64_t ns;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(text_time_parse(str_of(same[i]), &ns));
        assert_true(ns == INT64_C(1576540098) * NS_PER_S);
    }
    static const char *const bad[] = {"",    "yesterday",        "2019-13-16T23:48:18Z", "1e99",
                                      "nan", "Mon, 16 Dec 2019", "9223372036854775807"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(text_time_parse(str_of(bad[i]), &ns));
    Buf out = buf_in(arena);
    text_time(&out, AWS_TIME_UNIX, -1500 * NS_PER_MS);
    buf_char(&out, ' ');
    text_time(&out, AWS_TIME_UNIX, 1250 * NS_PER_MS);
    buf_char(&out, ' ');
    text_time(&out, AWS_TIME_RFC822, 0);
    assert_true(str_ends(buf_str(&out), STR(" 1.25 Thu, 01 Jan 1970 00:00:00 GMT")));
    assert_true(text_time_compact_parse(STR("20150830T123600Z"), &ns));
    buf_clear(&out);
    text_time_compact(&out, ns);
    assert_string_equal(out.p, "20150830T123600Z");
}

static void xml(void **state) {
    (void)state;
    const XmlNode *root =
        xml_parse(arena, STR("<a:x xmlns:a='u' k='v'>\n <b>1 &lt; 2</b><b><![CDATA[<raw>]]></b></a:x>"));
    assert_true(str_eqz(root->name, "x"));
    assert_int_equal(root->attribute_count, 2);
    assert_true(str_eqz(xml_text(root, "b"), "1 < 2"));
    assert_true(str_eqz(root->first->next->text, "<raw>"));
    assert_null(xml_parse(arena, STR("<a><b></a>")));
    assert_null(xml_parse(arena, STR("")));
    assert_null(xml_parse(arena, STR("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")));
    Buf deep = buf_in(arena);
    for (int i = 0; i < 100000; i++) buf_z(&deep, "<a>");
    assert_null(xml_parse(arena, buf_str(&deep)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(percent, setup, teardown),
        cmocka_unit_test_setup_teardown(base64, setup, teardown),
        cmocka_unit_test_setup_teardown(times, setup, teardown),
        cmocka_unit_test_setup_teardown(xml, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

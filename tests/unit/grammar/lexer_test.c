#include "tests/harness/unit.h"

#include "grammar/lexer.h"

#include <stdlib.h>
#include <string.h>

// The kinds of a text's tokens as letters, one each: see the table below.
static const char *lexed(const char *text, LexMode mode) {
    static char out[256];
    static const char letters[TOKEN_COUNT] = {
        [TOKEN_END] = '$',
        [TOKEN_NEWLINE] = 'n',
        [TOKEN_COMMENT] = '#',
        [TOKEN_IDENT] = 'i',
        [TOKEN_FOR] = 'F',
        [TOKEN_IN] = 'I',
        [TOKEN_NUMBER] = '1',
        [TOKEN_QUOTE_OPEN] = '"',
        [TOKEN_QUOTE_CLOSE] = '\'',
        [TOKEN_HEREDOC_OPEN] = 'H',
        [TOKEN_HEREDOC_CLOSE] = 'h',
        [TOKEN_TEXT] = 't',
        [TOKEN_QUOTED_TEXT] = 'q',
        [TOKEN_LBRACE] = '{',
        [TOKEN_RBRACE] = '}',
        [TOKEN_INVALID] = '!',
        [TOKEN_BAD_UTF8] = '8',
        [TOKEN_SEQUENCE_CLOSE] = ')',
        [TOKEN_DOT] = '.',
        [TOKEN_ELLIPSIS] = 'e',
        [TOKEN_INTERPOLATION_OPEN] = '(',
        [TOKEN_ASSIGN] = '=',
        [TOKEN_MINUS] = '-',
        [TOKEN_DIRECTIVE_OPEN] = '%',
        [TOKEN_BROKEN_COMMENT] = 'c',
        [TOKEN_QUOTED_NEWLINE] = 'N',
        [TOKEN_QUOTE_BROKEN] = 'B',
        [TOKEN_TOO_DEEP] = 'D',
    };
    SourceFile file = {.path = STR_INIT("x"), .text = str_of(text), .base = 1};
    Lexer lexer;
    lexer_init(&lexer, &file, (Span){1, (uint32_t)file.text.n}, mode);
    size_t n = 0;
    for (Token token; n < sizeof out - 1;) {
        token = lexer_next(&lexer);
        if (token.kind == TOKEN_END) break;
        assert_true(token.text.n == token.span.n && token.text.p == text + token.span.at - 1);
        out[n++] = letters[token.kind] ? letters[token.kind] : '?';
    }
    assert_int_equal(lexer_next(&lexer).kind, TOKEN_END);
    lexer_free(&lexer);
    out[n] = 0;
    return out;
}

#define assert_lexed(text, want) assert_string_equal(lexed(text, LEX_CODE), want)

static void cuts_words_and_numbers(void **state) {
    (void)state;
    assert_lexed("a-b _c for format in if1", "iiFiIi");
    assert_lexed("1 1.5 1e5 1.5e-3 1... 1.e5 1.x", "11111e1"
                                                   "1.i");
    assert_lexed("a.0.1", "i.1");
    assert_lexed("größe \xE5\x90\x8D a\xC2\xB7", "iii");
    assert_lexed("0x1 1_0", "1i1i");
    assert_lexed("", "");
}

static void cuts_comments_and_lines(void **state) {
    (void)state;
    assert_lexed("# a\r\nb // c\n/* d\n */ e", "#ni#n#i");
    assert_lexed("/* a", "c");
    assert_lexed("/**/a/***/", "#i#");
    assert_lexed("\xEF\xBB\xBF"
                 "a",
                 "i");
    assert_lexed("a\xEF\xBB\xBF", "i!");
    assert_lexed("\r", "!");
}

static void follows_templates(void **state) {
    (void)state;
    assert_lexed("\"a${b}c\"", "\"q(i)q'");
    assert_lexed("\"${ {} }\"}", "\"({})'}");
    assert_lexed("\"${\"${a}\"}\"", "\"(\"(i)')'");
    assert_lexed("\"$${a} %%{b} $ %\"", "\"qqqq'");
    assert_lexed("\"\\\"${a~}\"", "\"q(i)'");
    assert_lexed("<<E\na\n ${b} E\nE\nc", "Htt(i)thni");
    assert_lexed("<<-E\r\n\tE\r\n", "Hhn");
    assert_lexed("<<E x", "??ii");
    assert_string_equal(lexed("a\n%{if b}$", LEX_TEMPLATE), "t%?i)t");
}

static void a_string_stops_at_its_line_unless_it_goes_on(void **state) {
    (void)state;
    assert_lexed("a = \"b\nc = 1\n", "i=\"qBi=1n");
    assert_lexed("a = \"b\nc\"\nd = 1\n", "i=\"qNq'ni=1n");
    assert_lexed("a = \"b\nsome words\nc\"\n", "i=\"qNqNq'n");
    assert_lexed("a = \"${ f(\"b\nc = 1\n", "i=\"(i?\"qBi=1n");
    assert_lexed("<<E\n${\"a\nb\nE\n", "H(\"qBthn");
}

static void refuses_what_is_not_utf8(void **state) {
    (void)state;
    assert_lexed("\xFF", "8");
    assert_lexed("# \xFF\n", "#n");
    assert_lexed("\"a\xFF\"", "\"8'");
    assert_lexed("\xE2\x80\x9C", "!");
}

static void stops_at_the_deepest_template(void **state) {
    (void)state;
    char *text = malloc(LIMIT_SYNTAX_DEPTH * 6 + 1);
    for (size_t i = 0; i < LIMIT_SYNTAX_DEPTH * 2; i++) memcpy(text + i * 3, "\"${", 3);
    text[LIMIT_SYNTAX_DEPTH * 6] = 0;
    SourceFile file = {.path = STR_INIT("x"), .text = str_of(text), .base = 1};
    Lexer lexer;
    lexer_init(&lexer, &file, (Span){1, (uint32_t)file.text.n}, LEX_CODE);
    bool deep = false;
    for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer))
        deep = deep || token.kind == TOKEN_TOO_DEEP;
    assert_true(deep);
    lexer_free(&lexer);
    free(text);
}

static void knows_identifiers(void **state) {
    (void)state;
    assert_true(lexer_is_identifier(STR("a-b_1")) && lexer_is_identifier(STR("for")));
    assert_false(lexer_is_identifier(STR("1a")) || lexer_is_identifier(STR("")) || lexer_is_identifier(STR("a ")));
    assert_false(lexer_is_identifier(STR("a.b")) || lexer_is_identifier(STR("-a")) || lexer_is_identifier(STR(" a")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_words_and_numbers),   cmocka_unit_test(cuts_comments_and_lines),
        cmocka_unit_test(follows_templates),        cmocka_unit_test(a_string_stops_at_its_line_unless_it_goes_on),
        cmocka_unit_test(refuses_what_is_not_utf8), cmocka_unit_test(stops_at_the_deepest_template),
        cmocka_unit_test(knows_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

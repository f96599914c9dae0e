// The text need not end in NUL (a mapped file, a slice), so every byte is read through a bounds check.
#include "engine/value/json_lexer.h"

JsonLex json_lex(Str text, size_t *at, size_t *start) {
    const unsigned char *p = (const unsigned char *)text.p;
    size_t n = text.n, i = *at, backup = i;
    unsigned char c;
    JsonLex token;
again:
    *start = i;
    /*!re2c
        re2c:flags:input = custom;
        re2c:api:style = free-form;
        re2c:yyfill:enable = 0;
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYPEEK = "(i < n ? p[i] : 0)";
        re2c:define:YYSKIP = "i++;";
        re2c:define:YYBACKUP = "backup = i;";
        re2c:define:YYRESTORE = "i = backup;";
        re2c:variable:yych = c;
        re2c:yych:emit = 0;

        integer  = "-"? ("0" | [1-9][0-9]*);
        fraction = "." [0-9]+;
        exponent = [eE] [+-]? [0-9]+;

        [ \t\r\n]+                   { goto again; }
        ["]                          { token = LEX_QUOTE; goto done; }
        ","                          { token = LEX_COMMA; goto done; }
        ":"                          { token = LEX_COLON; goto done; }
        "{"                          { token = LEX_OBJECT_OPEN; goto done; }
        "}"                          { token = LEX_OBJECT_CLOSE; goto done; }
        "["                          { token = LEX_ARRAY_OPEN; goto done; }
        "]"                          { token = LEX_ARRAY_CLOSE; goto done; }
        integer fraction? exponent?  { token = LEX_NUMBER; goto done; }
        "true"                       { token = LEX_TRUE; goto done; }
        "false"                      { token = LEX_FALSE; goto done; }
        "null"                       { token = LEX_NULL; goto done; }
        "\x00"                       { token = *start >= n ? LEX_END : LEX_BAD; goto done; }
        *                            { token = LEX_BAD; goto done; }
    */
done:
    *at = i < n ? i : n;
    return token;
}

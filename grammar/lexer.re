// The scanner's rules. See lexer.h for the modes and token.h for the tokens.
// Facts: UAX #31 for identifiers, the HCL native syntax specification for the rest.
#include "grammar/lexer.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/utf8.h"
#include "grammar/space.h"

/*!include:re2c "unicode_categories.re" */

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = at;
    re2c:define:YYLIMIT = end;
    re2c:define:YYMARKER = mark;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;
    re2c:encoding:utf8 = 1;
    re2c:indent:string = "    ";

    digit = [0-9];
    // A dot only counts inside, so that 1...  is a number and an ellipsis.
    number = digit ("."* (digit | [eE] [+-]? digit))*;
    // Other_ID_Start and Other_ID_Continue are the characters that Unicode keeps for stability.
    id_start = L | Nl | [_\u1885\u1886\u2118\u212e\u309b\u309c];
    id_continue = id_start | Mn | Mc | Nd | Pc | [-\u00b7\u0387\u1369-\u1371\u19da];
    identifier = id_start id_continue*;
    newline = "\r"? "\n";
*/

static Token lexer_token(const Lexer *lexer, TokenKind kind, const unsigned char *from, const unsigned char *to) {
    size_t offset = lexer->offset + (size_t)((const char *)from - lexer->copy);
    size_t n = (size_t)(to - from);
    Span span = {lexer->file->base + (uint32_t)offset, (uint32_t)n};
    return (Token){kind, span, n ? str_make(lexer->file->text.p + offset, n) : STR_NONE};
}

static LexLevel *lexer_top(Lexer *lexer) { return &lexer->levels[lexer->depth - 1]; }

// False when the stack is full; the caller then gives TOKEN_TOO_DEEP.
static bool lexer_push(Lexer *lexer, LexMode mode, Str marker) {
    if (lexer->depth == sizeof lexer->levels / sizeof lexer->levels[0]) return false;
    lexer->levels[lexer->depth++] = (LexLevel){(uint8_t)mode, true, 0, marker};
    return true;
}

static void lexer_pop(Lexer *lexer) {
    assert(lexer->depth > 1);
    lexer->depth--;
}

void lexer_init(Lexer *lexer, const SourceFile *file, Span part, LexMode mode) {
    size_t offset = part.at - file->base, n = part.n;
    assert(offset + n <= file->text.n);
    if (offset == 0 && n >= 3 && memcmp(file->text.p, "\xEF\xBB\xBF", 3) == 0) offset = 3, n -= 3;
    lexer->file = file;
    lexer->copy = malloc(n + 1);
    if (!lexer->copy) abort();
    if (n) memcpy(lexer->copy, file->text.p + offset, n);
    lexer->copy[n] = 0;
    lexer->cursor = lexer->copy;
    lexer->limit = lexer->copy + n;
    lexer->offset = (uint32_t)offset;
    lexer->valid = utf8_valid(str_make(lexer->copy, n)) == n;
    lexer->depth = 0;
    lexer_push(lexer, mode, STR_NONE);
}

void lexer_free(Lexer *lexer) {
    free(lexer->copy);
    lexer->copy = NULL;
}

// An opening brace, quote, heredoc or sequence: a new level, or a brace counted.
static Token lexer_open(Lexer *lexer, TokenKind kind, const unsigned char *from, const unsigned char *to) {
    bool room = true;
    if (kind == TOKEN_LBRACE) {
        lexer_top(lexer)->braces++;
    } else if (kind == TOKEN_QUOTE_OPEN) {
        room = lexer_push(lexer, LEX_QUOTED, STR_NONE);
    } else if (kind == TOKEN_HEREDOC_OPEN) {
        Str marker = str_trim(str_make((const char *)from + 2, (size_t)(to - from) - 2));
        if (marker.p[0] == '-') marker = str_slice(marker, 1, marker.n);
        room = lexer_push(lexer, LEX_HEREDOC, marker);
    } else {
        lexer_top(lexer)->line_start = false;
        room = lexer_push(lexer, LEX_CODE, STR_NONE);
    }
    return lexer_token(lexer, room ? kind : TOKEN_TOO_DEEP, from, to);
}

// A closing brace ends a template sequence when it matches no brace inside it.
static Token lexer_close_brace(Lexer *lexer, const unsigned char *from, const unsigned char *to) {
    LexLevel *level = lexer_top(lexer);
    if (level->braces == 0 && lexer->depth > 1) {
        lexer_pop(lexer);
        return lexer_token(lexer, TOKEN_SEQUENCE_CLOSE, from, to);
    }
    if (level->braces > 0) level->braces--;
    // "~}" for a plain brace: the parser finds the sequence's end out of place.
    return lexer_token(lexer, to - from == 2 ? TOKEN_SEQUENCE_CLOSE : TOKEN_RBRACE, from, to);
}

// `mark` is where re2c's longest match so far ended, `start` the token's first byte.
static Token lexer_code(Lexer *lexer) {
    const unsigned char *at = (const unsigned char *)lexer->cursor, *end = (const unsigned char *)lexer->limit;
    const unsigned char *start, *mark;
    TokenKind kind;
scan:
    start = at;
    /*!re2c
        [ \t]+          { goto scan; }
        $               { kind = TOKEN_END; goto done; }
        newline         { kind = TOKEN_NEWLINE; goto done; }
        "#" | "//"      { goto line_comment; }
        "/*"            { goto block_comment; }

        "for"           { kind = TOKEN_FOR; goto done; }
        "in"            { kind = TOKEN_IN; goto done; }
        "if"            { kind = TOKEN_IF; goto done; }
        "else"          { kind = TOKEN_ELSE; goto done; }
        "endif"         { kind = TOKEN_ENDIF; goto done; }
        "endfor"        { kind = TOKEN_ENDFOR; goto done; }
        identifier      { kind = TOKEN_IDENT; goto done; }
        number          { kind = TOKEN_NUMBER; goto done; }

        "["             { kind = TOKEN_LBRACKET; goto done; }
        "]"             { kind = TOKEN_RBRACKET; goto done; }
        "("             { kind = TOKEN_LPAREN; goto done; }
        ")"             { kind = TOKEN_RPAREN; goto done; }
        "."             { kind = TOKEN_DOT; goto done; }
        ","             { kind = TOKEN_COMMA; goto done; }
        ":"             { kind = TOKEN_COLON; goto done; }
        "::"            { kind = TOKEN_DOUBLE_COLON; goto done; }
        "..."           { kind = TOKEN_ELLIPSIS; goto done; }
        "?"             { kind = TOKEN_QUESTION; goto done; }
        "="             { kind = TOKEN_ASSIGN; goto done; }
        "=>"            { kind = TOKEN_FAT_ARROW; goto done; }
        "||"            { kind = TOKEN_OR; goto done; }
        "&&"            { kind = TOKEN_AND; goto done; }
        "=="            { kind = TOKEN_EQUAL; goto done; }
        "!="            { kind = TOKEN_NOT_EQUAL; goto done; }
        "<"             { kind = TOKEN_LESS; goto done; }
        "<="            { kind = TOKEN_LESS_EQUAL; goto done; }
        ">"             { kind = TOKEN_GREATER; goto done; }
        ">="            { kind = TOKEN_GREATER_EQUAL; goto done; }
        "+"             { kind = TOKEN_PLUS; goto done; }
        "-"             { kind = TOKEN_MINUS; goto done; }
        "*"             { kind = TOKEN_STAR; goto done; }
        "/"             { kind = TOKEN_SLASH; goto done; }
        "%"             { kind = TOKEN_PERCENT; goto done; }
        "!"             { kind = TOKEN_NOT; goto done; }

        "{"             { kind = TOKEN_LBRACE; goto open; }
        ["]             { kind = TOKEN_QUOTE_OPEN; goto open; }
        "<<" "-"? identifier newline { kind = TOKEN_HEREDOC_OPEN; goto open; }
        "~"? "}"        { lexer->cursor = (const char *)at; return lexer_close_brace(lexer, start, at); }

        [^]             { kind = TOKEN_INVALID; goto done; }
        *               { kind = TOKEN_BAD_UTF8; goto done; }
    */
line_comment:
    kind = TOKEN_COMMENT;
    at = memchr(at, '\n', (size_t)(end - at));
    if (!at) at = end;
    else if (at[-1] == '\r') at--;
    goto done;
block_comment:
    kind = TOKEN_COMMENT;
    at = memmem(at, (size_t)(end - at), "*/", 2);
    if (!at) at = end, kind = TOKEN_BROKEN_COMMENT;
    else at += 2;
    goto done;
open:
    lexer->cursor = (const char *)at;
    return lexer_open(lexer, kind, start, at);
done:
    lexer->cursor = (const char *)at;
    return lexer_token(lexer, kind, start, at);
}

// Whether a line without quotes looks like configuration, not like text: empty, a brace, or a name with = or { after it.
static bool lexer_is_item(Str line) {
    line = str_trim(line);
    if (line.n == 0 || line.p[0] == '}' || line.p[line.n - 1] == '{') return true;
    size_t at = 0;
    while (at < line.n && line.p[at] != ' ' && line.p[at] != '\t' && line.p[at] != '=') at++;
    Str rest = str_trim(str_slice(line, at, line.n));
    return rest.n > 1 && rest.p[0] == '=' && rest.p[1] != '=';
}

// Whether what follows a line break inside quotes looks like the rest of the string: the next line with quotes has one
// without a partner, and what lies between does not look like configuration.
static bool lexer_quote_goes_on(const unsigned char *at, const unsigned char *end) {
    for (int line = 0; line < 16 && at < end; line++) {
        const unsigned char *start = at;
        unsigned quotes = 0;
        for (; at < end && *at != '\n'; at++) {
            if (*at == '\\' && at + 1 < end && at[1] != '\n') at++;
            else if (*at == '"') quotes++;
        }
        if (quotes) return quotes % 2;
        if (lexer_is_item(str_make((const char *)start, (size_t)(at - start)))) return false;
        if (at < end) at++;
    }
    return false;
}

// A line break inside quotes. When the string ends here so does every template up to the heredoc or the code around.
static Token lexer_quoted_newline(Lexer *lexer, const unsigned char *from, const unsigned char *to) {
    lexer->cursor = (const char *)to;
    if (lexer_quote_goes_on(to, (const unsigned char *)lexer->limit))
        return lexer_token(lexer, TOKEN_QUOTED_NEWLINE, from, to);
    while (lexer->depth > 1 && lexer_top(lexer)->mode != LEX_HEREDOC && lexer_top(lexer)->mode != LEX_TEMPLATE)
        lexer_pop(lexer);
    lexer_top(lexer)->line_start = true;
    return lexer_token(lexer, TOKEN_QUOTE_BROKEN, from, to);
}

// Text is UTF-8 or reported as such; checked only when the input as a whole is not valid.
static Token lexer_text(const Lexer *lexer, TokenKind kind, const unsigned char *from, const unsigned char *to) {
    Token token = lexer_token(lexer, kind, from, to);
    size_t good = lexer->valid ? token.text.n : utf8_valid(token.text);
    if (good == token.text.n) return token;
    return lexer_token(lexer, TOKEN_BAD_UTF8, from + good, from + good + 1);
}

static Token lexer_quoted(Lexer *lexer) {
    const unsigned char *at = (const unsigned char *)lexer->cursor, *end = (const unsigned char *)lexer->limit;
    const unsigned char *start = at, *mark;
    /*!re2c
        re2c:encoding:utf8 = 0;
        $               { return lexer_token(lexer, TOKEN_END, start, start); }
        ["]             {
            lexer->cursor = (const char *)at;
            lexer_pop(lexer);
            return lexer_token(lexer, TOKEN_QUOTE_CLOSE, start, at);
        }
        "$" "{" "~"?    { lexer->cursor = (const char *)at; return lexer_open(lexer, TOKEN_INTERPOLATION_OPEN, start, at); }
        "%" "{" "~"?    { lexer->cursor = (const char *)at; return lexer_open(lexer, TOKEN_DIRECTIVE_OPEN, start, at); }
        [\r\n]+         { return lexer_quoted_newline(lexer, start, at); }
        ([^"\\$%\r\n] | "\\" [^\r\n] | "$${" | "%%{")+ { goto text; }
        *               { goto text; } // a lone $, % or backslash
    */
text:
    lexer->cursor = (const char *)at;
    return lexer_text(lexer, TOKEN_QUOTED_TEXT, start, at);
}

// The heredoc's end marker alone on the line: its token, leaving the line break; else kind is TOKEN_TEXT.
static Token lexer_heredoc_end(Lexer *lexer) {
    const char *from = lexer->cursor;
    const char *eol = memchr(from, '\n', (size_t)(lexer->limit - from));
    Token none = {.kind = TOKEN_TEXT};
    if (!eol) return none;
    Str line = space_trim_right(space_trim_left(str_make(from, (size_t)(eol - from))));
    if (!str_eq(line, lexer_top(lexer)->marker)) return none;
    if (eol > from && eol[-1] == '\r') eol--;
    lexer->cursor = eol;
    lexer_pop(lexer);
    return lexer_token(lexer, TOKEN_HEREDOC_CLOSE, (const unsigned char *)from, (const unsigned char *)eol);
}

// Heredoc and bare template text: one token a line, or less where a sequence starts.
static Token lexer_lines(Lexer *lexer) {
    LexLevel *level = lexer_top(lexer);
    if (level->mode == LEX_HEREDOC && level->line_start) {
        Token close = lexer_heredoc_end(lexer);
        if (close.kind == TOKEN_HEREDOC_CLOSE) return close;
    }
    const unsigned char *at = (const unsigned char *)lexer->cursor, *end = (const unsigned char *)lexer->limit;
    const unsigned char *start = at, *mark;
    /*!re2c
        re2c:encoding:utf8 = 0;
        $               { return lexer_token(lexer, TOKEN_END, start, start); }
        "$" "{" "~"?    { lexer->cursor = (const char *)at; return lexer_open(lexer, TOKEN_INTERPOLATION_OPEN, start, at); }
        "%" "{" "~"?    { lexer->cursor = (const char *)at; return lexer_open(lexer, TOKEN_DIRECTIVE_OPEN, start, at); }
        ([^$%\n] | "$${" | "%%{")* "\n" { goto text; }
        ([^$%\n] | "$${" | "%%{")+      { goto text; }
        // A lone $ or %, with the last character of the line where that comes next: what strip markers see.
        [$%] [^{] "\n"  { at--; goto text; }
        *               { goto text; }
    */
text:
    level->line_start = at[-1] == '\n';
    lexer->cursor = (const char *)at;
    return lexer_text(lexer, TOKEN_TEXT, start, at);
}

Token lexer_next(Lexer *lexer) {
    switch ((LexMode)lexer_top(lexer)->mode) {
    case LEX_CODE: return lexer_code(lexer);
    case LEX_QUOTED: return lexer_quoted(lexer);
    case LEX_HEREDOC:
    case LEX_TEMPLATE: return lexer_lines(lexer);
    }
    abort();
}

bool lexer_is_identifier(Str text) {
    SourceFile file = {.path = STR("name"), .text = text, .base = 1};
    Lexer lexer;
    lexer_init(&lexer, &file, (Span){1, (uint32_t)text.n}, LEX_CODE);
    Token token = lexer_next(&lexer);
    lexer_free(&lexer);
    return token.kind >= TOKEN_IDENT && token.kind <= TOKEN_ENDFOR && token.text.n == text.n;
}

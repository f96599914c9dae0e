// The scanner: bytes to tokens (token.h). The formatter and the parser both read it.
//
// It keeps a stack of modes: code, quoted text, heredoc text, bare template text. Inside a template sequence it is in
// code again until the matching brace. A quoted string that meets the end of its line either goes on
// (QUOTED_NEWLINE) or, when the next lines do not look like the rest of it, ends there (QUOTE_BROKEN) together with
// every template that it is part of on that line, so that one missing quote does not turn the rest of the file around.
//
// The input is copied once into a buffer with a NUL behind it; token texts point into the source file itself.
#ifndef INFRA_GRAMMAR_LEXER_H
#define INFRA_GRAMMAR_LEXER_H

#include "engine/base/limits.h"
#include "grammar/token.h"

typedef enum LexMode { LEX_CODE, LEX_QUOTED, LEX_HEREDOC, LEX_TEMPLATE } LexMode;

typedef struct LexLevel {
    uint8_t mode;    // LexMode
    bool line_start; // LEX_HEREDOC: the next text starts a line, so it may be the end marker
    uint32_t braces; // LEX_CODE: open braces of its own
    Str marker;      // LEX_HEREDOC: into the copy
} LexLevel;

typedef struct Lexer {
    const SourceFile *file;
    char *copy;
    const char *cursor, *limit;
    uint32_t offset; // of the copy within the file
    bool valid;      // all of the input is UTF-8
    uint32_t depth;
    LexLevel levels[2 * LIMIT_SYNTAX_DEPTH + 2];
} Lexer;

// `mode` is LEX_CODE or LEX_TEMPLATE. A BOM at the start of the file is skipped.
void lexer_init(Lexer *lexer, const SourceFile *file, Span part, LexMode mode);
void lexer_free(Lexer *lexer);
// The next token; at the end TOKEN_END, again and again. Spaces are skipped, nothing else is.
Token lexer_next(Lexer *lexer);
// Whether the text is one identifier and nothing else.
bool lexer_is_identifier(Str text);

#endif

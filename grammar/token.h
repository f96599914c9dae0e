// Tokens of the native syntax; tokens.def lists them. The scanner keeps a stack of modes (normal, template, heredoc),
// so that strings arrive as QUOTE_OPEN, QUOTED_TEXT, INTERPOLATION_OPEN …, and heredocs as HEREDOC_OPEN, one TEXT a
// line …; newlines are tokens, and whether they count is known to the tracker between scanner and parser (they are
// dropped inside brackets and parentheses). Comments are tokens too, for the formatter; the parser never sees them.
#ifndef INFRA_GRAMMAR_TOKEN_H
#define INFRA_GRAMMAR_TOKEN_H

#include "engine/base/span.h"

typedef enum TokenKind {
#define TOKEN(name, text) TOKEN_##name,
#include "grammar/tokens.def"
#undef TOKEN
    TOKEN_COUNT
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Span span;
    Str text; // as written
} Token;

#endif

// The tokens of JSON. Only for the sources of this folder.
#ifndef INFRA_VALUE_JSON_LEXER_H
#define INFRA_VALUE_JSON_LEXER_H

#include "engine/base/str.h"

typedef enum JsonLex {
    LEX_BAD,
    LEX_END,
    LEX_QUOTE, // the string itself is scanned by its reader
    LEX_NUMBER,
    LEX_TRUE,
    LEX_FALSE,
    LEX_NULL,
    LEX_OBJECT_OPEN,
    LEX_OBJECT_CLOSE,
    LEX_ARRAY_OPEN,
    LEX_ARRAY_CLOSE,
    LEX_COMMA,
    LEX_COLON,
} JsonLex;

// The next token from *at on, after white space: text.p[*start, *at).
JsonLex json_lex(Str text, size_t *at, size_t *start);

#endif

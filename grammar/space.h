// White space by Unicode's property, as strip markers, heredoc flushing and the end markers of heredocs see it.
#ifndef INFRA_GRAMMAR_SPACE_H
#define INFRA_GRAMMAR_SPACE_H

#include "engine/base/str.h"

// Bytes of white space at the start.
size_t space_leading(Str s);
Str space_trim_left(Str s);
Str space_trim_right(Str s);

#endif

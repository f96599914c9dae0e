// Quoted strings as Go writes them (plans and diagnostics of the peer do); render.h has those of the language.
#ifndef INFRA_VALUE_QUOTE_H
#define INFRA_VALUE_QUOTE_H

#include "engine/base/str.h"

// As Go's strconv.Quote: "a\nb", escapes for what cannot be printed.
void quote_go(Str s, Buf *out);

#endif

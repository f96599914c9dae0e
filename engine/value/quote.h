// Quoted strings. Only for the sources of this folder; render.h has the public ones.
#ifndef INFRA_VALUE_QUOTE_H
#define INFRA_VALUE_QUOTE_H

#include "engine/base/str.h"

// As Go's strconv.Quote: "a\nb", escapes for what cannot be printed.
void quote_go(Str s, Buf *out);

#endif

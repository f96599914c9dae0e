// What a text that may go on is sure to begin with.
#ifndef INFRA_EVAL_PREFIX_H
#define INFRA_EVAL_PREFIX_H

#include "engine/value/value.h"

// An unknown string, not null, that begins with text: without its last grapheme cluster, which what follows might
// combine with, unless that is a mark that combines with nothing.
Value prefix_unknown(Arena *arena, Str text);
// The same where text is known to end in a whole character.
Value prefix_unknown_full(Arena *arena, Str text);

#endif

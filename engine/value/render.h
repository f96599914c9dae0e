// Values as people read them: `infra console`, `output`, diagnostics.
#ifndef INFRA_VALUE_RENDER_H
#define INFRA_VALUE_RENDER_H

#include "engine/value/value.h"

// As `tofu console` prints: multi-line with two spaces per level; toset([...]), tomap({...}), tolist([...]) where the
// kind does not show; heredocs for strings with newlines; "(sensitive value)", "(known after apply)".
void render_value(Process *p, Value v, uint32_t indent, Buf *out);
// "is \"abc\"", "is list of string with 3 elements", "is true", "will be known only after apply":
// what a diagnostic says an expression was.
void render_statement(Process *p, Value v, Buf *out);
// The same, for a diagnostic that is or is not about unknown values, or about secret ones: what would mislead there is
// left out. False when there is nothing to say.
bool render_statement_for(Process *p, Value v, bool about_unknown, bool about_secret, Buf *out);
// A quoted HCL string literal: escapes, ${ and %{ doubled.
void render_string(Str s, Buf *out);

#endif

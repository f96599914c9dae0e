// What to say about a token that does not fit, from what was being written (tracker.h). One error each.
#ifndef INFRA_GRAMMAR_EXPLAIN_H
#define INFRA_GRAMMAR_EXPLAIN_H

#include "engine/base/diag.h"
#include "grammar/tracker.h"

// The tracker has not seen the token yet.
void explain_token(Diags *diags, const Tracker *tracker, Token token);
// The nesting limit is reached.
void explain_depth(Diags *diags, Token token);

#endif

// The machine that Lemon makes from grammar.y, and the two functions added to it there.
#ifndef INFRA_GRAMMAR_MACHINE_H
#define INFRA_GRAMMAR_MACHINE_H

#include "engine/base/limits.h"
#include "grammar/token.h"

// Symbols on the machine's stack. Nesting takes about a dozen each; signs and conditions in a row add to it.
#define GRAMMAR_STACK (LIMIT_SYNTAX_DEPTH * 16)

typedef struct Build Build;

void *GrammarAlloc(void *(*allocate)(size_t), Build *build);
void GrammarFree(void *machine, void (*release)(void *));
void Grammar(void *machine, int kind, Token token);
// Takes symbols off the stack until TOKEN_RECOVER fits. False when it fits nowhere.
bool grammar_recover(void *machine);
// Symbols on the stack.
size_t grammar_depth(const void *machine);

#endif

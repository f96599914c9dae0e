// The providers that a configuration needs, and who needs them.
#ifndef INFRA_CLI_REQUIREMENTS_H
#define INFRA_CLI_REQUIREMENTS_H

#include "engine/cli/session.h"

typedef struct Requirement {
    Str address;
    Str constraint; // of the first module that has one, "" for none
    Str users;      // "aws_vpc.a, aws_vpc.b and 3 more"; "" when only declared
    Span span;      // of the first user, else of the declaration
    uint32_t n;     // users
} Requirement;

typedef struct Requirements {
    VEC(Requirement) list; // in order of appearance
} Requirements;

void requirements_find(Session *s, Requirements *out);
void requirements_of(Session *s, const ModuleNode *module, Requirements *out); // of this module alone
// Every one has a plugin; those that have none are reported with who needs them.
bool requirements_check(Session *s);

#endif

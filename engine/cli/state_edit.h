// Editing entries of the state: what state mv, rm, replace-provider, taint and untaint share.
#ifndef INFRA_CLI_STATE_EDIT_H
#define INFRA_CLI_STATE_EDIT_H

#include "engine/cli/session.h"

// The backend of the configuration, its state locked for writing.
bool state_edit_open(Session *s, const char *operation);
void state_edit_options(Session *s, OptionSet *set);
bool state_edit_parse(Session *s, const char *text, Address *out);
// The module part of an address as the state writes it: "module.a[\"x\"].module.b".
Str state_edit_module(Arena *arena, const Address *a);

typedef struct StateMatch {
    StateResource *resource;
    InstanceKey key;
} StateMatch;
typedef struct StateMatches {
    VEC(StateMatch) list;
} StateMatches;
// Instances that the address covers, in state order. Resources must not be edited while it is used.
void state_edit_find(Session *s, const Address *a, StateMatches *out);
// The one instance that the address names; NULL after a diagnostic (quiet: without one when there is none).
StateObject *state_edit_one(Session *s, const Address *a, const char *text, bool quiet);

#endif

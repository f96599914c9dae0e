// Addresses as users give them (-target, -replace, moved …) against instances of a walk.
#ifndef INFRA_PLAN_ADDRESS_H
#define INFRA_PLAN_ADDRESS_H

#include "engine/plan/walk.h"

// "module.a[\"x\"].aws_vpc.b[0]", "data.…", "module.a". Keys are optional. False after a diagnostic about `text`.
bool address_parse(Arena *arena, Process *process, Str text, Address *out, Diags *diags);
// Does the address name exactly this instance?
bool address_is_instance(const Address *a, const Walk *w, const ModuleInst *m, const Resource *r, InstanceKey key);
// Is the instance within the address (a module, a whole resource, or itself)?
bool address_covers(const Address *a, Str module_path, bool data, Str type, Str name, InstanceKey key);
// Is the block within it, keys aside?
bool address_covers_block(const Address *a, const ModuleNode *m, const Resource *r);
// An address written in module m (removed blocks): is the object in it, in any instance?
bool address_covers_below(const Address *a, const ModuleNode *m, Str module_path, bool data, Str type, Str name);
void address_print(const Address *a, Buf *out);

#endif

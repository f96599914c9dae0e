// The objects of the prior state during a walk: which provider reads each, decoding and upgrading, reading.
//
// Reading is a phase: once a provider is configured, all its objects are decoded and read with one call. Types whose
// operations touch nothing outside are not read.
#ifndef INFRA_PLAN_PRIOR_H
#define INFRA_PLAN_PRIOR_H

#include "engine/plan/walk.h"

// Fills w->prior from w->state and finds each object's provider node.
void prior_prepare(Walk *w);
// The objects of a resource address: index of the first and how many; n 0 when the state has none.
RowRange prior_of(const Walk *w, Str address);
// The current object with this key, or NULL.
PriorObject *prior_find(const Walk *w, RowRange objects, InstanceKey key);
// Gives the prior objects tables of their own, so that edits of the state leave what was planned with as it is.
void prior_detach(Walk *w);
// "aws_vpc.a[0]", without a deposed key.
Str prior_address(Arena *arena, const PriorObject *p);
const Schema *prior_schema(const Walk *w, const PriorObject *p);
// Decodes and reads all objects of the provider; calls walk_node_done for the provider's node at the end.
void prior_read(Walk *w, ProviderUse *use);
// The graph node of the provider configuration that the state's text names, or UINT32_MAX.
uint32_t prior_provider_node(const Walk *w, Str provider);
// Addresses of the providers whose default configurations the state names and the graph lacks: what used them is no
// longer configured, but is still to be read and destroyed.
const Str *prior_more_providers(Arena *arena, const Graph *graph, const Snapshot *state, uint32_t *n);
// Provider address and alias out of the state's form: provider["…/aws"].west, module.x.provider["…"].
bool prior_provider_parts(Str text, Str *module, Str *address, Str *alias);

#endif

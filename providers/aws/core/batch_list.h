// Lists in place of single reads: all objects of a type, from one or more lists joined by key.
#ifndef INFRA_AWS_CORE_BATCH_LIST_H
#define INFRA_AWS_CORE_BATCH_LIST_H

#include "providers/aws/core/batch.h"

// Whether the type can be listed and so many objects are worth it.
bool list_pays(const Def *def, uint32_t wanted);
// Finishes the wants whose objects the lists have. rest gets the others: those that are missing, or all when a list was
// refused. wants is copied.
typedef void ListRest(void *ctx, const Step *find, Str region, Want **wants, uint32_t n, bool refused);
void list_start(struct InfraProvider *provider, const Step *find, Str region, Want *const *wants, uint32_t n,
                ListRest *rest, void *ctx);

#endif

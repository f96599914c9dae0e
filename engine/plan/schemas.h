// Schemas for a configuration, from its plugins.
#ifndef INFRA_PLAN_SCHEMAS_H
#define INFRA_PLAN_SCHEMAS_H

#include "engine/config/load.h"
#include "providers/loader/loader.h"

// A SchemaSource that asks plugins; what is missing is reported with the type's span and the nearest known name.
SchemaSource *schemas_of_plugins(Arena *arena, Process *process, Plugins *plugins);

#endif

// The types of the provider "test", for tests of configurations, and terraform_data.
//
//   test_thing      id (computed), name (required), size, flag, secret (sensitive), tags map, list, any, old
//   (deprecated);
//                   blocks rule (list: port required, cidrs set), single, group, entry (map), item (set, 1 to 3),
//                   must (list, exactly one); ports (set of objects, as attribute or blocks), nested (structured)
//   test_plain      id, value; the data source and the ephemeral resource of that name too
#ifndef INFRA_HARNESS_CONFIG_SCHEMAS_H
#define INFRA_HARNESS_CONFIG_SCHEMAS_H

#include "engine/config/load.h"

SchemaSource config_schemas(Process *process);

#endif

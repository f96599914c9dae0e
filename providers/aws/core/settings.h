// The provider block: its schema, and what it says as settings of the client.
#ifndef INFRA_AWS_CORE_SETTINGS_H
#define INFRA_AWS_CORE_SETTINGS_H

#include "providers/aws/core/aws.h"

// The schema of the provider block: the table's, and arguments of other versions.
const InfraSchema *settings_schema(Core *core);
// Fills the provider's own fields and *settings from a configuration without unknowns that matter. Texts are copied to
// the provider's arena. False after an error.
bool settings_read(struct InfraProvider *provider, const InfraRequest *base, Value config, AwsSettings *settings);

#endif

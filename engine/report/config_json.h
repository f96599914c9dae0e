// The configuration as plan JSON has it: what each block says, as constants and references.
// Facts: opentofu internal/command/jsonconfig.
#ifndef INFRA_REPORT_CONFIG_JSON_H
#define INFRA_REPORT_CONFIG_JSON_H

#include "engine/report/json_out.h"

// The member "configuration".
void config_json_write(JsonWriter *w, const Walk *walk);

#endif

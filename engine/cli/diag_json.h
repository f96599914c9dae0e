// A diagnostic as programs read it (validate -json): severity, summary, detail, address, range, snippet.
#ifndef INFRA_CLI_DIAG_JSON_H
#define INFRA_CLI_DIAG_JSON_H

#include "engine/base/diag.h"
#include "engine/value/json.h"

void diag_json(Process *process, const Diag *diag, JsonWriter *w);

#endif

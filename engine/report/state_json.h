// States as JSON: the member values of their own, and the prior state of a plan.
#ifndef INFRA_REPORT_STATE_JSON_H
#define INFRA_REPORT_STATE_JSON_H

#include "engine/report/json_out.h"

// What the plan was made against: objects as reading found them, data sources that were read, outputs as they would be.
// The member "prior_state", left out when there is nothing.
void state_json_prior(JsonWriter *w, const Plan *plan);

#endif

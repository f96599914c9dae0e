// Results of conditions and checks as plan and state JSON have them.
#ifndef INFRA_REPORT_CHECKS_JSON_H
#define INFRA_REPORT_CHECKS_JSON_H

#include "engine/report/json_out.h"

// The member "checks", left out when there are none.
void checks_json_walk(JsonWriter *w, const Walk *walk);
// The same from what a state holds.
void checks_json_state(JsonWriter *w, Process *process, Str check_results);

#endif

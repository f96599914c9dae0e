// Root outputs of a state as people and programs read them.
#ifndef INFRA_CLI_OUTPUTS_H
#define INFRA_CLI_OUTPUTS_H

#include "engine/cli/cli.h"

// "NAME = value", sorted by name; sensitive values hidden unless cli->show_sensitive. False after a diagnostic.
bool outputs_show(Cli *cli, const Snapshot *state);
// One value; raw: its text alone (string, number or bool).
bool outputs_show_one(Cli *cli, const StateOutput *output, bool raw);
// {"NAME": {"sensitive": …, "type": …, "value": …}, …}, and one value alone.
void outputs_json(Cli *cli, const Snapshot *state);
void outputs_json_one(Cli *cli, const StateOutput *output);
const StateOutput *outputs_find(const Snapshot *state, Str name);

#endif

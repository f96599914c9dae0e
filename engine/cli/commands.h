// What runs each command of commands.def.
#ifndef INFRA_CLI_COMMANDS_H
#define INFRA_CLI_COMMANDS_H

#include "engine/cli/cli.h"

#define GROUP(name, usage, summary, about)
#define ALIAS(name, of)
#define COMMAND(id, name, usage, summary, about) int command_##id(Cli *cli, int argc, char **argv);
#include "engine/cli/commands.def"
#undef GROUP
#undef ALIAS
#undef COMMAND

#endif

// The command line before the command's own options, and the settings that add to it.
#ifndef INFRA_CLI_ARGUMENTS_H
#define INFRA_CLI_ARGUMENTS_H

#include "engine/cli/cli.h"

typedef struct Arguments {
    int argc; // the command's name and what follows
    char **argv;
    const char *folder; // -chdir
    bool help;
} Arguments;

// Takes the global options off. False after a diagnostic.
bool arguments_global(Cli *cli, int argc, char **argv, Arguments *out);
// Puts the words of TF_CLI_ARGS_<command> and TF_CLI_ARGS (or INFRA_…) after the command's name, which has `words`
// words: what is typed comes later and wins.
bool arguments_add_settings(Cli *cli, Arguments *a, int words);
bool arguments_is_help(const char *word);

#endif

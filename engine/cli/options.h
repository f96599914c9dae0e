// Command-line options, as Go's flag package reads them: -name, --name, -name=value, -name value; switches take "=true"
// and "=false" and no separate value. Options end at the first argument that is none, or after "--".
//
// A command collects its options in a set, each with its line of help; options_parse fills their targets and answers
// -help. Options that every command has (-no-color, -compact-warnings, -concise …) are in every set.
#ifndef INFRA_CLI_OPTIONS_H
#define INFRA_CLI_OPTIONS_H

#include "engine/cli/cli.h"

typedef enum OptionKind {
    OPTION_SWITCH,   // bool *
    OPTION_TEXT,     // Str *
    OPTION_LIST,     // OptionTexts *, may be given many times; several options may share one list
    OPTION_COUNT,    // uint32_t *, at least 1
    OPTION_DURATION, // int64_t *, ns
} OptionKind;

typedef struct OptionText {
    const char *option; // as which it was given
    Str text;
} OptionText;

typedef struct OptionTexts {
    VEC(OptionText) list; // in the order of the command line
} OptionTexts;

typedef struct Option {
    const char *name; // without dash
    OptionKind kind;
    void *to;
    const char *value; // what the help calls its value; of a switch "false" when only that makes sense
    const char *help;  // NULL: not listed
} Option;

typedef struct OptionSet {
    Cli *cli;
    VEC(Option) list;
    bool no_color;
    uint32_t own; // options before this index are those of every command
} OptionSet;

typedef struct OptionArgs { // what follows the options
    char **at;
    int n;
} OptionArgs;

OptionSet *options_start(Cli *cli);
void option_add(OptionSet *set, const char *name, OptionKind kind, void *to, const char *value, const char *help);
// False when the command is over, with its exit code in cli->code: -help was given and answered, or a diagnostic about
// bad use was shown. At least `least` and at most `most` further arguments must follow.
bool options_parse(OptionSet *set, int argc, char **argv, int least, int most, OptionArgs *rest);

#endif

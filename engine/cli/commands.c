#include <stdlib.h>

#include "engine/cli/commands.h"
#include "engine/schema/suggest.h"

static const Command commands[] = {
#define ALIAS(name, of)
#define GROUP(name, usage, summary, about) {name, NULL, usage, summary, about},
#define COMMAND(id, name, usage, summary, about) {name, command_##id, usage, summary, about},
#include "engine/cli/commands.def"
#undef GROUP
#undef COMMAND
#undef ALIAS
};

static const struct {
    const char *name, *of;
} aliases[] = {
#define ALIAS(name, of) {name, of},
#define GROUP(name, usage, summary, about)
#define COMMAND(id, name, usage, summary, about)
#include "engine/cli/commands.def"
#undef GROUP
#undef COMMAND
#undef ALIAS
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const Command *find(Str name) {
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (str_eqz(name, aliases[i].name)) name = str_of(aliases[i].of);
    for (uint32_t i = 0; i < COMMAND_COUNT; i++)
        if (str_eqz(name, commands[i].name)) return &commands[i];
    return NULL;
}

const Command *command_find(int argc, char **argv, int *words) {
    const Command *c = NULL;
    if (argc > 1) {
        Buf both = {0};
        buf_format(&both, "%s %s", argv[0], argv[1]);
        c = find(buf_str(&both));
        buf_free(&both);
    }
    *words = c ? 2 : 1;
    return c || argc == 0 ? c : find(str_of(argv[0]));
}

int command_unknown(Cli *cli, const char *name) {
    Suggest near = suggest_start(str_of(name));
    for (uint32_t i = 0; i < COMMAND_COUNT; i++) suggest_try(&near, str_of(commands[i].name));
    diag_error(&cli->diags, "unknown_command", SPAN_NONE, "Unknown command",
               "infra has no command \"%s\".%s\n\nFor a list of all: infra -help", name,
               suggest_text(cli->arena, &near));
    return cli_finish(cli, EXIT_FAILED);
}

static bool is_in(const Command *group, const Command *c) {
    const char *space = strchr(c->name, ' ');
    if (!group) return !space;
    size_t n = strlen(group->name);
    return space && (size_t)(space - c->name) == n && strncmp(c->name, group->name, n) == 0;
}

int command_list(Cli *cli, const Command *group, bool asked) {
    Out *o = asked ? &cli->out : &cli->err;
    if (group)
        out_format(o, "Usage: infra [global options] %s COMMAND [options] [arguments]\n\n  %s\n", group->name,
                   group->about);
    else
        out_z(o, "Usage: infra [global options] COMMAND [options] [arguments]\n");
    out_z(o, "\nCommands:\n\n");
    for (uint32_t i = 0; i < COMMAND_COUNT; i++)
        if (is_in(group, &commands[i])) out_format(o, "  %-24s%s\n", commands[i].name, commands[i].summary);
    if (!group)
        out_z(o, "\nGlobal options, before the command:\n\n"
                 "  -chdir=FOLDER           Work in this folder.\n"
                 "  -help                   This text; after a command, its own help.\n"
                 "  -version                The same as the command \"version\".\n");
    return asked ? EXIT_OK : EXIT_FAILED;
}

#include "engine/cli/arguments.h"

#include <ctype.h>

bool arguments_is_help(const char *word) {
    return strcmp(word, "-help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

// "-chdir=DIR", "-chdir DIR". *at moves on.
static bool read_folder(Cli *cli, int argc, char **argv, int *at, Arguments *out) {
    const char *word = argv[*at] + (argv[*at][1] == '-' ? 2 : 1);
    if (word[5] == '=')
        out->folder = word + 6;
    else if (*at + 1 < argc)
        out->folder = argv[++*at];
    if (out->folder && out->folder[0]) return true;
    cli_misuse(cli, "Option without its value", "-chdir needs a folder: infra -chdir=FOLDER COMMAND");
    return false;
}

bool arguments_global(Cli *cli, int argc, char **argv, Arguments *out) {
    static char version[] = "version";
    *out = (Arguments){0};
    int i = 1;
    if (argc > 1 && strcmp(argv[1], "help") == 0) out->help = true, i++;
    for (; i < argc && argv[i][0] == '-'; i++) {
        const char *word = argv[i] + (argv[i][1] == '-' ? 2 : 1);
        if (arguments_is_help(argv[i])) {
            out->help = true;
        } else if (strcmp(word, "version") == 0 || strcmp(word, "v") == 0) {
            argv[i] = version;
            break;
        } else if (strncmp(word, "chdir", 5) == 0 && (word[5] == '=' || !word[5])) {
            if (!read_folder(cli, argc, argv, &i, out)) return false;
        } else {
            cli_misuse(cli, "Unknown option",
                       "%s is no option that comes before the command. An option of a command "
                       "follows it: infra COMMAND %s",
                       argv[i], argv[i]);
            return false;
        }
    }
    out->argv = argv + i;
    out->argc = argc - i;
    if (out->help && out->argc > 0) { // infra -help plan
        char **with = ARENA_ARRAY(cli->arena, char *, out->argc + 2);
        int words = 1;
        const Command *c = command_find(out->argc, out->argv, &words);
        if (!c) words = 1;
        for (int k = 0; k < words; k++) with[k] = out->argv[k];
        with[words] = str_to_z(cli->arena, STR("-help"));
        for (int k = words; k < out->argc; k++) with[k + 1] = out->argv[k];
        out->argv = with;
        out->argc++;
    }
    return true;
}

// ---- words as a shell splits them: quotes and backslashes, nothing is expanded ----

typedef struct Words {
    VEC(char *) list;
} Words;

static bool split_word(Arena *arena, const char **text, Words *out) {
    Buf word = buf_in(arena);
    buf_z(&word, "");
    const char *p = *text;
    char quote = 0;
    for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
        if (quote && *p == quote)
            quote = 0;
        else if (!quote && (*p == '"' || *p == '\''))
            quote = *p;
        else if (*p == '\\' && quote != '\'' && p[1])
            buf_char(&word, *++p);
        else
            buf_char(&word, *p);
    }
    *text = p;
    vec_push(arena, &out->list, str_to_z(arena, buf_str(&word)));
    return !quote;
}

static bool split(Cli *cli, const char *setting, const char *text, Words *out) {
    for (;;) {
        while (isspace((unsigned char)*text)) text++;
        if (!*text) return true;
        if (!split_word(cli->arena, &text, out))
            return diag_error(&cli->diags, "bad_arguments", SPAN_NONE, "Malformed environment variable",
                              "%s ends within quotes.", setting);
    }
}

static bool add_setting(Cli *cli, const char *name, Words *out) {
    Str own = str_format(cli->arena, "INFRA_%s", name), other = str_format(cli->arena, "TF_%s", name);
    const char *text = cli_env(cli, own.p);
    if (text) return split(cli, own.p, text, out);
    text = cli_env(cli, other.p);
    return !text || split(cli, other.p, text, out);
}

bool arguments_add_settings(Cli *cli, Arguments *a, int words) {
    Words all = {0};
    Str name = str_format(cli->arena, "CLI_ARGS_%s", cli->command->name);
    char *p = str_to_z(cli->arena, name);
    for (char *c = p; *c; c++)
        if (*c == ' ' || *c == '-') *c = '_';
    for (int i = 0; i < words; i++) vec_push(cli->arena, &all.list, a->argv[i]);
    if (!add_setting(cli, "CLI_ARGS", &all) || !add_setting(cli, p, &all)) return false;
    for (int i = words; i < a->argc; i++) vec_push(cli->arena, &all.list, a->argv[i]);
    a->argv = all.list.at;
    a->argc = (int)all.list.n;
    return true;
}

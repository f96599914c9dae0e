#include "engine/cli/options.h"

#include "engine/base/clock.h"
#include "engine/base/utf8.h"
#include "engine/schema/suggest.h"

#define HELP_WIDTH 79u
#define HELP_COLUMN 26u

OptionSet *options_start(Cli *cli) {
    OptionSet *set = ARENA_NEW(cli->arena, OptionSet);
    set->cli = cli;
    option_add(set, "no-color", OPTION_SWITCH, &set->no_color, NULL, "No colours, even on a terminal.");
    option_add(set, "compact-warnings", OPTION_SWITCH, &cli->compact_warnings, NULL,
               "Warnings without errors beside them are shown as one line each.");
    option_add(set, "consolidate-warnings", OPTION_SWITCH, &cli->merge_warnings, "false",
               "Show every warning, also those that say the same as one before.");
    option_add(set, "concise", OPTION_SWITCH, &cli->concise, NULL, "No lines about progress.");
    set->own = set->list.n;
    return set;
}

void option_add(OptionSet *set, const char *name, OptionKind kind, void *to, const char *value, const char *help) {
    vec_push(set->cli->arena, &set->list, ((Option){name, kind, to, value, help}));
}

// ---- help ----

// Words of the text between two columns, the first line starting where the cursor is.
static void print_wrapped(Out *o, const char *text, size_t column, size_t from) {
    for (Str rest = str_of(text), line; str_next(&rest, '\n', &line);) {
        bool first = true;
        for (Str words = line, word; words.n && str_next(&words, ' ', &word); first = false) {
            size_t width = utf8_width(word);
            if (!first && column + 1 + width > HELP_WIDTH) {
                out_format(o, "\n%*s", (int)from, "");
                column = from;
            } else if (!first) {
                out_z(o, " ");
                column++;
            }
            out_add(o, word);
            column += width;
        }
        out_z(o, "\n");
        column = from;
        if (rest.n && rest.p[0] != '\n') out_format(o, "%*s", (int)from, "");
    }
}

static void print_option(Out *o, const Option *option) {
    Buf name = {0};
    buf_format(&name, "  -%s", option->name);
    if (option->value) buf_format(&name, "=%s", option->value);
    out_add(o, buf_str(&name));
    if (name.n + 2 > HELP_COLUMN)
        out_format(o, "\n%*s", (int)HELP_COLUMN, "");
    else
        out_format(o, "%*s", (int)(HELP_COLUMN - name.n), "");
    print_wrapped(o, option->help, HELP_COLUMN, HELP_COLUMN);
    buf_free(&name);
}

static void print_help(OptionSet *set) {
    Out *o = &set->cli->out;
    const Command *c = set->cli->command;
    out_format(o, "Usage: infra [global options] %s%s%s\n\n  ", c->name, c->usage[0] ? " " : "", c->usage);
    print_wrapped(o, c->about, 2, 2);
    uint32_t listed = 0;
    for (uint32_t i = set->own; i < set->list.n; i++) listed += set->list.at[i].help != NULL;
    if (listed) out_z(o, "\nOptions:\n\n");
    for (uint32_t i = set->own; i < set->list.n; i++)
        if (set->list.at[i].help) print_option(o, &set->list.at[i]);
    out_z(o, "\nOptions of every command:\n\n");
    for (uint32_t i = 0; i < set->own; i++) print_option(o, &set->list.at[i]);
}

// ---- reading ----

static const Option *find_option(const OptionSet *set, Str name) {
    for (uint32_t i = 0; i < set->list.n; i++)
        if (str_eqz(name, set->list.at[i].name)) return &set->list.at[i];
    return NULL;
}

static bool unknown_option(OptionSet *set, Str name) {
    Suggest near = suggest_start(name);
    for (uint32_t i = 0; i < set->list.n; i++)
        if (set->list.at[i].help) suggest_try(&near, str_of(set->list.at[i].name));
    Str hint = STR("");
    if (near.best.n) hint = str_format(set->cli->arena, " Did you mean -%.*s?", STR_ARG(near.best));
    cli_misuse(set->cli, "Unknown option", "\"infra %s\" has no option -%.*s.%.*s", set->cli->command->name,
               STR_ARG(name), STR_ARG(hint));
    return false;
}

static bool bad_value(OptionSet *set, const Option *option, Str text, const char *want) {
    cli_misuse(set->cli, "Invalid value of an option", "-%s must be %s, not \"%.*s\".", option->name, want,
               STR_ARG(text));
    return false;
}

static bool set_switch(OptionSet *set, const Option *option, Str text) {
    static const char *const yes[] = {"true", "1", "t", "T", "TRUE", "True"};
    static const char *const no[] = {"false", "0", "f", "F", "FALSE", "False"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        bool on = str_eqz(text, yes[i]);
        if (!on && !str_eqz(text, no[i])) continue;
        *(bool *)option->to = on;
        return true;
    }
    return bad_value(set, option, text, "\"true\" or \"false\"");
}

static bool set_value(OptionSet *set, const Option *option, Str text) {
    int64_t number;
    switch (option->kind) {
    case OPTION_SWITCH: return set_switch(set, option, text);
    case OPTION_TEXT: *(Str *)option->to = text; return true;
    case OPTION_LIST: {
        OptionTexts *to = option->to;
        vec_push(set->cli->arena, &to->list, ((OptionText){option->name, text}));
        return true;
    }
    case OPTION_COUNT:
        if (!str_to_i64(text, &number) || number < 1 || number > INT32_MAX)
            return bad_value(set, option, text, "a whole number of at least 1");
        *(uint32_t *)option->to = (uint32_t)number;
        return true;
    case OPTION_DURATION:
        if (!clock_parse_duration(text, option->to))
            return bad_value(set, option, text, "a duration such as 30s or 5m");
        return true;
    }
    return false;
}

// argv[*at] is an option: reads it and its value, and moves on.
static bool read_option(OptionSet *set, int argc, char **argv, int *at) {
    Str word = str_of(argv[(*at)++]);
    Str name = str_slice(word, str_starts(word, STR("--")) ? 2 : 1, word.n);
    ptrdiff_t equals = str_find_char(name, '=');
    Str value = equals < 0 ? STR_NONE : str_slice(name, (size_t)equals + 1, name.n);
    if (equals >= 0) name = str_slice(name, 0, (size_t)equals);
    if (str_eqz(name, "help") || str_eqz(name, "h")) {
        print_help(set);
        set->cli->code = EXIT_OK;
        return false;
    }
    set->cli->code = EXIT_FAILED;
    const Option *option = find_option(set, name);
    if (!option) return unknown_option(set, name);
    if (equals < 0 && option->kind == OPTION_SWITCH) {
        *(bool *)option->to = true;
        return true;
    }
    if (equals < 0 && *at >= argc) {
        cli_misuse(set->cli, "Option without its value", "-%s needs a value: -%s=%s.", option->name, option->name,
                   option->value ? option->value : "VALUE");
        return false;
    }
    if (equals < 0) value = str_of(argv[(*at)++]);
    return set_value(set, option, value);
}

static bool wrong_count(OptionSet *set, int least, int most, const OptionArgs *rest) {
    set->cli->code = EXIT_FAILED;
    const Command *c = set->cli->command;
    if (rest->n < least) {
        cli_misuse(set->cli, "Too few arguments", "It is called as: infra %s %s", c->name, c->usage);
        return false;
    }
    const char *extra = rest->at[most];
    if (extra[0] == '-' && extra[1])
        cli_misuse(set->cli, "Option after an argument", "Options come before other arguments: put %s in front.",
                   extra);
    else if (most == 0)
        cli_misuse(set->cli, "Too many arguments",
                   "\"infra %s\" takes no arguments besides options, so \"%s\" is not understood. To work in another "
                   "folder, use: infra -chdir=DIR %s",
                   c->name, extra, c->name);
    else
        cli_misuse(set->cli, "Too many arguments", "\"%s\" is one too many. It is called as: infra %s %s", extra,
                   c->name, c->usage);
    return false;
}

bool options_parse(OptionSet *set, int argc, char **argv, int least, int most, OptionArgs *rest) {
    int at = 0;
    while (at < argc && argv[at][0] == '-' && argv[at][1]) {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (!read_option(set, argc, argv, &at)) return false;
    }
    if (set->no_color) set->cli->out.color = set->cli->err.color = false;
    *rest = (OptionArgs){argv + at, argc - at};
    return rest->n >= least && rest->n <= most ? true : wrong_count(set, least, most, rest);
}

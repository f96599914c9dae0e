// The program from its arguments to its exit code.
#include "engine/cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/cli/arguments.h"
#include "engine/io/file.h"
#include "engine/io/fs.h"
#include "engine/value/marks.h"

const char *cli_env(const Cli *cli, const char *name) {
    size_t n = strlen(name);
    for (uint32_t i = 0; cli->environment[i]; i++) {
        const char *entry = cli->environment[i];
        if (strncmp(entry, name, n) == 0 && entry[n] == '=') return entry[n + 1] ? entry + n + 1 : NULL;
    }
    return NULL;
}

const char *cli_setting(const Cli *cli, const char *name) {
    Str own = str_format(cli->arena, "INFRA_%s", name), other = str_format(cli->arena, "TF_%s", name);
    const char *value = cli_env(cli, own.p);
    return value ? value : cli_env(cli, other.p);
}

// ---- output ----

static void write_out(void *ctx, Str bytes) {
    Cli *cli = ctx;
    if (!cli->out_error) cli->out_error = fs_write_all(STDOUT_FILENO, bytes);
}

static void write_err(void *ctx, Str bytes) {
    (void)ctx;
    fs_write_all(STDERR_FILENO, bytes); // nowhere left to say that it failed
}

static void open_out(Cli *cli, Out *o, int fd, void (*write)(void *ctx, Str bytes)) {
    bool terminal = file_is_terminal(fd);
    const char *term = cli_env(cli, "TERM");
    *o = (Out){.write = write, .ctx = cli};
    o->color = terminal && !cli_env(cli, "NO_COLOR") && !(term && strcmp(term, "dumb") == 0);
    o->width = terminal ? file_terminal_width(fd) : 0;
}

const char *cli_bold(const Out *o) { return o->color ? "\x1b[1m" : ""; }
const char *cli_green(const Out *o) { return o->color ? "\x1b[1;32m" : ""; }
const char *cli_red(const Out *o) { return o->color ? "\x1b[1;31m" : ""; }
const char *cli_yellow(const Out *o) { return o->color ? "\x1b[1;33m" : ""; }
const char *cli_plain(const Out *o) { return o->color ? "\x1b[0m" : ""; }

static void flush_out(void *ctx) {
    Cli *cli = ctx;
    cli->flush_posted = false;
    out_flush(&cli->out);
}

void cli_flush_soon(Cli *cli) {
    if (cli->flush_posted || !cli->loop) return;
    cli->flush_posted = true;
    loop_post(cli->loop, flush_out, cli);
}

// What could not be written is an error; a reader that went away ends the program as it ends others.
static int close_out(Cli *cli, int code) {
    out_close(&cli->out);
    if (cli->out_error && cli->out_error != EPIPE) {
        fs_error(&cli->diags, "write", "standard output", cli->out_error);
        code = cli_finish(cli, EXIT_FAILED);
    }
    out_close(&cli->err);
    if (cli->out_error == EPIPE && code == EXIT_OK) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return code;
}

// ---- set up ----

static bool open_log(Cli *cli) {
    const char *spec = cli_setting(cli, "LOG"), *path = cli_setting(cli, "LOG_PATH");
    if (!spec) return true;
    if (log_open(cli->process, str_of(spec), str_of(path ? path : ""))) return true;
    diag_warn(&cli->diags, "bad_log", SPAN_NONE, "The log is not written",
              "INFRA_LOG and TF_LOG take a level (error, warn, info, debug, trace), or levels by topic such as "
              "\"warn,aws=trace\", and INFRA_LOG_PATH a file that can be written; \"%s\"%s%s is not so.",
              spec, path ? " with " : "", path ? path : "");
    return false;
}

static void read_settings(Cli *cli) {
    const char *data = cli_setting(cli, "DATA_DIR"), *input = cli_setting(cli, "INPUT");
    cli->data_dir = data ? str_of(data) : STR(".infra");
    cli->input = !input || (strcmp(input, "0") != 0 && strcmp(input, "false") != 0);
    cli->automation = cli_setting(cli, "IN_AUTOMATION") != NULL;
}

static bool change_folder(Cli *cli, const char *folder) {
    cli->cwd = path_absolute(cli->arena, STR("."));
    if (!folder || chdir(folder) == 0) return true;
    return fs_error(&cli->diags, "change to", folder, errno);
}

static int run_command(Cli *cli, Arguments *a) {
    int words = 0;
    const Command *c = command_find(a->argc, a->argv, &words);
    if (!c && a->argc > 0) return command_unknown(cli, a->argv[0]);
    if (!c) return command_list(cli, NULL, a->help);
    cli->command = c;
    if (!c->run) {
        bool asked = a->help || (a->argc > words && arguments_is_help(a->argv[words]));
        if (a->argc > words && !asked)
            return command_unknown(cli, str_format(cli->arena, "%s %s", c->name, a->argv[words]).p);
        return command_list(cli, c, asked);
    }
    if (!arguments_add_settings(cli, a, words)) return EXIT_FAILED;
    // Arguments are not logged: they may hold secrets.
    log_line(cli->process, LOG_INFO, "cli", "infra v" INFRA_VERSION ", command %s", c->name);
    int code = c->run(cli, a->argc - words, a->argv + words);
    log_line(cli->process, LOG_INFO, "cli", "exit code %d", code);
    return code;
}

int cli_main(int argc, char **argv, char *const *environment) {
    // The exit code says what a broken pipe means; output of an apply must not end it.
    signal(SIGPIPE, SIG_IGN);
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_CONFIG, "command");
    Cli cli = {.process = process,
               .arena = arena,
               .environment = environment,
               .diags = diags_in(arena),
               .merge_warnings = true};
    open_out(&cli, &cli.out, STDOUT_FILENO, write_out);
    open_out(&cli, &cli.err, STDERR_FILENO, write_err);
    open_log(&cli);
    read_settings(&cli);
    Arguments arguments;
    int code = EXIT_FAILED;
    if (arguments_global(&cli, argc, argv, &arguments) && change_folder(&cli, arguments.folder))
        code = run_command(&cli, &arguments);
    code = close_out(&cli, cli_finish(&cli, code));
    buf_free(&cli.input_bytes);
    if (cli.loop) loop_free(cli.loop);
    arena_free(arena);
    process_free(process);
    return code;
}

// One run of the program: what every command has at hand.
//
// cli_main sets the process up and calls the command named in commands.def. A command reads its options (options.h),
// gets what it needs through a Session (session.h), and shows the result through a view (engine/report, progress.h).
// What a command does not ask for is not made: no loop, no thread, no plugin. Exit codes: 0 done, 1 failed, 2 there are
// changes (-detailed-exitcode).
#ifndef INFRA_CLI_CLI_H
#define INFRA_CLI_CLI_H

#include "engine/base/diag.h"
#include "engine/io/loop.h"
#include "engine/report/report.h"

#define INFRA_VERSION "0.1.0"

typedef struct Cli {
    Process *process;
    Arena *arena; // lives as long as the command
    Loop *loop;   // see cli_loop
    Diags diags;
    Out out, err;
    const struct Command *command;
    char *const *environment;
    Str cwd;      // where the program was started, before -chdir
    Str data_dir; // ".infra"
    bool json, input, compact_warnings, concise, show_sensitive;
    bool merge_warnings; // of several that say the same show one
    bool automation;     // no advice on what to type next
    bool failed;         // an error was shown
    bool flush_posted;
    bool waiting;  // for a lock: nothing is held, so an interrupt ends the program at once
    int code;      // of a command that its options ended
    int out_error; // errno of the first write to standard output that failed
    uint32_t interrupts;
    void (*on_interrupt)(void *ctx, uint32_t count); // what is under way can be stopped cleanly; or NULL
    void *interrupt_ctx;
    Buf input_bytes; // read from standard input, not yet used
} Cli;

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_CHANGES = 2 };

typedef struct Command {
    const char *name;                            // "plan", "state list"
    int (*run)(Cli *cli, int argc, char **argv); // argv: what follows the name; NULL: a group of commands
    const char *usage;                           // what follows the name: "[options] ADDRESS"
    const char *summary;                         // one line for the list of commands
    const char *about;                           // paragraphs for -help
} Command;

int cli_main(int argc, char **argv, char *const *environment);

// commands.c
// The command that argv begins with, "state" "list" before "state"; *words is how many it takes. NULL: none.
const Command *command_find(int argc, char **argv, int *words);
int command_unknown(Cli *cli, const char *name);
int command_list(Cli *cli, const Command *group, bool asked); // NULL: all; asked: -help was given

// Made at first use.
Loop *cli_loop(Cli *cli);
// From now on SIGINT and SIGTERM go to on_interrupt. Without one the first is only noted, the second ends the program.
void cli_catch_interrupts(Cli *cli);
// Ends the program at once, with these words on standard error.
void cli_leave(Cli *cli, const char *words) __attribute__((noreturn));
// Prints what has been collected to standard error and empties the list.
void cli_show_diags(Cli *cli);
// The same, and the exit code: EXIT_FAILED when there was an error, else `code`.
int cli_finish(Cli *cli, int code);
// An error about how the program was called, with a pointer to the command's help; returns EXIT_FAILED.
int cli_misuse(Cli *cli, const char *summary, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Prints the question and reads a line from standard input. False when input is off, at its end, or interrupted. The
// answer, trimmed, lives in cli->arena.
bool cli_ask(Cli *cli, const char *question, const char *explanation, Str *answer);
// The next line of standard input, without its end. False at the end.
bool cli_read_line(Cli *cli, Str *line);
const char *cli_env(const Cli *cli, const char *name); // NULL when not set or empty
// INFRA_<name>, else TF_<name>.
const char *cli_setting(const Cli *cli, const char *name);
// Standard output goes on with what is buffered, soon: for lines of progress.
void cli_flush_soon(Cli *cli);
// Colour codes, or "" when the output has none.
const char *cli_bold(const Out *o);
const char *cli_green(const Out *o);
const char *cli_red(const Out *o);
const char *cli_yellow(const Out *o);
const char *cli_plain(const Out *o);

#endif

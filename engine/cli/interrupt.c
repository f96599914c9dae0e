// The loop of a command, and what SIGINT and SIGTERM do.
#include <unistd.h>

#include "engine/cli/cli.h"

Loop *cli_loop(Cli *cli) {
    if (cli->loop) return cli->loop;
    cli->loop = loop_new(cli->process);
    if (!cli->loop) {
        out_z(&cli->err, "infra: the system gives no event descriptor\n");
        out_flush(&cli->err);
        _exit(EXIT_FAILED);
    }
    return cli->loop;
}

__attribute__((noreturn)) static void leave_now(Cli *cli, const char *words) {
    out_flush(&cli->out);
    out_z(&cli->err, words);
    out_flush(&cli->err);
    _exit(EXIT_FAILED);
}

static void interrupted(void *ctx, int signal, int count) {
    Cli *cli = ctx;
    (void)signal;
    cli->interrupts = (uint32_t)count;
    if (cli->waiting) leave_now(cli, "\nInterrupted while waiting for the lock. Nothing was done.\n");
    if (cli->on_interrupt)
        cli->on_interrupt(cli->interrupt_ctx, (uint32_t)count);
    else if (count > 1)
        leave_now(cli, "\nInterrupted again: leaving at once. The state may still be locked.\n");
}

void cli_catch_interrupts(Cli *cli) { loop_on_signal(cli_loop(cli), interrupted, cli); }

void cli_leave(Cli *cli, const char *words) { leave_now(cli, words); }

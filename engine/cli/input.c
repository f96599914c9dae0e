// What people answer.
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/cli/cli.h"
#include "engine/io/file.h"

typedef struct Waiting {
    Cli *cli;
    bool over;
} Waiting;

static void input_ready(void *ctx, int ready) {
    (void)ready;
    ((Waiting *)ctx)->over = true;
}

static void input_interrupted(void *ctx, uint32_t count) {
    (void)count;
    ((Waiting *)ctx)->over = true;
}

// Waits for bytes, so that an interrupt is noticed meanwhile. Plain files are always ready.
static void wait_input(Cli *cli) {
    struct stat st;
    if (!cli->loop || fstat(STDIN_FILENO, &st) != 0) return;
    if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !file_is_terminal(STDIN_FILENO)) return;
    Waiting waiting = {cli, false};
    void (*before)(void *ctx, uint32_t count) = cli->on_interrupt;
    void *before_ctx = cli->interrupt_ctx;
    cli->on_interrupt = input_interrupted;
    cli->interrupt_ctx = &waiting;
    Watch *watch = watch_start(cli->loop, STDIN_FILENO, WATCH_READ, input_ready, &waiting);
    loop_run_until(cli->loop, &waiting.over);
    watch_stop(watch);
    cli->on_interrupt = before;
    cli->interrupt_ctx = before_ctx;
}

// False at the end.
static bool read_more(Cli *cli) {
    wait_input(cli);
    if (cli->interrupts) return false;
    char *room = buf_reserve(&cli->input_bytes, 4096);
    ssize_t n;
    do n = read(STDIN_FILENO, room, 4096);
    while (n < 0 && errno == EINTR);
    if (n > 0) cli->input_bytes.n += (size_t)n;
    return n > 0;
}

bool cli_read_line(Cli *cli, Str *line) {
    Buf *b = &cli->input_bytes;
    out_flush(&cli->out);
    size_t looked = 0;
    for (;;) {
        ptrdiff_t end = str_find_char(str_slice(buf_str(b), looked, b->n), '\n');
        if (end >= 0) {
            size_t n = looked + (size_t)end;
            *line = str_copy(cli->arena, str_slice(buf_str(b), 0, n > 0 && b->p[n - 1] == '\r' ? n - 1 : n));
            memmove(b->p, b->p + n + 1, b->n - n - 1);
            b->n -= n + 1;
            return true;
        }
        looked = b->n;
        if (!read_more(cli)) break;
    }
    if (b->n == 0 || cli->interrupts) return false;
    *line = str_copy(cli->arena, buf_str(b));
    buf_clear(b);
    return true;
}

bool cli_ask(Cli *cli, const char *question, const char *explanation, Str *answer) {
    if (!cli->input) return false;
    cli_show_diags(cli);
    Out *o = &cli->out;
    out_format(o, "\n%s%s%s\n", cli_bold(o), question, cli_plain(o));
    for (Str rest = str_of(explanation), line; str_next(&rest, '\n', &line);) {
        if (line.n) out_format(o, "  %.*s", STR_ARG(line));
        out_z(o, "\n");
    }
    out_format(o, "\n  %sEnter a value:%s ", cli_bold(o), cli_plain(o));
    Str line;
    bool ok = cli_read_line(cli, &line);
    // The line of the question ends even where no person types its end.
    if (!ok || !file_is_terminal(STDIN_FILENO)) out_z(o, "\n");
    if (ok) *answer = str_trim(line);
    return ok;
}

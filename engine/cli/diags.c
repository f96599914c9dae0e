// How a command says what is wrong.
#include <stdarg.h>

#include "engine/cli/cli.h"
#include "engine/cli/diag_place.h"

// Further diagnostics of the same severity and summary that are said to be left out with this one.
static uint32_t count_similar(const Diags *d, uint32_t i) {
    uint32_t n = 0;
    for (uint32_t k = i + 1; k < d->list.n; k++)
        n += d->list.at[k].severity == SEV_WARNING && str_eq(d->list.at[k].summary, d->list.at[i].summary);
    return n;
}

static bool seen_before(const Diags *d, uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (d->list.at[k].severity == SEV_WARNING && str_eq(d->list.at[k].summary, d->list.at[i].summary)) return true;
    return false;
}

static void show(Cli *cli, const Diag *d) {
    Buf text = {0};
    DiagStyle style = {.color = cli->err.color, .width = cli->err.width};
    diag_render(cli->process, d, style, &text);
    out_add(&cli->err, buf_str(&text));
    buf_free(&text);
}

static void show_compact(Cli *cli, const Diag *d) {
    SourcePos start, end;
    out_format(&cli->err, "- %.*s", STR_ARG(d->summary));
    if (source_pos(cli->process, d->subject, &start, &end))
        out_format(&cli->err, "\n  on %.*s line %u", STR_ARG(start.file->path), start.line);
    out_z(&cli->err, "\n");
}

static void show_warning(Cli *cli, uint32_t i) {
    Diag *d = &cli->diags.list.at[i];
    // A run has few summaries of warnings, so looking through the kept ones is cheap.
    if (cli->merge_warnings && seen_before(&cli->diags, i)) return;
    uint32_t more = cli->merge_warnings ? count_similar(&cli->diags, i) : 0;
    if (more)
        d->detail = str_format(cli->arena, "%.*s\n\n(and %u more similar warning%s)", STR_ARG(d->detail), more,
                               more == 1 ? "" : "s");
    show(cli, d);
}

void cli_show_diags(Cli *cli) {
    Diags *d = &cli->diags;
    if (d->list.n == 0 && d->errors == 0) return;
    out_flush(&cli->out);
    DiagPlaces places = diag_places(cli->arena);
    for (uint32_t i = 0; i < d->list.n; i++) diag_place(&places, &d->list.at[i]);
    bool compact = cli->compact_warnings && !diags_failed(d);
    if (compact) out_format(&cli->err, "%sWarnings:%s\n\n", cli_yellow(&cli->err), cli_plain(&cli->err));
    uint32_t errors = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        if (d->list.at[i].severity == SEV_ERROR)
            errors++, show(cli, &d->list.at[i]);
        else if (compact)
            show_compact(cli, &d->list.at[i]);
        else
            show_warning(cli, i);
    }
    if (d->list.n >= LIMIT_DIAGS && d->errors > errors)
        out_format(&cli->err, "%u more errors are not shown.\n", d->errors - errors);
    out_flush(&cli->err);
    d->list.n = 0;
    if (d->errors) cli->failed = true;
    d->errors = 0;
}

int cli_finish(Cli *cli, int code) {
    cli_show_diags(cli);
    return cli->failed ? EXIT_FAILED : code;
}

int cli_misuse(Cli *cli, const char *summary, const char *format, ...) {
    Buf detail = buf_in(cli->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&detail, format, args);
    va_end(args);
    buf_format(&detail, "\n\nFor help: infra %s%s-help", cli->command ? cli->command->name : "",
               cli->command ? " " : "");
    diag_add(&cli->diags, SEV_ERROR, "misuse", SPAN_NONE, str_of(summary), buf_str(&detail));
    cli_show_diags(cli);
    return EXIT_FAILED;
}

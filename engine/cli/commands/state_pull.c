// infra state pull
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

static bool write_some(void *ctx, Buf *text) {
    Cli *cli = ctx;
    out_add(&cli->out, buf_str(text));
    buf_clear(text);
    return true;
}

int command_state_pull(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    session_state_options(&s, set, false);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    bool ok = session_load(&s, true) && session_read(&s);
    if (ok) {
        Buf text = {0};
        JsonWriter w = json_writer(&text, 2);
        w.flush = write_some;
        w.flush_ctx = cli;
        w.flush_at = 1u << 16;
        codec_write(s.snapshot, &w);
        write_some(cli, &text);
        buf_free(&text);
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

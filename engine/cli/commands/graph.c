// infra graph
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

int command_graph(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool all = false;
    option_add(set, "verbose", OPTION_SWITCH, &all, NULL, "Show variables, locals, outputs and modules too.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    bool ok = session_config(&s, true);
    if (ok) {
        Buf text = {0};
        graph_dot(s.graph, all, &text);
        out_add(&cli->out, buf_str(&text));
        buf_free(&text);
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

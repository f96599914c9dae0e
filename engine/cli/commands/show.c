// infra show
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

int command_show(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "json", OPTION_SWITCH, &cli->json, NULL, "As JSON, for programs.");
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL, "Show values that are marked sensitive.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 1, &rest)) return session_leave(&s);
    if (rest.n) s.state_path = str_of(rest.at[0]);
    bool ok = session_show_walk(&s);
    if (ok) {
        Walk *w = session_walk(&s, WALK_EVAL);
        ReportOptions options = {.concise = cli->concise, .show_sensitive = cli->show_sensitive};
        if (cli->json) report_state_json(w, s.snapshot, &cli->out);
        else report_state(w, s.snapshot, NULL, &options, &cli->out);
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

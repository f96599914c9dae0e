// infra get
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

int command_get(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool ignored = false;
    option_add(set, "update", OPTION_SWITCH, &ignored, NULL, "Accepted; there is nothing downloaded to be renewed.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    bool ok = session_load(&s, false) && session_require_files(&s);
    for (uint32_t i = 1; ok && i < s.config->node_count; i++) {
        const ModuleNode *m = &s.config->nodes[i];
        out_format(&cli->out, "- %.*s in %.*s\n", STR_ARG(m->path), STR_ARG(m->def->dir));
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

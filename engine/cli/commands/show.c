// infra show
#include "engine/cli/commands.h"
#include "engine/cli/operation.h"
#include "engine/io/file.h"
#include "engine/plan/planfile.h"

static bool show_plan(Operation *op, Str path) {
    Cli *cli = op->session.cli;
    if (!operation_load_plan(op, path, false)) return false;
    if (cli->json)
        report_plan_json(op->plan, &cli->out);
    else
        operation_show_plan(op);
    return true;
}

static bool show_state(Session *s) {
    Cli *cli = s->cli;
    ReportOptions options = {.concise = cli->concise, .show_sensitive = cli->show_sensitive};
    if (s->state_path.n && !file_exists(str_to_z(s->arena, s->state_path)))
        return diag_error(&cli->diags, "no_file", SPAN_NONE, "No such file",
                          "There is no plan and no state file \"%.*s\".", STR_ARG(s->state_path));
    if (!session_show_walk(s)) return false;
    Walk *w = session_walk(s, WALK_EVAL);
    if (cli->json)
        report_state_json(w, s->snapshot, &cli->out);
    else
        report_state(w, s->snapshot, NULL, &options, &cli->out);
    return true;
}

int command_show(Cli *cli, int argc, char **argv) {
    Operation op;
    operation_init(&op, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "json", OPTION_SWITCH, &cli->json, NULL, "As JSON, for programs.");
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL,
               "Show values that are marked sensitive.");
    session_input_options(&op.session, set);
    if (!options_parse(set, argc, argv, 0, 1, &rest)) return operation_leave(&op);
    bool plan = rest.n && planfile_is(rest.at[0]);
    if (rest.n && !plan) op.session.state_path = str_of(rest.at[0]);
    bool ok = plan ? show_plan(&op, str_of(rest.at[0])) : show_state(&op.session);
    return operation_finish(&op, ok ? EXIT_OK : EXIT_FAILED);
}

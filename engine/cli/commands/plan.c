// infra plan
#include "engine/cli/commands.h"
#include "engine/cli/operation.h"

static void advise(Cli *cli) {
    if (cli->automation || !cli->out.width) return;
    out_z(&cli->out, "\nThis plan was not saved (-out), so \"infra apply\" makes a new one, which may differ.\n");
}

static void saved(Cli *cli, Str path) {
    out_format(&cli->out, "\nSaved the plan as %.*s. To do exactly this:\n    infra apply \"%.*s\"\n", STR_ARG(path),
               STR_ARG(path));
}

int command_plan(Cli *cli, int argc, char **argv) {
    Operation op;
    operation_init(&op, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool detailed = false;
    Str out = STR("");
    option_add(set, "out", OPTION_TEXT, &out, "FILE", "Save the plan, for \"infra apply FILE\".");
    option_add(set, "detailed-exitcode", OPTION_SWITCH, &detailed, NULL,
               "Exit with 0 when there is nothing to change, 2 when there is, 1 after an error.");
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL,
               "Show values that are marked sensitive.");
    operation_plan_options(&op, set);
    session_state_options(&op.session, set, false);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return operation_leave(&op);
    bool ok = operation_plan(&op) && op.plan;
    if (op.plan && !cli->interrupts) operation_show_plan(&op);
    if (ok && out.n) {
        ok = operation_save_plan(&op, out);
        if (ok) saved(cli, out);
    } else if (ok && op.plan->changes_any) {
        advise(cli);
    }
    return operation_finish(&op, !ok ? EXIT_FAILED : detailed && op.plan->changes_any ? EXIT_CHANGES : EXIT_OK);
}

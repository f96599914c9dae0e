// infra refresh
#include "engine/cli/commands.h"
#include "engine/cli/operation.h"

int command_refresh(Cli *cli, int argc, char **argv) {
    Operation op;
    operation_init(&op, cli);
    op.apply = op.refresh_only = true;
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    operation_plan_options(&op, set);
    session_state_options(&op.session, set, true);
    session_state_out_option(&op.session, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return operation_leave(&op);
    bool ok = operation_plan(&op);
    if (op.plan && !cli->interrupts) operation_show_plan(&op);
    ok = ok && operation_apply(&op);
    return operation_finish(&op, ok ? EXIT_OK : EXIT_FAILED);
}

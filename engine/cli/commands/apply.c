// infra apply, infra destroy
#include "engine/cli/commands.h"
#include "engine/cli/operation.h"

static bool approve(Operation *op, bool *approved) {
    Cli *cli = op->session.cli;
    Str answer;
    *approved = false;
    if (!cli->input)
        return diag_error(
            &cli->diags, "not_approved", SPAN_NONE, "Approval needed",
            "Nothing was changed: this plan needs approval, and questions are switched off (-input=false). "
            "Use -auto-approve, or save the plan with \"infra plan -out=FILE\" and apply that file.");
    const char *question = "Do you want to perform these actions?";
    const char *words = "infra will perform the actions described above.\nOnly 'yes' will be accepted to approve.";
    if (op->destroy) {
        question = "Do you really want to destroy all resources?";
        words = "infra will destroy everything shown above. There is no undo.\nOnly 'yes' will be accepted to confirm.";
    } else if (op->refresh_only) {
        question = "Would you like to update the state to reflect these changes?";
        words =
            "infra will write these changes to the state and change no real object.\nOnly 'yes' will be accepted to "
            "confirm.";
    }
    if (cli_ask(cli, question, words, &answer)) {
        *approved = str_eqz(answer, "yes");
    } else if (!cli->interrupts) {
        return diag_error(
            &cli->diags, "not_approved", SPAN_NONE, "Approval needed",
            "Nothing was changed: the plan needs approval, and standard input ended before an answer. Use "
            "-auto-approve to apply without asking.");
    }
    return true;
}

static int run(Operation *op, bool auto_approve) {
    Cli *cli = op->session.cli;
    bool ok = operation_plan(op), approved = true;
    if (op->plan && !cli->interrupts) operation_show_plan(op);
    if (!ok || !op->plan) return EXIT_FAILED;
    if (op->plan->changes_any && !auto_approve) {
        if (!approve(op, &approved)) return EXIT_FAILED;
        if (!approved) {
            out_format(&cli->out, "\n%s cancelled.\n", op->destroy ? "Destroy" : "Apply");
            return EXIT_FAILED;
        }
    }
    return operation_apply(op) ? EXIT_OK : EXIT_FAILED;
}

static bool run_saved(Operation *op, Str path, bool destroy) {
    Cli *cli = op->session.cli;
    if (destroy)
        return diag_error(&cli->diags, "misuse", SPAN_NONE, "Saved plans are applied, not destroyed",
                          "\"infra destroy\" takes no plan file. A plan to destroy is made with \"infra plan -destroy "
                          "-out=FILE\" and carried out with \"infra apply FILE\".");
    return operation_load_plan(op, path, true) && operation_apply(op);
}

static int apply(Cli *cli, int argc, char **argv, bool destroy) {
    Operation op;
    operation_init(&op, cli);
    op.apply = true;
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool auto_approve = false;
    option_add(set, "auto-approve", OPTION_SWITCH, &auto_approve, NULL, "Do not ask before doing it.");
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL,
               "Show values that are marked sensitive.");
    option_add(set, "suppress-forget-errors", OPTION_SWITCH, &op.forget_quietly, NULL,
               "Destroying is no failure when objects are left in place and only forgotten.");
    operation_plan_options(&op, set);
    session_state_options(&op.session, set, true);
    session_state_out_option(&op.session, set);
    if (!options_parse(set, argc, argv, 0, 1, &rest)) return operation_leave(&op);
    if (rest.n) return operation_finish(&op, run_saved(&op, str_of(rest.at[0]), destroy) ? EXIT_OK : EXIT_FAILED);
    op.destroy |= destroy;
    int code = run(&op, auto_approve);
    return operation_finish(&op, code);
}

int command_apply(Cli *cli, int argc, char **argv) { return apply(cli, argc, argv, false); }

int command_destroy(Cli *cli, int argc, char **argv) { return apply(cli, argc, argv, true); }

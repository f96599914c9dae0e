// infra force-unlock
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

static bool run(Session *s, Str id, bool force) {
    Cli *cli = s->cli;
    Str answer = STR("yes");
    if (!session_load(s, true) || !session_store(s)) return false;
    if (!s->store->vt->lock)
        return diag_error(&cli->diags, "no_locks", SPAN_NONE, "No locks here", "This backend does not lock states.");
    if (!force &&
        !cli_ask(cli, "Do you really want to release the lock?",
                 "Somebody may still be writing this state; two writers can lose each other's work.\nOnly 'yes' "
                 "will be accepted to confirm.",
                 &answer))
        return diag_error(&cli->diags, "not_approved", SPAN_NONE, "Approval needed",
                          "Nothing was done: nobody answered. Use -force to release the lock without asking.");
    if (!str_eqz(answer, "yes")) {
        out_z(&cli->out, "\nThe lock was left in place.\n");
        return false;
    }
    BackendWait wait = {0};
    s->store->vt->unlock(s->store, id, backend_wait_done, &wait, &cli->diags);
    if (!backend_wait(cli_loop(cli), &wait)) return false;
    out_format(&cli->out, "%sReleased the lock.%s\n", cli_green(&cli->out), cli_plain(&cli->out));
    return true;
}

int command_force_unlock(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool force = false;
    option_add(set, "force", OPTION_SWITCH, &force, NULL, "Do not ask.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, str_of(rest.at[0]), force) ? EXIT_OK : EXIT_FAILED);
}

// infra taint, infra untaint
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"

static bool run(Session *s, const char *text, bool taint, bool allow_missing) {
    Address a;
    if (!state_edit_parse(s, text, &a) || !state_edit_open(s, taint ? "taint" : "untaint")) return false;
    if (a.mode == MODE_DATA)
        return diag_error(&s->cli->diags, "misuse", SPAN_NONE, "Data sources are not tainted",
                          "A data source is read anew with every plan.");
    StateObject *o = state_edit_one(s, &a, text, allow_missing);
    if (!o && allow_missing && !diags_failed(&s->cli->diags)) {
        diag_warn(&s->cli->diags, "no_instance", SPAN_NONE, "No such resource instance",
                  "The state has no instance %s.", text);
        return true;
    }
    if (!o) return false;
    if (!taint && !o->tainted)
        return diag_error(&s->cli->diags, "not_tainted", SPAN_NONE, "Resource instance is not tainted",
                          "%s is not marked as tainted.", text);
    o->tainted = taint;
    if (!session_save(s)) return false;
    if (taint)
        out_format(&s->cli->out, "Marked %s as tainted: the next apply replaces it.\n", text);
    else
        out_format(&s->cli->out, "%s is no longer marked as tainted.\n", text);
    return true;
}

static int command(Cli *cli, int argc, char **argv, bool taint) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool allow_missing = false;
    option_add(set, "allow-missing", OPTION_SWITCH, &allow_missing, NULL, "Succeed even if there is no such instance.");
    state_edit_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, rest.at[0], taint, allow_missing) ? EXIT_OK : EXIT_FAILED);
}

int command_taint(Cli *cli, int argc, char **argv) { return command(cli, argc, argv, true); }

int command_untaint(Cli *cli, int argc, char **argv) { return command(cli, argc, argv, false); }

// infra output
#include "engine/cli/commands.h"
#include "engine/cli/outputs.h"
#include "engine/cli/session.h"
#include "engine/schema/suggest.h"

static bool show_one(Cli *cli, const Snapshot *state, Str name, bool raw) {
    const StateOutput *o = outputs_find(state, name);
    if (o && cli->json) return outputs_json_one(cli, o), true;
    if (o) return outputs_show_one(cli, o, raw);
    Suggest near = suggest_start(name);
    for (uint32_t i = 0; i < state->output_count; i++) suggest_try(&near, state->outputs[i].name);
    return diag_error(
        &cli->diags, "no_output", SPAN_NONE, "Output not found",
        "The state has no output \"%.*s\".%s An output that is new in the configuration gets there with the "
        "next apply.",
        STR_ARG(name), suggest_text(cli->arena, &near));
}

static bool show(Cli *cli, const Snapshot *state, const OptionArgs *rest, bool raw) {
    if (rest->n) return show_one(cli, state, str_of(rest->at[0]), raw);
    if (raw)
        return diag_error(&cli->diags, "misuse", SPAN_NONE, "-raw needs a name",
                          "-raw prints one output: infra output -raw NAME");
    if (cli->json) return outputs_json(cli, state), true;
    if (state->output_count) return outputs_show(cli, state);
    diag_warn(&cli->diags, "no_outputs", SPAN_NONE, "No outputs",
              "The state has no outputs: the configuration has none, or it was not applied since they were added.");
    return true;
}

int command_output(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool raw = false;
    option_add(set, "json", OPTION_SWITCH, &cli->json, NULL, "As JSON, sensitive values included.");
    option_add(set, "raw", OPTION_SWITCH, &raw, NULL, "The text of one string, number or bool alone, for scripts.");
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL,
               "Show values that are marked sensitive.");
    session_state_options(&s, set, false);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 1, &rest)) return session_leave(&s);
    bool ok = session_load(&s, true) && session_read(&s) && show(cli, s.snapshot, &rest, raw);
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

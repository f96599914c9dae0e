// infra validate
#include "engine/plan/validate.h"
#include "engine/cli/commands.h"

#include "engine/cli/diag_json.h"
#include "engine/cli/diag_place.h"
#include "engine/cli/session.h"

static void validate(Session *s) {
    if (session_config(s, true)) validate_run(session_walk(s, WALK_VALIDATE));
}

static void show_json(Cli *cli) {
    Buf text = buf_in(cli->arena);
    JsonWriter w = json_writer(&text, 2);
    Diags *d = &cli->diags;
    uint32_t warnings = 0;
    for (uint32_t i = 0; i < d->list.n; i++) warnings += d->list.at[i].severity == SEV_WARNING;
    DiagPlaces places = diag_places(cli->arena);
    json_open_object(&w);
    json_key(&w, STR("format_version"));
    json_string(&w, STR("1.0"));
    json_key(&w, STR("valid"));
    json_bool(&w, !diags_failed(d));
    json_key(&w, STR("error_count"));
    json_int(&w, d->errors);
    json_key(&w, STR("warning_count"));
    json_int(&w, warnings);
    json_key(&w, STR("diagnostics"));
    json_open_array(&w);
    for (uint32_t i = 0; i < d->list.n; i++) {
        diag_place(&places, &d->list.at[i]);
        diag_json(cli->process, &d->list.at[i], &w);
    }
    json_close_array(&w);
    json_close_object(&w);
    out_add(&cli->out, buf_str(&text));
    out_z(&cli->out, "\n");
}

int command_validate(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "json", OPTION_SWITCH, &cli->json, NULL, "As JSON.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    validate(&s);
    bool ok = !diags_failed(&cli->diags);
    if (cli->json) {
        show_json(cli);
        cli->diags.list.n = 0;
        cli->diags.errors = 0;
    } else if (ok) {
        cli_show_diags(cli);
        out_format(&cli->out, "%sSuccess!%s The configuration is valid.\n", cli_green(&cli->out), cli_plain(&cli->out));
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

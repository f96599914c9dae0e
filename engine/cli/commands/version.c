// infra version
#include "engine/cli/commands.h"
#include <sys/utsname.h>

#include "engine/cli/options.h"
#include "engine/value/json.h"
#include "state/codec.h"

static Str platform(Arena *arena) {
    struct utsname name;
    const char *machine = uname(&name) == 0 ? name.machine : "unknown";
    if (strcmp(machine, "x86_64") == 0) machine = "amd64";
    if (strcmp(machine, "aarch64") == 0) machine = "arm64";
    return str_format(arena, "linux_%s", machine);
}

int command_version(Cli *cli, int argc, char **argv) {
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "json", OPTION_SWITCH, &cli->json, NULL, "As JSON.");
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return cli->code;
    if (!cli->json) {
        out_format(&cli->out, "infra v" INFRA_VERSION "\non %.*s\nlanguage level " STATE_TERRAFORM_VERSION "\n",
                   STR_ARG(platform(cli->arena)));
        return EXIT_OK;
    }
    Buf text = buf_in(cli->arena);
    JsonWriter w = json_writer(&text, 2);
    json_open_object(&w);
    json_key(&w, STR("terraform_version"));
    json_string(&w, STR(STATE_TERRAFORM_VERSION));
    json_key(&w, STR("infra_version"));
    json_string(&w, STR(INFRA_VERSION));
    json_key(&w, STR("platform"));
    json_string(&w, platform(cli->arena));
    json_key(&w, STR("provider_selections"));
    json_open_object(&w);
    json_close_object(&w);
    json_close_object(&w);
    out_add(&cli->out, buf_str(&text));
    out_z(&cli->out, "\n");
    return EXIT_OK;
}

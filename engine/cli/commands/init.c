// infra init
#include "engine/builtin/builtin.h"
#include "engine/cli/backend_copy.h"
#include "engine/cli/backend_settings.h"
#include "engine/cli/commands.h"
#include "engine/cli/requirements.h"

typedef struct Init {
    Session session;
    OptionTexts backend_config;
    bool backend, reconfigure, migrate, force_copy;
} Init;

static bool same_place(const BackendSettings *a, const BackendSettings *b) {
    return str_eq(a->type, b->type) && str_eq(a->config, b->config);
}

// What the configuration and the options say. *type is local without a block.
static bool wanted_backend(Init *init, const BackendSettings *old, BackendSettings *out, const BackendType **type,
                           Backend **backend) {
    Session *s = &init->session;
    Value config;
    if (!backend_block(s, type, &config)) return false;
    if (!*type) {
        if (init->backend_config.list.n)
            diag_warn(
                &s->cli->diags, "no_backend_block", SPAN_NONE, "Backend arguments without a backend",
                "-backend-config was given, but the configuration has no backend block: add backend \"TYPE\" {} to "
                "its terraform block.");
        *out = (BackendSettings){.type = STR("local"), .config = STR("{}"), .block = STR("{}")};
        return backend_of_settings(s, out, type, backend);
    }
    *out = (BackendSettings){.type = str_of((*type)->name), .saved = true};
    out->block = backend_block_json(s, *type, config);
    // What -backend-config said then still holds as long as the block is the same.
    if (old->saved && !init->backend_config.list.n && str_eq(old->type, out->type) && str_eq(old->block, out->block)) {
        out->config = old->config;
        return backend_of_settings(s, out, type, backend);
    }
    if (!backend_arguments(s, *type, &init->backend_config, &config)) return false;
    out->config = backend_block_json(s, *type, config);
    return backend_configure(s, *type, config, backend);
}

static bool copy_wanted(Init *init, const BackendSettings *old, const BackendSettings *new, bool *copy) {
    Session *s = &init->session;
    *copy = init->migrate || init->force_copy;
    if (*copy) return true;
    Str answer;
    Str question = str_format(s->arena, "Copy the existing state to the backend \"%.*s\"?", STR_ARG(new->type));
    Str words = str_format(s->arena,
                           "The state was kept in the backend \"%.*s\" and has objects in it.\n'yes' copies it; 'no' "
                           "starts with whatever state the new backend has.",
                           STR_ARG(old->type));
    if (!old->saved && cli_ask(s->cli, question.p, words.p, &answer)) {
        *copy = str_eqz(answer, "yes");
        if (*copy || str_eqz(answer, "no")) return true;
    }
    return diag_error(
        &s->cli->diags, "backend_changed", SPAN_NONE, "Backend changed while there is state",
        "The state was kept in the backend \"%.*s\" and has objects in it. Say what to do with it: infra init "
        "-migrate-state copies it to the backend \"%.*s\", infra init -reconfigure leaves it where it is.",
        STR_ARG(old->type), STR_ARG(new->type));
}

static bool change_backend(Init *init, const BackendSettings *old, const BackendSettings *new, Backend *to) {
    Session *s = &init->session;
    const BackendType *type;
    Backend *from;
    bool has, copy;
    if (init->reconfigure || same_place(old, new)) return true;
    if (!backend_of_settings(s, old, &type, &from) || !backend_has_state(s, from, &has)) return false;
    bool ok =
        !has || (copy_wanted(init, old, new, &copy) && (!copy || backend_copy_states(s, from, to, init->force_copy)));
    from->vt->free(from);
    return ok;
}

static bool init_backend(Init *init) {
    Session *s = &init->session;
    Cli *cli = s->cli;
    BackendSettings old, new;
    const BackendType *type;
    if (!backend_settings_read(cli, &old) || !wanted_backend(init, &old, &new, &type, &s->backend)) return false;
    if (!change_backend(init, &old, &new, s->backend)) return false;
    // The backend must be there and let us in.
    BackendWait wait = {0};
    s->backend->vt->workspaces(s->backend, s->walk_arena, backend_wait_done, &wait, &cli->diags);
    if (!backend_wait(cli_loop(cli), &wait)) return false;
    bool known = false;
    for (uint32_t i = 0; i < wait.result.count; i++) known |= str_eq(wait.result.names[i], s->load.workspace);
    bool fixed;
    workspace_current(cli, &fixed);
    if (!known && !fixed && !workspace_select(cli, STR("default"))) return false;
    bool ok = new.saved ? backend_settings_write(cli, &new) : backend_settings_remove(cli);
    if (ok && new.saved) out_format(&cli->out, "The state is in the backend \"%.*s\".\n", STR_ARG(new.type));
    return ok;
}

static bool init_all(Init *init) {
    Session *s = &init->session;
    Cli *cli = s->cli;
    if (!session_load(s, false)) return false;
    if (!session_has_files(s)) {
        out_z(&cli->out, "This folder has no configuration files, so there is nothing to set up.\n");
        return true;
    }
    cli_catch_interrupts(cli);
    if (init->backend && !init_backend(init)) return false;
    if (!requirements_check(s)) return false;
    cli_show_diags(cli);
    out_format(&cli->out, "%sReady.%s", cli_green(&cli->out), cli_plain(&cli->out));
    out_z(&cli->out, cli->automation ? "\n" : " Next: infra plan\n");
    return true;
}

int command_init(Cli *cli, int argc, char **argv) {
    Init init = {.backend = true};
    Session *s = &init.session;
    session_init(s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool ignored = false;
    option_add(set, "backend", OPTION_SWITCH, &init.backend, "false", "Leave the backend as it was set up before.");
    option_add(set, "backend-config", OPTION_LIST, &init.backend_config, "KEY=VALUE",
               "An argument of the backend beside those of its block, or a file of such lines; may be repeated.");
    option_add(set, "reconfigure", OPTION_SWITCH, &init.reconfigure, NULL,
               "Take the backend of the configuration and leave any state in the old one.");
    option_add(set, "migrate-state", OPTION_SWITCH, &init.migrate, NULL,
               "Copy the state from the old backend to the new.");
    option_add(set, "force-copy", OPTION_SWITCH, &init.force_copy, NULL, "The same, and write over what is there.");
    option_add(set, "get", OPTION_SWITCH, &ignored, "false", "Accepted; modules of this configuration are folders.");
    option_add(set, "upgrade", OPTION_SWITCH, &ignored, NULL, "Accepted; there is nothing downloaded to be renewed.");
    session_input_options(s, set);
    session_lock_options(s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(s);
    if (init.reconfigure && (init.migrate || init.force_copy)) {
        cli_misuse(cli, "Options that exclude each other", "-reconfigure leaves the state, -migrate-state copies it.");
        return session_leave(s);
    }
    return session_finish(s, init_all(&init) ? EXIT_OK : EXIT_FAILED);
}

// infra workspace list, show, new, select, delete
#include "engine/cli/backend_copy.h"
#include "engine/cli/backend_settings.h"
#include "engine/cli/commands.h"
#include "engine/io/file.h"

typedef struct Names {
    const Str *at;
    uint32_t n;
} Names;

static bool read_names(Session *s, Names *out) {
    BackendWait wait = {0};
    if (!session_load(s, true) || !session_backend(s)) return false;
    s->backend->vt->workspaces(s->backend, s->walk_arena, backend_wait_done, &wait, &s->cli->diags);
    if (!backend_wait(cli_loop(s->cli), &wait)) return false;
    *out = (Names){wait.result.names, wait.result.count};
    return true;
}

static bool has_name(const Names *names, Str name) {
    for (uint32_t i = 0; i < names->n; i++)
        if (str_eq(names->at[i], name)) return true;
    return false;
}

static bool name_fits(Session *s, Str name) {
    bool ok = name.n > 0 && name.n <= 90 && !str_eqz(name, ".") && !str_eqz(name, "..");
    for (size_t i = 0; i < name.n; i++)
        ok &= name.p[i] > ' ' && name.p[i] != '/' && name.p[i] != '\\' && name.p[i] != 127;
    return ok ||
           diag_error(&s->cli->diags, "invalid_workspace", SPAN_NONE, "Invalid workspace",
                      "\"%.*s\" is no name for a workspace: it becomes part of a path, so it has no spaces and no "
                      "slashes.",
                      STR_ARG(name));
}

// The environment variable wins over what is selected, so selecting would do nothing.
static bool can_select(Session *s) {
    bool fixed;
    Str name = workspace_current(s->cli, &fixed);
    return !fixed ||
           diag_error(&s->cli->diags, "fixed_workspace", SPAN_NONE, "Workspace set by the environment",
                      "INFRA_WORKSPACE or TF_WORKSPACE says \"%.*s\", which wins over what is selected. Unset it "
                      "first.",
                      STR_ARG(name));
}

static bool run_list(Session *s) {
    Names names;
    if (!read_names(s, &names)) return false;
    for (uint32_t i = 0; i < names.n; i++)
        out_format(&s->cli->out, "%s %.*s\n", str_eq(names.at[i], s->load.workspace) ? "*" : " ", STR_ARG(names.at[i]));
    return true;
}

int command_workspace_list(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    return session_finish(&s, run_list(&s) ? EXIT_OK : EXIT_FAILED);
}

int command_workspace_show(Cli *cli, int argc, char **argv) {
    OptionArgs rest;
    if (!options_parse(options_start(cli), argc, argv, 0, 0, &rest)) return cli->code;
    out_format(&cli->out, "%.*s\n", STR_ARG(workspace_current(cli, NULL)));
    return cli_finish(cli, EXIT_OK);
}

// A state of its own, so that the workspace exists for others too; or the given one.
static bool make_state(Session *s, Str name, Str from) {
    s->load.workspace = name;
    s->store = s->backend->vt->open(s->backend, s->walk_arena, name, &s->cli->diags);
    if (!s->store || !session_state(s, "workspace-new", true)) return false;
    if (!from.n) return session_save(s);
    Str bytes;
    if (!file_read(s->walk_arena, str_to_z(s->arena, from), LIMIT_STATE_BYTES, &bytes, &s->cli->diags)) return false;
    Snapshot *state = codec_read(s->walk_arena, bytes, from, &s->cli->diags);
    return state && backend_write_state(s, s->store, state);
}

static bool run_new(Session *s, Str name, Str from) {
    Names names;
    if (!name_fits(s, name) || !can_select(s) || !read_names(s, &names)) return false;
    if (has_name(&names, name))
        return diag_error(&s->cli->diags, "workspace_exists", SPAN_NONE, "Workspace exists",
                          "There is a workspace \"%.*s\" already: infra workspace select %.*s", STR_ARG(name),
                          STR_ARG(name));
    if (!make_state(s, name, from) || !workspace_select(s->cli, name)) return false;
    out_format(&s->cli->out, "%sCreated the workspace \"%.*s\" and switched to it.%s It has a state of its own.\n",
               cli_green(&s->cli->out), STR_ARG(name), cli_plain(&s->cli->out));
    return true;
}

int command_workspace_new(Cli *cli, int argc, char **argv) {
    Session s;
    Str from = STR("");
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "state", OPTION_TEXT, &from, "FILE", "Begin with a copy of this state.");
    session_lock_options(&s, set);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run_new(&s, str_of(rest.at[0]), from) ? EXIT_OK : EXIT_FAILED);
}

static bool run_select(Session *s, Str name, bool create) {
    Names names;
    if (!name_fits(s, name) || !can_select(s) || !read_names(s, &names)) return false;
    if (!has_name(&names, name) && !create)
        return diag_error(&s->cli->diags, "no_workspace", SPAN_NONE, "No such workspace",
                          "There is no workspace \"%.*s\". It is created with: infra workspace new %.*s", STR_ARG(name),
                          STR_ARG(name));
    if (!has_name(&names, name) && !make_state(s, name, STR(""))) return false;
    if (!workspace_select(s->cli, name)) return false;
    out_format(&s->cli->out, "%sSwitched to the workspace \"%.*s\".%s\n", cli_green(&s->cli->out), STR_ARG(name),
               cli_plain(&s->cli->out));
    return true;
}

int command_workspace_select(Cli *cli, int argc, char **argv) {
    Session s;
    bool create = false;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "or-create", OPTION_SWITCH, &create, NULL, "Create it when there is none of this name.");
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run_select(&s, str_of(rest.at[0]), create) ? EXIT_OK : EXIT_FAILED);
}

// Nothing in it would be forgotten; with the lock of the state, so that nobody is at work in it.
static bool is_deletable(Session *s, Str name, bool force) {
    s->load.workspace = name;
    s->store = s->backend->vt->open(s->backend, s->walk_arena, name, &s->cli->diags);
    if (!s->store || !session_state(s, "workspace-delete", false)) return false;
    uint32_t n = snapshot_object_count(s->snapshot);
    bool ok =
        n == 0 || force ||
        diag_error(&s->cli->diags, "workspace_in_use", SPAN_NONE, "Workspace is not empty",
                   "The state of the workspace \"%.*s\" has %u object%s, which would no longer be managed. Destroy "
                   "them first (infra destroy in that workspace), or forget them with -force.",
                   STR_ARG(name), n, n == 1 ? "" : "s");
    bool unlocked = manager_unlock(s->manager, &s->cli->diags);
    s->manager = NULL;
    s->store->vt->close(s->store);
    s->store = NULL;
    return ok && unlocked;
}

static bool run_delete(Session *s, Str name, bool force) {
    Names names;
    Diags *d = &s->cli->diags;
    if (!read_names(s, &names)) return false;
    if (str_eq(name, workspace_current(s->cli, NULL)))
        return diag_error(d, "current_workspace", SPAN_NONE, "Workspace is selected",
                          "The workspace \"%.*s\" is the selected one. Select another first.", STR_ARG(name));
    if (!has_name(&names, name) || str_eqz(name, "default"))
        return diag_error(d, "no_workspace", SPAN_NONE, "No such workspace",
                          str_eqz(name, "default") ? "The workspace \"%.*s\" cannot be deleted."
                                                   : "There is no workspace \"%.*s\".",
                          STR_ARG(name));
    if (!is_deletable(s, name, force)) return false;
    BackendWait wait = {0};
    s->backend->vt->remove_workspace(s->backend, name, backend_wait_done, &wait, d);
    if (!backend_wait(cli_loop(s->cli), &wait)) return false;
    out_format(&s->cli->out, "Deleted the workspace \"%.*s\".\n", STR_ARG(name));
    return true;
}

int command_workspace_delete(Cli *cli, int argc, char **argv) {
    Session s;
    bool force = false;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "force", OPTION_SWITCH, &force, NULL, "Even if its state has objects: they are forgotten.");
    session_lock_options(&s, set);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run_delete(&s, str_of(rest.at[0]), force) ? EXIT_OK : EXIT_FAILED);
}

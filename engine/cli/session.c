// A session's configuration: files, variables, plugins, graph.
#include "engine/cli/session.h"

#include "engine/base/secret.h"
#include "engine/builtin/builtin.h"
#include "engine/cli/backend_settings.h"
#include "engine/io/file.h"
#include "engine/plan/schemas.h"

void session_init(Session *s, Cli *cli) {
    *s = (Session){.cli = cli, .lock = true};
    s->arena = arena_new(cli->process, LIFE_CONFIG, "configuration");
    s->walk_arena = arena_new(cli->process, LIFE_WALK, "walk");
    s->load.dir = STR(".");
}

static void session_end(Session *s) {
    for (uint32_t i = 0; i < s->walks.n; i++) walk_free(s->walks.at[i]);
    if (s->plugins) plugins_free(s->plugins);
    arena_free(s->walk_arena);
    arena_free(s->arena);
}

int session_leave(Session *s) {
    session_end(s);
    return s->cli->code;
}

int session_finish(Session *s, int code) {
    session_close(s);
    code = cli_finish(s->cli, code);
    session_end(s);
    return code;
}

void session_input_options(Session *s, OptionSet *set) {
    option_add(set, "var", OPTION_LIST, &s->inputs, "'NAME=VALUE'",
               "Set a variable of the root module; may be repeated.");
    option_add(
        set, "var-file", OPTION_LIST, &s->inputs, "FILE",
        "Set variables from a file, besides terraform.tfvars, infra.infravars, *.auto.tfvars and *.auto.infravars, "
        "which load by themselves; may be repeated.");
    option_add(set, "input", OPTION_SWITCH, &s->cli->input, "false", "Ask for nothing: what is missing is an error.");
}

void session_lock_options(Session *s, OptionSet *set) {
    option_add(set, "lock", OPTION_SWITCH, &s->lock, "false",
               "Do not lock the state. Dangerous when others may run at the same time.");
    option_add(set, "lock-timeout", OPTION_DURATION, &s->lock_timeout_ns, "DURATION",
               "How long to wait for a lock that somebody holds, such as 30s or 5m; 0s by default.");
}

void session_state_options(Session *s, OptionSet *set, bool writes) {
    option_add(set, "state", OPTION_TEXT, &s->state_path, "FILE", "The state file, when the state is local.");
    if (!writes) return;
    option_add(set, "backup", OPTION_TEXT, &s->backup_path, "FILE",
               "Keep the state as it was in this file; \"-\" keeps none. Local state only.");
}

void session_state_out_option(Session *s, OptionSet *set) {
    option_add(set, "state-out", OPTION_TEXT, &s->state_out, "FILE",
               "Write the new state here instead; local state only.");
}

// ---- variables ----

static bool input_argument(Session *s, Str text) {
    ptrdiff_t equals = str_find_char(text, '=');
    if (equals <= 0)
        return diag_error(&s->cli->diags, "bad_var", SPAN_NONE, "Invalid -var option", "\"%.*s\" is not NAME=VALUE.",
                          STR_ARG(text));
    Str name = str_slice(text, 0, (size_t)equals);
    if (str_trim(name).n != name.n)
        return diag_error(&s->cli->diags, "bad_var", SPAN_NONE, "Invalid -var option",
                          "The name \"%.*s\" has spaces around it; write -var 'NAME=VALUE' without any.",
                          STR_ARG(name));
    VariableInput input = {.from = VAR_ARGUMENT, .name = name, .where = STR("-var")};
    input.text = str_slice(text, (size_t)equals + 1, text.n);
    vec_push(s->arena, &s->load.inputs, input);
    return true;
}

bool session_read_inputs(Session *s) {
    Cli *cli = s->cli;
    load_env_inputs(s->arena, cli->environment, &s->load);
    bool ok = load_auto_inputs(s->arena, cli->process, s->load.dir, &s->load, &cli->diags);
    for (uint32_t i = 0; i < s->inputs.list.n; i++) {
        const OptionText *o = &s->inputs.list.at[i];
        if (strcmp(o->option, "var") == 0)
            ok &= input_argument(s, o->text);
        else
            ok &= load_var_file(s->arena, cli->process, o->text, &s->load, &cli->diags);
    }
    return ok;
}

static bool is_given(const Session *s, Name name) {
    for (uint32_t i = 0; i < s->load.inputs.n; i++)
        if (str_eq(s->load.inputs.at[i].name, name_str(name))) return true;
    return false;
}

static void ask_variables(Session *s) {
    const ModuleDef *root = s->config->nodes[0].def;
    if (!s->cli->input || !file_is_terminal(0)) return; // the missing ones are reported together
    for (uint32_t i = 0; i < root->variables.n; i++) {
        const Variable *v = &root->variables.at[i];
        if (v->has_default || is_given(s, v->name)) continue;
        VariableInput input = {.from = VAR_ARGUMENT, .name = name_str(v->name), .where = STR("the answer")};
        Str question = str_format(s->arena, "var.%s", v->name->text);
        if (!cli_ask(s->cli, question.p, str_to_z(s->arena, v->description), &input.text)) return;
        vec_push(s->arena, &s->load.inputs, input);
    }
}

// ---- steps ----

bool session_load(Session *s, bool root_only) {
    Cli *cli = s->cli;
    s->load.workspace = workspace_current(cli, NULL);
    s->load.no_modules = root_only;
    if (!session_read_inputs(s)) return false;
    s->config = load_config(s->arena, &s->load, &cli->diags);
    if (!s->config) return false;
    s->config->cwd = cli->cwd; // -chdir does not change path.cwd
    return !diags_failed(&cli->diags);
}

bool session_has_files(const Session *s) { return s->config->nodes[0].def->files > 0; }

bool session_require_files(Session *s) {
    if (session_has_files(s)) return true;
    return diag_error(&s->cli->diags, "no_files", SPAN_NONE, "No configuration files",
                      "This folder has no .infra, .tf or .tofu file. An empty configuration would mean to destroy "
                      "everything; for that there is \"infra destroy\". To work in another folder, use: infra "
                      "-chdir=FOLDER %s",
                      s->cli->command->name);
}

bool session_bind(Session *s) {
    Cli *cli = s->cli;
    s->plugins = plugins_new(cli_loop(cli), s->arena, s->load.dir);
    plugins_add(s->plugins, builtin_terraform);
    return load_bind_schemas(s->config, schemas_of_plugins(s->arena, cli->process, s->plugins), &cli->diags) &&
           !diags_failed(&cli->diags);
}

// Shorter ones would scrub ordinary words from messages.
#define SECRET_BYTES 8u

// Texts anywhere inside; nesting is bounded as that of every value.
static void keep_secret(Process *p, Value v) {
    if (v.kind == TYPE_STRING && value_is_set(v) && v.n >= SECRET_BYTES) secret_register(p, value_str(v));
    for (uint32_t i = 0; i < value_parts(v); i++) keep_secret(p, value_part(v, i));
}

bool session_variables(Session *s, bool allow_missing) {
    if (!allow_missing) ask_variables(s);
    if (!load_variables(s->config, &s->load, allow_missing, &s->root_values, &s->cli->diags)) return false;
    const ModuleDef *root = s->config->nodes[0].def;
    for (uint32_t i = 0; i < root->variables.n; i++)
        if (root->variables.at[i].sensitive) keep_secret(s->cli->process, s->root_values[i]);
    return true;
}

bool session_graph(Session *s) {
    s->graph = graph_build(s->arena, s->config, NULL, 0, &s->cli->diags);
    return s->graph != NULL;
}

// What one step finds wrong does not keep the next from being looked at, so that errors are shown together.
bool session_config(Session *s, bool allow_missing) {
    bool loaded = session_load(s, false);
    if (!s->config) return false;
    bool bound = session_bind(s);
    return loaded && session_variables(s, allow_missing) && bound && session_graph(s);
}

Walk *session_walk(Session *s, WalkKind kind) {
    Walk *w = walk_new(s->walk_arena, kind, cli_loop(s->cli), s->config, s->graph, s->plugins, s->snapshot,
                       s->root_values, &s->cli->diags);
    vec_push(s->arena, &s->walks, w);
    return w;
}

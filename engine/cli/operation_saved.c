// Saved plans: written by plan, carried out by apply, looked at by show.
#include "engine/cli/operation.h"
#include "engine/plan/planfile.h"

bool operation_save_plan(Operation *op, Str path) {
    Session *s = &op->session;
    PlanfileHome home = {.backend = s->settings.type, .settings = s->settings.config, .workspace = s->load.workspace};
    return planfile_write(op->plan, &home, str_to_z(s->arena, path), &s->cli->diags);
}

static bool saved_config(Operation *op, const Planfile *file) {
    Session *s = &op->session;
    s->load.workspace = planfile_home(file)->workspace;
    planfile_sources(file, &s->load);
    if (!session_read_inputs(s)) return false;
    s->config = load_config(s->arena, &s->load, &s->cli->diags);
    return s->config && !diags_failed(&s->cli->diags) && session_bind(s) && session_graph(s);
}

// Is there a value that matters beside the plan's own? Ephemeral values are in no plan, so they are given again by
// whatever gives them; others only count when somebody typed them.
static bool given_anew(const Session *s, const Variable *v) {
    for (uint32_t k = 0; k < s->load.inputs.n; k++) {
        const VariableInput *in = &s->load.inputs.at[k];
        if (!str_eq(in->name, name_str(v->name))) continue;
        if (v->ephemeral || in->from == VAR_ARGUMENT || in->from == VAR_FILE) return true;
    }
    return false;
}

static bool saved_variables(Operation *op, Planfile *file) {
    Session *s = &op->session;
    const ModuleDef *root = s->config->nodes[0].def;
    Value *given;
    if (!load_variables(s->config, &s->load, true, &given, &s->cli->diags)) return false;
    for (uint32_t i = 0; i < root->variables.n; i++)
        if (!given_anew(s, &root->variables.at[i])) given[i] = (Value){0};
    return planfile_variables(file, s->config, given, &s->root_values, &s->cli->diags);
}

bool operation_load_plan(Operation *op, Str path, bool check) {
    Session *s = &op->session;
    Cli *cli = s->cli;
    Planfile *file = planfile_open(s->arena, str_to_z(s->arena, path), &cli->diags);
    if (!file || !saved_config(op, file) || !saved_variables(op, file)) return false;
    const PlanfileHome *home = planfile_home(file);
    BackendSettings settings = {.type = home->backend.n ? home->backend : STR("local"),
                                .config = home->settings,
                                .block = STR("{}"),
                                .saved = true};
    if (!session_store_of(s, &settings)) return false;
    cli_catch_interrupts(cli);
    bool open = check ? session_state(s, "OperationTypeApply", true) && operation_recover(op) : session_read(s);
    if (!open) return false;
    Walk *w = session_walk(s, planfile_walk_kind(file));
    operation_stoppable(op, w);
    op->plan = planfile_plan(file, w, check, &cli->diags);
    cli->on_interrupt = NULL;
    op->destroy = planfile_walk_kind(file) == WALK_PLAN_DESTROY;
    op->refresh_only = planfile_walk_kind(file) == WALK_REFRESH_ONLY;
    return op->plan && !diags_failed(&cli->diags) && !cli->interrupts;
}

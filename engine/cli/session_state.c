// A session's state: which backend, its lock, reading and writing.
#include "engine/cli/backend_settings.h"
#include "engine/io/file.h"
#include "engine/plan/prior.h"
#include "state/backend/local.h"

// ---- which backend ----

static bool needs_init(Session *s, const char *why) {
    const BackendBlock *block = s->config ? s->config->nodes[0].def->backend : NULL;
    return diag_error(&s->cli->diags, "backend_changed", block ? block->span : SPAN_NONE, "Backend needs to be set up",
                      "%s\n\nRun \"infra init\" first. When there is state to be moved from where it was, use \"infra "
                      "init -migrate-state\"; to leave it there, \"infra init -reconfigure\".",
                      why);
}

// The saved settings must be those of the configuration.
static bool settings_fit(Session *s, const BackendSettings *saved) {
    const BackendType *type;
    Value config;
    if (!backend_block(s, &type, &config)) return false;
    if (!type && !saved->saved) return true;
    if (!type && str_eqz(saved->type, "local") && str_eqz(saved->config, "{}")) return true;
    if (!type)
        return needs_init(s, str_format(s->arena,
                                        "The state was kept in the backend \"%.*s\", which the configuration no "
                                        "longer has.",
                                        STR_ARG(saved->type))
                                 .p);
    if (!saved->saved)
        return needs_init(s, str_format(s->arena,
                                        "The configuration keeps its state in the backend \"%s\", which is not "
                                        "set up here yet.",
                                        type->name)
                                 .p);
    if (!str_eqz(saved->type, type->name))
        return needs_init(s, str_format(s->arena,
                                        "The state was kept in the backend \"%.*s\"; now the configuration says "
                                        "\"%s\".",
                                        STR_ARG(saved->type), type->name)
                                 .p);
    if (!str_eq(backend_block_json(s, type, config), saved->block))
        return needs_init(
            s, str_format(s->arena, "The arguments of the backend \"%s\" were changed since it was set up.", type->name)
                   .p);
    return true;
}

bool session_backend(Session *s) {
    return backend_settings_read(s->cli, &s->settings) && settings_fit(s, &s->settings) &&
           backend_of_settings(s, &s->settings, &s->backend_type, &s->backend);
}

// -state and the like replace the store by a file.
static bool open_store(Session *s) {
    Cli *cli = s->cli;
    bool paths = s->state_path.n || s->state_out.n || s->backup_path.n;
    if (paths && s->backend_type != &backend_local)
        return diag_error(&cli->diags, "misuse", SPAN_NONE, "Option of local states",
                          "-state, -state-out and -backup are for states in local files; this one is in the backend "
                          "\"%s\".",
                          s->backend_type->name);
    s->store = s->backend->vt->open(s->backend, s->walk_arena, s->load.workspace, &cli->diags);
    if (!s->store || !paths) return s->store != NULL;
    Str path = s->state_out.n ? s->state_out : s->state_path.n ? s->state_path : s->store->where;
    Str backup = str_eqz(s->backup_path, "-") ? STR("")
                 : s->backup_path.n           ? s->backup_path
                                              : str_concat(s->walk_arena, path, STR(".backup"));
    s->store->vt->close(s->store);
    s->store = local_store(cli_loop(cli), s->walk_arena, path, backup);
    // A saved plan names the file that it builds on.
    Buf config = buf_in(s->arena);
    buf_z(&config, "{\"path\":");
    json_escape(&config, path, false);
    buf_z(&config, "}");
    s->settings.config = buf_str(&config);
    return true;
}

bool session_store(Session *s) { return session_backend(s) && open_store(s); }

bool session_store_of(Session *s, const BackendSettings *settings) {
    s->settings = *settings;
    return backend_of_settings(s, settings, &s->backend_type, &s->backend) && open_store(s);
}

// ---- holding it ----

static void say(void *ctx, Str text) {
    Cli *cli = ctx;
    out_format(&cli->out, "%.*s\n", STR_ARG(text));
    out_flush(&cli->out);
    cli->waiting = true;
}

// -state-out: what is written is another file than what was read.
static bool read_other(Session *s) {
    Diags *diags = &s->cli->diags;
    if (!s->state_out.n || str_eq(s->state_out, s->state_path)) return true;
    Str path = s->state_path.n ? s->state_path : STR("terraform.tfstate"), bytes;
    const char *z = str_to_z(s->walk_arena, path);
    if (!file_exists(z)) return true;
    if (!file_read(s->walk_arena, z, LIMIT_STATE_BYTES, &bytes, diags)) return false;
    Snapshot *other = codec_read(s->walk_arena, bytes, path, diags);
    if (!other) return false;
    *s->snapshot = *other;
    return true;
}

// What is in the state may need providers that nothing in the configuration uses any more.
static bool add_providers(Session *s) {
    if (!s->graph) return true;
    uint32_t n;
    const Str *more = prior_more_providers(s->arena, s->graph, s->snapshot, &n);
    if (n) s->graph = graph_build(s->arena, s->config, more, n, &s->cli->diags);
    return s->graph != NULL;
}

static bool open_state(Session *s, const char *operation, bool lock, bool write) {
    Cli *cli = s->cli;
    if (!s->store && !session_store(s)) return false;
    ManagerOptions options = {.lock = lock,
                              .lock_timeout_ns = s->lock_timeout_ns,
                              .operation = str_of(operation),
                              .write = write,
                              .notice = say,
                              .notice_ctx = cli};
    s->manager = manager_open(cli_loop(cli), s->walk_arena, s->store, &options, &cli->diags);
    cli->waiting = false;
    if (!s->manager) return false;
    s->snapshot = manager_snapshot(s->manager);
    return read_other(s) && add_providers(s);
}

bool session_state(Session *s, const char *operation, bool write) { return open_state(s, operation, s->lock, write); }

bool session_read(Session *s) { return open_state(s, "", false, false); }

bool session_show_walk(Session *s) { return session_config(s, true) && session_read(s); }

bool session_save(Session *s) { return manager_persist(s->manager, s->load.dir, &s->cli->diags); }

bool session_close(Session *s) {
    bool ok = !s->manager || manager_unlock(s->manager, &s->cli->diags);
    s->manager = NULL;
    if (s->store) s->store->vt->close(s->store);
    s->store = NULL;
    if (s->backend) s->backend->vt->free(s->backend);
    s->backend = NULL;
    return ok;
}

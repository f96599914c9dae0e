// What most commands need, step by step: the configuration with its plugins, its state, a walk over it.
//
// Each step needs those before it and says what went wrong in cli->diags. session_finish gives the state's lock back.
#ifndef INFRA_CLI_SESSION_H
#define INFRA_CLI_SESSION_H

#include "engine/cli/options.h"
#include "engine/config/load.h"
#include "engine/plan/plan.h"
#include "state/manager.h"

// Which backend the state is in (see backend_settings.h).
typedef struct BackendSettings {
    Str type;   // "local" when nothing was chosen
    Str config; // JSON of the whole configuration, as the backend was given it
    Str block;  // JSON of what the configuration's block said, to notice that it was changed
    bool saved; // they come from the file
} BackendSettings;

typedef struct Session {
    Cli *cli;
    Arena *arena;      // configuration
    Arena *walk_arena; // state and walk
    VEC(Walk *) walks; // made so far; freed at the end
    LoadOptions load;
    OptionTexts inputs; // -var, -var-file
    Config *config;
    Plugins *plugins;
    const Graph *graph;
    Value *root_values;
    bool lock;
    int64_t lock_timeout_ns;
    Str state_path, state_out, backup_path; // local backend only
    BackendSettings settings;
    const BackendType *backend_type;
    Backend *backend;
    StateStore *store;
    StateManager *manager;
    Snapshot *snapshot;
} Session;

void session_init(Session *s, Cli *cli);
// Both end the session. Nothing was done but read options: the exit code is what they left.
int session_leave(Session *s);
// Gives the lock back, shows what is left to say.
int session_finish(Session *s, int code);
void session_input_options(Session *s, OptionSet *set);              // -var, -var-file, -input
void session_lock_options(Session *s, OptionSet *set);               // -lock, -lock-timeout
void session_state_options(Session *s, OptionSet *set, bool writes); // -state, with writes -backup
void session_state_out_option(Session *s, OptionSet *set);           // -state-out

// Where variables get their values: the environment, files that load by themselves, the command line.
bool session_read_inputs(Session *s);
// The workspace, the files with variable values, the configuration. root_only: no called modules.
bool session_load(Session *s, bool root_only);
// Is there any configuration file in the folder?
bool session_has_files(const Session *s);
bool session_require_files(Session *s);
// Plugins and schemas.
bool session_bind(Session *s);
// allow_missing: variables that nothing sets are unknown. Else they are asked for on a terminal.
bool session_variables(Session *s, bool allow_missing);
bool session_graph(Session *s);
// All of the above, as far as errors allow.
bool session_config(Session *s, bool allow_missing);

// The backend that `init` has set up, checked against the configuration, and the workspace's store in it.
bool session_backend(Session *s);
bool session_store(Session *s); // for load.workspace
// The same, but of these settings.
bool session_store_of(Session *s, const BackendSettings *settings);
// Locks and reads. write: the command may change the state.
bool session_state(Session *s, const char *operation, bool write);
// The same without lock, for commands that only look.
bool session_read(Session *s);
// Writes the snapshot as it is now.
bool session_save(Session *s);
// Gives lock and store back before the end.
bool session_close(Session *s);

// Configuration, if there is one, and state, for showing objects with their schemas.
bool session_show_walk(Session *s);
Walk *session_walk(Session *s, WalkKind kind);

#endif

// Which backend the state is in: chosen by `init`, kept in .infra/backend.json (0600: it may hold secrets).
#ifndef INFRA_CLI_BACKEND_SETTINGS_H
#define INFRA_CLI_BACKEND_SETTINGS_H

#include "engine/cli/session.h"

bool backend_settings_read(Cli *cli, BackendSettings *out);
bool backend_settings_write(Cli *cli, const BackendSettings *settings);
bool backend_settings_remove(Cli *cli);

// What the configuration's backend block says, without arguments being required. *type is NULL when there is no block.
bool backend_block(Session *s, const BackendType **type, Value *config);
// Its value as JSON; "{}" for none.
Str backend_block_json(Session *s, const BackendType *type, Value config);
// -backend-config laid over it.
bool backend_arguments(Session *s, const BackendType *type, const OptionTexts *given, Value *config);
bool backend_configure(Session *s, const BackendType *type, Value config, Backend **out);
// The configured backend of saved settings.
bool backend_of_settings(Session *s, const BackendSettings *settings, const BackendType **type, Backend **out);
// The schema with every argument optional.
const SchemaBlock *backend_relaxed(Process *process, const SchemaBlock *schema);

// The selected workspace and its file.
Str workspace_current(Cli *cli, bool *from_environment);
bool workspace_select(Cli *cli, Str name);

#endif

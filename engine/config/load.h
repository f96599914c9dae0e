// Loading: a folder to a Config.
#ifndef INFRA_CONFIG_LOAD_H
#define INFRA_CONFIG_LOAD_H

#include "engine/config/config.h"
#include "engine/io/loop.h"

typedef struct VariableInput {
    Str name;
    enum { VAR_ENV, VAR_FILE, VAR_AUTO_FILE, VAR_ARGUMENT } from;
    Str text;         // environment and -var: as given
    const Expr *expr; // from a file, or NULL
    bool has_value;   // from a JSON file: value holds it
    Value value;
    Span span;
    Str where; // "-var", "TF_VAR_x", a file name: for messages
} VariableInput;

// Configuration files kept in a plan file: read instead of the disk.
typedef struct SourceSnapshot {
    const Str *paths, *texts;
    uint32_t n;
} SourceSnapshot;

typedef struct LoadOptions {
    Str dir; // the root module's folder, as given
    Str workspace;
    VEC(VariableInput) inputs;      // in rising precedence; needed for static evaluation (module sources, backend)
    const SourceSnapshot *snapshot; // NULL: the disk
    bool no_modules;                // only the root folder (for init's backend, fmt)
} LoadOptions;

// Reads all .infra, .tf, .tofu files (shadowing, overrides), recursively the called modules (local paths), checks and
// compiles what needs no provider schema. NULL when nothing could be read; else a Config even after errors.
Config *load_config(Arena *arena, const LoadOptions *options, Diags *diags);

// What a provider's types are, given by who knows the plugins. NULL with a diagnostic for an unknown type or provider.
typedef struct SchemaSource {
    const Schema *(*resource)(struct SchemaSource *s, Str provider, ResourceMode mode, Name type, Span span,
                              Diags *diags);
    const Schema *(*provider)(struct SchemaSource *s, Str provider, Span span, Diags *diags);
    void *ctx;
} SchemaSource;
// Compiles resource and provider bodies against their schemas, once per def, and those of provisioners and connections,
// and checks references between resources against the schemas.
bool load_bind_schemas(Config *config, SchemaSource *schemas, Diags *diags);

// Root variable values from inputs: parsed, converted, defaults, validated in form (validation rules run in the walk).
// values[i] belongs to root def->variables[i]; missing ones are errors that name all ways to set them.
bool load_variables(Config *config, const LoadOptions *options, bool allow_missing, Value **values, Diags *diags);
// TF_VAR_x and INFRA_VAR_x of an environment ("NAME=value" strings, ended by NULL); the latter win.
void load_env_inputs(Arena *arena, char *const *environment, LoadOptions *options);
// Reads terraform.tfvars, infra.infravars, *.auto.tfvars, *.auto.infravars and one -var-file into inputs; each
// of them in JSON too (terraform.tfvars.json).
bool load_auto_inputs(Arena *arena, Process *process, Str dir, LoadOptions *options, Diags *diags);
bool load_var_file(Arena *arena, Process *process, Str path, LoadOptions *options, Diags *diags);

// Static evaluation: variables, locals, path.*, workspace and functions only (backend blocks, module sources).
bool load_static_eval(Config *config, const LoadOptions *options, const Body *body, const SchemaBlock *schema,
                      Value *out, Diags *diags);

// An expression from outside the files (the console), compiled in the root module's names. NULL after diagnostics.
const Code *load_expression(Config *config, Arena *arena, const Expr *expr, Diags *diags);

#endif

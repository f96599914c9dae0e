// Where values of variables come from: the environment and variable files.
#include "engine/base/limits.h"
#include "engine/config/loader.h"
#include "engine/io/file.h"
#include "engine/value/json.h"
#include "grammar/parse.h"

static void add_env(Arena *arena, char *const *environment, const char *prefix, LoadOptions *options) {
    for (uint32_t i = 0; environment[i]; i++) {
        Str entry = str_of(environment[i]);
        ptrdiff_t equals = str_find_char(entry, '=');
        if (!str_starts(entry, str_of(prefix)) || equals <= (ptrdiff_t)strlen(prefix)) continue;
        VariableInput input = {.from = VAR_ENV};
        input.name = str_copy(arena, str_slice(entry, strlen(prefix), (size_t)equals));
        input.text = str_copy(arena, str_slice(entry, (size_t)equals + 1, entry.n));
        input.where = str_copy(arena, str_slice(entry, 0, (size_t)equals));
        vec_push(arena, &options->inputs, input);
    }
}

void load_env_inputs(Arena *arena, char *const *environment, LoadOptions *options) {
    add_env(arena, environment, "TF_VAR_", options);
    add_env(arena, environment, "INFRA_VAR_", options);
}

static bool read_json(Arena *arena, Process *process, Str path, Str text, VariableInput *like, LoadOptions *options,
                      Diags *diags) {
    Value v;
    JsonError why;
    (void)process;
    if (!json_decode(arena, text, &v, &why))
        return diag_error(diags, "invalid_variable_file", SPAN_NONE, "Invalid variable file",
                          "%.*s is no valid JSON: %s.", STR_ARG(path), why.message);
    if (v.kind != TYPE_OBJECT || !value_is_set(v))
        return diag_error(diags, "invalid_variable_file", SPAN_NONE, "Invalid variable file",
                          "%.*s must hold one JSON object: its members are the variables.", STR_ARG(path));
    for (uint32_t i = 0; i < v.n; i++) {
        VariableInput input = *like;
        input.name = name_str(v.obj->shape->names[i]);
        input.has_value = true;
        input.value = v.obj->at[i];
        vec_push(arena, &options->inputs, input);
    }
    return true;
}

static bool read_native(Arena *arena, Process *process, Str path, Str text, VariableInput *like, LoadOptions *options,
                        Diags *diags) {
    const SourceFile *file = source_add(process, path, text);
    if (!file) return false;
    AstBody *ast;
    uint32_t errors = diags->errors;
    parse_body(arena, file, &ast, diags);
    for (uint32_t i = 0; i < ast->blocks.n; i++) {
        const AstBlock *block = &ast->blocks.at[i];
        bool variable = str_eqz(block->type, "variable");
        diag_error(diags, "invalid_variable_file", block->type_span, "Block in a variable file",
                   variable
                       ? "A variable file sets variables, it does not declare them: write NAME = VALUE here, and the "
                         "\"%.*s\" block in a configuration file."
                       : "A variable file has no blocks such as \"%.*s\", only NAME = VALUE.",
                   STR_ARG(block->type));
    }
    BodyContent content;
    AstBody only = *ast;
    only.blocks.n = 0;
    body_attributes(body_native(arena, process, &only), arena, &content, diags);
    for (uint32_t i = 0; i < content.attrs.n; i++) {
        VariableInput input = *like;
        input.name = name_str(content.attrs.at[i].name);
        input.expr = content.attrs.at[i].expr;
        input.span = content.attrs.at[i].expr->span;
        vec_push(arena, &options->inputs, input);
    }
    return diags->errors == errors;
}

static bool read_variables(Arena *arena, Process *process, Str path, bool automatic, LoadOptions *options,
                           Diags *diags) {
    Str text;
    path = str_copy(arena, path);
    if (!file_read(arena, path.p, LIMIT_SOURCE_BYTES, &text, diags)) return false;
    VariableInput like = {.from = automatic ? VAR_AUTO_FILE : VAR_FILE, .where = path};
    Str start = str_trim(text);
    bool json = str_ends(path, STR(".json"));
    // A file of an odd name that starts as a JSON object is one.
    if (!json && !automatic && !str_ends(path, STR("vars"))) json = start.n && start.p[0] == '{';
    return (json ? read_json : read_native)(arena, process, path, text, &like, options, diags);
}

bool load_var_file(Arena *arena, Process *process, Str path, LoadOptions *options, Diags *diags) {
    return read_variables(arena, process, path, false, options, diags);
}

static bool automatic(Str name) {
    static const char *const endings[] = {".auto.tfvars", ".auto.tfvars.json", ".auto.infravars",
                                          ".auto.infravars.json"};
    for (uint32_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (str_ends(name, str_of(endings[i]))) return name.p[0] != '.';
    return false;
}

bool load_auto_inputs(Arena *arena, Process *process, Str dir, LoadOptions *options, Diags *diags) {
    static const char *const fixed[] = {"terraform.tfvars", "terraform.tfvars.json", "infra.infravars",
                                        "infra.infravars.json"};
    uint32_t errors = diags->errors, n;
    Str *names;
    for (uint32_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        Str path = str_copy(arena, path_clean(arena, path_join(arena, dir, str_of(fixed[i]))));
        if (file_exists(path.p)) read_variables(arena, process, path, true, options, diags);
    }
    if (!file_list(arena, str_to_z(arena, dir), &names, &n, diags)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (automatic(names[i]))
            read_variables(arena, process, path_clean(arena, path_join(arena, dir, names[i])), true, options, diags);
    return diags->errors == errors;
}

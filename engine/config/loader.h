// The inside of loading, for this folder alone.
//
// A def is read in two steps. Reading (read.c, read_*.c) makes its lists and the indexes of its names, with what is
// constant (variables, requirements, module sources), so that the modules it calls can be read. When all are read,
// defining (define_*.c) compiles every expression, each name bound through the indexes.
#ifndef INFRA_CONFIG_LOADER_H
#define INFRA_CONFIG_LOADER_H

#include "engine/base/map.h"
#include "engine/config/load.h"

typedef struct Words {
#define WORD(word) Name word##_;
#include "engine/config/words.def"
#undef WORD
    Name underscore;
} Words;

typedef struct Def Def;

typedef struct Loader {
    Config *config;
    Process *process;
    Arena *arena;
    const LoadOptions *options;
    Diags *diags;
    Words w;
    StrMap shared;         // absolute folder -> Def that all its callers share
    uint32_t static_depth; // of evaluations within evaluations
} Loader;

// Blocks that have a name and may be overridden.
typedef enum DeclKind {
    DECL_VARIABLE,
    DECL_PROVIDER,
    DECL_RESOURCE,
    DECL_DATA,
    DECL_EPHEMERAL,
    DECL_CALL,
    DECL_OUTPUT,
    DECL_CHECK,
    DECL_KINDS,
} DeclKind;

typedef struct DeclList {
    VEC(BodyBlock) list;
    StrMap index; // name -> place in the ModuleDef's list
} DeclList;

typedef struct CallSite {
    Def *def;      // the caller
    uint32_t call; // index
} CallSite;

// A data source inside of a check block: places in DECL_DATA and in mod.checks.
typedef struct ScopedData {
    uint32_t data, check;
} ScopedData;

// A file of a folder.
typedef struct ConfigFile {
    Str path;
    const AstBody *ast;
    bool override, legacy; // legacy: .tf, whose required_version is not for this program
} ConfigFile;
typedef struct ConfigFiles {
    VEC(ConfigFile) list;
} ConfigFiles;

// What a module block holds, and the arguments for the called module.
typedef struct CallContent {
    BodyContent content;
    const Body *rest;
} CallContent;

struct Def {
    ModuleDef mod;
    Loader *loader;
    Str absolute; // its folder
    DeclList decls[DECL_KINDS];
    StrMap locals;
    VEC(const Expr *) local_exprs; // of mod.locals
    StrMap requirements;           // local name -> index
    VEC(BodyBlock) moved, removed, imports;
    VEC(BodyContent) variable_contents, check_contents;
    VEC(ScopedData) scoped;
    const ConfigFile *backend_file; // the file that the backend was set in
    Span requirements_span;         // of the required_providers block
    VEC(CallContent) call_contents; // of mod.calls
    VEC(CallSite) callers;
    bool contextual;              // its static values differ between callers: it is not shared
    bool incompatible;            // required_version excludes this program: nothing else is said of it
    struct StaticValues *statics; // evaluated so far (static.c)
};

// The content of a body by word lists: attributes and blocks, ended by NULL. A name in `required` must be there.
typedef struct Wanted {
    Name attr[14];
    Name required[3];
    struct {
        Name type;
        uint32_t labels;
        const char *const *label_names;
    } block[20];
} Wanted;

// load.c: puts the diagnostics from an index on into the order of the source.
void load_sort_diags(Arena *arena, Diags *d, uint32_t from);

// files.c
// Is there such a folder, on disk or in the snapshot?
bool files_folder_exists(Loader *l, Str dir);
bool files_read(Loader *l, Str dir, ConfigFiles *out);

// read.c
void read_def(Def *def);
// settings.c
void settings_terraform(Def *def, const BodyBlock *block, const ConfigFile *file);
void settings_language(Def *def, const BodyBlock *block, const ConfigFile *file);
// requirements.c
void requirements_read(Def *def, const BodyBlock *block, bool override);
// The full address of the provider known as `local` here; adds an implied requirement when it is new.
Str requirements_address(Def *def, Name local);
bool requirements_name(Def *def, Str name, Span span);

// read_variable.c
void read_variable(Def *def, const BodyBlock *block);

// define.c: everything of one def that holds expressions.
void define_def(Def *def);
void define_call(Def *def, uint32_t index);     // define_call.c
void define_resource(Def *def, uint32_t index); // define_resource.c
void refactor_define(Def *def);                 // refactor.c: moved, removed, import

// bind.c: names in expressions. A definer compiles the expressions of one block.
typedef struct ModuleBinder {
    Binder base;
    Def *def;
    bool each, count, self; // may be used
    bool constant;          // static evaluation: variables, locals, paths, workspace only
    uint32_t check;         // inside of check block + 1

} ModuleBinder;

typedef struct Definer {
    Def *def;
    Loader *l;
    ModuleBinder binder;
    CodeSession session;
} Definer;

ModuleBinder bind_start(Def *def);
uint64_t *bind_find_resource(const DeclList *list, Name type, Name name);
void definer_start(Definer *d, Def *def, uint32_t once_count);
const Code *definer_compile(Definer *d, const Expr *expr);
// Compiles, or gives NULL without a word when expr is NULL.
const Code *definer_optional(Definer *d, const BodyAttr *attr);
void definer_rule(Definer *d, const BodyBlock *block, RuleList *out);
// each or count become usable, as the block's repetition allows.
void definer_repeat(Definer *d, Repeat repeat);
// rest, joined with the escaping block `_ { … }` when there is one.
const Body *definer_escape(Loader *l, const BodyContent *content, const Body *rest);

// The repetition that a block's arguments ask for; more than one is an error.
typedef struct RepeatArgs {
    const BodyAttr *count, *for_each, *enabled;
} RepeatArgs;
Repeat definer_repeat_args(Definer *d, const RepeatArgs *args, const Code **code);

// lifecycle.c
// The content of the only lifecycle block among `blocks`, or NULL.
const BodyContent *lifecycle_content(Loader *l, const BodyContent *blocks, const Wanted *wanted);
void lifecycle_define(Definer *d, const BodyContent *lifecycle, Resource *r);
// What is checked once the resource's schema is known.
void lifecycle_check(Loader *l, const Resource *r);
// provisioner.c
void provisioner_define(Definer *d, const BodyBlock *block, const Body *connection, Provisioner *out);
// provisioner_schema.c
typedef struct ProvisionerSchemas {
    const SchemaBlock *local_exec, *remote_exec, *file, *connection;
} ProvisionerSchemas;
ProvisionerSchemas provisioners_schemas(Process *process);
// Compiles their bodies; r is NULL for those of a removed block.
void provisioners_bind(Def *def, const ProvisionerSchemas *schemas, Resource *r, Provisioner *list, uint32_t n);

// references.c: expressions that are references, not evaluated.
// The traversal that expr is (names, attributes, constant indexes), or false without a word. keys_open: an index that
// is no constant ends the traversal at that index, given in *open.
bool reference_read(Loader *l, const Expr *expr, Traversal *out);
// The same for old configurations that write references in quotes: a warning; and an error when it is none.
bool reference_quoted(Loader *l, const Expr *expr, bool keyword, const Expr **out);
bool reference_slots(Definer *d, const BodyAttr *attr, uint32_t **slots, uint32_t *n);
bool reference_keyword(const Expr *expr, Str *out);
bool reference_address(Loader *l, const Expr *expr, bool allow_module, Address *out);

// providers.c: `provider = aws.west`, `providers = { … }`.
typedef struct ProviderRef {
    Name name, alias;
    const Expr *key;
    Span span;
} ProviderRef;
bool providers_ref(Loader *l, const Expr *expr, ProviderRef *out);
void providers_passes(Def *def, ModuleCall *call, const BodyAttr *attr);
void providers_check(Config *config, Diags *diags);

// static.c
// Evaluates an expression that may use variables, locals, paths and the workspace only.
bool static_eval(Def *def, const Expr *expr, Value *out);
bool static_body(Def *def, const Body *body, const SchemaBlock *schema, Value *out);

// variables.c
// The root module's variable from the inputs, converted, without its marks. *given false: nothing sets it.
bool variables_value(Def *def, uint32_t index, Value *out, bool *given);
// A value for a variable, with the type's defaults, converted; span and where it is set are for messages.
bool variables_convert(Loader *l, const Variable *v, Value value, Span span, Str where, Value *out);

// uses.c: references against schemas.
void uses_check(Def *def);

// tree.c: module sources, the tree of nodes.
Def *tree_root(Loader *l, Str dir);
void tree_calls(Def *def);
// The def's values differ between its callers: each gets a def of its own.
void tree_unshare(Def *def);
void tree_check_cycles(Loader *l);
void tree_build(Config *config, Diags *diags);

// common.c
// A constant of a primitive type; false after a diagnostic.
bool common_string(Loader *l, const BodyAttr *attr, Str *out);
bool common_bool(Loader *l, const BodyAttr *attr, bool *out);
// The message of a `deprecated` argument, when there is one.
void common_deprecated(Loader *l, const BodyAttr *attr, Str *out);
bool common_constant(Loader *l, const Expr *expr, Value *out);
bool common_identifier(Str s);
bool common_check_name(Loader *l, Str name, Span span, const char *what);
// "main.infra line 3".
const char *common_place(Loader *l, Span span);
Name common_name(Loader *l, Str text);

// version.c
typedef struct Version {
    uint64_t part[3];
    Str pre;
} Version;
// "1.2.3-rc1", "v1.2".
bool version_read(Str text, Version *out);
// Does the version satisfy ">= 1.0, < 2.0"? False in *valid when the constraint is malformed.
bool version_allows(Str constraint, const Version *version, bool *valid);
extern const char version_language[]; // "1.12.6"

// With `remain`, the rest is left for the body given out (body.h).
bool common_content(Loader *l, const Body *body, const Wanted *wanted, BodyContent *out, const Body **remain);

#endif

// Runs the cases of tests/config: each folder is a root module, and want.txt says what loading it gives: diagnostics,
// the modules and blocks, and, where args.txt asks for it, values.
//
//   config_runner FOLDER [NAME…]
//
// Lines of args.txt: "var NAME=TEXT" (as -var), "env NAME=TEXT" (as TF_VAR_NAME), "var-file PATH", "workspace NAME",
// "values" (root variables and what resource bodies evaluate to, with references to resources unknown).
// UPDATE=1 rewrites want.txt.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/io/file.h"
#include "engine/value/marks.h"
#include "engine/value/render.h"
#include "tests/harness/config_schemas.h"

typedef struct Case {
    Process *process;
    Arena *arena;
    Diags diags;
    LoadOptions options;
    bool values;
    Buf *out;
    Config *config;
    Value *variables;
    uint32_t depth; // of locals
} Case;

static void add_input(Case *c, Str name_value, bool argument) {
    ptrdiff_t equals = str_find_char(name_value, '=');
    if (equals < 0) return;
    VariableInput input = {.from = argument ? VAR_ARGUMENT : VAR_ENV, .where = argument ? STR("-var") : STR("env")};
    input.name = str_slice(name_value, 0, (size_t)equals);
    input.text = str_slice(name_value, (size_t)equals + 1, name_value.n);
    vec_push(c->arena, &c->options.inputs, input);
}

// One line of args.txt; values given as arguments come after those of files.
static void read_line(Case *c, Str line, bool arguments) {
    ptrdiff_t space = str_find_char(line, ' ');
    Str word = space < 0 ? line : str_slice(line, 0, (size_t)space);
    Str rest = space < 0 ? STR_NONE : str_slice(line, (size_t)space + 1, line.n);
    if (str_eqz(word, "values")) c->values = true;
    if (str_eqz(word, "workspace")) c->options.workspace = rest;
    if (str_eqz(word, "env") && !arguments) add_input(c, rest, false);
    if (str_eqz(word, "var") && arguments) add_input(c, rest, true);
    if (str_eqz(word, "var-file") && arguments) load_var_file(c->arena, c->process, rest, &c->options, &c->diags);
}

static void read_args(Case *c) {
    Str text = STR_NONE, rest, line;
    if (file_exists("args.txt")) file_read(c->arena, "args.txt", 1 << 20, &text, &c->diags);
    for (rest = text; str_next(&rest, '\n', &line);) read_line(c, line, false);
    load_auto_inputs(c->arena, c->process, STR("."), &c->options, &c->diags);
    for (rest = text; str_next(&rest, '\n', &line);) read_line(c, line, true);
}

static void print_diags(Case *c) {
    for (uint32_t i = 0; i < c->diags.list.n; i++) {
        const Diag *d = &c->diags.list.at[i];
        SourcePos at;
        buf_z(c->out, d->severity == SEV_ERROR ? "error" : "warning");
        if (source_pos(c->process, d->subject, &at, NULL))
            buf_format(c->out, " %.*s:%u:%u", STR_ARG(at.file->path), at.line, at.column);
        buf_format(c->out, " %s: %.*s\n", d->code, STR_ARG(d->summary));
        if (d->detail.n) buf_format(c->out, "  %.*s\n", STR_ARG(d->detail));
    }
}

static const char *repeat_text(Repeat repeat) {
    static const char *const texts[] = {"", " count", " for_each", " enabled"};
    return texts[repeat];
}

static void print_def(Case *c, const ModuleNode *node) {
    const ModuleDef *m = node->def;
    for (uint32_t i = 0; i < m->variables.n; i++) {
        buf_format(c->out, "  variable %s: ", m->variables.at[i].name->text);
        type_print(m->variables.at[i].constraint, c->out);
        buf_char(c->out, '\n');
    }
    for (uint32_t i = 0; i < m->requirements.n; i++)
        buf_format(c->out, "  requires %s = %.*s %.*s\n", m->requirements.at[i].local_name->text,
                   STR_ARG(m->requirements.at[i].address), STR_ARG(m->requirements.at[i].constraint));
    for (uint32_t i = 0; i < m->resources.n; i++) {
        static const char *const modes[] = {"resource", "data", "ephemeral"};
        const Resource *r = &m->resources.at[i];
        uint32_t block = UINT32_MAX;
        buf_format(c->out, "  %s %s.%s%s", modes[r->mode], r->type->text, r->name->text, repeat_text(r->repeat));
        if (r->provider_name) {
            const ModuleNode *home = config_provider_of(c->config, node, r->provider_name, r->provider_alias, &block);
            buf_format(c->out, " provider %.*s", STR_ARG(r->provider_address));
            if (block != UINT32_MAX) buf_format(c->out, " block %.*s#%u", STR_ARG(home->path), block);
        }
        if (r->depends_on.n) buf_format(c->out, " after %u", r->depends_on.n);
        buf_char(c->out, '\n');
    }
    for (uint32_t i = 0; i < m->outputs.n; i++) buf_format(c->out, "  output %s\n", m->outputs.at[i].name->text);
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags);

typedef struct CaseScope {
    Scope scope;
    Case *c;
} CaseScope;

static CaseScope case_scope(Case *c) {
    CaseScope s = {.c = c};
    s.scope.load = load;
    s.scope.arena = c->arena;
    s.scope.funcs = c->config->funcs;
    return s;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    Case *c = ((CaseScope *)(void *)scope)->c;
    uint32_t at = SLOT_INDEX(ref->slot);
    (void)index;
    *used = 0;
    *out = value_unknown(c->process, type_dynamic(c->process));
    if (SLOT_KIND(ref->slot) == SLOT_VARIABLE) *out = c->variables[at];
    if (SLOT_KIND(ref->slot) == SLOT_LOCAL && c->depth < 100) {
        CaseScope s = case_scope(c);
        c->depth++;
        *out = code_eval(c->config->defs.at[0]->locals.at[at].code, &s.scope, diags);
        c->depth--;
    }
    return true;
}

static void print_value(Case *c, const char *what, const char *name, Value v) {
    buf_format(c->out, "  %s %s = ", what, name);
    render_value(c->process, marks_strip(c->arena, v, NULL), 4, c->out);
    if (marks_deep(c->process, v) & MARK_SENSITIVE) buf_z(c->out, " # sensitive");
    buf_char(c->out, '\n');
}

// Only what is set: neither null nor an empty block type.
static void print_body(Case *c, const Resource *r, Value v) {
    const Value empty = schema_empty(c->arena, r->schema->block);
    buf_format(c->out, "  value %s.%s\n", r->type->text, r->name->text);
    for (uint32_t i = 0; i < v.n; i++) {
        if (value_identical(v.obj->at[i], empty.obj->at[i])) continue;
        print_value(c, "  ", v.obj->shape->names[i]->text, v.obj->at[i]);
    }
}

static void eval_values(Case *c) {
    const ModuleDef *m = c->config->defs.at[0];
    load_variables(c->config, &c->options, false, &c->variables, &c->diags);
    for (uint32_t i = 0; i < m->variables.n; i++) print_value(c, "var", m->variables.at[i].name->text, c->variables[i]);
    for (uint32_t i = 0; i < m->resources.n; i++) {
        CaseScope s = case_scope(c);
        if (m->resources.at[i].code)
            print_body(c, &m->resources.at[i], decode_eval(m->resources.at[i].code, &s.scope, &c->diags));
    }
}

static void run(Case *c) {
    read_args(c);
    c->options.dir = STR(".");
    c->config = load_config(c->arena, &c->options, &c->diags);
    if (!c->config) return;
    SchemaSource schemas = config_schemas(c->process);
    load_bind_schemas(c->config, &schemas, &c->diags);
    Buf values = buf_in(c->arena), *out = c->out;
    c->out = &values;
    if (c->values) eval_values(c);
    c->out = out;
    print_diags(c);
    for (uint32_t i = 0; i < c->config->node_count; i++) {
        const ModuleNode *node = &c->config->nodes[i];
        buf_format(c->out, "%.*s from %.*s\n", STR_ARG(node->path.n ? node->path : STR("root")),
                   STR_ARG(node->def->dir.n ? node->def->dir : STR("nowhere")));
        print_def(c, node);
    }
    buf_add(c->out, buf_str(&values));
}

static bool write_all(const char *path, Str text) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool good = fwrite(text.p, 1, text.n, file) == text.n;
    return fclose(file) == 0 && good;
}

static bool case_run(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (chdir(path) != 0) return false;
    Case c = {.process = process_new()};
    Buf got = {0};
    Str want = STR_NONE;
    type_init(c.process);
    marks_init(c.process);
    c.arena = arena_new(c.process, LIFE_CONFIG, "case");
    c.diags = diags_in(c.arena);
    c.out = &got;
    run(&c);
    Diags own = diags_in(c.arena);
    bool good = getenv("UPDATE") ? write_all("want.txt", buf_str(&got))
                                 : file_read(c.arena, "want.txt", 1 << 24, &want, &own) && str_eq(want, buf_str(&got));
    if (!good) printf("FAILED %s\n--- want\n%.*s--- got\n%.*s", name, STR_ARG(want), STR_ARG(buf_str(&got)));
    buf_free(&got);
    arena_free(c.arena);
    process_free(c.process);
    return good;
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.' && entry->d_type != DT_REG; }

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int ran = 0, failed = 0;
    char *folder = realpath(argv[1], NULL);
    if (!folder) return 2;
    if (argc > 2) {
        for (; ran < argc - 2; ran++) failed += !case_run(folder, argv[2 + ran]);
    } else {
        struct dirent **list;
        int n = scandir(folder, &list, visible, alphasort);
        for (; ran < n; ran++) {
            failed += !case_run(folder, list[ran]->d_name);
            free(list[ran]);
        }
        if (n >= 0) free(list);
    }
    free(folder);
    printf("%d cases, %d failed\n", ran, failed);
    return failed > 0 || ran <= 0;
}

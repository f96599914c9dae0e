#include "engine/apply/provision.h"

#include <unistd.h>

#include "engine/io/child.h"
#include "engine/value/marks.h"

enum { OUTPUT_KEPT = 64 << 10 };

typedef struct Provision {
    Change *change;
    const Resource *resource;
    bool destroy, secret, quiet;
    uint32_t at; // provisioner under way
    Value self;
    WalkScope scope;
    Buf line; // of the output, until its end is there
    void (*next)(Change *c, bool failed);
} Provision;

static void provision_step(Provision *p);

bool provision_wanted(const Resource *r, bool destroy) {
    for (uint32_t i = 0; i < r->provisioners.n; i++)
        if (r->provisioners.at[i].on_destroy == destroy) return true;
    return false;
}

static void provision_end(Provision *p, bool failed) {
    buf_free(&p->line);
    p->next(p->change, failed);
}

static void line_out(Provision *p) {
    if (p->line.n && !p->secret && !p->quiet) change_hook(p->change, APPLY_OUTPUT, buf_str(&p->line));
    buf_clear(&p->line);
}

static void provision_output(void *ctx, int fd, Str bytes) {
    Provision *p = ctx;
    (void)fd;
    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.p[i] == '\n') line_out(p);
        else if (p->line.n < OUTPUT_KEPT) buf_char(&p->line, bytes.p[i]);
    }
}

static void provision_done(void *ctx, int status, Str out, Str err) {
    Provision *p = ctx;
    const Provisioner *v = &p->resource->provisioners.at[p->at];
    line_out(p);
    if (status != 0) {
        Str said = p->secret ? STR("(not shown: the command holds a sensitive value)") : str_trim(err.n ? err : out);
        const char *how = status > 0 ? "ended with status" : "was ended by signal";
        Diag *d = diag_add(&p->change->diags, v->continue_on_failure ? SEV_WARNING : SEV_ERROR, "provisioner", v->span,
                           STR("local-exec provisioner failed"),
                           str_format(p->change->arena, "The command %s %d. It said: %.*s", how,
                                      status > 0 ? status : -status, STR_ARG(said)));
        d->address = str_copy(p->change->diags.arena, p->change->address);
        if (!v->continue_on_failure) {
            provision_end(p, true);
            return;
        }
    }
    p->at++;
    provision_step(p);
}

static Value field(Value config, Process *process, const char *name) {
    const Value *v = value_get(config, name_of(process, str_of(name)));
    return v ? *v : value_null(process, type_dynamic(process));
}

// The environment of ours with the block's variables added.
static const char **provision_env(Provision *p, Value vars) {
    Arena *arena = p->change->arena;
    uint32_t n = 0, more = value_is_set(vars) ? vars.n : 0;
    while (environ[n]) n++;
    const char **env = ARENA_ARRAY(arena, const char *, n + more + 1);
    uint32_t k = 0;
    for (uint32_t i = 0; i < more; i++) {
        const MapItem *item = &vars.map->at[i];
        if (!value_is_set(item->value)) continue;
        Str text = str_format(arena, "%.*s=%.*s", STR_ARG(item->key), STR_ARG(value_str(item->value)));
        env[k++] = text.p;
    }
    for (uint32_t i = 0; i < n; i++) {
        Str name = str_of(environ[i]);
        ptrdiff_t eq = str_find_char(name, '=');
        bool ours = eq > 0 && more && value_get_str(vars, str_slice(name, 0, (size_t)eq));
        if (!ours) env[k++] = environ[i];
    }
    return env;
}

static const char **provision_argv(Provision *p, Value interpreter, Str command) {
    Arena *arena = p->change->arena;
    uint32_t n = value_is_set(interpreter) ? interpreter.n : 0;
    const char **argv = ARENA_ARRAY(arena, const char *, n + 4);
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++)
        if (value_is_set(value_elements(interpreter)[i])) argv[k++] = str_to_z(arena, value_str(value_elements(interpreter)[i]));
    if (k == 0) {
        argv[k++] = "/bin/sh";
        argv[k++] = "-c";
    }
    argv[k] = str_to_z(arena, command);
    return argv;
}

static bool provision_start(Provision *p, const Provisioner *v) {
    Change *c = p->change;
    Process *process = c->applier->walk->process;
    Value config = decode_eval(v->code, &p->scope.scope, &c->diags);
    if (diags_failed(&c->diags)) return false;
    p->secret = marks_deep(process, config) & (MARK_SENSITIVE | MARK_EPHEMERAL);
    config = marks_strip(c->arena, config, NULL);
    Value command = field(config, process, "command"), dir = field(config, process, "working_dir");
    p->quiet = value_true(field(config, process, "quiet"));
    if (!value_is_set(command) || command.n == 0)
        return diag_error(&c->diags, "provisioner", v->span, "Invalid command",
                          "The command of a local-exec provisioner must not be empty.");
    const char **argv = provision_argv(p, field(config, process, "interpreter"), value_str(command));
    if (p->secret) change_hook(c, APPLY_OUTPUT, STR("(output not shown: the command holds a sensitive value)"));
    ChildSpec spec = {.argv = argv,
                      .env = provision_env(p, field(config, process, "environment")),
                      .dir = value_is_set(dir) && dir.n ? str_to_z(c->arena, value_str(dir)) : NULL,
                      .max_output = OUTPUT_KEPT,
                      .output = provision_output,
                      .done = provision_done,
                      .ctx = p};
    return child_start(c->applier->walk->loop, &spec, &c->diags) != NULL;
}

static void provision_step(Provision *p) {
    const Resource *r = p->resource;
    while (p->at < r->provisioners.n && r->provisioners.at[p->at].on_destroy != p->destroy) p->at++;
    if (p->at == r->provisioners.n) provision_end(p, false);
    else if (!provision_start(p, &r->provisioners.at[p->at])) provision_end(p, true);
}

void provision_run(Change *c, const Resource *r, bool destroy, Value self, void (*next)(Change *c, bool failed)) {
    Walk *w = c->applier->walk;
    Provision *p = ARENA_NEW(c->arena, Provision);
    *p = (Provision){.change = c, .resource = r, .destroy = destroy, .self = self, .next = next};
    if (c->resource) {
        p->scope = c->scope;
    } else { // no longer configured: self and the key are all that a destroy-time provisioner may mention
        const Row *row = row_at(&w->rows, c->op.row);
        scope_init(&p->scope, w, w->modules.at[0], 0, 0, c->arena);
        p->scope.has_each = row->key.kind == TYPE_STRING;
        p->scope.has_count = row->key.kind == TYPE_NUMBER;
        p->scope.each_key = p->scope.count_index = row->key;
        p->scope.each_value = value_unknown(w->process, type_dynamic(w->process));
    }
    p->scope.scope.once = NULL; // numbered apart from the resource's own body
    p->scope.self = self;
    p->scope.has_self = true;
    provision_step(p);
}

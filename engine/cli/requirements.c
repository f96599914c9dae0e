#include "engine/cli/requirements.h"

#include "engine/builtin/builtin.h"

#define NAMED 5u

static Requirement *requirement(Session *s, Requirements *out, StrMap *known, Str address) {
    bool added;
    uint64_t *at = strmap_put(known, address, &added);
    if (added) {
        *at = out->list.n;
        *vec_add(s->arena, &out->list) = (Requirement){.address = address};
    }
    return &out->list.at[*at];
}

static void add_user(Session *s, Requirement *r, const ModuleNode *m, Str name, Span span) {
    if (!r->n) r->span = span;
    if (r->n++ >= NAMED) return;
    r->users = str_format(s->arena, "%.*s%s%.*s%s%.*s", STR_ARG(r->users), r->users.n ? ", " : "", STR_ARG(m->path),
                          m->path.n ? "." : "", STR_ARG(name));
}

static void find_in(Session *s, Requirements *out, StrMap *known, const ModuleNode *m) {
    const ModuleDef *def = m->def;
    for (uint32_t i = 0; i < def->requirements.n; i++) {
        const ProviderReq *q = &def->requirements.at[i];
        Requirement *r = requirement(s, out, known, q->address);
        if (!r->constraint.n) r->constraint = q->constraint;
        if (!span_known(r->span)) r->span = q->span;
    }
    for (uint32_t i = 0; i < def->providers.n; i++) {
        const ProviderBlock *b = &def->providers.at[i];
        add_user(s, requirement(s, out, known, b->address), m,
                 str_format(s->arena, "provider \"%s\"", b->local_name->text), b->span);
    }
    for (uint32_t i = 0; i < def->resources.n; i++) {
        const Resource *x = &def->resources.at[i];
        const char *mode = x->mode == MODE_DATA ? "data." : x->mode == MODE_EPHEMERAL ? "ephemeral." : "";
        Requirement *r = requirement(s, out, known, x->provider_address);
        Str name = r->n < NAMED ? str_format(s->arena, "%s%s.%s", mode, x->type->text, x->name->text) : STR("");
        add_user(s, r, m, name, x->header_span);
    }
}

void requirements_of(Session *s, const ModuleNode *module, Requirements *out) {
    StrMap known = strmap_in(s->arena);
    find_in(s, out, &known, module);
}

void requirements_find(Session *s, Requirements *out) {
    StrMap known = strmap_in(s->arena);
    for (uint32_t i = 0; i < s->config->node_count; i++) find_in(s, out, &known, &s->config->nodes[i]);
    for (uint32_t i = 0; i < out->list.n; i++) {
        Requirement *r = &out->list.at[i];
        if (r->n > NAMED) r->users = str_format(s->arena, "%.*s and %u more", STR_ARG(r->users), r->n - NAMED);
    }
}

bool requirements_check(Session *s) {
    Cli *cli = s->cli;
    Requirements all = {0};
    requirements_find(s, &all);
    if (!s->plugins) {
        s->plugins = plugins_new(cli_loop(cli), s->arena, s->load.dir);
        plugins_add(s->plugins, builtin_terraform);
    }
    bool ok = true;
    for (uint32_t i = 0; i < all.list.n; i++) {
        const Requirement *r = &all.list.at[i];
        uint32_t errors = cli->diags.errors;
        if (plugins_find(s->plugins, r->address, &cli->diags)) continue;
        ok = false;
        if (cli->diags.errors > errors) continue;
        diag_error(&cli->diags, "missing_provider", r->span, "Provider not available",
                   "There is no plugin for the provider %.*s%s%.*s. Put its plugin beside the program, into "
                   ".infra/providers/, or into a folder named by INFRA_PROVIDER_PATH.",
                   STR_ARG(r->address), r->users.n ? ", which is needed by " : "", STR_ARG(r->users));
    }
    return ok;
}

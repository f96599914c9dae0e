// infra providers
#include "engine/cli/commands.h"
#include "engine/cli/requirements.h"

static void show_module(Session *s, const ModuleNode *m) {
    Out *o = &s->cli->out;
    Requirements all = {0};
    requirements_of(s, m, &all);
    if (m->parent) out_format(o, "%*s%.*s\n", (int)(2 * m->depth), "", STR_ARG(m->path));
    for (uint32_t i = 0; i < all.list.n; i++) {
        const Requirement *r = &all.list.at[i];
        out_format(o, "%*sprovider[%.*s]%s%.*s\n", (int)(2 * m->depth + 2), "", STR_ARG(r->address),
                   r->constraint.n ? " " : "", STR_ARG(r->constraint));
    }
}

static void show_state(Session *s) {
    StrMap seen = strmap_in(s->arena);
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        Str text = s->snapshot->resources[i].provider;
        ptrdiff_t start = str_find(text, STR("provider[\"")), end = str_find(text, STR("\"]"));
        bool added = false;
        if (start < 0 || end < start) continue;
        Str address = str_slice(text, (size_t)start + 10, (size_t)end);
        strmap_put(&seen, address, &added);
        if (!added) continue;
        if (seen.n == 1) out_z(&s->cli->out, "\nProviders of the state:\n");
        out_format(&s->cli->out, "  provider[%.*s]\n", STR_ARG(address));
    }
}

int command_providers(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    bool ok = session_load(&s, false);
    if (ok) {
        out_z(&cli->out, "Providers of the configuration:\n");
        for (uint32_t i = 0; i < s.config->node_count; i++) show_module(&s, &s.config->nodes[i]);
        ok = session_read(&s);
        if (ok) show_state(&s);
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

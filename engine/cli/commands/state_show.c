// infra state show
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

// The address must name one instance: a resource without count or for_each needs no key.
static bool find_one(Session *s, const Address *a, Str text, Str *out) {
    Buf matches = buf_in(s->arena);
    uint32_t n = 0;
    for (uint32_t i = 0; a->type && i < s->snapshot->resource_count; i++) {
        const StateResource *r = &s->snapshot->resources[i];
        for (uint32_t k = 0; k < r->n; k++) {
            const StateObject *o = &r->objects[k];
            if (k > 0 && key_equal(r->objects[k - 1].key, o->key)) continue;
            if (!address_covers(a, r->module, r->data, r->type, r->name, o->key)) continue;
            Buf address = buf_in(s->arena);
            buf_add(&address, r->address);
            key_print(o->key, &address);
            *out = buf_str(&address);
            if (++n <= 10) buf_format(&matches, "\n  %.*s", STR_ARG(*out));
        }
    }
    if (n == 1) return true;
    if (n == 0)
        return diag_error(&s->cli->diags, "no_instance", SPAN_NONE, "No such resource instance",
                          "The state has no instance %.*s. All that it has: infra state list", STR_ARG(text));
    return diag_error(&s->cli->diags, "many_instances", SPAN_NONE, "More than one resource instance",
                      "%.*s is %u instances; name one of them:%.*s%s", STR_ARG(text), n, STR_ARG(buf_str(&matches)),
                      n > 10 ? "\n  …" : "");
}

static bool show(Session *s, Str text) {
    Address a;
    Str one;
    if (!address_parse(s->arena, s->cli->process, text, &a, &s->cli->diags)) return false;
    if (!session_show_walk(s) || !find_one(s, &a, text, &one)) return false;
    ReportOptions options = {.show_sensitive = s->cli->show_sensitive};
    report_state(session_walk(s, WALK_EVAL), s->snapshot, &one, &options, &s->cli->out);
    return true;
}

int command_state_show(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    option_add(set, "show-sensitive", OPTION_SWITCH, &cli->show_sensitive, NULL,
               "Show values that are marked sensitive.");
    session_state_options(&s, set, false);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    bool ok = show(&s, str_of(rest.at[0]));
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

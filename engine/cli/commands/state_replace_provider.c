// infra state replace-provider
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"

#define DEFAULT_HOST "registry.opentofu.org/"

typedef struct Replacement {
    Str from, to; // full addresses
    bool any_host;
    uint32_t count;
} Replacement;

static uint32_t slashes(Str s) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '/';
    return n;
}

// "aws", "hashicorp/aws", "registry.example.org/hashicorp/aws"
static bool full_address(Session *s, const char *text, Str *out, bool *any_host) {
    Str t = str_make(text, strlen(text));
    uint32_t n = slashes(t);
    if (any_host) *any_host = n < 2;
    if (n == 0)
        *out = str_format(s->arena, DEFAULT_HOST "hashicorp/%s", text);
    else if (n == 1)
        *out = str_format(s->arena, DEFAULT_HOST "%s", text);
    else
        *out = t;
    if (t.n && n <= 2 && str_find(t, STR("//")) < 0 && !str_starts(t, STR("/")) && !str_ends(t, STR("/"))) return true;
    return diag_error(&s->cli->diags, "bad_provider", SPAN_NONE, "Invalid provider address",
                      "\"%s\" is no provider. It looks like hashicorp/aws or registry.opentofu.org/hashicorp/aws.",
                      text);
}

static Str without_host(Str address) {
    ptrdiff_t at = str_find_char(address, '/');
    return str_slice(address, (size_t)(at + 1), address.n);
}

// The new text of provider["…"], or the old one.
static Str replaced(Session *s, Replacement *r, Str text, bool *changed) {
    ptrdiff_t start = str_find(text, STR("provider[\""));
    *changed = false;
    if (start < 0) return text;
    Str head = str_slice(text, 0, (size_t)start + 10), rest = str_slice(text, (size_t)start + 10, text.n);
    ptrdiff_t end = str_find(rest, STR("\"]"));
    if (end < 0) return text;
    Str address = str_slice(rest, 0, (size_t)end);
    bool same = r->any_host ? str_eq(without_host(address), without_host(r->from)) : str_eq(address, r->from);
    if (!same) return text;
    *changed = true;
    return str_format(s->walk_arena, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(r->to),
                      STR_ARG(str_slice(rest, (size_t)end, rest.n)));
}

static void replace_all(Session *s, Replacement *r, bool write) {
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        StateResource *x = &s->snapshot->resources[i];
        bool any, one;
        Str provider = replaced(s, r, x->provider, &any);
        if (write) x->provider = provider;
        for (uint32_t k = 0; k < x->n; k++) {
            provider = replaced(s, r, x->objects[k].provider, &one);
            if (write) x->objects[k].provider = provider;
            any |= one;
        }
        if (!any) continue;
        r->count++;
        if (!write) out_format(&s->cli->out, "  %.*s\n", STR_ARG(x->address));
    }
}

static bool run(Session *s, char **texts, bool approved) {
    Replacement r = {0};
    Cli *cli = s->cli;
    if (!full_address(s, texts[0], &r.from, &r.any_host) || !full_address(s, texts[1], &r.to, NULL)) return false;
    if (!state_edit_open(s, "state-replace-provider")) return false;
    out_format(&cli->out, "Resources of %.*s that become ones of %.*s:\n\n", STR_ARG(r.from), STR_ARG(r.to));
    replace_all(s, &r, false);
    if (r.count == 0) {
        out_z(&cli->out, "  none\n");
        return true;
    }
    Str answer = STR("yes");
    if (!approved && !cli_ask(cli, "Do you want to make these changes?", "Only 'yes' will be accepted.", &answer))
        return diag_error(&cli->diags, "not_approved", SPAN_NONE, "Approval needed",
                          "Nothing was changed: nobody answered. Use -auto-approve to do it without asking.");
    if (!str_eqz(answer, "yes")) {
        out_z(&cli->out, "\nNothing was changed.\n");
        return true;
    }
    replace_all(s, &r, true);
    if (!session_save(s)) return false;
    out_format(&cli->out, "\nReplaced the provider of %u resource%s.\n", r.count / 2, r.count == 2 ? "" : "s");
    return true;
}

int command_state_replace_provider(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool approved = false;
    option_add(set, "auto-approve", OPTION_SWITCH, &approved, NULL, "Do not ask.");
    state_edit_options(&s, set);
    if (!options_parse(set, argc, argv, 2, 2, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, rest.at, approved) ? EXIT_OK : EXIT_FAILED);
}

// infra state rm
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"

typedef struct Removal {
    Str address, deposed;
    InstanceKey key;
    bool again; // another object of the instance before it
} Removal;
typedef struct Removals {
    VEC(Removal) list;
} Removals;

// With the objects that replacements left.
static void collect_resource(Session *s, const Address *a, const StateResource *r, Removals *out) {
    Str address = STR("");
    for (uint32_t k = 0; k < r->n; k++) {
        const StateObject *o = &r->objects[k];
        if (!address_covers(a, r->module, r->data, r->type, r->name, o->key)) continue;
        if (!address.n) address = str_copy(s->arena, r->address);
        bool again = k > 0 && key_equal(r->objects[k - 1].key, o->key);
        vec_push(s->arena, &out->list, ((Removal){address, o->deposed, o->key, again}));
    }
}

static bool collect(Session *s, const OptionArgs *rest, Removals *out) {
    for (int i = 0; i < rest->n; i++) {
        Address a;
        uint32_t before = out->list.n;
        if (!state_edit_parse(s, rest->at[i], &a)) return false;
        for (uint32_t k = 0; k < s->snapshot->resource_count; k++)
            collect_resource(s, &a, &s->snapshot->resources[k], out);
        if (out->list.n == before)
            return diag_error(&s->cli->diags, "no_instance", SPAN_NONE, "No such resource instance",
                              "The state has nothing at %s, so nothing was removed. All that it has: infra state list",
                              rest->at[i]);
    }
    return true;
}

static bool run(Session *s, const OptionArgs *rest, bool dry) {
    Removals all = {0};
    if (!state_edit_open(s, "state-rm") || !collect(s, rest, &all)) return false;
    uint32_t n = 0;
    for (uint32_t i = 0; i < all.list.n; i++) {
        const Removal *r = &all.list.at[i];
        if (!dry) snapshot_remove_object(s->snapshot, r->address, r->key, r->deposed);
        if (r->again) continue;
        Buf line = {0};
        n++;
        buf_format(&line, "%s %.*s", dry ? "Would remove" : "Removed", STR_ARG(r->address));
        key_print(r->key, &line);
        buf_char(&line, '\n');
        out_add(&s->cli->out, buf_str(&line));
        buf_free(&line);
    }
    if (dry) return true;
    if (!session_save(s)) return false;
    out_format(&s->cli->out, "Removed %u resource instance%s from the state. The real objects are as they were.\n", n,
               n == 1 ? "" : "s");
    return true;
}

int command_state_rm(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool dry = false;
    option_add(set, "dry-run", OPTION_SWITCH, &dry, NULL, "Only say what would be removed.");
    state_edit_options(&s, set);
    if (!options_parse(set, argc, argv, 1, INT32_MAX, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, &rest, dry) ? EXIT_OK : EXIT_FAILED);
}

// infra state rm
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"

typedef struct Removal {
    Str address;
    InstanceKey key;
} Removal;
typedef struct Removals {
    VEC(Removal) list;
} Removals;

static bool collect(Session *s, const OptionArgs *rest, Removals *out) {
    for (int i = 0; i < rest->n; i++) {
        Address a;
        StateMatches found = {0};
        if (!state_edit_parse(s, rest->at[i], &a)) return false;
        state_edit_find(s, &a, &found);
        if (found.list.n == 0)
            return diag_error(&s->cli->diags, "no_instance", SPAN_NONE, "No such resource instance",
                              "The state has nothing at %s, so nothing was removed. All that it has: infra state list",
                              rest->at[i]);
        for (uint32_t k = 0; k < found.list.n; k++)
            vec_push(s->arena, &out->list,
                     ((Removal){str_copy(s->arena, found.list.at[k].resource->address), found.list.at[k].key}));
    }
    return true;
}

// With the objects that replacements left.
static void remove_all(Session *s, const Removal *r) {
    for (StateResource *sr = snapshot_find(s->snapshot, r->address); sr; sr = snapshot_find(s->snapshot, r->address)) {
        Str deposed = STR("");
        bool any = false;
        for (uint32_t k = 0; k < sr->n && !any; k++) {
            any = key_equal(sr->objects[k].key, r->key);
            if (any) deposed = str_copy(s->arena, sr->objects[k].deposed);
        }
        if (!any) return;
        snapshot_remove_object(s->snapshot, r->address, r->key, deposed);
    }
}

static bool run(Session *s, const OptionArgs *rest, bool dry) {
    Removals all = {0};
    if (!state_edit_open(s, "state-rm") || !collect(s, rest, &all)) return false;
    for (uint32_t i = 0; i < all.list.n; i++) {
        Buf line = buf_in(s->arena);
        buf_format(&line, "%s %.*s", dry ? "Would remove" : "Removed", STR_ARG(all.list.at[i].address));
        key_print(all.list.at[i].key, &line);
        out_format(&s->cli->out, "%.*s\n", STR_ARG(buf_str(&line)));
        if (!dry) remove_all(s, &all.list.at[i]);
    }
    if (dry) return true;
    if (!session_save(s)) return false;
    out_format(&s->cli->out, "Removed %u resource instance%s from the state. The real objects are as they were.\n",
               all.list.n, all.list.n == 1 ? "" : "s");
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

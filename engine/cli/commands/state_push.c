// infra state push
#include "engine/cli/backend_copy.h"
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"
#include "engine/io/file.h"

static bool read_input(Session *s, Str *out) {
    Buf text = buf_in(s->arena);
    Str line;
    while (cli_read_line(s->cli, &line)) {
        buf_add(&text, line);
        buf_char(&text, '\n');
    }
    *out = buf_str(&text);
    return true;
}

static bool may_replace(Session *s, const Snapshot *with) {
    const Snapshot *old = s->snapshot;
    Diags *d = &s->cli->diags;
    bool empty = old->serial == 0 && old->resource_count == 0 && old->output_count == 0;
    if (empty) return true;
    if (!str_eq(old->lineage, with->lineage))
        return diag_error(
            d, "other_lineage", SPAN_NONE, "Another state altogether",
            "The lineage of the given state is %.*s, that of the stored one %.*s: they do not come from one "
            "another. To replace the stored state all the same, use -force.",
            STR_ARG(with->lineage), STR_ARG(old->lineage));
    if (with->serial < old->serial)
        return diag_error(
            d, "older_state", SPAN_NONE, "The stored state is newer",
            "The given state has serial %llu, the stored one %llu. To go back to the given one all the same, "
            "use -force.",
            (unsigned long long)with->serial, (unsigned long long)old->serial);
    return true;
}

static bool run(Session *s, const char *path, bool force) {
    Str bytes;
    bool input = strcmp(path, "-") == 0;
    if (input ? !read_input(s, &bytes) : !file_read(s->walk_arena, path, LIMIT_STATE_BYTES, &bytes, &s->cli->diags))
        return false;
    Snapshot *with = codec_read(s->walk_arena, bytes, str_of(input ? "standard input" : path), &s->cli->diags);
    if (!with || !state_edit_open(s, "state-push")) return false;
    if (!force && !may_replace(s, with)) return false;
    return backend_write_state(s, s->store, with);
}

int command_state_push(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool force = false;
    option_add(set, "force", OPTION_SWITCH, &force, NULL, "Write even over a newer or another state.");
    session_lock_options(&s, set);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 1, 1, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, rest.at[0], force) ? EXIT_OK : EXIT_FAILED);
}

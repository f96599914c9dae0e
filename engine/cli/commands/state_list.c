// infra state list
#include "engine/cli/commands.h"
#include "engine/cli/session.h"

typedef struct Wanted {
    VEC(Address) list;
    Str id;
} Wanted;

static bool has_id(Arena *scratch, const StateObject *o, Str id) {
    Value v;
    ArenaMark mark = arena_mark(scratch);
    bool same = false;
    if (json_decode(scratch, o->attributes, &v, NULL)) {
        const Value *have = value_get_str(v, STR("id"));
        same = have && value_is_set(*have) && have->kind == TYPE_STRING && str_eq(value_str(*have), id);
    }
    arena_release(scratch, mark);
    return same;
}

static bool is_wanted(Session *s, const Wanted *wanted, const StateResource *r, const StateObject *o) {
    if (wanted->id.n && !has_id(s->arena, o, wanted->id)) return false;
    bool any = wanted->list.n == 0;
    for (uint32_t i = 0; i < wanted->list.n && !any; i++)
        any = address_covers(&wanted->list.at[i], r->module, r->data, r->type, r->name, o->key);
    return any;
}

static void list(Session *s, const Wanted *wanted) {
    Buf line = {0};
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        const StateResource *r = &s->snapshot->resources[i];
        for (uint32_t k = 0; k < r->n; k++) {
            const StateObject *o = &r->objects[k];
            bool again = k > 0 && key_equal(r->objects[k - 1].key, o->key); // deposed beside the current one
            if (again || !is_wanted(s, wanted, r, o)) continue;
            buf_clear(&line);
            buf_add(&line, r->address);
            key_print(o->key, &line);
            buf_char(&line, '\n');
            out_add(&s->cli->out, buf_str(&line));
        }
    }
    buf_free(&line);
}

int command_state_list(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    Wanted wanted = {0};
    option_add(set, "id", OPTION_TEXT, &wanted.id, "ID", "Only instances whose attribute \"id\" is this.");
    session_state_options(&s, set, false);
    session_input_options(&s, set);
    if (!options_parse(set, argc, argv, 0, INT32_MAX, &rest)) return session_leave(&s);
    bool ok = true;
    for (int i = 0; i < rest.n; i++) {
        Address a;
        ok &= address_parse(s.arena, cli->process, str_of(rest.at[i]), &a, &cli->diags);
        if (ok) vec_push(s.arena, &wanted.list, a);
    }
    ok = ok && session_load(&s, true) && session_read(&s);
    if (ok) list(&s, &wanted);
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}

// infra state mv
#include "engine/cli/commands.h"
#include "engine/cli/state_edit.h"

// One object that moves: where it was and where it goes.
typedef struct Move {
    Str from_address, module, type, name, provider;
    bool data;
    InstanceKey from, to;
    StateObject object;
} Move;

typedef struct Moves {
    VEC(Move) list;
    StrMap renamed; // resource addresses that are gone: the new address, for dependencies
} Moves;

static bool bad_move(Session *s, const char *format, const char *a, const char *b) {
    Str text = str_format(s->arena, "%s cannot move to %s: ", a, b);
    return diag_error(&s->cli->diags, "bad_move", SPAN_NONE, "Invalid move", "%.*s%s", STR_ARG(text), format);
}

static bool key_of(const Address *a, InstanceKey *out) {
    *out = INSTANCE_NO_KEY;
    return a->key.kind != TYPE_DYNAMIC && key_of_value(a->key, out);
}

static Str address_of(Arena *arena, Str module, bool data, Str type, Str name) {
    return str_format(arena, "%.*s%s%s%.*s.%.*s", STR_ARG(module), module.n ? "." : "", data ? "data." : "",
                      STR_ARG(type), STR_ARG(name));
}

// Objects of the resource that the source covers, deposed ones too.
static void add_objects(Session *s, const StateResource *r, const Address *from, Str module, Str name,
                        const InstanceKey *to, Moves *out) {
    for (uint32_t k = 0; k < r->n; k++) {
        const StateObject *o = &r->objects[k];
        if (!address_covers(from, r->module, r->data, r->type, r->name, o->key)) continue;
        Move m = {.from_address = str_copy(s->arena, r->address),
                  .module = module,
                  .type = r->type,
                  .name = name,
                  .provider = r->provider,
                  .data = r->data,
                  .from = o->key,
                  .to = to ? *to : o->key,
                  .object = *o};
        vec_push(s->arena, &out->list, m);
    }
}

static bool plan_resource(Session *s, const Address *from, const Address *to, char **texts, Moves *out) {
    if (from->type != to->type || from->mode != to->mode)
        return bad_move(s, "they must be of one type.", texts[0], texts[1]);
    Str module = state_edit_module(s->arena, from);
    Str address = address_of(s->arena, module, from->mode == MODE_DATA, name_str(from->type), name_str(from->name));
    StateResource *r = snapshot_find(s->snapshot, address);
    InstanceKey from_key, to_key;
    bool keyed = key_of(from, &from_key), one = keyed || (r && snapshot_object(r, INSTANCE_NO_KEY, STR("")));
    bool to_keyed = key_of(to, &to_key);
    if (!r || (keyed && !snapshot_object(r, from_key, STR(""))))
        return bad_move(s, "the state has nothing there. All that it has: infra state list", texts[0], texts[1]);
    if (!one && to_keyed)
        return bad_move(s, "the source has several instances, the target is one.", texts[0], texts[1]);
    add_objects(s, r, from, state_edit_module(s->arena, to), name_str(to->name), one ? &to_key : NULL, out);
    if (!keyed || r->n == 1)
        strmap_put_ptr(&out->renamed, str_copy(s->arena, address),
                       str_to_z(s->arena, address_of(s->arena, state_edit_module(s->arena, to), r->data, r->type,
                                                     name_str(to->name))));
    return true;
}

static bool plan_module(Session *s, const Address *from, const Address *to, char **texts, Moves *out) {
    if (to->type) return bad_move(s, "a module moves to a module.", texts[0], texts[1]);
    Str prefix = state_edit_module(s->arena, from), target = state_edit_module(s->arena, to);
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        StateResource *r = &s->snapshot->resources[i];
        if (!str_starts(r->module, prefix)) continue;
        Str rest = str_slice(r->module, prefix.n, r->module.n);
        if (rest.n && rest.p[0] != '.' && rest.p[0] != '[') continue;
        if (rest.n && rest.p[0] == '[' && str_ends(target, STR("]")))
            return bad_move(s, "the source has several instances, the target is one.", texts[0], texts[1]);
        Str module = str_concat(s->arena, target, rest);
        add_objects(s, r, from, module, r->name, NULL, out);
        strmap_put_ptr(&out->renamed, str_copy(s->arena, r->address),
                       str_to_z(s->arena, address_of(s->arena, module, r->data, r->type, r->name)));
    }
    return out->list.n > 0 ||
           bad_move(s, "the state has nothing there. All that it has: infra state list", texts[0], texts[1]);
}

static bool targets_free(Session *s, const Moves *moves, char **texts) {
    for (uint32_t i = 0; i < moves->list.n; i++) {
        const Move *m = &moves->list.at[i];
        Str address = address_of(s->arena, m->module, m->data, m->type, m->name);
        StateResource *r = snapshot_find(s->snapshot, address);
        if (r && snapshot_object(r, m->to, m->object.deposed))
            return bad_move(s, "the state has something there already.", texts[0], texts[1]);
    }
    return true;
}

// Objects that depend on what moved name its new address.
static void rename_dependencies(Session *s, const StrMap *renamed) {
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        StateResource *r = &s->snapshot->resources[i];
        for (uint32_t k = 0; k < r->n; k++) {
            StateObject *o = &r->objects[k];
            Str *list = NULL;
            for (uint32_t d = 0; d < o->dependency_count; d++) {
                const char *to = strmap_get_ptr(renamed, o->dependencies[d]);
                if (!to) continue;
                if (!list) {
                    list = ARENA_ARRAY(s->walk_arena, Str, o->dependency_count);
                    memcpy(list, o->dependencies, o->dependency_count * sizeof *list);
                }
                list[d] = str_copy(s->walk_arena, str_of(to));
            }
            if (list) o->dependencies = list;
        }
    }
}

static void carry_out(Session *s, const Moves *moves) {
    for (uint32_t i = 0; i < moves->list.n; i++) {
        const Move *m = &moves->list.at[i];
        snapshot_remove_object(s->snapshot, m->from_address, m->from, m->object.deposed);
    }
    for (uint32_t i = 0; i < moves->list.n; i++) {
        const Move *m = &moves->list.at[i];
        StateResource *r = snapshot_put_resource(s->snapshot, m->module, m->data, m->type, m->name, m->provider);
        StateObject *o = snapshot_put_object(s->snapshot, r, m->to, m->object.deposed);
        InstanceKey key = o->key;
        Str deposed = o->deposed;
        *o = m->object;
        o->key = key;
        o->deposed = deposed;
    }
    rename_dependencies(s, &moves->renamed);
}

static bool run(Session *s, char **texts, bool dry) {
    Address from, to;
    Moves moves = {.renamed = strmap_in(s->arena)};
    if (!state_edit_parse(s, texts[0], &from) || !state_edit_parse(s, texts[1], &to)) return false;
    if (!state_edit_open(s, "state-mv")) return false;
    bool planned = from.type ? to.type ? plan_resource(s, &from, &to, texts, &moves)
                                       : bad_move(s, "a resource moves to a resource.", texts[0], texts[1])
                             : plan_module(s, &from, &to, texts, &moves);
    if (!planned || !targets_free(s, &moves, texts)) return false;
    out_format(&s->cli->out, "%s \"%s\" to \"%s\"\n", dry ? "Would move" : "Move", texts[0], texts[1]);
    if (dry) return true;
    carry_out(s, &moves);
    if (!session_save(s)) return false;
    out_format(&s->cli->out, "Moved %u object%s.\n", moves.list.n, moves.list.n == 1 ? "" : "s");
    return true;
}

int command_state_mv(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    bool dry = false;
    option_add(set, "dry-run", OPTION_SWITCH, &dry, NULL, "Only say what would be moved.");
    state_edit_options(&s, set);
    if (!options_parse(set, argc, argv, 2, 2, &rest)) return session_leave(&s);
    return session_finish(&s, run(&s, rest.at, dry) ? EXIT_OK : EXIT_FAILED);
}

#include "engine/cli/state_edit.h"

bool state_edit_open(Session *s, const char *operation) {
    if (!session_load(s, true)) return false;
    cli_catch_interrupts(s->cli);
    return session_state(s, operation, true);
}

void state_edit_options(Session *s, OptionSet *set) {
    session_state_options(s, set, true);
    session_lock_options(s, set);
    session_input_options(s, set);
}

bool state_edit_parse(Session *s, const char *text, Address *out) {
    return address_parse(s->arena, s->cli->process, str_of(text), out, &s->cli->diags);
}

Str state_edit_module(Arena *arena, const Address *a) {
    Address module = *a;
    Buf text = buf_in(arena);
    module.type = module.name = NULL;
    address_print(&module, &text);
    return buf_str(&text);
}

void state_edit_find(Session *s, const Address *a, StateMatches *out) {
    for (uint32_t i = 0; i < s->snapshot->resource_count; i++) {
        StateResource *r = &s->snapshot->resources[i];
        for (uint32_t k = 0; k < r->n; k++) {
            if (k > 0 && key_equal(r->objects[k - 1].key, r->objects[k].key)) continue; // a deposed one beside it
            if (address_covers(a, r->module, r->data, r->type, r->name, r->objects[k].key))
                vec_push(s->arena, &out->list, ((StateMatch){r, r->objects[k].key}));
        }
    }
}

StateObject *state_edit_one(Session *s, const Address *a, const char *text, bool quiet) {
    StateMatches found = {0};
    Diags *d = &s->cli->diags;
    if (!a->type) {
        diag_error(d, "no_instance", SPAN_NONE, "Not a resource instance",
                   "%s is a module; name one resource instance.", text);
        return NULL;
    }
    state_edit_find(s, a, &found);
    if (found.list.n == 1) {
        StateObject *o = snapshot_object(found.list.at[0].resource, found.list.at[0].key, STR(""));
        if (o) return o;
    }
    if (found.list.n == 0 && quiet) return NULL;
    if (found.list.n == 0)
        diag_error(d, "no_instance", SPAN_NONE, "No such resource instance",
                   "The state has no instance %s. All that it has: infra state list", text);
    else
        diag_error(d, "many_instances", SPAN_NONE, "More than one resource instance",
                   "%s is %u instances; name one of them, as in %s[0].", text, found.list.n, text);
    return NULL;
}

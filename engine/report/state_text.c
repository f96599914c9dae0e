// The state for people.
#include "engine/report/draw.h"
#include "engine/report/module_tree.h"
#include "engine/report/state_value.h"

typedef struct StateText {
    Drawing draw;
    StateReader reader;
    Snapshot *state;
    bool started;
} StateText;

static void object_draw(StateText *t, const StateResource *resource, const StateObject *object) {
    Out *o = t->draw.out;
    Subject s;
    Value v = state_value(&t->reader, resource, object, &s);
    out_z(o, "# ");
    subject_address(&s, &o->buf);
    out_z(o, ":");
    if (object->deposed.n)
        out_format(o, " (deposed object %.*s)", STR_ARG(object->deposed));
    else if (object->tainted)
        out_z(o, " (tainted)");
    out_format(o, "\n%s \"%.*s\" \"%.*s\" ", s.data ? "data" : "resource", STR_ARG(s.type), STR_ARG(s.name));
    Change c = change_of(t->draw.arena, v, v, NULL);
    Delta delta = s.schema ? delta_block(t->draw.arena, c, s.schema->block) : delta_value(t->draw.arena, c);
    draw_delta(&t->draw, &delta, 0, (DrawStyle){.no_symbols = true, .show_unchanged = true});
    out_z(o, "\n");
    arena_reset(t->draw.arena);
}

static void module_draw(StateText *t, const ModuleItems *m) {
    if (m->items.n && t->started) out_z(t->draw.out, "\n");
    for (uint32_t i = 0; i < m->items.n; i++) {
        const StateResource *r = &t->state->resources[m->items.at[i]];
        for (uint32_t k = 0; k < r->n; k++) {
            if (t->started) out_z(t->draw.out, "\n");
            t->started = true;
            object_draw(t, r, &r->objects[k]);
        }
    }
    for (uint32_t i = 0; i < m->children.n; i++) module_draw(t, m->children.at[i]);
}

static void outputs_draw(StateText *t) {
    if (t->state->output_count == 0) return;
    out_z(t->draw.out, "\n\nOutputs:\n\n");
    for (uint32_t i = 0; i < t->state->output_count; i++) {
        const StateOutput *o = &t->state->outputs[i];
        Value v;
        if (!state_output_value(t->draw.arena, o, &v)) continue;
        out_add(t->draw.out, o->name);
        out_z(t->draw.out, " = ");
        Delta delta = delta_value(t->draw.arena, change_of(t->draw.arena, v, v, NULL));
        draw_delta(&t->draw, &delta, 0, (DrawStyle){.no_symbols = true, .show_unchanged = true});
        out_z(t->draw.out, "\n");
        arena_reset(t->draw.arena);
    }
}

static void state_draw(StateText *t) {
    Snapshot *s = t->state;
    if (s->resource_count == 0 && s->output_count == 0) {
        out_z(t->draw.out, "The state file is empty. No resources are represented.\n");
        return;
    }
    Arena *arena = arena_new(t->reader.walk->process, LIFE_OP, "state modules");
    ModuleTree *tree = module_tree_new(arena);
    for (uint32_t i = 0; i < s->resource_count; i++) module_tree_add(tree, s->resources[i].module, i);
    module_tree_sort(tree);
    module_draw(t, &tree->root);
    outputs_draw(t);
    arena_free(arena);
}

static bool object_find(const StateText *t, Str address, const StateResource **resource, const StateObject **object) {
    Buf text = buf_in(t->draw.arena);
    for (uint32_t i = 0; i < t->state->resource_count; i++) {
        const StateResource *r = &t->state->resources[i];
        if (!str_starts(address, r->address)) continue;
        for (uint32_t k = 0; k < r->n; k++) {
            buf_clear(&text);
            buf_add(&text, r->address);
            key_print(r->objects[k].key, &text);
            if (r->objects[k].deposed.n || !str_eq(buf_str(&text), address)) continue;
            *resource = r;
            *object = &r->objects[k];
            return true;
        }
    }
    return false;
}

bool report_state(Walk *walk, Snapshot *state, const Str *address, const ReportOptions *options, Out *out) {
    ReportOptions all = *options;
    all.concise = false;
    StateText t = {.draw = {out, arena_new(walk->process, LIFE_OP, "report"), &all}, .state = state};
    t.reader = state_reader(walk, t.draw.arena);
    const StateResource *resource;
    const StateObject *object;
    bool found = true;
    snapshot_settle(state);
    if (!address)
        state_draw(&t);
    else if ((found = object_find(&t, *address, &resource, &object)) != false)
        object_draw(&t, resource, object);
    arena_free(t.draw.arena);
    out_flush(out);
    return found;
}

#include "providers/aws/core/upgrade.h"

#include "engine/value/json.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/mapping.h"
#include "providers/aws/core/plan.h"

// An attribute of the stored object, or an older name's.
static Value stored(Frame *f, const Attr *a, Value state) {
    Value v = frame_get(f, state, a->name);
    for (uint32_t i = 0; value_is_null(v) && i < f->def->attrs->n; i++)
        if (f->def->attrs->at[i].alias == a->name) v = frame_get(f, state, f->def->attrs->at[i].name);
    return v;
}

// What rules of older versions say, laid over the stored object.
static Value run_rules(Frame *f, uint64_t version, Value state, Diags *diags) {
    Arena *arena = frame_arena(f);
    for (uint64_t from = version; from < f->def->version; from++) {
        for (uint32_t i = 0; i < f->def->upgrades.n; i++) {
            const Upgrade *u = &f->def->upgrades.at[i];
            if (u->from != from) continue;
            f->roots[SLOT_STATE] = f->roots[SLOT_SELF] = state;
            Value set = frame_eval(f, u->set, diags);
            if (!value_is_set(set) || set.kind != TYPE_OBJECT) continue;
            uint32_t n = value_parts(state);
            Name *names = ARENA_ARRAY(arena, Name, n + set.n + 1);
            Value *values = ARENA_ARRAY(arena, Value, n + set.n + 1);
            for (uint32_t k = 0; k < n; k++) names[k] = state.obj->shape->names[k], values[k] = state.obj->at[k];
            for (uint32_t k = 0; k < set.n; k++)
                names[n + k] = set.obj->shape->names[k], values[n + k] = set.obj->at[k];
            state = value_object_of(arena, names, values, n + set.n);
        }
    }
    return state;
}

void aws_upgrade(InfraUpgrade *q, InfraCall *call) {
    const InfraHost *host = q->base.host;
    Core *core = (Core *)(uintptr_t)q->base.plugin;
    Def *def = core_def(core, 'r', handle_str(q->base.type));
    Arena *arena = handle_arena(q->base.arena);
    Diags diags = diags_in(arena);
    Value state;
    JsonError error;
    q->result_private = q->private_bytes;
    if (!def || !json_decode(arena, handle_str(q->attributes), &state, &error) || state.kind != TYPE_OBJECT) {
        aws_error(&q->base, STR("Malformed object"), STR("The stored object is not a JSON object of a known type."),
                  NULL);
    } else {
        Frame *f = frame_new(arena, def, NULL);
        state = run_rules(f, q->version, state, &diags);
        ObjectData *data = value_object_data(arena, def->attrs->shape);
        for (uint32_t i = 0; i < def->attrs->n; i++) {
            const Attr *a = &def->attrs->at[i];
            data->at[i] = mapping_receive(f, a, a->alias || a->dropped ? frame_null(f) : stored(f, a, state));
        }
        q->result = handle_of(value_finish_object(arena, data));
    }
    aws_report(&q->base, &diags);
    host->done(call);
}

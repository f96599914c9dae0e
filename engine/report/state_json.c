#include "engine/report/state_json.h"

#include <stdlib.h>

#include "engine/plan/depends.h"
#include "engine/report/checks_json.h"
#include "engine/report/module_tree.h"
#include "engine/report/state_value.h"
#include "state/codec.h"

static void head_write(JsonWriter *w, Str version) {
    json_open_object(w);
    json_text_field(w, "format_version", STR("1.0"));
    json_text_field_if(w, "terraform_version", version);
}

// ---- a state ----

typedef struct StateItem {
    const StateResource *resource;
    const StateObject *object;
} StateItem;

typedef struct StateWriter {
    StateReader reader;
    VEC(StateItem) items;
} StateWriter;

static void state_item_write(void *ctx, JsonWriter *w, uint32_t index) {
    StateWriter *s = ctx;
    const StateItem *item = &s->items.at[index];
    Subject subject;
    Value v = state_value(&s->reader, item->resource, item->object, &subject);
    json_resource(w, &subject, item->object->schema_version, v, item->object);
    arena_reset(s->reader.arena);
}

static void state_outputs_write(JsonWriter *w, const Snapshot *state) {
    if (state->output_count == 0) return;
    json_field(w, "outputs");
    json_open_object(w);
    for (uint32_t i = 0; i < state->output_count; i++) {
        const StateOutput *o = &state->outputs[i];
        json_key(w, o->name);
        json_open_object(w);
        json_field(w, "sensitive");
        json_bool(w, o->sensitive);
        json_text_field_if(w, "deprecated", o->deprecated);
        json_field(w, "value");
        codec_raw(w, o->value);
        json_field(w, "type");
        codec_raw(w, o->type);
        json_close_object(w);
    }
    json_close_object(w);
}

void report_state_json(Walk *walk, Snapshot *state, Out *out) {
    JsonWriter w = json_out(out);
    snapshot_settle(state);
    bool empty = state->resource_count == 0 && state->output_count == 0;
    head_write(&w, empty ? STR_NONE : state->terraform_version);
    if (!empty) {
        Arena *arena = arena_new(walk->process, LIFE_OP, "state modules");
        StateWriter s = {.reader = state_reader(walk, arena_new(walk->process, LIFE_OP, "state values"))};
        ModuleTree *tree = module_tree_new(arena);
        for (uint32_t i = 0; i < state->resource_count; i++)
            for (uint32_t k = 0; k < state->resources[i].n; k++) {
                module_tree_add(tree, state->resources[i].module, s.items.n);
                vec_push(arena, &s.items, ((StateItem){&state->resources[i], &state->resources[i].objects[k]}));
            }
        module_tree_sort(tree);
        json_field(&w, "values");
        json_open_object(&w);
        state_outputs_write(&w, state);
        json_field(&w, "root_module");
        module_tree_write(tree, &w, state_item_write, &s);
        json_close_object(&w);
        checks_json_state(&w, walk->process, state->check_results);
        arena_free(s.reader.arena);
        arena_free(arena);
    }
    json_close_object(&w);
    out_z(out, "\n");
    out_flush(out);
}

// ---- the prior state of a plan ----

#define PRIOR_ROW 0x80000000u // the item is a row: a data source that was read, or an object that is imported

typedef struct PriorWriter {
    const Plan *plan;
    const Walk *walk;
    const Depends *depends; // per block of the configuration
    Arena *arena;
} PriorWriter;

static int str_order(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

// What the object depends on from now on: what its block needs, and until it is changed what it needed before.
static StateObject prior_object(const PriorWriter *p, const PriorObject *prior) {
    StateObject o = *prior->object;
    const Row *row = prior->row ? row_at(&p->walk->rows, prior->row - 1) : NULL;
    if (!row || row->block == UINT32_MAX || !(row->flags & ROW_PLANNED)) return o;
    bool stays = row->action == ACTION_NOOP && !p->plan->options.refresh_only;
    if (!stays && p->plan->options.no_refresh) return o;
    const Depends *now = &p->depends[row->block];
    uint32_t most = now->n + o.dependency_count, n = 0;
    Str *at = ARENA_ARRAY(p->arena, Str, most + 1);
    if (now->n) memcpy(at, now->at, sizeof *at * now->n);
    if (!stays && o.dependency_count) memcpy(at + now->n, o.dependencies, sizeof *at * o.dependency_count);
    if (stays) most = now->n;
    qsort(at, most, sizeof *at, str_order);
    for (uint32_t i = 0; i < most; i++)
        if (n == 0 || !str_eq(at[n - 1], at[i])) at[n++] = at[i];
    o.dependencies = at;
    o.dependency_count = n;
    return o;
}

static void prior_item_write(void *ctx, JsonWriter *w, uint32_t index) {
    PriorWriter *writer = ctx;
    const Walk *walk = writer->walk;
    if (index & PRIOR_ROW) {
        const Row *row = row_at(&walk->rows, index & ~PRIOR_ROW);
        Subject s = subject_of_row(walk, row);
        json_resource(w, &s, s.schema->version, s.imported ? row->prior : row->planned, NULL);
        return;
    }
    const PriorObject *p = &walk->prior.at[index];
    Subject s = subject_of_prior(walk, p);
    StateObject object = prior_object(writer, p);
    json_resource(w, &s, s.schema ? s.schema->version : p->object->schema_version, p->current, &object);
    arena_reset(writer->arena);
}

// The new value as soon as it is known, else the old one; of what goes the old one.
static Value output_prior(const Plan *plan, const OutputChange *c) {
    bool stays = !plan->options.destroy && config_find_output(plan->walk->config->nodes[0].def, c->name) != UINT32_MAX;
    return value_is_whole(c->after) && stays ? c->after : c->before;
}

static void prior_outputs_write(JsonWriter *w, const Plan *plan) {
    bool open = false;
    for (uint32_t i = 0; i < plan->outputs.n; i++) {
        const OutputChange *c = &plan->outputs.at[i];
        if (value_is_null(output_prior(plan, c))) continue;
        if (!open) {
            json_field(w, "outputs");
            json_open_object(w);
        }
        open = true;
        json_output(w, plan->walk->process, name_str(c->name), c->sensitive, output_prior(plan, c), false);
    }
    if (open) json_close_object(w);
}

static bool row_was_read(const Walk *w, const Row *row) {
    const RowExtra *x = row_has_extra(&w->rows, row);
    if (x && x->imported) return true;
    const Resource *r = walk_resource(w, row);
    bool now = row->action == ACTION_NOOP || row->reason == REASON_READ_CHECK_NESTED;
    return r && r->mode == MODE_DATA && now && (row->flags & ROW_PLANNED) &&
           !value_is_null(row->planned);
}

void state_json_prior(JsonWriter *w, const Plan *plan) {
    Walk *walk = plan->walk;
    Arena *arena = arena_new(walk->process, LIFE_OP, "prior state");
    ModuleTree *tree = module_tree_new(arena);
    uint32_t count = 0;
    for (uint32_t i = 0; i < walk->rows.n; i++) { // data sources come before managed resources
        const Row *row = row_at(&walk->rows, i);
        if (!row_was_read(walk, row)) continue;
        module_tree_add(tree, walk->modules.at[row->module]->path, i | PRIOR_ROW);
        count++;
    }
    for (uint32_t i = 0; i < walk->prior.n; i++) {
        const PriorObject *p = &walk->prior.at[i];
        if (p->resource->data || value_is_null(p->current) || p->current.kind == TYPE_DYNAMIC) continue;
        module_tree_add(tree, p->resource->module, i);
        count++;
    }
    bool outputs = false;
    for (uint32_t i = 0; i < plan->outputs.n; i++) outputs |= !value_is_null(output_prior(plan, &plan->outputs.at[i]));
    if (count || outputs) {
        module_tree_sort(tree);
        json_field(w, "prior_state");
        head_write(w, STR(STATE_TERRAFORM_VERSION));
        json_field(w, "values");
        json_open_object(w);
        if (plan->goes) state_outputs_write(w, walk->state); // nothing becomes of them
        else prior_outputs_write(w, plan);
        json_field(w, "root_module");
        PriorWriter writer = {plan, walk, depends_all(arena, walk), arena_new(walk->process, LIFE_OP, "dependencies")};
        module_tree_write(tree, w, prior_item_write, &writer);
        arena_free(writer.arena);
        json_close_object(w);
        json_close_object(w);
    }
    arena_free(arena);
}

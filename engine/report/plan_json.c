// `show -json` of a plan.
#include <stdlib.h>

#include "engine/plan/prior.h"
#include "engine/report/checks_json.h"
#include "engine/report/config_json.h"
#include "engine/report/module_tree.h"
#include "engine/report/relevant.h"
#include "engine/report/state_json.h"
#include "engine/value/marks.h"
#include "state/codec.h"

// ---- changes ----

static void actions_write(JsonWriter *w, Action action) {
    static const char *const names[][2] = {
        [ACTION_NOOP] = {"no-op", NULL},
        [ACTION_CREATE] = {"create", NULL},
        [ACTION_READ] = {"read", NULL},
        [ACTION_UPDATE] = {"update", NULL},
        [ACTION_DELETE] = {"delete", NULL},
        [ACTION_DELETE_THEN_CREATE] = {"delete", "create"},
        [ACTION_CREATE_THEN_DELETE] = {"create", "delete"},
        [ACTION_FORGET] = {"forget", NULL},
        [ACTION_FORGET_THEN_CREATE] = {"forget", "create"},
    };
    json_field(w, "actions");
    json_open_array(w);
    for (int i = 0; i < 2 && names[action][i]; i++) json_string(w, str_of(names[action][i]));
    json_close_array(w);
}

static void after_write(JsonWriter *w, Value after, bool output) {
    if (value_is_known(after)) {
        json_field(w, "after");
        json_known(w, after);
    }
    json_field(w, "after_unknown");
    if (!value_is_whole(after)) {
        json_unknown(w, after);
    } else if (output) {
        json_bool(w, false);
    } else {
        json_open_object(w);
        json_close_object(w);
    }
}

static void replace_paths_write(JsonWriter *w, const PathList *paths) {
    if (paths->list.n == 0) return;
    json_field(w, "replace_paths");
    json_open_array(w);
    for (uint32_t i = 0; i < paths->list.n; i++) json_path(w, paths->list.at[i]);
    json_close_array(w);
}

static void identity_write(JsonWriter *w, const Subject *s, Action action, bool drift) {
    bool stays = action == ACTION_NOOP || action == ACTION_UPDATE || (action == ACTION_DELETE && !drift);
    if (!s->object || s->object->identity.n == 0) return;
    json_field(w, "before_identity");
    codec_raw(w, s->object->identity);
    if (!stays) return;
    json_field(w, "after_identity");
    codec_raw(w, s->object->identity);
}

static void change_write(JsonWriter *w, const Subject *s, Action action, Value before, Value after,
                         const RowExtra *extra, bool drift) {
    json_field(w, "change");
    json_open_object(w);
    actions_write(w, action);
    json_field(w, "before");
    json_known(w, before);
    after_write(w, after, false);
    json_field(w, "before_sensitive");
    json_sensitive(w, before);
    json_field(w, "after_sensitive");
    json_sensitive(w, after);
    if (extra) replace_paths_write(w, &extra->replace);
    if (s->imported) {
        json_field(w, "importing");
        json_open_object(w);
        json_text_field_if(w, "id", s->import_id);
        if (s->import_id.n == 0 && value_parts(s->import_identity)) {
            json_field(w, "identity");
            json_known(w, s->import_identity);
        }
        json_close_object(w);
    }
    identity_write(w, s, action, drift);
    json_close_object(w);
}

static void resource_change_write(JsonWriter *w, const Subject *s, Action action, Value before, Value after,
                                  const RowExtra *extra, bool drift) {
    json_open_object(w);
    json_address(w, "address", s);
    json_text_field_if(w, "previous_address", s->moved_from);
    json_text_field_if(w, "module_address", s->module);
    json_text_field(w, "mode", s->data ? STR("data") : STR("managed"));
    json_text_field(w, "type", s->type);
    json_text_field(w, "name", s->name);
    if (s->key.kind != KEY_NONE) {
        json_field(w, "index");
        json_instance_key(w, s->key);
    }
    json_text_field(w, "provider_name", s->provider);
    json_text_field_if(w, "deposed", s->deposed);
    change_write(w, s, action, before, after, extra, drift);
    json_text_field_if(w, "action_reason", str_of(row_reason_json(s->reason)));
    json_close_object(w);
}

// Neither data sources that leave the state nor what is gone already; a refresh-only plan plans nothing.
static bool row_listed(const Plan *plan, const Row *row, const Subject *s) {
    if (plan->options.refresh_only) return false;
    if (row->action == ACTION_NOOP && !(row->flags & ROW_DEPOSED)) return !value_is_null(row->prior) || !value_is_null(row->planned);
    return !s->data || row->action != ACTION_DELETE;
}

static void resource_changes_write(JsonWriter *w, const Plan *plan) {
    const Walk *walk = plan->walk;
    bool open = false;
    for (uint32_t i = 0; i < plan->changes.n; i++) {
        const Row *row = row_at(&walk->rows, plan->changes.at[i]);
        Subject s = subject_of_row(walk, row);
        if (!row_listed(plan, row, &s)) continue;
        if (!open) {
            json_field(w, "resource_changes");
            json_open_array(w);
        }
        open = true;
        resource_change_write(w, &s, (Action)row->action, row->prior, row->planned, row_has_extra(&walk->rows, row),
                              false);
    }
    if (open) json_close_array(w);
}

static void drift_write(JsonWriter *w, const Plan *plan) {
    const Walk *walk = plan->walk;
    bool open = false;
    uint32_t next = 0;
    if (plan->options.destroy) return;
    for (uint32_t i = 0; i < walk->prior.n; i++) {
        const PriorObject *p = &walk->prior.at[i];
        Subject s = subject_of_prior(walk, p);
        const RowExtra *extra = p->row ? row_has_extra(&walk->rows, row_at(&walk->rows, p->row - 1)) : NULL;
        bool drifted = next < plan->drift.n && plan->drift.at[next] == i;
        next += drifted;
        if (extra && p->object->deposed.n == 0) s.moved_from = extra->moved_from;
        if (!drifted && !(plan->options.refresh_only && s.moved_from.n)) continue;
        if (!open) {
            json_field(w, "resource_drift");
            json_open_array(w);
        }
        open = true;
        Action action = !drifted ? ACTION_NOOP : value_is_null(p->current) ? ACTION_DELETE : ACTION_UPDATE;
        resource_change_write(w, &s, action, p->stored, p->current, NULL, true);
    }
    if (open) json_close_array(w);
}

// An output that is still configured but null now is changed, not deleted.
static Action output_action(const Plan *plan, const OutputChange *c) {
    const ModuleDef *root = plan->walk->config->nodes[0].def;
    bool configured = !plan->options.destroy && config_find_output(root, c->name) != UINT32_MAX;
    return c->action == ACTION_DELETE && configured ? ACTION_UPDATE : (Action)c->action;
}

static void output_changes_write(JsonWriter *w, const Plan *plan) {
    if (plan->outputs.n == 0) return;
    json_field(w, "output_changes");
    json_open_object(w);
    for (uint32_t i = 0; i < plan->outputs.n; i++) {
        const OutputChange *c = &plan->outputs.at[i];
        json_key(w, name_str(c->name));
        json_open_object(w);
        actions_write(w, output_action(plan, c));
        json_field(w, "before");
        json_known(w, c->before);
        after_write(w, c->after, true);
        json_field(w, "before_sensitive");
        json_bool(w, c->sensitive);
        json_field(w, "after_sensitive");
        json_bool(w, c->sensitive);
        json_close_object(w);
    }
    json_close_object(w);
}

// ---- planned values ----

typedef struct Planned {
    Str module, address;
    uint32_t row;
} Planned;

static int planned_cmp(const void *pa, const void *pb) {
    const Planned *a = pa, *b = pb;
    int c = str_cmp(a->module, b->module);
    return c ? c : str_cmp(a->address, b->address);
}

static void planned_item_write(void *ctx, JsonWriter *w, uint32_t index) {
    const Walk *walk = ctx;
    const Row *row = row_at(&walk->rows, index);
    Subject s = subject_of_row(walk, row);
    if (row->action != ACTION_NOOP && row->action != ACTION_UPDATE) s.object = NULL; // another object is planned
    json_resource(w, &s, s.schema->version, row->planned, NULL);
}

static void planned_resources_write(JsonWriter *w, const Plan *plan) {
    const Walk *walk = plan->walk;
    Arena *arena = arena_new(walk->process, LIFE_OP, "planned values");
    Planned *rows = ARENA_ARRAY(arena, Planned, plan->changes.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->changes.n; i++) {
        const Row *row = row_at(&walk->rows, plan->changes.at[i]);
        if (row->action == ACTION_DELETE || (row->flags & ROW_DEPOSED)) continue;
        Subject s = subject_of_row(walk, row);
        if (!row_listed(plan, row, &s)) continue;
        Buf address = buf_in(arena);
        subject_address(&s, &address);
        rows[n++] = (Planned){s.module, buf_str(&address), plan->changes.at[i]};
    }
    if (n > 1) qsort(rows, n, sizeof *rows, planned_cmp);
    ModuleTree *tree = module_tree_new(arena);
    for (uint32_t i = 0; i < n; i++) module_tree_add(tree, rows[i].module, rows[i].row);
    module_tree_sort(tree);
    json_field(w, "root_module");
    module_tree_write(tree, w, planned_item_write, plan->walk);
    arena_free(arena);
}

static void planned_outputs_write(JsonWriter *w, const Plan *plan) {
    bool open = false;
    for (uint32_t i = 0; i < plan->outputs.n; i++) {
        const OutputChange *c = &plan->outputs.at[i];
        if (output_action(plan, c) == ACTION_DELETE) continue;
        if (!open) {
            json_field(w, "outputs");
            json_open_object(w);
        }
        open = true;
        if (value_is_whole(c->after)) {
            json_output(w, plan->walk->process, name_str(c->name), c->sensitive, c->after, true);
            continue;
        }
        json_key(w, name_str(c->name));
        json_open_object(w);
        json_field(w, "sensitive");
        json_bool(w, c->sensitive);
        json_close_object(w);
    }
    if (open) json_close_object(w);
}

// ---- the rest ----

static int variable_cmp(const void *a, const void *b) {
    return str_cmp(name_str((*(const Variable *const *)a)->name), name_str((*(const Variable *const *)b)->name));
}

static void variables_write(JsonWriter *w, const Plan *plan) {
    const ModuleDef *root = plan->walk->config->nodes[0].def;
    if (root->variables.n == 0 || !plan->walk->root_values) return;
    Arena *arena = arena_new(plan->walk->process, LIFE_OP, "variables");
    const Variable **sorted = ARENA_ARRAY(arena, const Variable *, root->variables.n);
    for (uint32_t i = 0; i < root->variables.n; i++) sorted[i] = &root->variables.at[i];
    qsort(sorted, root->variables.n, sizeof(Variable *), variable_cmp);
    json_field(w, "variables");
    json_open_object(w);
    for (uint32_t i = 0; i < root->variables.n; i++) {
        Value v = plan->walk->root_values[sorted[i] - root->variables.at];
        if (sorted[i]->ephemeral || value_is_unknown(v)) continue;
        json_key(w, name_str(sorted[i]->name));
        json_open_object(w);
        json_field(w, "value");
        json_known(w, v);
        json_close_object(w);
    }
    json_close_object(w);
    arena_free(arena);
}

static void relevant_write(JsonWriter *w, const Plan *plan) {
    Arena *arena = arena_new(plan->walk->process, LIFE_OP, "relevant attributes");
    const Relevant *r = relevant_find(arena, plan);
    if (r->n) {
        json_field(w, "relevant_attributes");
        json_open_array(w);
    }
    for (uint32_t i = 0; i < r->n; i++) {
        json_open_object(w);
        json_text_field(w, "resource", r->at[i].address);
        json_field(w, "attribute");
        json_path(w, r->at[i].path);
        json_close_object(w);
    }
    if (r->n) json_close_array(w);
    arena_free(arena);
}

void report_plan_json(const Plan *plan, Out *out) {
    JsonWriter w = json_out(out);
    Buf time = {0};
    clock_rfc3339(plan->timestamp_ns, 0, false, &time);
    json_open_object(&w);
    json_text_field(&w, "format_version", STR("1.2"));
    json_text_field(&w, "terraform_version", STR(STATE_TERRAFORM_VERSION));
    variables_write(&w, plan);
    json_field(&w, "planned_values");
    json_open_object(&w);
    planned_outputs_write(&w, plan);
    planned_resources_write(&w, plan);
    json_close_object(&w);
    drift_write(&w, plan);
    resource_changes_write(&w, plan);
    output_changes_write(&w, plan);
    state_json_prior(&w, plan);
    config_json_write(&w, plan->walk);
    relevant_write(&w, plan);
    checks_json_walk(&w, plan->walk);
    json_text_field(&w, "timestamp", buf_str(&time));
    json_field(&w, "errored");
    json_bool(&w, plan->errored);
    json_close_object(&w);
    out_z(out, "\n");
    buf_free(&time);
    out_flush(out);
}

// What goes into the state at the end: root outputs and the results of checks.
#include <stdlib.h>

#include "engine/apply/applier.h"
#include "engine/value/marks.h"

static void output_put(Applier *a, const Output *o, Value v) {
    Snapshot *s = a->state;
    Process *p = a->walk->process;
    Buf value = buf_in(s->arena), type = buf_in(s->arena);
    v = marks_strip(a->walk->arena, v, NULL);
    JsonWriter w = json_writer(&value, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    type_to_json(value_type(p, v), &type);
    StateOutput out = {.name = name_str(o->name),
                       .value = buf_str(&value),
                       .type = buf_str(&type),
                       .sensitive = o->sensitive,
                       .deprecated = o->deprecated};
    snapshot_put_output(s, &out);
}

static bool output_is_configured(const ModuleDef *def, Str name) {
    for (uint32_t i = 0; i < def->outputs.n; i++)
        if (str_eq(name_str(def->outputs.at[i].name), name)) return true;
    return false;
}

static void outputs_remove(Applier *a, bool all) {
    const ModuleDef *def = a->walk->config->nodes[0].def;
    Snapshot *s = a->state;
    for (uint32_t i = s->output_count; i > 0; i--)
        if (all || !output_is_configured(def, s->outputs[i - 1].name)) snapshot_remove_output(s, s->outputs[i - 1].name);
}

static void outputs_journal(Applier *a) {
    if (!a->journal) return;
    Buf b = buf_in(a->walk->arena);
    JsonWriter w = json_writer(&b, 0);
    json_open_object(&w);
    for (uint32_t i = 0; i < a->state->output_count; i++) {
        const StateOutput *o = &a->state->outputs[i];
        json_key(&w, o->name);
        json_open_object(&w);
        json_key(&w, STR("value"));
        json_raw(&w, o->value);
        json_key(&w, STR("type"));
        json_raw(&w, o->type);
        if (o->sensitive) {
            json_key(&w, STR("sensitive"));
            json_bool(&w, true);
        }
        json_close_object(&w);
    }
    json_close_object(&w);
    JournalRecord r = {.kind = JOURNAL_OUTPUTS, .outputs = buf_str(&b)};
    journal_append(a->journal, &r);
}

void edit_outputs(Applier *a) {
    Walk *w = a->walk;
    const ModuleDef *def = w->config->nodes[0].def;
    bool destroy = a->plan->options.destroy;
    if (destroy && (a->plan->options.target_count || a->plan->options.exclude_count)) return;
    outputs_remove(a, destroy);
    VEC(OutputChange) list = {0};
    for (uint32_t i = 0; !destroy && i < def->outputs.n; i++) {
        const Output *o = &def->outputs.at[i];
        uint32_t id = config_local_id(def, BLOCK_OUTPUT, i);
        ModuleInst *root = w->modules.at[0];
        if (o->ephemeral || !root->have[id] || !value_is_whole(root->values[id])) continue; // the old value stays
        Value v = root->values[id];
        if (value_is_null(v)) {
            snapshot_remove_output(a->state, name_str(o->name));
            continue;
        }
        output_put(a, o, v);
        OutputChange c = {.name = o->name, .after = v, .sensitive = o->sensitive};
        vec_push(w->arena, &list, c);
    }
    a->result->outputs = list.at;
    a->result->output_count = list.n;
    outputs_journal(a);
}

static const char *check_status(int status) {
    switch (status) {
    case CHECK_PASS: return "pass";
    case CHECK_FAIL: return "fail";
    case CHECK_ERROR: return "error";
    default: return "unknown";
    }
}

// A configured object's status is the worst of its instances: error, fail, unknown, pass.
static int check_worse(int a, int b) {
    static const int order[] = {[CHECK_PASS] = 0, [CHECK_UNKNOWN] = 1, [CHECK_FAIL] = 2, [CHECK_ERROR] = 3};
    return order[a] >= order[b] ? a : b;
}

static void check_object(JsonWriter *j, const CheckResult *c) {
    json_open_object(j);
    json_key(j, STR("object_addr"));
    json_string(j, c->object_addr);
    json_key(j, STR("status"));
    json_string(j, str_of(check_status((int)c->status)));
    if (c->failures.n) {
        json_key(j, STR("failure_messages"));
        json_open_array(j);
        for (uint32_t i = 0; i < c->failures.n; i++) json_string(j, c->failures.at[i]);
        json_close_array(j);
    }
    json_close_object(j);
}

static int group_cmp(const void *a, const void *b) {
    return str_cmp(((const StrMapItem *)a)->key, ((const StrMapItem *)b)->key);
}

void edit_checks(Applier *a) {
    Walk *w = a->walk;
    if (w->checks.n == 0) {
        a->state->check_results = STR("");
        return;
    }
    StrMap groups = strmap_in(w->arena); // first result of each configured object
    uint32_t *next = ARENA_ARRAY(w->arena, uint32_t, w->checks.n + 1), *last = ARENA_ARRAY(w->arena, uint32_t, w->checks.n + 1);
    for (uint32_t i = 0; i < w->checks.n; i++) {
        bool added;
        uint64_t *slot = strmap_put(&groups, w->checks.at[i].config_addr, &added);
        if (added) *slot = i;
        else next[last[*slot]] = i;
        last[*slot] = i;
    }
    Buf b = buf_in(a->state->arena);
    JsonWriter j = json_writer(&b, 0);
    json_open_array(&j);
    StrMapItem *sorted = ARENA_ARRAY(w->arena, StrMapItem, groups.n + 1);
    if (groups.n) memcpy(sorted, groups.items, sizeof *sorted * groups.n);
    qsort(sorted, groups.n, sizeof *sorted, group_cmp);
    for (uint32_t g = 0; g < groups.n; g++) {
        uint32_t first = (uint32_t)sorted[g].value;
        int status = (int)w->checks.at[first].status;
        for (uint32_t i = next[first]; i; i = next[i]) status = check_worse(status, (int)w->checks.at[i].status);
        json_open_object(&j);
        json_key(&j, STR("object_kind"));
        Str kind = w->checks.at[first].object_kind;
        json_string(&j, str_eqz(kind, "output_value") ? STR("output") : kind);
        json_key(&j, STR("config_addr"));
        json_string(&j, w->checks.at[first].config_addr);
        json_key(&j, STR("status"));
        json_string(&j, str_of(check_status(status)));
        json_key(&j, STR("objects"));
        json_open_array(&j);
        for (uint32_t i = first;; i = next[i]) {
            check_object(&j, &w->checks.at[i]);
            if (!next[i]) break;
        }
        json_close_array(&j);
        json_close_object(&j);
    }
    json_close_array(&j);
    a->state->check_results = buf_str(&b);
}

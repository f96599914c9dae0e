// Edits of the state during an apply, each with its record in the journal.
#include "engine/apply/applier.h"
#include "engine/base/base64.h"
#include "engine/plan/module_path.h"
#include "engine/plan/plan_resource.h"
#include "engine/plan/prior.h"
#include "engine/value/marks.h"

typedef struct Place { // where an object lies in the state
    Str module, type, name, provider, address;
    bool data;
    InstanceKey key;
} Place;

// The part after the registry's host: states of both registries name the same providers.
static Str provider_tail(Str provider) {
    ptrdiff_t at = str_find(provider, STR("[\""));
    Str rest = at < 0 ? provider : str_slice(provider, (size_t)at + 2, provider.n);
    ptrdiff_t slash = str_find_char(rest, '/');
    return slash < 0 ? rest : str_slice(rest, (size_t)slash, rest.n);
}

Str edit_provider(Applier *a, const Resource *r, uint32_t node, Str module, Str address) {
    Walk *w = a->walk;
    Buf b = buf_in(w->arena);
    uint32_t provider = w->graph->provider_of[node];
    (void)module;
    if (graph_node_kind(w->graph, provider) == NODE_BLOCK) {
        const ModuleNode *m = config_node_of(w->config, provider);
        uint32_t i;
        config_block(m->def, provider - m->base, &i);
        if (m->path.n) buf_format(&b, "%.*s.", STR_ARG(m->path));
        buf_format(&b, "provider[\"%.*s\"]", STR_ARG(m->def->providers.at[i].address));
        if (m->def->providers.at[i].alias) buf_format(&b, ".%s", m->def->providers.at[i].alias->text);
    } else {
        buf_format(&b, "provider[\"%.*s\"]", STR_ARG(r->provider_address));
    }
    const StateResource *known = snapshot_find(a->state, address);
    if (known && str_eq(provider_tail(known->provider), provider_tail(buf_str(&b)))) return known->provider;
    return buf_str(&b);
}

static Place row_place(Applier *a, const Row *row) {
    Walk *w = a->walk;
    const Resource *r = walk_resource(w, row);
    Place p = {.key = INSTANCE_NO_KEY};
    if (!r) {
        const PriorObject *o = &w->prior.at[row->object - 1];
        p.module = o->resource->module;
        p.type = o->resource->type;
        p.name = o->resource->name;
        p.data = o->resource->data;
        p.provider = o->resource->provider;
        p.address = o->resource->address;
        p.key = o->object->key;
        return p;
    }
    const ModuleInst *m = w->modules.at[row->module];
    p.module = m->path;
    p.type = name_str(r->type);
    p.name = name_str(r->name);
    p.data = r->mode == MODE_DATA;
    if (a->last_block != row->block || a->last_module != row->module) { // the same for all instances of a block
        a->last_block = row->block;
        a->last_module = row->module;
        a->last_address = str_format(w->arena, "%.*s%s%s%s.%s", STR_ARG(m->path), m->path.n ? "." : "",
                                     p.data ? "data." : "", r->type->text, r->name->text);
        a->last_provider = edit_provider(a, r, row->block, m->path, a->last_address);
    }
    p.address = a->last_address;
    p.provider = a->last_provider;
    if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &p.key);
    return p;
}

static void place_record(const Place *p, JournalRecord *r) {
    r->address = p->address;
    r->module = p->module;
    r->type = p->type;
    r->name = p->name;
    r->data = p->data;
    r->key = p->key;
    r->provider = p->provider;
}

// Which object of the instance the operation is about: the current one, a deposed one of the prior state, or the one
// that its replacement left a moment ago.
static Str op_deposed(const Change *c, const Row *row) {
    const Walk *w = c->applier->walk;
    if (c->op.kind == OP_CHANGE) return STR("");
    if (row->action == ACTION_CREATE_THEN_DELETE) return row_has_extra(&w->rows, row)->deposed;
    return row->object ? w->prior.at[row->object - 1].object->deposed : STR("");
}

void edit_record(Change *c, const Row *row, JournalRecord *r) {
    Place p = row_place(c->applier, row);
    place_record(&p, r);
    r->deposed = op_deposed(c, row);
}

static void journal_result(Change *c, JournalRecord *r) {
    Journal *j = applier_journal(c->applier);
    if (!j) return;
    r->op = c->journal_op;
    journal_append(j, r);
}

// An object of the schema as it goes into the state.
static StateObject *object_put(Applier *a, const Place *p, Str deposed, Value v, const Schema *schema,
                               PrivateBytes private_bytes) {
    Snapshot *s = a->state;
    StateResource *sr = snapshot_put_resource(s, p->module, p->data, p->type, p->name, p->provider);
    StateObject *o = snapshot_put_object(s, sr, p->key, deposed);
    o->schema_version = schema->version;
    snapshot_encode(s, o, v, schema->block->type);
    if (private_bytes.n) {
        Buf b = buf_in(s->arena);
        base64_encode(str_make(private_bytes.p, private_bytes.n), &b);
        o->private_bytes = buf_str(&b);
    }
    return o;
}

void edit_object(Change *c, Value v, PrivateBytes private_bytes, bool tainted) {
    Applier *a = c->applier;
    const Row *row = row_at(&a->walk->rows, c->op.row);
    Place p = row_place(a, row);
    Str deposed = op_deposed(c, row);
    StateObject *o = object_put(a, &p, deposed, v, c->schema, private_bytes);
    o->tainted = tainted;
    if (c->resource && a->depends) {
        o->dependencies = a->depends[row->block].at;
        o->dependency_count = a->depends[row->block].n;
        o->create_before_destroy = a->plan->cbd && a->plan->cbd[row->block];
        o->skip_destroy = !c->resource->lifecycle.destroy;
    } else if (row->object) {
        const StateObject *old = a->walk->prior.at[row->object - 1].object;
        o->dependencies = old->dependencies;
        o->dependency_count = old->dependency_count;
        o->create_before_destroy = old->create_before_destroy;
        o->skip_destroy = old->skip_destroy;
    }
    JournalRecord r = {.kind = JOURNAL_RESULT, .action = change_action(c), .has_object = true, .object = *o};
    place_record(&p, &r);
    r.deposed = deposed;
    journal_result(c, &r);
}

void edit_gone(Change *c) {
    Applier *a = c->applier;
    const Row *row = row_at(&a->walk->rows, c->op.row);
    Place p = row_place(a, row);
    Str deposed = op_deposed(c, row);
    snapshot_remove_object(a->state, p.address, p.key, deposed);
    JournalRecord r = {.kind = JOURNAL_RESULT, .action = change_action(c), .gone = true};
    place_record(&p, &r);
    r.deposed = deposed;
    journal_result(c, &r);
}

void edit_depose(Change *c) {
    Applier *a = c->applier;
    Walk *w = a->walk;
    const Row *row = row_at(&w->rows, c->op.row);
    const RowExtra *known = row_has_extra(&w->rows, row);
    if (row->action != ACTION_CREATE_THEN_DELETE || (known && known->deposed.n)) return;
    Place p = row_place(a, row);
    static const StateObject imported = {0};
    const StateObject *old = row->object ? w->prior.at[row->object - 1].object : &imported;
    uint8_t random[4];
    w->process->random(w->process, random, sizeof random);
    RowExtra *extra = row_extra(&w->rows, row_at(&w->rows, c->op.row));
    extra->deposed = str_format(w->arena, "%02x%02x%02x%02x", random[0], random[1], random[2], random[3]);
    StateObject *o = object_put(a, &p, extra->deposed, row->prior, c->schema, plan_row_private(w, row));
    o->dependencies = old->dependencies;
    o->dependency_count = old->dependency_count;
    o->create_before_destroy = old->create_before_destroy;
    o->tainted = old->tainted;
    JournalRecord r = {.kind = JOURNAL_RESULT, .action = ACT_UPDATE, .has_object = true, .object = *o};
    place_record(&p, &r);
    r.deposed = extra->deposed;
    Journal *j = applier_journal(a);
    if (j) journal_append(j, &r);
}

void edit_unchanged(Change *c) {
    Applier *a = c->applier;
    if (!c->journal_op || !a->journal) return;
    const Row *row = row_at(&a->walk->rows, c->op.row);
    JournalRecord r = {.kind = JOURNAL_FAILED, .op = c->journal_op, .action = change_action(c)};
    edit_record(c, row, &r);
    journal_append(a->journal, &r);
}

void edit_data(Applier *a, const Row *row) {
    const Resource *res = walk_resource(a->walk, row);
    if (!res || !value_is_whole(row->planned)) return;
    Place p = row_place(a, row);
    object_put(a, &p, STR(""), row->planned, res->schema, (PrivateBytes){NULL, 0});
}

// A configured object that did not change still gets what refresh found, today's schema version and dependencies.
static void refresh_row(Applier *a, const Row *row, const PriorObject *p) {
    Place place = row_place(a, row);
    const Schema *schema = prior_schema(a->walk, p);
    const StateObject *old = p->object;
    bool drifted = !value_identical(p->stored, p->current), upgraded = old->schema_version != schema->version;
    const Depends *d = row->block != UINT32_MAX && a->depends ? &a->depends[row->block] : NULL;
    const Resource *r = walk_resource(a->walk, row);
    bool cbd = r ? a->plan->cbd && a->plan->cbd[row->block] : old->create_before_destroy;
    bool skip = r ? !r->lifecycle.destroy : old->skip_destroy;
    bool same_deps = (!d || d->n == old->dependency_count) && cbd == old->create_before_destroy && skip == old->skip_destroy;
    for (uint32_t i = 0; same_deps && d && i < d->n; i++) same_deps = str_eq(d->at[i], old->dependencies[i]);
    StateResource *there = snapshot_find(a->state, place.address);
    if (there && !str_eq(there->provider, place.provider)) there->provider = place.provider;
    if (!drifted && !upgraded && same_deps) return;
    if (value_is_null(p->current)) {
        snapshot_remove_object(a->state, place.address, place.key, old->deposed);
        return;
    }
    if (!drifted && !upgraded) {
        StateResource *sr = snapshot_find(a->state, place.address);
        StateObject *o = sr ? snapshot_object(sr, place.key, old->deposed) : NULL;
        if (!o) return;
        o->create_before_destroy = cbd;
        o->skip_destroy = skip;
        if (!d) return;
        o->dependencies = d->at;
        o->dependency_count = d->n;
        return;
    }
    StateObject *o = object_put(a, &place, old->deposed, p->current, schema, p->private_bytes);
    o->tainted = old->tainted;
    o->create_before_destroy = cbd;
    o->skip_destroy = skip;
    o->dependencies = d ? d->at : old->dependencies;
    o->dependency_count = d ? d->n : old->dependency_count;
}

// An imported object is in the state from now on, whatever becomes of changes to it.
static void import_row(Applier *a, const Row *row) {
    Place place = row_place(a, row);
    StateObject *o = object_put(a, &place, STR(""), row->prior, walk_row_schema(a->walk, row), plan_row_private(a->walk, row));
    o->dependencies = a->depends[row->block].at;
    o->dependency_count = a->depends[row->block].n;
    o->create_before_destroy = a->plan->cbd && a->plan->cbd[row->block];
    o->skip_destroy = !walk_resource(a->walk, row)->lifecycle.destroy;
    a->result->imported++;
}

void edit_refreshed(Applier *a) {
    Walk *w = a->walk;
    for (uint32_t i = 0; i < w->rows.n; i++) {
        const Row *row = row_at(&w->rows, i);
        bool gone = row->object && !value_is_set(w->prior.at[row->object - 1].current);
        if ((!(row->flags & ROW_PLANNED) && !gone) || (row->flags & ROW_FAILED)) continue;
        const Resource *r = walk_resource(w, row);
        if (r && r->mode == MODE_DATA) {
            if (row->action == ACTION_NOOP) edit_data(a, row);
        } else if (row->object) {
            refresh_row(a, row, &w->prior.at[row->object - 1]);
        } else if (row_has_extra(&w->rows, row) && row_has_extra(&w->rows, row)->imported) {
            import_row(a, row);
        }
    }
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        if (!p->resource->data && !p->row && p->read) { // refresh-only: nothing is planned for what is not configured
            Row row = {.object = i + 1, .block = UINT32_MAX, .prior = p->current};
            refresh_row(a, &row, p);
        }
        // Data sources that are no longer configured.
        if (!p->resource->data || p->row || a->plan->options.target_count || a->plan->options.exclude_count) continue;
        snapshot_remove_object(a->state, p->resource->address, p->object->key, STR(""));
    }
}

#include "engine/report/subject.h"

#include "engine/plan/prior.h"

Str subject_state_provider(Str text) {
    Str module, address, alias;
    return prior_provider_parts(text, &module, &address, &alias) ? address : text;
}

Subject subject_of_prior(const Walk *w, const PriorObject *p) {
    const StateResource *r = p->resource;
    return (Subject){.module = r->module,
                     .data = r->data,
                     .type = r->type,
                     .name = r->name,
                     .key = p->object->key,
                     .deposed = p->object->deposed,
                     .object = p->object,
                     .provider = subject_state_provider(p->object->provider.n ? p->object->provider : r->provider),
                     .schema = prior_schema(w, p)};
}

Subject subject_of_row(const Walk *w, const Row *row) {
    Subject s;
    const Resource *r = walk_resource(w, row);
    const RowExtra *x = row_has_extra(&w->rows, row);
    if (r) {
        s = (Subject){.module = w->modules.at[row->module]->path,
                      .data = r->mode == MODE_DATA,
                      .type = name_str(r->type),
                      .name = name_str(r->name),
                      .key = INSTANCE_NO_KEY,
                      .provider = r->provider_address,
                      .schema = r->schema};
        if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &s.key);
        if (row->object && !s.data) s.object = w->prior.at[row->object - 1].object;
    } else {
        s = subject_of_prior(w, &w->prior.at[row->object - 1]);
    }
    s.reason = (Reason)row->reason;
    if (x) {
        s.moved_from = x->moved_from;
        s.imported = x->imported;
        s.import_id = x->import_id;
        s.import_identity = x->import_identity;
    }
    return s;
}

void subject_address(const Subject *s, Buf *out) {
    if (s->module.n) {
        buf_add(out, s->module);
        buf_char(out, '.');
    }
    if (s->data) buf_z(out, "data.");
    buf_add(out, s->type);
    buf_char(out, '.');
    buf_add(out, s->name);
    key_print(s->key, out);
}

// Rows of a resource block in one module instance.
#include "engine/plan/plan_resource.h"
#include "engine/plan/prior.h"

static Str resource_address(Arena *arena, const ModuleInst *m, const Resource *r) {
    const char *mode = r->mode == MODE_DATA ? "data." : r->mode == MODE_EPHEMERAL ? "ephemeral." : "";
    return str_format(arena, "%.*s%s%s%s.%s", STR_ARG(m->path), m->path.n ? "." : "", mode, r->type->text,
                      r->name->text);
}

void plan_row_moved(Walk *w, Row *row) {
    if (w->moved.n == 0) return;
    const char *from = strmap_get_ptr(&w->moved, walk_row_address_str(w->scratch, w, row));
    if (from) row_extra(&w->rows, row)->moved_from = str_of(from);
}

bool plan_rows_make(Walk *w, ModuleInst *m, uint32_t resource, uint32_t node, Expansion *e) {
    const ModuleDef *def = m->node->def;
    const Resource *r = &def->resources.at[resource];
    WalkScope s;
    scope_init(&s, w, m, config_local_id(def, BLOCK_RESOURCE, resource), r->once_count, w->arena);
    if (!expand_repeat(&s, r->repeat, r->repeat_code, e, w->diags)) return false;
    m->expansions[resource] = ARENA_NEW(w->arena, Expansion);
    *m->expansions[resource] = *e;
    uint32_t first = row_add(&w->rows, e->n);
    m->rows[resource] = (RowRange){first, e->n};
    RowRange prior = prior_of(w, resource_address(w->scratch, m, r));
    for (uint32_t i = 0; i < e->n; i++) {
        Row *row = row_at(&w->rows, first + i);
        InstanceKey key = INSTANCE_NO_KEY;
        row->module = m->index;
        row->block = node;
        row->flags = ROW_CONFIGURED;
        row->key = expand_key(w->arena, e, i);
        row->prior = value_null(w->process, r->schema->block->type);
        if (row->key.kind != TYPE_DYNAMIC) key_of_value(row->key, &key);
        PriorObject *p = prior.n ? prior_find(w, prior, key) : NULL;
        if (!p) continue;
        row->object = (uint32_t)(p - w->prior.at) + 1;
        p->row = first + i + 1;
        plan_row_moved(w, row);
        if (r->mode == MODE_DATA) continue;
        row->prior = p->current;
        if (p->object->tainted) row->flags |= ROW_TAINTED;
        if (!value_identical(p->stored, p->current)) row->flags |= ROW_DRIFTED;
    }
    return true;
}

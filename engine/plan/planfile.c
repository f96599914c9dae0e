#include "engine/plan/planfile.h"

#include "engine/io/file.h"
#include "engine/plan/planfile_format.h"
#include "engine/plan/prior.h"
#include "engine/value/marks.h"
#include "engine/value/pack.h"
#include "state/crc32c.h"

static void put_u32(Buf *b, uint32_t v) {
    for (int i = 0; i < 4; i++) buf_char(b, (char)(v >> (8 * i)));
}

static void put_u64(Buf *b, uint64_t v) {
    for (int i = 0; i < 8; i++) buf_char(b, (char)(v >> (8 * i)));
}

static void put_section(Buf *file, PlanfileTag tag, Buf *section) {
    put_u32(file, (uint32_t)tag);
    put_u64(file, section->n);
    put_u32(file, crc32c(0, buf_str(section)));
    buf_add(file, buf_str(section));
    buf_clear(section);
}

static void put_addresses(Buf *b, const Address *list, uint32_t n) {
    pack_varint(b, n);
    for (uint32_t i = 0; i < n; i++) {
        Buf text = buf_in(b->arena);
        address_print(&list[i], &text);
        pack_text(b, buf_str(&text));
    }
}

static void put_meta(Buf *b, const Plan *plan, const PlanfileHome *home) {
    const PlanOptions *o = &plan->options;
    const Walk *w = plan->walk;
    pack_text(b, home->backend);
    pack_text(b, home->settings);
    pack_text(b, home->workspace);
    pack_varint(b, (uint64_t)w->kind);
    pack_varint(b, (o->destroy ? 1u : 0) | (o->refresh_only ? 2u : 0) | (o->no_refresh ? 4u : 0) |
                       (plan->errored ? 8u : 0));
    put_addresses(b, o->targets, o->target_count);
    put_addresses(b, o->excludes, o->exclude_count);
    put_addresses(b, o->replaces, o->replace_count);
    pack_varint(b, (uint64_t)plan->timestamp_ns);
    pack_text(b, w->state->lineage);
    pack_varint(b, w->state->serial);
}

static void put_variables(Buf *b, const Walk *w) {
    const ModuleDef *def = w->config->nodes[0].def;
    const Type *any = type_dynamic(w->process);
    pack_varint(b, def->variables.n);
    for (uint32_t i = 0; i < def->variables.n; i++) {
        const Variable *v = &def->variables.at[i];
        pack_text(b, name_str(v->name));
        buf_char(b, v->ephemeral ? 1 : 0);
        if (!v->ephemeral) pack_value(b, w->root_values[i], any);
    }
}

static void put_sources(Buf *b, const Config *c) {
    pack_varint(b, c->files.n);
    for (uint32_t i = 0; i < c->files.n; i++) {
        pack_text(b, c->files.at[i]->path);
        pack_text(b, c->files.at[i]->text);
    }
}

uint64_t planfile_digest(const StateObject *o) {
    uint64_t h = str_hash(o->attributes);
    h = h * 31 + str_hash(o->attributes_flat);
    h = h * 31 + str_hash(o->private_bytes);
    h = h * 31 + o->schema_version;
    return h * 31 + (o->tainted ? 1 : 0);
}

Str planfile_object_name(Arena *arena, const StateResource *r, const StateObject *o) {
    Buf b = buf_in(arena);
    buf_add(&b, r->address);
    key_print(o->key, &b);
    if (o->deposed.n) buf_format(&b, " (deposed %.*s)", STR_ARG(o->deposed));
    return buf_str(&b);
}

static void put_state(Buf *b, const Walk *w) {
    pack_varint(b, w->prior.n);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        pack_text(b, planfile_object_name(b->arena, p->resource, p->object));
        put_u64(b, planfile_digest(p->object));
    }
}

// A path as a tuple of names and keys.
static void put_path(Buf *b, Path path, const Type *any) {
    pack_varint(b, path.n);
    for (uint32_t i = 0; i < path.n; i++) {
        buf_char(b, path.at[i].attr ? 1 : 0);
        if (path.at[i].attr) pack_text(b, name_str(path.at[i].attr));
        else pack_value(b, path.at[i].index, any);
    }
}

static void put_row(Buf *b, const Walk *w, const Row *row) {
    const Type *any = type_dynamic(w->process), *type = walk_row_schema(w, row)->block->type;
    const RowExtra *x = row_has_extra(&w->rows, row);
    pack_text(b, walk_row_address_str(b->arena, w, row));
    pack_text(b, row->object ? w->prior.at[row->object - 1].object->deposed : STR(""));
    buf_char(b, row->block == UINT32_MAX);
    buf_char(b, (char)row->action);
    buf_char(b, (char)row->reason);
    pack_varint(b, row->flags);
    Buf body = buf_in(b->arena); // its length first, so that rows can be found without reading values
    pack_value(&body, row->planned, type);
    buf_char(&body, x != NULL);
    if (x) {
        buf_char(&body, x->imported);
        pack_text(&body, x->import_id);
        pack_text(&body, x->imported_private);
        if (x->imported) pack_value(&body, row->prior, type);
        pack_varint(&body, x->replace.list.n);
        for (uint32_t i = 0; i < x->replace.list.n; i++) put_path(&body, x->replace.list.at[i], any);
        pack_text(&body, str_make(x->private_bytes, x->private_n));
        pack_text(&body, x->note);
    }
    pack_text(b, buf_str(&body));
}

// Rows that say more than "as the state has it": changes, and data that was read.
static bool row_says(const Walk *w, const Row *row) {
    if (row->flags & ROW_UNTARGETED) return true;
    if (!(row->flags & ROW_PLANNED) || (row->flags & ROW_FAILED)) return false;
    const Resource *r = walk_resource(w, row);
    return !r || row->action != ACTION_NOOP || row->extra || (r && r->mode == MODE_DATA) || row->reason != REASON_NONE;
}

static void put_rows(Buf *b, const Walk *w) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->rows.n; i++) n += row_says(w, row_at(&w->rows, i));
    pack_varint(b, n);
    for (uint32_t i = 0; i < w->rows.n; i++)
        if (row_says(w, row_at(&w->rows, i))) put_row(b, w, row_at(&w->rows, i));
}

static void put_drift(Buf *b, const Walk *w) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->prior.n; i++) n += !value_identical(w->prior.at[i].stored, w->prior.at[i].current);
    pack_varint(b, n);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        const PriorObject *p = &w->prior.at[i];
        if (value_identical(p->stored, p->current)) continue;
        Buf body = buf_in(b->arena);
        pack_value(&body, p->current, prior_schema(w, p)->block->type);
        pack_text(&body, str_make(p->private_bytes.p, p->private_bytes.n));
        pack_varint(b, i);
        pack_text(b, buf_str(&body));
    }
}

static void put_checks(Buf *b, const Walk *w) {
    pack_varint(b, w->checks.n);
    for (uint32_t i = 0; i < w->checks.n; i++) {
        const CheckResult *c = &w->checks.at[i];
        pack_text(b, c->object_kind);
        pack_text(b, c->config_addr);
        pack_text(b, c->object_addr);
        buf_char(b, (char)c->status);
        pack_varint(b, c->failures.n);
        for (uint32_t k = 0; k < c->failures.n; k++) pack_text(b, c->failures.at[k]);
    }
}

bool planfile_write(const Plan *plan, const PlanfileHome *home, const char *path, Diags *diags) {
    Walk *w = plan->walk;
    Arena *arena = arena_new(w->process, LIFE_OP, "plan file");
    Buf file = buf_in(arena), section = buf_in(arena);
    buf_add(&file, PLANFILE_MAGIC);
    put_meta(&section, plan, home);
    put_section(&file, PLANFILE_META, &section);
    put_variables(&section, w);
    put_section(&file, PLANFILE_VARIABLES, &section);
    put_sources(&section, w->config);
    put_section(&file, PLANFILE_SOURCES, &section);
    put_state(&section, w);
    put_section(&file, PLANFILE_STATE, &section);
    put_rows(&section, w);
    put_section(&file, PLANFILE_ROWS, &section);
    put_drift(&section, w);
    put_section(&file, PLANFILE_DRIFT, &section);
    put_checks(&section, w);
    put_section(&file, PLANFILE_CHECKS, &section);
    put_section(&file, PLANFILE_END, &section);
    bool ok = file_write_durable(w->process, path, buf_str(&file), 0600, diags);
    arena_free(arena);
    return ok;
}

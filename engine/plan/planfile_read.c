#include <stdio.h>

#include "engine/io/file.h"
#include "engine/plan/orphans.h"
#include "engine/plan/plan_resource.h"
#include "engine/plan/planfile.h"
#include "engine/plan/planfile_format.h"
#include "engine/plan/prior.h"
#include "engine/plan/visit.h"
#include "engine/value/marks.h"
#include "engine/value/pack.h"
#include "state/crc32c.h"

typedef struct SavedRow {
    Str address, deposed, packed; // packed: the planned value and what follows
    bool orphan;
    uint8_t action, reason;
    uint16_t flags;
    bool used;
} SavedRow;

typedef struct Texts {
    VEC(Str) list;
} Texts;

struct Planfile {
    Arena *arena;
    const char *path;
    Str sections[PLANFILE_TAGS];
    PlanfileHome home;
    SourceSnapshot snapshot;
    WalkKind kind;
    uint32_t options; // bits of META
    Texts targets, excludes, replaces;
    int64_t timestamp_ns;
    Str lineage;
    uint64_t serial;
    SavedRow *rows;
    uint32_t row_count;
    StrMap by_address; // row's address and deposed key to index + 1
};

typedef struct Restore {
    Planner planner; // first: plan_rows_make and the visits use it
    Planfile *file;
    Diags *diags;
} Restore;

static bool file_damaged(const Planfile *f, Diags *diags) {
    return diag_error(diags, "damaged_plan", SPAN_NONE, "Damaged plan file",
                      "The plan file %s is cut off or was changed after it was written. Make a new plan.", f->path);
}

bool planfile_is(const char *path) {
    FILE *f = fopen(path, "rb");
    char head[16] = {0};
    size_t n = f ? fread(head, 1, PLANFILE_MAGIC.n, f) : 0;
    if (f) fclose(f);
    return n == PLANFILE_MAGIC.n && memcmp(head, PLANFILE_MAGIC.p, 11) == 0;
}

static bool get_u32(Str *s, uint32_t *out) {
    if (s->n < 4) return false;
    *out = 0;
    for (int i = 0; i < 4; i++) *out |= (uint32_t)(uint8_t)s->p[i] << (8 * i);
    *s = str_slice(*s, 4, s->n);
    return true;
}

static bool get_u64(Str *s, uint64_t *out) {
    uint32_t lo, hi;
    if (!get_u32(s, &lo) || !get_u32(s, &hi)) return false;
    *out = (uint64_t)hi << 32 | lo;
    return true;
}

static bool get_byte(Str *s, uint8_t *out) {
    if (s->n == 0) return false;
    *out = (uint8_t)s->p[0];
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool read_sections(Planfile *f, Str bytes) {
    for (;;) {
        uint32_t tag, crc;
        uint64_t n;
        if (!get_u32(&bytes, &tag) || !get_u64(&bytes, &n) || !get_u32(&bytes, &crc)) return false;
        if (tag >= PLANFILE_TAGS || n > bytes.n || crc32c(0, str_slice(bytes, 0, (size_t)n)) != crc) return false;
        if (tag == PLANFILE_END) return bytes.n == 0;
        f->sections[tag] = str_slice(bytes, 0, (size_t)n);
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
}

static bool read_texts(Planfile *f, Str *s, Texts *out) {
    uint64_t n;
    if (!unpack_varint(s, &n) || n > s->n) return false;
    for (uint64_t i = 0; i < n; i++) {
        Str text;
        if (!unpack_text(s, &text)) return false;
        vec_push(f->arena, &out->list, text);
    }
    return true;
}

static bool read_meta(Planfile *f) {
    Str s = f->sections[PLANFILE_META];
    uint64_t kind, options, time;
    if (!unpack_text(&s, &f->home.backend) || !unpack_text(&s, &f->home.settings) ||
        !unpack_text(&s, &f->home.workspace) || !unpack_varint(&s, &kind) || !unpack_varint(&s, &options))
        return false;
    if (!read_texts(f, &s, &f->targets) || !read_texts(f, &s, &f->excludes) || !read_texts(f, &s, &f->replaces))
        return false;
    if (!unpack_varint(&s, &time) || !unpack_text(&s, &f->lineage) || !unpack_varint(&s, &f->serial)) return false;
    if (kind != WALK_PLAN && kind != WALK_PLAN_DESTROY && kind != WALK_REFRESH_ONLY) return false;
    f->kind = (WalkKind)kind;
    f->options = (uint32_t)options;
    f->timestamp_ns = (int64_t)time;
    return true;
}

static bool read_sources(Planfile *f) {
    Str s = f->sections[PLANFILE_SOURCES];
    uint64_t n;
    if (!unpack_varint(&s, &n) || n > s.n) return false;
    Str *paths = ARENA_ARRAY(f->arena, Str, n + 1), *texts = ARENA_ARRAY(f->arena, Str, n + 1);
    for (uint64_t i = 0; i < n; i++)
        if (!unpack_text(&s, &paths[i]) || !unpack_text(&s, &texts[i])) return false;
    f->snapshot = (SourceSnapshot){paths, texts, (uint32_t)n};
    return true;
}

Planfile *planfile_parse(Arena *arena, const char *path, Str bytes, Diags *diags) {
    Planfile *f = ARENA_NEW(arena, Planfile);
    f->arena = arena;
    f->path = str_to_z(arena, str_of(path));
    if (!str_starts(bytes, str_slice(PLANFILE_MAGIC, 0, 11))) {
        diag_error(diags, "no_plan", SPAN_NONE, "Not a plan file", "%s is no plan that \"infra plan -out\" wrote.", path);
        return NULL;
    }
    if (!str_starts(bytes, PLANFILE_MAGIC)) {
        diag_error(diags, "other_plan", SPAN_NONE, "Plan file of another version",
                   "%s was written by another version of infra. Make a new plan with this one.", path);
        return NULL;
    }
    if (!read_sections(f, str_slice(bytes, PLANFILE_MAGIC.n, bytes.n)) || !read_meta(f) || !read_sources(f)) {
        file_damaged(f, diags);
        return NULL;
    }
    return f;
}

Planfile *planfile_open(Arena *arena, const char *path, Diags *diags) {
    Str bytes;
    return file_read(arena, path, LIMIT_STATE_BYTES, &bytes, diags) ? planfile_parse(arena, path, bytes, diags) : NULL;
}

const PlanfileHome *planfile_home(const Planfile *f) { return &f->home; }
void planfile_sources(const Planfile *f, LoadOptions *options) { options->snapshot = &f->snapshot; }
WalkKind planfile_walk_kind(const Planfile *f) { return f->kind; }

bool planfile_variables(const Planfile *f, const Config *config, const Value *given, Value **values, Diags *diags) {
    Str s = f->sections[PLANFILE_VARIABLES];
    const ModuleDef *def = config->nodes[0].def;
    uint64_t n;
    *values = ARENA_ARRAY(f->arena, Value, def->variables.n + 1);
    if (!unpack_varint(&s, &n) || n != def->variables.n) return file_damaged(f, diags);
    for (uint32_t i = 0; i < n; i++) {
        Str name;
        uint8_t ephemeral;
        const Variable *v = &def->variables.at[i];
        if (!unpack_text(&s, &name) || !get_byte(&s, &ephemeral) || !str_eq(name, name_str(v->name)))
            return file_damaged(f, diags);
        if (ephemeral) {
            if (given) (*values)[i] = given[i];
            continue;
        }
        if (!unpack_value(f->arena, &s, type_dynamic(config->process), &(*values)[i])) return file_damaged(f, diags);
        bool differs = given && given[i].kind != TYPE_DYNAMIC && !value_same(given[i], (*values)[i]);
        if (differs)
            return diag_error(diags, "other_variable", v->span, "Variable differs from the plan",
                              "The variable \"%s\" was given another value than when the plan was made. An apply of a "
                              "saved plan uses the plan's values; leave it out, or make a new plan.",
                              v->name->text);
    }
    return true;
}

// ---- has the state moved on? ----

static bool state_unchanged(Planfile *f, const Walk *w, Diags *diags) {
    Str s = f->sections[PLANFILE_STATE];
    uint64_t n, digest;
    Buf moved = buf_in(f->arena);
    uint32_t count = 0;
    if (!unpack_varint(&s, &n) || n > s.n) return file_damaged(f, diags);
    StrMap then = strmap_in(f->arena);
    for (uint64_t i = 0; i < n; i++) {
        Str name;
        if (!unpack_text(&s, &name) || !get_u64(&s, &digest)) return file_damaged(f, diags);
        *strmap_put(&then, name, NULL) = digest;
    }
    StrMap now = strmap_in(f->arena);
    for (uint32_t i = 0; i < w->prior.n; i++) {
        Str name = planfile_object_name(f->arena, w->prior.at[i].resource, w->prior.at[i].object);
        *strmap_put(&now, name, NULL) = 1;
        uint64_t *old = strmap_get(&then, name);
        if (old && *old == planfile_digest(w->prior.at[i].object)) continue;
        if (count++ < 10) buf_format(&moved, "\n  %.*s %s", STR_ARG(name), old ? "was changed" : "was added");
    }
    for (uint32_t i = 0; i < then.n; i++) {
        if (strmap_get(&now, then.items[i].key)) continue;
        if (count++ < 10) buf_format(&moved, "\n  %.*s was removed", STR_ARG(then.items[i].key));
    }
    bool other = !str_eq(f->lineage, w->state->lineage) && n > 0;
    if (count == 0 && !other) return true;
    if (count > 10) buf_format(&moved, "\n  and %u more", count - 10);
    return diag_error(diags, "stale_plan", SPAN_NONE, "Saved plan is stale",
                      "The state is not as it was when the plan was made (serial %llu then, %llu now)%s. Make a new plan.%.*s",
                      (unsigned long long)f->serial, (unsigned long long)w->state->serial,
                      other ? ", it is another state altogether" : "", STR_ARG(buf_str(&moved)));
}

// ---- rows ----

static Str row_id(Arena *arena, Str address, Str deposed) {
    return deposed.n ? str_format(arena, "%.*s %.*s", STR_ARG(address), STR_ARG(deposed)) : address;
}

static bool rows_index(Planfile *f) {
    Str s = f->sections[PLANFILE_ROWS];
    uint64_t n;
    if (!unpack_varint(&s, &n) || n > s.n) return false;
    f->rows = ARENA_ARRAY(f->arena, SavedRow, n + 1);
    f->by_address = strmap_in(f->arena);
    for (uint32_t i = 0; i < n; i++) {
        SavedRow *r = &f->rows[i];
        uint8_t orphan;
        uint64_t flags;
        if (!unpack_text(&s, &r->address) || !unpack_text(&s, &r->deposed) || !get_byte(&s, &orphan) ||
            !get_byte(&s, &r->action) || !get_byte(&s, &r->reason) || !unpack_varint(&s, &flags) ||
            !unpack_text(&s, &r->packed))
            return false;
        if (r->action > ACTION_FORGET_THEN_CREATE || r->reason > REASON_FORGET_IN_CONFIG) return false;
        r->orphan = orphan;
        r->flags = (uint16_t)flags;
        *strmap_put(&f->by_address, row_id(f->arena, r->address, r->deposed), NULL) = i + 1;
    }
    f->row_count = (uint32_t)n;
    return s.n == 0;
}

static bool get_path(Arena *arena, Process *p, Str *s, Path *out) {
    uint64_t n;
    *out = (Path){NULL, 0};
    if (!unpack_varint(s, &n) || n > s->n) return false;
    for (uint64_t i = 0; i < n; i++) {
        uint8_t attr;
        Str name;
        Value index;
        if (!get_byte(s, &attr)) return false;
        if (attr) {
            if (!unpack_text(s, &name)) return false;
            *out = path_attr(arena, *out, name_of(p, name));
        } else {
            if (!unpack_value(arena, s, type_dynamic(p), &index)) return false;
            *out = path_index(arena, *out, index);
        }
    }
    return true;
}

static bool row_extra_read(Walk *w, Row *row, Str *s) {
    uint64_t n;
    uint8_t imported;
    Str bytes, note, id, private_bytes;
    if (!get_byte(s, &imported) || !unpack_text(s, &id) || !unpack_text(s, &private_bytes)) return false;
    if (imported && !unpack_value(w->arena, s, walk_row_schema(w, row)->block->type, &row->prior)) return false;
    if (!unpack_varint(s, &n) || n > s->n) return false;
    RowExtra *x = row_extra(&w->rows, row);
    x->imported = imported;
    x->import_id = str_copy(w->arena, id);
    x->imported_private = str_copy(w->arena, private_bytes);
    x->import_identity = value_null(w->process, type_dynamic(w->process));
    for (uint64_t i = 0; i < n; i++) {
        Path path;
        if (!get_path(w->arena, w->process, s, &path)) return false;
        vec_push(w->arena, &x->replace.list, path);
    }
    if (!unpack_text(s, &bytes) || !unpack_text(s, &note)) return false;
    bytes = str_copy(w->arena, bytes);
    x->private_bytes = bytes.p;
    x->private_n = bytes.n;
    x->note = str_copy(w->arena, note);
    return true;
}

// Brings a row to what the file says of it; a row that the file does not mention stays as the state has it.
static bool row_restore(Restore *r, Row *row, const Schema *schema) {
    Walk *w = r->planner.walk;
    Planfile *f = r->file;
    Str deposed = row->object ? w->prior.at[row->object - 1].object->deposed : STR("");
    uint64_t *slot = strmap_get(&f->by_address, row_id(w->scratch, walk_row_address_str(w->scratch, w, row), deposed));
    row->planned = row->prior;
    if (w->kind != WALK_REFRESH_ONLY || value_is_set(row->prior)) row->flags |= ROW_PLANNED;
    if (!slot) return true;
    SavedRow *saved = &f->rows[*slot - 1];
    Str s = saved->packed;
    uint8_t extra;
    saved->used = true;
    row->action = saved->action;
    row->reason = saved->reason;
    row->flags = saved->flags;
    if (!unpack_value(w->arena, &s, schema->block->type, &row->planned) || !get_byte(&s, &extra)) return false;
    return !extra || row_extra_read(w, row, &s);
}

static bool restore_visit(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    Restore *r = ctx;
    RowRange insts = walk_module_insts(w, module);
    const Schema *schema = module->def->resources.at[resource].schema;
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        Expansion e;
        ModuleInst *m = w->modules.at[i];
        if (!plan_rows_make(w, m, resource, node, &e)) return visit_end(w, node, true);
        for (uint32_t k = 0; k < m->rows[resource].n; k++) {
            Row *row = row_at(&w->rows, m->rows[resource].first + k);
            if (w->kind == WALK_PLAN_DESTROY && module->def->resources.at[resource].mode == MODE_MANAGED) {
                if (row->object) w->prior.at[row->object - 1].row = 0;
                continue;
            }
            if (row_restore(r, row, schema)) continue;
            file_damaged(r->file, r->diags);
            return visit_end(w, node, true);
        }
    }
    return true;
}

static bool restore_start(Walk *w, uint32_t node, void *ctx) { return visit_node(w, node, restore_visit, ctx); }

// Objects without configuration get the rows that the file has for them.
static bool restore_orphans(Restore *r) {
    Walk *w = r->planner.walk;
    for (uint32_t i = 0; i < w->prior.n; i++) {
        PriorObject *p = &w->prior.at[i];
        if (p->row || p->resource->data) continue;
        arena_reset(w->scratch);
        Str name = prior_address(w->scratch, p);
        uint64_t *slot = strmap_get(&r->file->by_address, row_id(w->scratch, name, p->object->deposed));
        const Schema *schema = prior_schema(w, p);
        if (!slot || !schema) continue;
        uint32_t index = row_add(&w->rows, 1);
        Row *row = row_at(&w->rows, index);
        *row = (Row){.prior = p->current, .block = UINT32_MAX, .object = i + 1};
        if (p->object->key.kind != KEY_NONE) row->key = key_value(w->arena, p->object->key);
        p->row = index + 1;
        plan_row_moved(w, row);
        if (!row_restore(r, row, schema)) return file_damaged(r->file, r->diags);
    }
    for (uint32_t i = 0; i < r->file->row_count; i++)
        if (!r->file->rows[i].used)
            return diag_error(r->diags, "lost_row", SPAN_NONE, "Plan does not fit",
                              "The plan has a change for %.*s, which neither the configuration in the plan nor the state "
                              "has. Make a new plan.",
                              STR_ARG(r->file->rows[i].address));
    return true;
}

// What reading found when the plan was made, by prior object: taken up as the objects are decoded.
static bool restore_drift(Planfile *f, Walk *w) {
    Str s = f->sections[PLANFILE_DRIFT];
    uint64_t n, index;
    Str *drift = ARENA_ARRAY(w->arena, Str, w->prior.n + 1);
    if (!unpack_varint(&s, &n) || n > s.n) return false;
    for (uint64_t i = 0; i < n; i++)
        if (!unpack_varint(&s, &index) || index >= w->prior.n || !unpack_text(&s, &drift[index])) return false;
    w->drift = drift;
    return true;
}

static bool restore_checks(Planfile *f, Walk *w) {
    Str s = f->sections[PLANFILE_CHECKS];
    uint64_t n, failures;
    if (!unpack_varint(&s, &n) || n > s.n) return false;
    w->checks.n = 0;
    w->check_index = strmap_in(w->arena);
    for (uint32_t i = 0; i < n; i++) {
        CheckResult *c = vec_add(w->arena, &w->checks);
        uint8_t status;
        if (!unpack_text(&s, &c->object_kind) || !unpack_text(&s, &c->config_addr) || !unpack_text(&s, &c->object_addr) ||
            !get_byte(&s, &status) || status > CHECK_UNKNOWN || !unpack_varint(&s, &failures) || failures > s.n)
            return false;
        c->status = status;
        c->phase = w->kind;
        for (uint64_t k = 0; k < failures; k++) {
            Str text;
            if (!unpack_text(&s, &text)) return false;
            vec_push(w->arena, &c->failures, text);
        }
        *strmap_put(&w->check_index, c->object_addr, NULL) = i;
    }
    return true;
}

static bool restore_options(Planfile *f, Walk *w, PlanOptions *o, Diags *diags) {
    *o = (PlanOptions){.destroy = f->options & 1, .refresh_only = f->options & 2, .no_refresh = f->options & 4};
    uint32_t counts[3] = {f->targets.list.n, f->excludes.list.n, f->replaces.list.n};
    const Str *texts[3] = {f->targets.list.at, f->excludes.list.at, f->replaces.list.at};
    Address *lists[3];
    for (int k = 0; k < 3; k++) {
        lists[k] = ARENA_ARRAY(w->arena, Address, counts[k] + 1);
        for (uint32_t i = 0; i < counts[k]; i++)
            if (!address_parse(w->arena, w->process, texts[k][i], &lists[k][i], diags)) return false;
    }
    o->targets = lists[0];
    o->excludes = lists[1];
    o->replaces = lists[2];
    o->target_count = counts[0];
    o->exclude_count = counts[1];
    o->replace_count = counts[2];
    return true;
}

Plan *planfile_plan(Planfile *f, Walk *w, bool check, Diags *diags) {
    PlanOptions options;
    if (check && !state_unchanged(f, w, diags)) return NULL;
    if (!rows_index(f) || !restore_drift(f, w)) {
        file_damaged(f, diags);
        return NULL;
    }
    if (!restore_options(f, w, &options, diags)) return NULL;
    w->funcs.now_ns = f->timestamp_ns;
    Plan *plan = plan_new(w, &options);
    w->refresh = false;
    Restore r = {.planner = {.plan = plan, .walk = w}, .file = f, .diags = diags};
    WalkVisitor visitor = {.start = restore_start, .wanted = plan->wanted, .ctx = &r};
    if (!walk_run(w, &visitor) || !restore_orphans(&r)) return NULL;
    if (!restore_checks(f, w)) {
        file_damaged(f, diags);
        return NULL;
    }
    plan->errored = f->options & 8;
    plan_finish(plan);
    return plan;
}

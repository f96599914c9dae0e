// Why an instance changes: its attributes, what they refer to, and why that changes.
#include "engine/plan/prior.h"
#include "engine/report/causes.h"
#include "engine/report/draw.h"
#include "engine/report/subject.h"

// Causes of causes that are shown.
#define WHY_DEPTH 32u

typedef struct Why {
    const Plan *plan;
    const Walk *walk;
    Drawing draw;
    IdMap told; // rows that were explained already
} Why;

static void why_row(Why *y, uint32_t index, uint32_t indent);

static const char *what_happens(Action action) {
    switch (action) {
    case ACTION_NOOP: return "does not change";
    case ACTION_CREATE: return "will be created";
    case ACTION_READ: return "will be read during apply";
    case ACTION_UPDATE: return "will be updated in-place";
    case ACTION_DELETE: return "will be destroyed";
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE: return "must be replaced";
    case ACTION_FORGET: return "will be removed from the state but not destroyed";
    case ACTION_FORGET_THEN_CREATE: return "must be replaced; the old object is only forgotten";
    }
    return "";
}

static const char *reason_text(Reason reason) {
    switch (reason) {
    case REASON_REPLACE_TAINTED: return "the object is tainted: an earlier apply did not finish it";
    case REASON_REPLACE_BY_REQUEST: return "-replace asks for it";
    case REASON_DELETE_NO_RESOURCE_CONFIG: return "the configuration has no such resource any more";
    case REASON_DELETE_NO_MOVE_TARGET: return "it was moved to an address that the configuration has not";
    case REASON_DELETE_NO_MODULE: return "the configuration has no such module instance any more";
    case REASON_DELETE_WRONG_REPETITION: return "its key does not fit count or for_each as the resource has them now";
    case REASON_DELETE_COUNT_INDEX: return "its index is beyond count";
    case REASON_DELETE_ENABLED_FALSE: return "enabled is false";
    case REASON_DELETE_EACH_KEY: return "its key is not in for_each any more";
    case REASON_FORGET_IN_STATE:
    case REASON_FORGET_IN_CONFIG: return "lifecycle.destroy is false";
    case REASON_READ_CHECK_NESTED: return "its check is evaluated again then";
    case REASON_READ_DEPENDENCY_PENDING: return "what it depends on has changes";
    default: return NULL;
    }
}

static void why_line(const Why *y, uint32_t indent, const char *text) {
    draw_indent(y->draw.out, indent);
    out_z(y->draw.out, text);
    out_z(y->draw.out, "\n");
}

static void why_place(const Why *y, Span span) {
    SourcePos start, end;
    if (!source_pos(y->walk->process, span, &start, &end)) return;
    out_format(y->draw.out, " (%.*s:%u)", STR_ARG(start.file->path), start.line);
}

static void why_cause(Why *y, const Cause *c, uint32_t indent) {
    draw_indent(y->draw.out, indent);
    out_format(y->draw.out, "from %.*s", STR_ARG(c->text));
    if (c->row == ROW_NONE) out_z(y->draw.out, ", an input of this run");
    if (c->through.n) out_format(y->draw.out, ", through %.*s", STR_ARG(c->through));
    out_z(y->draw.out, "\n");
    if (c->row != ROW_NONE) why_row(y, c->row, indent + 1);
}

// Changes of other instances explain a change; inputs only where no instance does.
static bool why_causes(Why *y, const Causes *causes, uint32_t indent) {
    bool rows = false;
    for (uint32_t i = 0; i < causes->list.n; i++) rows |= causes->list.at[i].row != ROW_NONE;
    for (uint32_t i = 0; i < causes->list.n; i++)
        if (!rows || causes->list.at[i].row != ROW_NONE) why_cause(y, &causes->list.at[i], indent);
    return causes->list.n > 0;
}

static const BodyPart *part_named(Arena *arena, const Resource *r, Name name) {
    const BodyPart *parts;
    uint32_t n = r->code ? decode_parts(arena, r->code, &parts) : 0;
    for (uint32_t i = 0; i < n; i++)
        if (parts[i].name == name) return &parts[i];
    return NULL;
}

static bool changed_outside(const Why *y, const Row *row, Name name) {
    if (!row->object) return false;
    const PriorObject *p = &y->walk->prior.at[row->object - 1];
    const Value *stored = value_get(p->stored, name), *current = value_get(p->current, name);
    return p->read && stored && current && !value_same(*stored, *current);
}

static void why_attr(Why *y, const Row *row, const Resource *r, const Delta *delta, Name name, uint32_t indent) {
    const ModuleInst *m = y->walk->modules.at[row->module];
    uint32_t resource;
    Arena *arena = arena_new(y->walk->process, LIFE_OP, "causes");
    config_block(m->node->def, row->block - m->node->base, &resource);
    draw_indent(y->draw.out, indent);
    out_z(y->draw.out, "because ");
    draw_name(y->draw.out, name_str(name));
    out_z(y->draw.out, " = ");
    draw_delta(&y->draw, delta, indent, (DrawStyle){0});
    out_z(y->draw.out, "\n");
    const BodyPart *part = part_named(arena, r, name);
    Causes causes = causes_in(arena, y->plan);
    causes_body(&causes, m, resource, name);
    if (changed_outside(y, row, name)) {
        why_line(y, indent + 1, "the real object was changed outside of infra");
    } else if (!part) {
        why_line(y, indent + 1,
                 value_is_unknown(delta->after) || delta->kind == DELTA_UNKNOWN
                     ? "the provider decides it when the change is applied"
                     : "the configuration does not set it (any more)");
    } else if (!why_causes(y, &causes, indent + 1)) {
        draw_indent(y->draw.out, indent + 1);
        out_z(y->draw.out, "the configuration says so");
        why_place(y, part->code ? code_span(part->code) : r->header_span);
        out_z(y->draw.out, "\n");
    }
    arena_free(arena);
}

static void why_attrs(Why *y, const Row *row, const Resource *r, uint32_t indent) {
    const RowExtra *x = row_has_extra(&y->walk->rows, row);
    const SchemaBlock *block = r->schema->block;
    Arena *arena = arena_new(y->walk->process, LIFE_OP, "why");
    Change c = change_of(arena, row->prior, row->planned, x ? &x->replace : NULL);
    bool replaced = row->action == ACTION_DELETE_THEN_CREATE || row->action == ACTION_CREATE_THEN_DELETE;
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Change attr = change_attr(arena, &c, a->name);
        if (replaced && attr.replace.n == 0 && x && x->replace.list.n) continue; // only what forces it
        if ((a->flags & ATTR_WRITE_ONLY) && attr.replace.n == 0) continue;
        Delta d = a->nested ? delta_nested(arena, attr, a->nested, a->nesting) : delta_type(arena, attr, a->type);
        if (d.action != ACTION_NOOP) why_attr(y, row, r, &d, a->name, indent);
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        Change nested = change_attr(arena, &c, block->blocks[i].name);
        if (replaced && nested.replace.n == 0 && x && x->replace.list.n) continue;
        Delta d = delta_value(arena, nested);
        if (d.action != ACTION_NOOP) why_attr(y, row, r, &d, block->blocks[i].name, indent);
    }
    arena_free(arena);
}

static void why_triggers(Why *y, const Row *row, const Resource *r, uint32_t indent) {
    const ModuleInst *m = y->walk->modules.at[row->module];
    Arena *arena = arena_new(y->walk->process, LIFE_OP, "causes");
    Causes causes = causes_in(arena, y->plan);
    why_line(y, indent, "because of replace_triggered_by");
    for (uint32_t i = 0; i < r->lifecycle.replace_triggered_by.n; i++)
        causes_code(&causes, m, UINT32_MAX, r->lifecycle.replace_triggered_by.at[i]);
    why_causes(y, &causes, indent + 1);
    arena_free(arena);
}

static void why_unknown(Why *y, const Row *row, uint32_t indent) {
    const ModuleInst *m = y->walk->modules.at[row->module];
    Arena *arena = arena_new(y->walk->process, LIFE_OP, "causes");
    Causes causes = causes_in(arena, y->plan);
    uint32_t resource;
    config_block(m->node->def, row->block - m->node->base, &resource);
    causes_body(&causes, m, resource, NULL);
    why_line(y, indent, "because its arguments are not known before");
    why_causes(y, &causes, indent + 1);
    arena_free(arena);
}

static void why_create(Why *y, const Row *row, const Resource *r, uint32_t indent) {
    if (row->object) {
        why_line(y, indent, "because the real object is gone");
        return;
    }
    draw_indent(y->draw.out, indent);
    out_z(y->draw.out, "because the configuration has it");
    why_place(y, r->header_span);
    out_z(y->draw.out, " and the state has not\n");
}

static void why_reasons(Why *y, const Row *row, uint32_t indent) {
    const Resource *r = walk_resource(y->walk, row);
    const char *reason = reason_text((Reason)row->reason);
    if (row->flags & ROW_DEPOSED) reason = "a replacement that did not finish left it";
    if (reason) {
        draw_indent(y->draw.out, indent);
        out_format(y->draw.out, "because %s\n", reason);
    }
    if (!r) {
        if (!reason) why_line(y, indent, "because everything is to be destroyed");
    } else if (row->reason == REASON_REPLACE_BY_TRIGGERS) {
        why_triggers(y, row, r, indent);
    } else if (row->reason == REASON_READ_CONFIG_UNKNOWN) {
        why_unknown(y, row, indent);
    } else if (row->action == ACTION_CREATE) {
        why_create(y, row, r, indent);
    } else if (!reason && row->action != ACTION_NOOP) {
        why_attrs(y, row, r, indent);
    }
}

static void why_row(Why *y, uint32_t index, uint32_t indent) {
    const Row *row = row_at(&y->walk->rows, index);
    Subject s = subject_of_row(y->walk, row);
    bool first;
    draw_indent(y->draw.out, indent);
    draw_color(y->draw.out, COLOR_BOLD);
    subject_address(&s, &y->draw.out->buf);
    draw_plain(y->draw.out);
    if (s.deposed.n) out_format(y->draw.out, " (deposed object %.*s)", STR_ARG(s.deposed));
    out_format(y->draw.out, " %s", what_happens((Action)row->action));
    idmap_put(&y->told, index, &first);
    out_z(y->draw.out, first ? "\n" : " (see above)\n");
    if (first && indent < WHY_DEPTH) why_reasons(y, row, indent + 1);
}

void report_why(const Plan *plan, uint32_t row, Out *out) {
    static const ReportOptions options = {.concise = true};
    Arena *arena = arena_new(plan->walk->process, LIFE_OP, "why");
    Why y = {.plan = plan, .walk = plan->walk, .draw = {out, arena, &options}, .told = idmap_in(arena)};
    why_row(&y, row, 0);
    arena_free(arena);
    out_flush(out);
}

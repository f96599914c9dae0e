// The plan for people.
#include "engine/report/headline.h"
#include "engine/report/relevant.h"

#include "engine/plan/prior.h"

// What prose is wrapped to when nobody knows the terminal.
#define PROSE_WIDTH 78u

typedef struct PlanText {
    const Plan *plan;
    Drawing draw;
    uint32_t counts[ACTION_FORGET_THEN_CREATE + 1]; // resources by action, as shown
    uint32_t shown, imported, forgotten;
    bool has_drift;
} PlanText;

static uint32_t prose_width(const Out *o) { return o->width > 1 ? o->width - 1 : PROSE_WIDTH - 1; }

static void prose(Out *o, const char *text) {
    size_t column = 0, width = prose_width(o);
    for (Str rest = str_of(text), word; str_next(&rest, ' ', &word);) {
        bool fits = column == 0 || column + 1 + word.n <= width;
        if (column) out_z(o, fits ? " " : "\n");
        column = fits && column ? column + 1 + word.n : word.n;
        out_add(o, word);
    }
    out_z(o, "\n");
}

static void rule(Out *o) {
    draw_color(o, COLOR_GRAY);
    out_z(o, "\n");
    for (uint32_t i = 0; i < prose_width(o); i++) out_z(o, "─");
    draw_plain(o);
    out_z(o, "\n");
}

static void title(Out *o, Color color, const char *strong, const char *rest) {
    out_z(o, "\n");
    draw_color(o, COLOR_BOLD);
    draw_colored(o, color, strong);
    draw_color(o, COLOR_BOLD);
    out_z(o, rest);
    draw_plain(o);
    out_z(o, "\n\n");
}

// ---- changes ----

static bool row_shown(const Walk *w, const Row *row) {
    const RowExtra *x = row_has_extra(&w->rows, row);
    if (row->action == ACTION_NOOP) return x && (x->moved_from.n || x->imported);
    if (row->action != ACTION_DELETE || row->block != UINT32_MAX) return true;
    return !w->prior.at[row->object - 1].resource->data;
}

static void plan_text_count(PlanText *t) {
    const Walk *w = t->plan->walk;
    for (uint32_t i = 0; i < t->plan->changes.n; i++) {
        const Row *row = row_at(&w->rows, t->plan->changes.at[i]);
        const RowExtra *x = row_has_extra(&w->rows, row);
        if (!row_shown(w, row)) continue;
        t->shown++;
        if (x && x->imported) t->imported++;
        if (row->action == ACTION_FORGET || row->action == ACTION_FORGET_THEN_CREATE) t->forgotten++;
        t->counts[row->action]++;
    }
    t->counts[ACTION_NOOP] = 0;
}

static void draw_resource(const Drawing *d, const Subject *s, Action action, Change change, bool drift) {
    headline_draw(d, s, action, drift);
    DrawStyle style = {.no_symbols = action == ACTION_FORGET,
                       .no_null = action == ACTION_FORGET,
                       .show_unchanged = s->imported && !d->options->concise};
    draw_symbol(d->out, action);
    out_format(d->out, " %s \"%.*s\" \"%.*s\" ", s->data ? "data" : "resource", STR_ARG(s->type), STR_ARG(s->name));
    Delta delta = delta_block(d->arena, change, s->schema->block);
    draw_delta(d, &delta, 0, style);
    out_z(d->out, "\n");
}

static void draw_row(const Drawing *d, const Walk *w, const Row *row) {
    const RowExtra *x = row_has_extra(&w->rows, row);
    Subject s = subject_of_row(w, row);
    draw_resource(d, &s, (Action)row->action, change_of(d->arena, row->prior, row->planned, x ? &x->replace : NULL),
                  false);
    if (x && x->note.n) out_format(d->out, "  # %.*s\n", STR_ARG(x->note));
    arena_reset(d->arena);
}

static void plan_text_changes(PlanText *t) {
    const Walk *w = t->plan->walk;
    Out *o = t->draw.out;
    out_z(o, t->plan->errored ? "\ninfra planned the following actions, but then encountered a problem:\n"
                              : "\ninfra will perform the following actions:\n");
    for (uint32_t i = 0; i < t->plan->changes.n; i++) {
        const Row *row = row_at(&w->rows, t->plan->changes.at[i]);
        if (!row_shown(w, row)) continue;
        out_z(o, "\n");
        draw_row(&t->draw, w, row);
    }
}

static void plan_text_summary(PlanText *t) {
    const uint32_t *n = t->counts;
    Out *o = t->draw.out;
    uint32_t replaced = n[ACTION_DELETE_THEN_CREATE] + n[ACTION_CREATE_THEN_DELETE];
    out_z(o, "\n");
    draw_colored(o, COLOR_BOLD, "Plan:");
    if (t->imported) out_format(o, " %u to import,", t->imported);
    out_format(o, " %u to add, %u to change, %u to destroy", n[ACTION_CREATE] + replaced + n[ACTION_FORGET_THEN_CREATE],
               n[ACTION_UPDATE], n[ACTION_DELETE] + replaced);
    if (t->forgotten) out_format(o, ", %u to forget", t->forgotten);
    out_z(o, ".\n");
}

static void plan_text_legend(PlanText *t) {
    static const struct {
        Action action;
        const char *what;
    } lines[] = {
        {ACTION_CREATE, "create"},
        {ACTION_UPDATE, "update in-place (current -> planned)"},
        {ACTION_DELETE, "destroy"},
        {ACTION_DELETE_THEN_CREATE, "destroy and then create replacement"},
        {ACTION_CREATE_THEN_DELETE, "create replacement and then destroy"},
        {ACTION_READ, "read (data resources)"},
        {ACTION_FORGET_THEN_CREATE, "forget and then create replacement"},
        {ACTION_FORGET, "forget"},
    };
    bool any = false;
    for (uint32_t i = 0; i < sizeof lines / sizeof *lines; i++) any |= t->counts[lines[i].action] > 0;
    if (!any) return;
    out_z(t->draw.out, "\nResource actions are indicated with the following symbols:\n");
    for (uint32_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (t->counts[lines[i].action] == 0) continue;
        draw_symbol(t->draw.out, lines[i].action);
        out_format(t->draw.out, " %s\n", lines[i].what);
    }
}

// ---- drift ----

static void plan_text_drift_open(PlanText *t) {
    Out *o = t->draw.out;
    if (t->has_drift) return;
    t->has_drift = true;
    out_z(o, "\n");
    draw_color(o, COLOR_BOLD);
    draw_colored(o, COLOR_CYAN, "Note:");
    draw_color(o, COLOR_BOLD);
    out_z(o, " Objects have changed outside of infra");
    draw_plain(o);
    out_z(o, "\n\n");
    prose(o, "These differences from what the last apply left were found, and may be why this plan looks as it does:");
}

static void plan_text_drift_object(PlanText *t, const Relevant *relevant, uint32_t index, bool all) {
    Walk *w = t->plan->walk;
    const PriorObject *p = &w->prior.at[index];
    Subject s = subject_of_prior(w, p);
    PathList paths = {0};
    if (!s.schema || (!all && !relevant_paths(t->draw.arena, relevant, p, &paths))) return;
    Change c = change_of(t->draw.arena, p->stored, p->current, NULL);
    if (!all) c.relevant = path_set_of(t->draw.arena, &paths);
    Delta delta = delta_block(t->draw.arena, c, s.schema->block);
    if (delta.action == ACTION_NOOP && !all) return;
    plan_text_drift_open(t);
    out_z(t->draw.out, "\n");
    draw_resource(&t->draw, &s, value_is_null(p->current) ? ACTION_DELETE : ACTION_UPDATE, c, true);
}

static void plan_text_drift(PlanText *t, bool empty) {
    bool all = t->plan->options.refresh_only;
    const Walk *w = t->plan->walk;
    if (t->plan->drift.n == 0 || t->plan->options.destroy || (empty && !all)) return;
    Arena *arena = arena_new(w->process, LIFE_OP, "relevant attributes");
    const Relevant *relevant = all ? NULL : relevant_find(arena, t->plan);
    for (uint32_t i = 0; i < t->plan->drift.n; i++) {
        plan_text_drift_object(t, relevant, t->plan->drift.at[i], all);
        arena_reset(t->draw.arena);
    }
    arena_free(arena);
    if (!t->has_drift) return;
    out_z(t->draw.out, "\n\n");
    prose(t->draw.out, all ? "This is a refresh-only plan: nothing is undone. Applying it writes these values into the "
                             "state and changes no real object."
                           : "Unless the configuration was changed in the same way, or ignores these attributes "
                             "(ignore_changes), the plan below may undo or answer to these changes.");
}

// ---- outputs ----

static Delta output_delta(Arena *arena, const OutputChange *c) {
    Change change = change_of(arena, c->before, c->after, NULL);
    Marks marks = c->sensitive ? MARK_SENSITIVE : 0;
    change.before = value_with_marks(change.before, marks);
    change.after = value_with_marks(change.after, marks);
    return delta_value(arena, change);
}

static void draw_outputs(const Drawing *d, const Plan *plan) {
    uint32_t width = 0;
    for (uint32_t i = 0; i < plan->outputs.n; i++) {
        uint32_t w = draw_name_width(name_str(plan->outputs.at[i].name));
        if (w > width) width = w;
    }
    for (uint32_t i = 0; i < plan->outputs.n; i++) {
        const OutputChange *c = &plan->outputs.at[i];
        Delta delta = output_delta(d->arena, c);
        if (delta.action == ACTION_NOOP) continue;
        draw_symbol(d->out, (Action)delta.action);
        out_z(d->out, " ");
        draw_name(d->out, name_str(c->name));
        for (uint32_t k = draw_name_width(name_str(c->name)); k < width; k++) out_z(d->out, " ");
        out_z(d->out, " = ");
        draw_delta(d, &delta, 0, (DrawStyle){0});
        out_z(d->out, "\n");
        arena_reset(d->arena);
    }
}

static bool outputs_change(const Drawing *d, const Plan *plan) {
    bool any = false;
    for (uint32_t i = 0; i < plan->outputs.n && !any; i++)
        any = output_delta(d->arena, &plan->outputs.at[i]).action != ACTION_NOOP;
    arena_reset(d->arena);
    return any;
}

// ---- all ----

static void plan_text_nothing(PlanText *t) {
    Out *o = t->draw.out;
    const PlanOptions *options = &t->plan->options;
    if (t->plan->errored) {
        if (t->has_drift) rule(o);
        title(o, COLOR_RED, "Planning failed.", " infra encountered an error while generating this plan.");
    } else if (options->refresh_only) {
        if (t->has_drift) return;
        title(o, COLOR_GREEN, "No changes.", " Your infrastructure still matches the configuration.");
        prose(o, "The real objects are as the last apply left them.");
    } else if (options->destroy) {
        title(o, COLOR_GREEN, "No changes.", " No objects need to be destroyed.");
        prose(o, "The state holds no objects: none were created yet, or all were destroyed already.");
    } else {
        title(o, COLOR_GREEN, "No changes.", " Your infrastructure matches the configuration.");
        prose(o, "The real objects are as the configuration wants them, so nothing has to be done.");
    }
}

void report_plan(const Plan *plan, const ReportOptions *options, Out *out) {
    PlanText t = {.plan = plan, .draw = {.out = out, .options = options}};
    t.draw.arena = arena_new(plan->walk->process, LIFE_OP, "report");
    plan_text_count(&t);
    bool outputs = outputs_change(&t.draw, plan);
    plan_text_drift(&t, t.shown == 0 && !outputs);
    if (t.shown == 0 && !outputs) {
        plan_text_nothing(&t);
    } else {
        if (t.has_drift) rule(out);
        plan_text_legend(&t);
        if (t.shown) {
            plan_text_changes(&t);
            plan_text_summary(&t);
        }
        if (outputs) {
            out_z(out, "\nChanges to Outputs:\n");
            draw_outputs(&t.draw, plan);
        }
        if (t.shown == 0) {
            out_z(out, "\n");
            prose(out, "Applying this plan writes the new output values into the state and changes no real object.");
        }
    }
    arena_free(t.draw.arena);
    out_flush(out);
}

void report_change(const Plan *plan, uint32_t row, const ReportOptions *options, Out *out) {
    Drawing d = {out, arena_new(plan->walk->process, LIFE_OP, "report"), options};
    draw_row(&d, plan->walk, row_at(&plan->walk->rows, row));
    arena_free(d.arena);
    out_flush(out);
}

void report_outputs(const Plan *plan, const ReportOptions *options, Out *out) {
    Drawing d = {out, arena_new(plan->walk->process, LIFE_OP, "report"), options};
    draw_outputs(&d, plan);
    arena_free(d.arena);
    out_flush(out);
}

#include "engine/cli/progress.h"

#include "engine/plan/prior.h"

#define STILL_EVERY (10 * NS_PER_S)
#define LISTED 100u

void progress_elapsed(int64_t ns, Buf *out) {
    int64_t s = (ns + NS_PER_S / 2) / NS_PER_S;
    if (s >= 3600) buf_format(out, "%lldh", (long long)(s / 3600));
    if (s >= 60) buf_format(out, "%lldm", (long long)(s / 60 % 60));
    buf_format(out, "%llds", (long long)(s % 60));
}

// ---- words ----

typedef struct ActionWords {
    const char *start, *still, *done;
} ActionWords;

static ActionWords words_of(bool reading, JournalAction action) {
    if (reading) return (ActionWords){"Reading...", "Still reading...", "Read complete"};
    switch (action) {
    case ACT_CREATE: return (ActionWords){"Creating...", "Still creating...", "Creation complete"};
    case ACT_UPDATE: return (ActionWords){"Modifying...", "Still modifying...", "Modifications complete"};
    case ACT_DELETE: return (ActionWords){"Destroying...", "Still destroying...", "Destruction complete"};
    case ACT_FORGET: break;
    }
    return (ActionWords){"Removing from the state...", "Still removing...", "Removed from the state"};
}

static void line_start(Progress *p, const Walk *w, uint32_t row, bool deposed) {
    Out *o = &p->cli->out;
    Buf address = {0};
    const Row *r = row_at(&w->rows, row);
    walk_row_address(w, r, &address);
    out_z(o, cli_bold(o));
    out_add(o, buf_str(&address));
    buf_free(&address);
    const RowExtra *x = row_has_extra(&w->rows, r);
    Str name = deposed && x ? x->deposed : STR_NONE;
    if (!name.n && (r->flags & ROW_DEPOSED) && r->object) name = w->prior.at[r->object - 1].object->deposed;
    if (name.n) out_format(o, " (deposed object %.*s)", STR_ARG(name));
    out_z(o, ": ");
}

static void line_end(Progress *p) {
    Out *o = &p->cli->out;
    out_z(o, cli_plain(o));
    out_z(o, "\n");
    cli_flush_soon(p->cli);
}

static void print_id(Out *o, Str key, Str value) {
    if (key.n) out_format(o, " [%.*s=%.*s]", STR_ARG(key), STR_ARG(value));
}

// ---- refreshing ----

static void prior_line(void *ctx, const Walk *w, uint32_t prior) {
    Progress *p = ctx;
    Out *o = &p->cli->out;
    const PriorObject *object = &w->prior.at[prior];
    Buf address = {0};
    buf_add(&address, object->resource->address);
    key_print(object->object->key, &address);
    out_format(o, "%s%.*s: Refreshing state...", cli_bold(o), STR_ARG(buf_str(&address)));
    buf_free(&address);
    const Value *id = value_is_set(object->stored) ? value_get_str(object->stored, STR("id")) : NULL;
    if (id && value_is_set(*id) && id->kind == TYPE_STRING && !value_is_sensitive(*id))
        print_id(o, STR("id"), value_str(*id));
    line_end(p);
}

// ---- operations ----

static void still(void *ctx);

static void timer_set(Progress *p) {
    if (p->timer || p->active.n == 0) return;
    int64_t now = loop_now(p->cli->loop), first = p->active.at[0].next;
    for (uint32_t i = 1; i < p->active.n; i++)
        if (p->active.at[i].next < first) first = p->active.at[i].next;
    p->timer = timer_start(p->cli->loop, first > now ? first - now : 0, still, p);
}

static void still(void *ctx) {
    Progress *p = ctx;
    Out *o = &p->cli->out;
    int64_t now = loop_now(p->cli->loop);
    p->timer = NULL;
    for (uint32_t i = 0; i < p->active.n; i++) {
        ProgressRow *a = &p->active.at[i];
        if (a->next > now) continue;
        a->next += STILL_EVERY;
        Buf elapsed = {0};
        progress_elapsed(now - a->started, &elapsed);
        line_start(p, p->walk, a->row, a->deposed);
        out_z(o, words_of(a->reading, a->action).still);
        out_z(o, " [");
        if (a->id.n) out_format(o, "%.*s, ", STR_ARG(a->id));
        if (a->words.n) out_format(o, "%.*s, ", STR_ARG(a->words));
        out_format(o, "%.*s elapsed]", STR_ARG(buf_str(&elapsed)));
        buf_free(&elapsed);
        line_end(p);
    }
    timer_set(p);
}

void progress_end(Progress *p) {
    if (p->timer) timer_cancel(p->timer);
    p->timer = NULL;
}

static ProgressRow *find_active(Progress *p, uint32_t row, bool deposed) {
    for (uint32_t i = 0; i < p->active.n; i++)
        if (p->active.at[i].row == row && p->active.at[i].deposed == deposed) return &p->active.at[i];
    return NULL;
}

static void begin(Progress *p, const Walk *w, ProgressRow row, Str id_key, Str id) {
    p->walk = w;
    row.started = loop_now(p->cli->loop);
    row.next = row.started + STILL_EVERY;
    if (id_key.n) row.id = str_format(p->arena, "%.*s=%.*s", STR_ARG(id_key), STR_ARG(id));
    vec_push(p->arena, &p->active, row);
    timer_set(p);
    if (p->cli->concise) return;
    line_start(p, w, row.row, row.deposed);
    out_z(&p->cli->out, words_of(row.reading, row.action).start);
    print_id(&p->cli->out, id_key, id);
    line_end(p);
}

// What was under way, or the same with no start when nobody said that it began.
static ProgressRow end(Progress *p, uint32_t row, bool deposed) {
    ProgressRow *found = find_active(p, row, deposed), was = {.row = row, .deposed = deposed};
    if (found) {
        was = *found;
        *found = p->active.at[--p->active.n];
    }
    if (p->active.n == 0) progress_end(p);
    return was;
}

static void say_done(Progress *p, const Walk *w, const ProgressRow *row, int64_t ns, Str id_key, Str id) {
    if (p->cli->concise) return;
    Buf elapsed = {0};
    Out *o = &p->cli->out;
    progress_elapsed(ns, &elapsed);
    line_start(p, w, row->row, row->deposed);
    out_format(o, "%s after %.*s", words_of(row->reading, row->action).done, STR_ARG(buf_str(&elapsed)));
    buf_free(&elapsed);
    print_id(o, id_key, id);
    line_end(p);
}

static void read_start(void *ctx, const Walk *w, uint32_t row) {
    begin(ctx, w, (ProgressRow){.row = row, .reading = true}, STR_NONE, STR_NONE);
}

static void read_done(void *ctx, const Walk *w, uint32_t row) {
    Progress *p = ctx;
    ProgressRow was = end(p, row, false);
    if (row_at(&w->rows, row)->flags & ROW_FAILED) return; // its diagnostic says so
    say_done(p, w, &was, loop_now(p->cli->loop) - was.started, STR_NONE, STR_NONE);
}

static void operation_started(Progress *p, const Walk *w, const ApplyHook *hook) {
    bool reading = row_at(&w->rows, hook->row)->action == ACTION_READ;
    Str key = hook->action == ACT_CREATE ? STR_NONE : hook->id_key; // a planned id is not there yet
    begin(p, w, (ProgressRow){.row = hook->row, .deposed = hook->deposed, .reading = reading, .action = hook->action},
          key, hook->id_value);
}

static void operation_ended(Progress *p, const Walk *w, const ApplyHook *hook) {
    ProgressRow was = end(p, hook->row, hook->deposed);
    bool gone = hook->action == ACT_DELETE || hook->action == ACT_FORGET;
    if (hook->event == APPLY_FAILED)
        vec_push(p->arena, &p->ends, ((ProgressEnd){hook->row, ROW_NONE, true}));
    else
        say_done(p, w, &was, hook->elapsed_ns, gone ? STR_NONE : hook->id_key, hook->id_value);
}

static void progress_address(Progress *p, const Walk *w, uint32_t row) {
    Buf b = {0};
    walk_row_address(w, row_at(&w->rows, row), &b);
    out_add(&p->cli->out, buf_str(&b));
    buf_free(&b);
}

void progress_apply(void *ctx, const Walk *w, const ApplyHook *hook) {
    Progress *p = ctx;
    p->walk = w;
    switch (hook->event) {
    case APPLY_START: operation_started(p, w, hook); break;
    case APPLY_DONE:
    case APPLY_FAILED: operation_ended(p, w, hook); break;
    case APPLY_STATUS: {
        ProgressRow *row = find_active(p, hook->row, hook->deposed);
        if (row) row->words = str_copy(p->arena, hook->words);
        break;
    }
    case APPLY_OUTPUT:
        progress_address(p, w, hook->row);
        out_format(&p->cli->out, " (local-exec): %.*s\n", STR_ARG(hook->words));
        cli_flush_soon(p->cli);
        break;
    case APPLY_SKIPPED: vec_push(p->arena, &p->ends, ((ProgressEnd){hook->row, hook->cause, false})); break;
    case APPLY_RECOVERED:
        out_format(&p->cli->out, "Interrupted run: %.*s\n", STR_ARG(hook->words));
        cli_flush_soon(p->cli);
        break;
    }
}

void progress_init(Progress *p, Cli *cli, Arena *arena) {
    *p = (Progress){.cli = cli, .arena = arena};
    p->walk_hooks.ctx = p;
    if (cli->concise) return;
    p->walk_hooks.refresh_start = prior_line;
    p->walk_hooks.read_start = read_start;
    p->walk_hooks.read_done = read_done;
}

// ---- the end ----

static void end_line(Progress const *p, const Walk *w, const ProgressEnd *e, Out *o) {
    Buf line = {0};
    buf_z(&line, "  ");
    walk_row_address(w, row_at(&w->rows, e->row), &line);
    if (e->failed) {
        buf_z(&line, ": failed");
    } else if (e->cause != ROW_NONE) {
        buf_z(&line, ": not tried, because it needs ");
        walk_row_address(w, row_at(&w->rows, e->cause), &line);
    } else {
        buf_z(&line, p->cli->interrupts ? ": not tried, because of the interrupt"
                                        : ": not tried, because what it needs could not be evaluated");
    }
    out_add(o, buf_str(&line));
    out_z(o, "\n");
    buf_free(&line);
}

void progress_failures(const Progress *p, const Walk *w, Out *o) {
    if (p->ends.n == 0) return;
    out_format(o, "\n%sNot done:%s\n\n", cli_red(o), cli_plain(o));
    uint32_t shown = 0;
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < p->ends.n; i++)
            if (p->ends.at[i].failed == (pass == 0) && shown++ < LISTED) end_line(p, w, &p->ends.at[i], o);
    if (shown > LISTED) out_format(o, "  and %u more\n", shown - LISTED);
}

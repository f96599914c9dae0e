#include "engine/cli/operation.h"

#include "engine/cli/outputs.h"
#include "engine/io/file.h"

void operation_init(Operation *op, Cli *cli) {
    *op = (Operation){.refresh = true};
    session_init(&op->session, cli);
    progress_init(&op->progress, cli, op->session.walk_arena);
}

int operation_leave(Operation *op) { return session_leave(&op->session); }

int operation_finish(Operation *op, int code) {
    progress_end(&op->progress);
    op->session.cli->on_interrupt = NULL;
    return session_finish(&op->session, code);
}

void operation_plan_options(Operation *op, OptionSet *set) {
    option_add(set, "destroy", OPTION_SWITCH, &op->destroy, NULL, "Plan to destroy everything that the state holds.");
    option_add(set, "refresh-only", OPTION_SWITCH, &op->refresh_only, NULL,
               "Only look whether the real objects are as the state says, and bring the state up to date.");
    option_add(set, "refresh", OPTION_SWITCH, &op->refresh, "false",
               "Trust the state: do not look at the real objects first.");
    option_add(set, "target", OPTION_LIST, &op->targets, "ADDRESS",
               "Only this resource or module and what it needs; may be repeated. For exceptional use.");
    option_add(set, "target-file", OPTION_LIST, &op->targets, "FILE",
               "Targets from a file, one a line; # begins a comment.");
    option_add(set, "exclude", OPTION_LIST, &op->targets, "ADDRESS",
               "All but this resource or module and what needs it; may be repeated. Not together with -target.");
    option_add(set, "exclude-file", OPTION_LIST, &op->targets, "FILE", "What to exclude from a file, one a line.");
    option_add(set, "replace", OPTION_LIST, &op->replaces, "ADDRESS",
               "Replace this resource instance, even if it needs no change or could be updated; may be repeated.");
    option_add(set, "parallelism", OPTION_COUNT, &op->parallelism, "N", "Operations under way at most; 64 by default.");
    session_input_options(&op->session, set);
    session_lock_options(&op->session, set);
}

// ---- addresses ----

typedef struct Addresses {
    VEC(Address) list;
} Addresses;

static bool add_address(Operation *op, Addresses *to, Str text) {
    Session *s = &op->session;
    Address a;
    if (!address_parse(s->walk_arena, s->cli->process, text, &a, &s->cli->diags)) return false;
    vec_push(s->walk_arena, &to->list, a);
    return true;
}

static bool add_address_file(Operation *op, Addresses *to, Str path) {
    Session *s = &op->session;
    Str rest;
    if (!file_read(s->walk_arena, str_to_z(s->walk_arena, path), LIMIT_SOURCE_BYTES, &rest, &s->cli->diags))
        return false;
    bool ok = true;
    for (Str line; rest.n && str_next(&rest, '\n', &line);) {
        line = str_trim(line);
        if (line.n && line.p[0] != '#') ok &= add_address(op, to, line);
    }
    return ok;
}

static bool read_addresses(Operation *op, PlanOptions *out) {
    Addresses targets = {0}, excludes = {0}, replaces = {0};
    bool ok = true;
    for (uint32_t i = 0; i < op->targets.list.n; i++) {
        const OptionText *o = &op->targets.list.at[i];
        Addresses *to = o->option[0] == 't' ? &targets : &excludes;
        ok &= strchr(o->option, '-') ? add_address_file(op, to, o->text) : add_address(op, to, o->text);
    }
    for (uint32_t i = 0; i < op->replaces.list.n; i++) ok &= add_address(op, &replaces, op->replaces.list.at[i].text);
    if (targets.list.n && excludes.list.n)
        ok = diag_error(&op->session.cli->diags, "misuse", SPAN_NONE, "Options that exclude each other",
                        "-target and -exclude cannot be used together.");
    out->targets = targets.list.at;
    out->target_count = targets.list.n;
    out->excludes = excludes.list.at;
    out->exclude_count = excludes.list.n;
    out->replaces = replaces.list.at;
    out->replace_count = replaces.list.n;
    return ok;
}

// ---- planning ----

static void plan_interrupted(void *ctx, uint32_t count) {
    Operation *op = ctx;
    Cli *cli = op->session.cli;
    if (count > 1) cli_leave(cli, "\nInterrupted again: leaving at once. The state may still be locked.\n");
    out_z(&cli->out, "\nInterrupted: stopping as soon as what is under way has answered.\n");
    out_flush(&cli->out);
}

static void stop_walk(void *ctx, uint32_t count) {
    Operation *op = ctx;
    plan_interrupted(op, count);
    apply_stop(op->walk, false);
}

void operation_stoppable(Operation *op, Walk *w) {
    Cli *cli = op->session.cli;
    op->walk = w;
    cli->on_interrupt = stop_walk;
    cli->interrupt_ctx = op;
}

static WalkKind walk_kind(const Operation *op) {
    return op->destroy ? WALK_PLAN_DESTROY : op->refresh_only ? WALK_REFRESH_ONLY : WALK_PLAN;
}

bool operation_recover(Operation *op) {
    Session *s = &op->session;
    uint32_t n;
    manager_unknown(s->manager, &n);
    if (n == 0) return true;
    Walk *w = session_walk(s, WALK_PLAN_DESTROY);
    ApplyOptions options = {.hook = progress_apply, .hook_ctx = &op->progress, .dir = s->load.dir};
    operation_stoppable(op, w);
    return apply_recover(w, s->manager, &options, op->apply, &s->cli->diags);
}

static bool modes_fit(Operation *op) {
    Diags *d = &op->session.cli->diags;
    if (op->destroy && op->refresh_only)
        return diag_error(d, "misuse", SPAN_NONE, "Options that exclude each other",
                          "-destroy and -refresh-only cannot be used together.");
    if (op->refresh_only && !op->refresh)
        return diag_error(d, "misuse", SPAN_NONE, "Options that exclude each other",
                          "-refresh-only is about looking at the real objects, which -refresh=false forbids.");
    if (op->replaces.list.n && (op->destroy || op->refresh_only))
        return diag_error(d, "misuse", SPAN_NONE, "Options that exclude each other",
                          "-replace is for plans of changes, not for -destroy or -refresh-only.");
    return true;
}

static bool read_all(Operation *op) {
    Session *s = &op->session;
    if (!session_config(s, false) || (!op->destroy && !session_require_files(s))) return false;
    cli_catch_interrupts(s->cli);
    return session_state(s, op->apply ? "OperationTypeApply" : "OperationTypePlan", op->apply) && operation_recover(op);
}

bool operation_plan(Operation *op) {
    Session *s = &op->session;
    PlanOptions options = {.destroy = op->destroy,
                           .refresh_only = op->refresh_only,
                           .no_refresh = !op->refresh,
                           .hooks = &op->progress.walk_hooks};
    if (!modes_fit(op) || !read_addresses(op, &options) || !read_all(op)) return false;
    Walk *w = session_walk(s, walk_kind(op));
    operation_stoppable(op, w);
    op->plan = plan_make(w, &options);
    s->cli->on_interrupt = NULL;
    if (op->targets.list.n && op->plan->changes_any)
        diag_warn(&s->cli->diags, "targeted", SPAN_NONE, "Part of the configuration is left out",
                  "-target or -exclude is in effect, so this plan may not be all that the configuration asks for. Plan "
                  "without them afterwards.");
    if (s->cli->interrupts)
        return diag_error(&s->cli->diags, "interrupted", SPAN_NONE, "Interrupted",
                          "The plan was not finished. Nothing was changed.");
    return op->plan && !op->plan->errored;
}

void operation_show_plan(Operation *op) {
    Cli *cli = op->session.cli;
    ReportOptions options = {.concise = cli->concise, .show_sensitive = cli->show_sensitive};
    report_plan(op->plan, &options, &cli->out);
    out_flush(&cli->out);
    cli_show_diags(cli);
}

// ---- applying ----

static void apply_interrupted(void *ctx, uint32_t count) {
    Operation *op = ctx;
    Cli *cli = op->session.cli;
    if (count > 2)
        cli_leave(cli,
                  "\nInterrupted a third time: leaving at once. The journal knows what was under way; the next apply "
                  "looks after it.\n");
    out_z(&cli->out, count == 1 ? "\nInterrupted: nothing new is started, what is under way is finished and saved.\n"
                                  "Interrupt again to cancel what is under way.\n\n"
                                : "\nInterrupted again: cancelling what is under way.\n\n");
    out_flush(&cli->out);
    apply_stop(op->plan->walk, count > 1);
}

static void say_done(Operation *op, const ApplyResult *r, bool ok) {
    Cli *cli = op->session.cli;
    Out *o = &cli->out;
    const char *what = op->destroy ? "Destroy" : "Apply";
    if (!ok && op->destroy)
        out_format(o, "\n%s%s incomplete.%s Resources: %u destroyed", cli_red(o), what, cli_plain(o), r->destroyed);
    else if (!ok)
        out_format(o, "\n%s%s incomplete.%s Resources: %u added, %u changed, %u destroyed", cli_red(o), what,
                   cli_plain(o), r->added, r->changed, r->destroyed);
    else if (op->destroy)
        out_format(o, "\n%sDestroy complete! Resources: %u destroyed", cli_green(o), r->destroyed);
    else {
        out_format(o, "\n%sApply complete! Resources: ", cli_green(o));
        if (r->imported) out_format(o, "%u imported, ", r->imported);
        out_format(o, "%u added, %u changed, %u destroyed", r->added, r->changed, r->destroyed);
    }
    if (r->forgotten) out_format(o, ", %u forgotten", r->forgotten);
    if (r->failed) out_format(o, ", %u failed", r->failed);
    if (r->skipped) out_format(o, ", %u not tried", r->skipped);
    out_format(o, ".%s\n", ok ? cli_plain(o) : "");
}

bool operation_apply(Operation *op) {
    Session *s = &op->session;
    Cli *cli = s->cli;
    ApplyOptions options = {
        .parallelism = op->parallelism, .hook = progress_apply, .hook_ctx = &op->progress, .dir = s->load.dir};
    ApplyResult result;
    cli->on_interrupt = apply_interrupted;
    cli->interrupt_ctx = op;
    if (cli->interrupts) apply_stop(op->plan->walk, false); // it came after the plan was made
    bool ok = apply_plan(op->plan, s->manager, &options, &result, &cli->diags);
    if (ok && op->destroy && result.forgotten && !op->forget_quietly)
        ok = diag_error(&cli->diags, "left_behind", SPAN_NONE, "Objects were left behind",
                        "Everything else was destroyed, but %u objects are only gone from the state (lifecycle.destroy = "
                        "false, or a removed block): they are still there. Use -suppress-forget-errors where that is "
                        "meant.",
                        result.forgotten);
    cli->on_interrupt = NULL;
    progress_end(&op->progress);
    cli_show_diags(cli);
    progress_failures(&op->progress, op->plan->walk, &cli->out);
    say_done(op, &result, ok);
    if (!op->destroy && s->snapshot->output_count) {
        out_format(&cli->out, "\n%sOutputs:%s\n\n", cli_green(&cli->out), cli_plain(&cli->out));
        outputs_show(cli, s->snapshot);
    }
    out_flush(&cli->out);
    return ok;
}

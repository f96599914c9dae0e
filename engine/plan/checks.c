#include "engine/plan/checks.h"

#include "engine/value/marks.h"

// The result of this object, made when absent. A second evaluation (in an apply) starts it anew.
static CheckResult *checks_result(Walk *w, const CheckObject *object) {
    if (!w->check_index.arena) w->check_index = strmap_in(w->arena);
    bool added;
    uint64_t *slot = strmap_put(&w->check_index, str_copy(w->arena, object->address), &added);
    if (added) {
        *slot = w->checks.n;
        (void)vec_add(w->arena, &w->checks);
    }
    CheckResult *c = &w->checks.at[*slot];
    c->object_kind = str_of(object->kind);
    c->config_addr = str_copy(w->arena, object->config_address);
    c->object_addr = str_copy(w->arena, object->address);
    return c;
}

// The rule's message, or why it cannot be shown.
static Str checks_message(WalkScope *s, const Rule *rule, Diags *diags) {
    Walk *w = s->walk;
    if (!rule->message) return STR("The condition is false.");
    Value v = code_eval_as(rule->message, &s->scope, type_string(w->process), diags);
    if (marks_deep(w->process, v) & (MARK_SENSITIVE | MARK_EPHEMERAL))
        return STR("The error message holds a sensitive value, so it is not shown.");
    if (!value_is_set(v)) return STR("The error message is not known.");
    return str_copy(w->arena, str_trim(value_str(v)));
}

static bool checks_rule(WalkScope *s, const Rule *rule, CheckResult *result, const CheckObject *object,
                        Severity severity, const char *summary) {
    Walk *w = s->walk;
    Diags diags = diags_in(w->diags->arena);
    Value v = code_eval_as(rule->condition, &s->scope, type_bool(w->process), &diags);
    bool failed = false;
    if (diags_failed(&diags) || value_is_null(v)) {
        if (!diags_failed(&diags))
            diag_error(&diags, "null_condition", code_span(rule->condition), "Invalid condition result",
                       "A condition must be true or false, not null.");
        result->status = CHECK_ERROR;
        failed = true;
    } else if (value_is_unknown(v)) {
        if (result->status == CHECK_PASS) result->status = CHECK_UNKNOWN;
    } else if (!value_true(v)) {
        Str message = checks_message(s, rule, &diags);
        Diag *d = diag_add(&diags, severity, "check_failed", code_span(rule->condition), str_of(summary), message);
        d->address = str_copy(diags.arena, object->address);
        if (result->status != CHECK_ERROR) result->status = CHECK_FAIL;
        vec_push(w->arena, &result->failures, message);
        failed = true;
    }
    if (severity == SEV_WARNING) {
        for (uint32_t i = 0; i < diags.list.n; i++) diags.list.at[i].severity = SEV_WARNING;
        diags.errors = 0;
    }
    diags_append(w->diags, &diags);
    return !failed || severity == SEV_WARNING;
}

// A new walk starts the result anew.
static CheckResult *checks_begin(Walk *w, const CheckObject *object) {
    CheckResult *result = checks_result(w, object);
    if (result->phase == w->kind) return result;
    result->phase = w->kind;
    result->status = CHECK_PASS;
    result->failures.n = 0;
    result->data_failed = false;
    return result;
}

bool checks_run(WalkScope *s, const RuleList *rules, const CheckObject *object, Severity severity,
                const char *summary) {
    if (rules->list.n == 0) return true;
    CheckResult *result = checks_begin(s->walk, object);
    bool ok = true;
    for (uint32_t i = 0; i < rules->list.n; i++)
        ok &= checks_rule(s, &rules->list.at[i], result, object, severity, summary);
    return ok;
}

static CheckObject block_object(const WalkScope *s, uint32_t check) {
    const ModuleInst *m = s->module;
    const ModuleNode *node = m->node;
    const char *name = node->def->checks.at[check].name->text;
    Arena *arena = s->walk->arena;
    return (CheckObject){"check", str_format(arena, "%.*s%scheck.%s", STR_ARG(node->path), node->path.n ? "." : "", name),
                         str_format(arena, "%.*s%scheck.%s", STR_ARG(m->path), m->path.n ? "." : "", name)};
}

void checks_block(WalkScope *s, uint32_t check) {
    CheckObject object = block_object(s, check);
    if (checks_begin(s->walk, &object)->data_failed) return;
    checks_run(s, &s->module->node->def->checks.at[check].asserts, &object, SEV_WARNING, "Check block assertion failed");
}

void checks_data_failed(WalkScope *s, const Resource *data, const Diags *why) {
    CheckObject object = block_object(s, data->check - 1);
    CheckResult *result = checks_begin(s->walk, &object);
    result->status = CHECK_FAIL;
    result->data_failed = true;
    for (uint32_t i = 0; i < why->list.n; i++) {
        const Diag *d = &why->list.at[i];
        vec_push(s->walk->arena, &result->failures,
                 str_format(s->walk->arena, "%.*s: %.*s", STR_ARG(d->summary), STR_ARG(d->detail)));
    }
}

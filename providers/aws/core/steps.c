// Steps of verbs: call, find, list, wait, run, repeat.
#include "providers/aws/core/compile.h"

static Name step_name(Compile *c, const AstBlock *b) {
    Process *p = c->core->process;
    if (b->labels.n == 0) return name_of(p, b->type);
    Str name = b->labels.at[b->labels.n - 1].text;
    ptrdiff_t colon = str_find_char(name, ':');
    return name_of(p, colon >= 0 ? str_slice(name, (size_t)colon + 1, name.n) : name);
}

static bool is_step(Str type) {
    static const char *const kinds[] = {"call", "find", "list", "wait", "run", "repeat", NULL};
    for (uint32_t i = 0; kinds[i]; i++)
        if (str_eqz(type, kinds[i])) return true;
    return false;
}

void steps_declare(Compile *c, const AstBody *body) {
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *b = &body->blocks.at[i];
        if (!is_step(b->type)) continue;
        if (str_eqz(b->type, "repeat")) steps_declare(c, b->body);
        vec_push(c->arena, &c->visible, ((Visible){step_name(c, b), c->def->step_count++, true}));
    }
}

static uint32_t declared_index(const Compile *c, Name name) {
    for (uint32_t i = c->visible.n; i-- > 0;)
        if (c->visible.at[i].step && c->visible.at[i].name == name) return c->visible.at[i].index;
    return 0;
}

// "Op" of the type's own service, or "other:Op".
static bool bind_operation(Compile *c, const AstLabel *label, Step *s) {
    Str text = label->text;
    ptrdiff_t colon = str_find_char(text, ':');
    s->service = c->def->service;
    if (colon >= 0) {
        s->service = service_load(c->core, name_of(c->core->process, str_slice(text, 0, (size_t)colon)), c->diags);
        text = str_slice(text, (size_t)colon + 1, text.n);
    }
    if (!s->service || !s->service->model)
        return diag_error(c->diags, "unknown_service", label->span, "No such service",
                          "The operation's service has no API model.");
    s->model = s->service->model;
    s->op = aws_model_operation(s->model, text);
    if (s->op) return true;
    return diag_error(c->diags, "unknown_operation", label->span, "No such operation",
                      "The model of %s has no operation \"%.*s\". Operations in use are listed in "
                      "providers/aws/shapes/operations.txt; for definitions of your own, put AWS's model into "
                      "infra.types/shapes/.",
                      s->service->name->text, STR_ARG(text));
}

static bool number_attr(Compile *c, const AstBody *body, const char *name, uint32_t *out) {
    const Expr *expr = body_expr(body, name);
    Value v;
    int64_t n;
    if (!expr) return true;
    if (!compile_constant(c, expr, type_number(c->core->process), &v) || !value_to_i64(v, &n) || n < 1 || n > 100000)
        return diag_error(c->diags, "invalid_definition", expr->span, "Number wanted",
                          "A whole number from 1 is wanted.");
    *out = (uint32_t)n;
    return true;
}

static void step_codes(Compile *c, const AstBody *body, Step *s) {
    const struct {
        const char *name;
        const Code **to;
    } codes[] = {{"when", &s->when},       {"send", &s->send},         {"one", &s->one},     {"retry", &s->retry},
                 {"catch", &s->catches},   {"for_each", &s->for_each}, {"id", &s->id},       {"fail", &s->fail},
                 {"set", &s->set},         {"private", &s->keep},      {"items", &s->items}, {"key", &s->key},
                 {"by", &s->by},           {"group", &s->group},       {"gone", &s->gone},   {"until", &s->until},
                 {"only", &s->only},       {"times", &s->times},       {"delay", &s->delay}, {"every", &s->every},
                 {"timeout", &s->timeout}, {"while", &s->again}};
    bool tagged = c->tagged;
    c->tagged = false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        *codes[i].to = compile_code(c, body_expr(body, codes[i].name));
    s->tagged = c->tagged;
    c->tagged |= tagged;
    s->batched =
        code_mentions(c->arena, c->def, s->send, SLOT_KEYS, 0) || code_mentions(c->arena, c->def, s->one, SLOT_KEYS, 0);
    const Expr *pages = body_expr(body, "pages");
    s->single_page = pages && pages->kind == EXPR_BOOL && !pages->boolean;
    s->max = 100;
    s->from = 20;
    (void)number_attr(c, body, "max", &s->max);
    (void)number_attr(c, body, "from", &s->from);
}

static const char *const call_names[] = {"when", "send",  "retry",   "catch", "for_each", "set",
                                         "id",   "fail",  "private", "pages", "items",    "key",
                                         "by",   "group", "one",     "max",   "let",      NULL};
static const char *const find_names[] = {"send", "items", "key",   "by",  "group", "one", "max",
                                         "gone", "catch", "retry", "let", "pages", NULL};
static const char *const list_names[] = {"send", "items", "key", "from", "let", NULL};
static const char *const wait_names[] = {"until",   "fail", "only",  "times", "delay", "every",
                                         "timeout", "when", "catch", "send",  "let",   NULL};
static const char *const repeat_names[] = {"when", "while", NULL};
static const char *const run_names[] = {"when", NULL};
static const char *const step_blocks[] = {"call", "wait", "run", "repeat", NULL};

static void read_step(Compile *c, const AstBlock *b, Step *s) {
    static const struct {
        const char *type;
        StepKind kind;
        const char *const *names;
    } kinds[] = {{"call", STEP_CALL, call_names}, {"find", STEP_FIND, find_names},
                 {"list", STEP_LIST, list_names}, {"wait", STEP_WAIT, wait_names},
                 {"run", STEP_RUN, run_names},    {"repeat", STEP_REPEAT, repeat_names}};
    s->name = step_name(c, b);
    s->index = declared_index(c, s->name);
    s->span = b->header_span;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_eqz(b->type, kinds[i].type)) continue;
        s->kind = kinds[i].kind;
        body_check(c, b->body, kinds[i].type, kinds[i].names, s->kind == STEP_REPEAT ? step_blocks : NULL);
    }
    bool labelled = s->kind == STEP_CALL || s->kind == STEP_FIND || s->kind == STEP_LIST;
    if (labelled && b->labels.n == 0) {
        diag_error(c->diags, "missing_operation", b->header_span, "Operation missing",
                   "The block needs an operation as label.");
        return;
    }
    if (labelled || (s->kind == STEP_WAIT && b->labels.n)) (void)bind_operation(c, &b->labels.at[0], s);
    if (s->kind == STEP_RUN) s->run = s->name;
    uint32_t visible = c->visible.n;
    if (s->kind == STEP_REPEAT)
        s->inner = steps_read(c, b->body, false);
    else
        compile_lets(c, b->body);
    step_codes(c, b->body, s);
    if (s->kind == STEP_WAIT && !s->until)
        diag_error(c->diags, "missing_until", b->header_span, "Missing \"until\"",
                   "A wait needs the condition that ends it.");
    c->visible.n = visible;
}

Steps steps_read(Compile *c, const AstBody *body, bool reading) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < body->blocks.n; i++) n += is_step(body->blocks.at[i].type);
    Steps steps = {ARENA_ARRAY(c->arena, Step, n + 1), 0};
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *b = &body->blocks.at[i];
        if (!is_step(b->type)) continue;
        bool looks = str_eqz(b->type, "find") || str_eqz(b->type, "list");
        if (looks && !reading)
            diag_error(c->diags, "misplaced_step", b->header_span, "Misplaced step",
                       "This block belongs into \"read\".");
        read_step(c, b, &steps.at[steps.n++]);
    }
    return steps;
}

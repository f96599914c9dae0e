// Compiling what a def holds, once the modules that it calls are read.
#include "engine/config/loader.h"

void definer_start(Definer *d, Def *def, uint32_t once_count) {
    d->def = def;
    d->l = def->loader;
    d->binder = bind_start(def);
    d->session = session_start(d->l->arena, &d->binder.base, d->l->diags);
    d->session.once_count = once_count;
}

const Code *definer_compile(Definer *d, const Expr *expr) {
    const Code *code = session_compile(&d->session, expr);
    if (code) return code;
    return code_constant(d->l->arena, value_unknown(d->l->process, type_dynamic(d->l->process)), expr->span);
}

const Code *definer_optional(Definer *d, const BodyAttr *attr) { return attr ? definer_compile(d, attr->expr) : NULL; }

void definer_repeat(Definer *d, Repeat repeat) {
    d->binder.each = repeat == REPEAT_FOR_EACH;
    d->binder.count = repeat == REPEAT_COUNT;
}

static void check_condition(Definer *d, const BodyBlock *block, const Code *condition) {
    const Ref *const *refs;
    if (code_uses(condition) || code_refs(d->l->arena, condition, &refs)) return;
    const Value *v = code_constant_value(condition);
    if (v && value_is_unknown(*v)) return; // it failed to compile
    diag_error(d->l->diags, "constant_condition", code_span(condition), "Condition without a reference",
               "The condition of a \"%s\" block must refer to some object, else its result is always the same.",
               block->type->text);
}

void definer_rule(Definer *d, const BodyBlock *block, RuleList *out) {
    Loader *l = d->l;
    Wanted wanted = {.required = {l->w.condition_, l->w.error_message_}};
    BodyContent content;
    if (!common_content(l, block->body, &wanted, &content, NULL)) return;
    Rule rule = {.span = block->header_span};
    rule.condition = definer_compile(d, content_attr(&content, l->w.condition_)->expr);
    rule.message = definer_compile(d, content_attr(&content, l->w.error_message_)->expr);
    check_condition(d, block, rule.condition);
    vec_push(l->arena, &out->list, rule);
}

static bool mentions(Definer *d, const Code *code, uint32_t slot) {
    const Ref *const *refs;
    uint32_t n = code_refs(d->l->arena, code, &refs);
    for (uint32_t i = 0; i < n; i++)
        if (refs[i]->slot == slot) return true;
    return false;
}

static void define_variable(Def *def, uint32_t index) {
    Definer d;
    Variable *v = &def->mod.variables.at[index];
    const BodyContent *content = &def->variable_contents.at[index];
    if (content->blocks.n == 0) return;
    definer_start(&d, def, 0);
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        uint32_t before = v->validations.list.n, errors = d.l->diags->errors;
        definer_rule(&d, &content->blocks.at[i], &v->validations);
        if (v->validations.list.n == before || d.l->diags->errors > errors) continue;
        const Rule *rule = &v->validations.list.at[before];
        if (!mentions(&d, rule->condition, SLOT(SLOT_VARIABLE, index)))
            diag_error(d.l->diags, "invalid_validation", code_span(rule->condition), "Invalid validation condition",
                       "The condition must refer to var.%s, the variable that it validates.", v->name->text);
    }
}

static void define_local(Def *def, uint32_t index) {
    Definer d;
    definer_start(&d, def, 0);
    def->mod.locals.at[index].code = definer_compile(&d, def->local_exprs.at[index]);
}

static void define_output(Def *def, uint32_t index) {
    Definer d;
    Loader *l = def->loader;
    const Words *w = &l->w;
    const BodyBlock *block = &def->decls[DECL_OUTPUT].list.at[index];
    Output *o = &def->mod.outputs.at[index];
    Wanted wanted = {.required = {w->value_},
                     .attr = {w->description_, w->depends_on_, w->sensitive_, w->ephemeral_, w->deprecated_},
                     .block = {{w->precondition_, 0, NULL}, {w->postcondition_, 0, NULL}}};
    BodyContent content;
    definer_start(&d, def, 0);
    common_content(l, block->body, &wanted, &content, NULL);
    o->code = definer_optional(&d, content_attr(&content, w->value_));
    if (!o->code)
        o->code = code_constant(l->arena, value_unknown(l->process, type_dynamic(l->process)), block->header_span);
    common_string(l, content_attr(&content, w->description_), &o->description);
    common_deprecated(l, content_attr(&content, w->deprecated_), &o->deprecated);
    common_bool(l, content_attr(&content, w->sensitive_), &o->sensitive);
    common_bool(l, content_attr(&content, w->ephemeral_), &o->ephemeral);
    const BodyAttr *depends = content_attr(&content, w->depends_on_);
    if (depends && reference_slots(&d, depends, &o->depends_on.at, &o->depends_on.n))
        o->depends_on.cap = o->depends_on.n;
    for (uint32_t i = 0; i < content.blocks.n; i++) {
        const BodyBlock *rule = &content.blocks.at[i];
        if (rule->type == w->precondition_)
            definer_rule(&d, rule, &o->preconditions);
        else
            diag_error(l->diags, "invalid_postcondition", rule->type_span, "Postcondition on an output",
                       "An output has preconditions only.");
    }
    if (o->ephemeral && def->callers.n == 0)
        diag_error(l->diags, "invalid_ephemeral", block->header_span, "Ephemeral output in the root module",
                   "Outputs of the root module are kept in the state, so they cannot be ephemeral.");
}

static void define_check(Def *def, uint32_t index) {
    Definer d;
    Check *check = &def->mod.checks.at[index];
    const BodyContent *content = &def->check_contents.at[index];
    definer_start(&d, def, 0);
    d.binder.check = index + 1;
    for (uint32_t i = 0; i < content->blocks.n; i++)
        if (content->blocks.at[i].type == d.l->w.assert_) definer_rule(&d, &content->blocks.at[i], &check->asserts);
    check->once_count = d.session.once_count;
}

static void refuse_names(Loader *l, const BodyContent *content, const Name *names, uint32_t n, const char *where) {
    for (uint32_t i = 0; i < n; i++) {
        const BodyAttr *attr = content_attr(content, names[i]);
        if (attr)
            diag_error(l->diags, "reserved_name", attr->name_span, "Reserved argument name",
                       "The argument \"%s\" of %s is kept for later versions of the language.", names[i]->text, where);
    }
}

// An escaping block `_ { … }`: arguments that are not meta-arguments, whatever their names.
const Body *definer_escape(Loader *l, const BodyContent *content, const Body *rest) {
    const BodyBlock *seen = NULL;
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        const BodyBlock *block = &content->blocks.at[i];
        if (block->type != l->w.underscore) continue;
        if (seen)
            diag_error(l->diags, "duplicate_block", block->header_span, "Duplicate escaping block",
                       "There is already a \"_\" block at %s.", common_place(l, seen->header_span));
        else
            rest = body_join(l->arena, rest, block->body);
        seen = seen ? seen : block;
    }
    return rest;
}

static bool is_empty(Loader *l, const Body *body) {
    Diags anything = diags_in(l->arena);
    BodyWant nothing = {NULL, 0, NULL, 0, false};
    BodyContent content;
    return body_content(body, l->arena, &nothing, &content, NULL, &anything);
}

static void define_provider(Def *def, uint32_t index) {
    Definer d;
    Loader *l = def->loader;
    const Words *w = &l->w;
    const BodyBlock *block = &def->decls[DECL_PROVIDER].list.at[index];
    ProviderBlock *p = &def->mod.providers.at[index];
    Wanted wanted = {.attr = {w->alias_, w->version_, w->for_each_, w->count_, w->depends_on_, w->source_},
                     .block = {{w->underscore, 0, NULL}, {w->lifecycle_, 0, NULL}, {w->locals_, 0, NULL}}};
    const Name kept[] = {w->count_, w->depends_on_, w->source_};
    BodyContent content;
    const Body *rest;
    definer_start(&d, def, 0);
    common_content(l, block->body, &wanted, &content, &rest);
    refuse_names(l, &content, kept, 3, "provider blocks");
    const BodyAttr *alias = content_attr(&content, w->alias_), *version = content_attr(&content, w->version_);
    const BodyAttr *each = content_attr(&content, w->for_each_);
    Str text;
    if (common_string(l, alias, &text) && common_check_name(l, text, alias->expr->span, "alias"))
        p->alias = common_name(l, text);
    if (version && common_string(l, version, &p->version))
        diag_warn(l->diags, "deprecated", version->span, "Version in a provider block is deprecated",
                  "Put the version constraint into required_providers instead.");
    if (each && !alias)
        diag_error(l->diags, "invalid_for_each", each->expr->span, "for_each needs an alias",
                   "Only a provider configuration with an alias can have for_each.");
    if (each) {
        d.binder.constant = true;
        p->for_each = definer_compile(&d, each->expr);
        d.binder.constant = false;
    }
    for (uint32_t i = 0; i < content.blocks.n; i++)
        if (content.blocks.at[i].type != w->underscore)
            diag_error(l->diags, "reserved_name", content.blocks.at[i].type_span, "Reserved block type",
                       "The block type \"%s\" in provider blocks is kept for later versions of the language.",
                       content.blocks.at[i].type->text);
    p->body = definer_escape(l, &content, rest);
    p->empty = is_empty(l, p->body);
    p->once_count = d.session.once_count;
}

void define_def(Def *def) {
    ModuleDef *m = &def->mod;
    for (uint32_t i = 0; i < m->variables.n; i++) define_variable(def, i);
    for (uint32_t i = 0; i < m->providers.n; i++) define_provider(def, i);
    for (uint32_t i = 0; i < m->calls.n; i++) define_call(def, i);
    for (uint32_t i = 0; i < m->resources.n; i++) define_resource(def, i);
    for (uint32_t i = 0; i < m->locals.n; i++) define_local(def, i);
    for (uint32_t i = 0; i < m->outputs.n; i++) define_output(def, i);
    for (uint32_t i = 0; i < m->checks.n; i++) define_check(def, i);
    refactor_define(def);
}

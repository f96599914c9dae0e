// Module calls: repetition, inputs, providers.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"

Repeat definer_repeat_args(Definer *d, const RepeatArgs *args, const Code **code) {
    const BodyAttr *all[] = {args->count, args->for_each, args->enabled}, *first = NULL;
    const Repeat kinds[] = {REPEAT_COUNT, REPEAT_FOR_EACH, REPEAT_ENABLED};
    Repeat repeat = REPEAT_NONE;
    for (uint32_t i = 0; i < 3; i++) {
        if (!all[i]) continue;
        const Code *compiled = definer_compile(d, all[i]->expr);
        if (first) {
            diag_error(d->l->diags, "invalid_repetition", all[i]->name_span, "Conflicting repetition arguments",
                       "\"%s\" and \"%s\" exclude each other: only one of count, for_each and enabled can say how many "
                       "instances there are.",
                       first->name->text, all[i]->name->text);
            continue;
        }
        first = all[i];
        repeat = kinds[i];
        *code = compiled;
    }
    return repeat;
}

static uint32_t find_variable(const ModuleDef *def, Name name) {
    const Def *inner = (const Def *)(const void *)def;
    uint64_t *at = strmap_get(&inner->decls[DECL_VARIABLE].index, name_str(name));
    return at ? (uint32_t)*at : UINT32_MAX;
}

static void unknown_input(Definer *d, const ModuleCall *call, const BodyAttr *attr) {
    Suggest near = suggest_start(name_str(attr->name));
    for (uint32_t i = 0; i < call->def->variables.n; i++) suggest_try(&near, name_str(call->def->variables.at[i].name));
    diag_error(d->l->diags, "unsupported_argument", attr->name_span, "Unsupported argument",
               "The module in %.*s has no input variable \"%s\".%s", STR_ARG(call->def->dir), attr->name->text,
               suggest_text(d->l->arena, &near));
}

static void define_inputs(Definer *d, ModuleCall *call, const Body *body) {
    Loader *l = d->l;
    BodyContent content;
    body_attributes(body, l->arena, &content, l->diags);
    call->inputs = ARENA_ARRAY(l->arena, struct ModuleInput, content.attrs.n);
    bool *given = call->def ? ARENA_ARRAY(l->arena, bool, call->def->variables.n) : NULL;
    for (uint32_t i = 0; i < content.attrs.n; i++) {
        const BodyAttr *attr = &content.attrs.at[i];
        const Code *code = definer_compile(d, attr->expr);
        if (!call->def) continue;
        uint32_t variable = find_variable(call->def, attr->name);
        if (variable == UINT32_MAX) {
            unknown_input(d, call, attr);
            continue;
        }
        const Variable *v = &call->def->variables.at[variable];
        if (v->deprecated.n)
            diag_warn(l->diags, "deprecated", attr->name_span, "Variable marked as deprecated by the module author",
                      "The input variable \"%s\" is deprecated: %.*s", v->name->text, STR_ARG(v->deprecated));
        given[variable] = true;
        call->inputs[call->input_count++] = (struct ModuleInput){variable, code, attr->expr->span};
    }
    for (uint32_t i = 0; call->def && i < call->def->variables.n; i++)
        if (!given[i] && !call->def->variables.at[i].has_default)
            diag_error(l->diags, "missing_argument", call->header_span, "Missing required argument",
                       "The argument \"%s\" is required, but it is not set: the module's variable has no default.",
                       call->def->variables.at[i].name->text);
}

void define_call(Def *def, uint32_t index) {
    Definer d;
    Loader *l = def->loader;
    const Words *w = &l->w;
    ModuleCall *call = &def->mod.calls.at[index];
    const BodyContent *content = &def->call_contents.at[index].content;
    definer_start(&d, def, 0);
    Wanted wanted = {.attr = {w->enabled_}};
    const BodyContent *lifecycle = lifecycle_content(l, content, &wanted);
    RepeatArgs args = {content_attr(content, w->count_), content_attr(content, w->for_each_),
                       lifecycle ? content_attr(lifecycle, w->enabled_) : NULL};
    call->repeat = definer_repeat_args(&d, &args, &call->repeat_code);
    const BodyAttr *depends = content_attr(content, w->depends_on_);
    if (depends && reference_slots(&d, depends, &call->depends_on.at, &call->depends_on.n))
        call->depends_on.cap = call->depends_on.n;
    const BodyAttr *providers = content_attr(content, w->providers_);
    if (providers) providers_passes(def, call, providers);
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        const BodyBlock *block = &content->blocks.at[i];
        if (block->type != w->lifecycle_ && block->type != w->underscore)
            diag_error(l->diags, "reserved_name", block->type_span, "Reserved block type",
                       "The block type \"%s\" in module blocks is kept for later versions of the language.",
                       block->type->text);
    }
    definer_repeat(&d, call->repeat);
    define_inputs(&d, call, definer_escape(l, content, call->body));
    call->once_count = d.session.once_count;
}

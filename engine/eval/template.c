#include "engine/eval/template.h"

#include "engine/base/limits.h"
#include "engine/base/utf8.h"
#include "engine/eval/files.h"
#include "engine/value/marks.h"
#include "grammar/parse.h"

FileCache *files_of(FuncContext *context) {
    if (!context->files) {
        FileCache *files = ARENA_NEW(context->arena, FileCache);
        files->contents = strmap_in(context->arena);
        files->templates = strmap_in(context->arena);
        context->files = files;
    }
    return context->files;
}

typedef struct TemplateBinder {
    Binder binder; // first, so that it is this
    Arena *arena;
    VEC(Name) names;
    VEC(Span) spans;
} TemplateBinder;

static bool bind_variable(Binder *binder, const Traversal *traversal, Bound *out, Diags *diags) {
    (void)diags;
    TemplateBinder *t = (TemplateBinder *)(void *)binder;
    *out = (Bound){.uses = USES_SLOTS};
    for (; out->slot < t->names.n; out->slot++) {
        if (t->names.at[out->slot] == traversal->root) return true;
    }
    vec_push(t->arena, &t->names, traversal->root);
    vec_push(t->arena, &t->spans, traversal->span);
    return true;
}

// A file is read once per walk, so its path is enough to know a template by.
static const Template *template_compile(FuncContext *context, Str path, Str text, Diags *diags) {
    FileCache *files = files_of(context);
    Arena *arena = context->arena;
    Str key = path.n ? path : text;
    const Template *known = strmap_get_ptr(&files->templates, key);
    if (known) return known;
    Str own_path = str_copy(arena, path), own_text = str_copy(arena, text);
    const SourceFile *file = source_add(context->process, path.n ? own_path : STR("<template>"), own_text);
    if (!file) {
        diag_error(diags, "too_much_source", SPAN_NONE, "Too much source text", "All sources together are too large.");
        return NULL;
    }
    Expr *expr;
    if (!parse_template(arena, file, &expr, diags)) return NULL;
    TemplateBinder binder = {.binder = {.bind = bind_variable, .functions = context->functions}, .arena = arena};
    const Code *code = code_compile(arena, &binder.binder, expr, diags);
    if (!code) return NULL;
    Template *made = ARENA_NEW(arena, Template);
    *made = (Template){.code = code, .n = binder.names.n, .names = binder.names.at, .spans = binder.spans.at};
    strmap_put_ptr(&files->templates, path.n ? own_path : own_text, made);
    return made;
}

typedef struct TemplateScope {
    Scope scope; // first, so that it is this
    const Template *code;
    Value vars;
} TemplateScope;

static bool load_variable(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    (void)index;
    (void)diags;
    TemplateScope *t = (TemplateScope *)(void *)scope;
    *out = *value_get(t->vars, t->code->names[ref->slot]);
    if (t->vars.marks) *out = marks_add(arena_process(scope->arena), *out, t->vars.marks);
    *used = 0;
    return true;
}

static bool is_identifier(Str name) {
    for (size_t i = 0; i < name.n;) {
        uint32_t code;
        size_t n = utf8_decode(str_slice(name, i, name.n), &code);
        bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code > 0x7F;
        bool later = (code >= '0' && code <= '9') || code == '-';
        if (n == 0 || !(letter || (later && i > 0))) return false;
        i += n;
    }
    return name.n > 0;
}

static bool check_variables(const Template *code, Value vars, Span call, Diags *diags) {
    for (uint32_t i = 0; i < vars.n; i++) {
        Str name = vars.kind == TYPE_MAP ? vars.map->at[i].key : name_str(vars.obj->shape->names[i]);
        if (is_identifier(name)) continue;
        return diag_error(diags, "invalid_template_variable", call, "Invalid template variable",
                          "invalid template variable name \"%.*s\": must start with a letter, followed by zero or more "
                          "letters, digits, and underscores",
                          STR_ARG(name));
    }
    for (uint32_t i = 0; i < code->n; i++) {
        if (value_get(vars, code->names[i])) continue;
        return diag_error(diags, "missing_template_variable", code->spans[i], "Missing template variable",
                          "vars map does not contain key \"%.*s\"", STR_ARG(name_str(code->names[i])));
    }
    return true;
}

bool template_render(FuncContext *context, Arena *arena, Str path, Str text, Value vars, Span call, Value *out,
                     Diags *diags) {
    if (!value_is_set(vars) || (vars.kind != TYPE_MAP && vars.kind != TYPE_OBJECT)) {
        return diag_error(diags, "invalid_template_variables", call, "Invalid template variables",
                          "invalid vars value: must be a map");
    }
    if (context->template_depth >= LIMIT_TEMPLATE_RECURSION) {
        return diag_error(diags, "template_recursion", call, "Template recursion too deep",
                          "maximum recursion depth %u reached in %.*s", (unsigned)LIMIT_TEMPLATE_RECURSION,
                          STR_ARG(path));
    }
    const Template *code = template_compile(context, path, text, diags);
    if (!code || !check_variables(code, vars, call, diags)) return false;
    TemplateScope t = {.scope = {.load = load_variable, .arena = arena, .funcs = context}, .code = code, .vars = vars};
    uint32_t before = diags->errors;
    context->template_depth++;
    *out = code_eval(code->code, &t.scope, diags);
    context->template_depth--;
    return diags->errors == before;
}

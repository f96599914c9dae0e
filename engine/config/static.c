// Evaluation before the plan: expressions of constants, variables, local values, paths and the workspace.
#include "engine/config/loader.h"

// Locals that use locals, and variables set by callers.
#define STATIC_DEPTH 400u

typedef enum StaticState { STATIC_NEW, STATIC_BUSY, STATIC_DONE, STATIC_FAILED } StaticState;

typedef struct StaticValue {
    Value value;
    StaticState state;
} StaticValue;

struct StaticValues {
    StaticValue *variables, *locals;
};

typedef struct StaticScope {
    Scope scope;
    Def *def;
} StaticScope;

static struct StaticValues *statics(Def *def) {
    if (def->statics) return def->statics;
    struct StaticValues *s = ARENA_NEW(def->loader->arena, struct StaticValues);
    s->variables = ARENA_ARRAY(def->loader->arena, StaticValue, def->mod.variables.n);
    s->locals = ARENA_ARRAY(def->loader->arena, StaticValue, def->mod.locals.n);
    def->statics = s;
    return s;
}

static Value with_variable_marks(const Variable *v, Value value) {
    Marks marks = (Marks)((v->sensitive ? MARK_SENSITIVE : 0) | (v->ephemeral ? MARK_EPHEMERAL : 0));
    return marks ? value_with_marks(value, value.marks | marks) : value;
}

// A variable of a called module: what its caller sets it to.
static bool called_variable(Def *def, uint32_t index, Value *out) {
    Loader *l = def->loader;
    const Variable *v = &def->mod.variables.at[index];
    tree_unshare(def);
    CallSite site = def->callers.at[0];
    BodyContent content;
    Diags quiet = diags_in(l->arena), *loud = l->diags;
    l->diags = &quiet; // said when the call is defined
    body_attributes(site.def->call_contents.at[site.call].rest, l->arena, &content, l->diags);
    l->diags = loud;
    const BodyAttr *attr = content_attr(&content, v->name);
    if (!attr) {
        *out = v->has_default ? v->default_value : value_unknown(l->process, v->type);
        return v->has_default;
    }
    Value value;
    return static_eval(site.def, attr->expr, &value) && variables_convert(l, v, value, attr->expr->span, STR_NONE, out);
}

static bool root_variable(Def *def, uint32_t index, Span span, Value *out) {
    bool given;
    const Variable *v = &def->mod.variables.at[index];
    if (!variables_value(def, index, out, &given)) return false;
    if (given) return true;
    if (v->has_default) {
        *out = v->default_value;
        return true;
    }
    return diag_error(def->loader->diags, "missing_variable", span, "Variable not set",
                      "The variable \"%s\" is needed here before anything is planned, and nothing sets it.",
                      v->name->text);
}

static bool load_variable(Def *def, uint32_t index, Span span, StaticValue *s) {
    bool ok = def->callers.n ? called_variable(def, index, &s->value) : root_variable(def, index, span, &s->value);
    if (ok) s->value = with_variable_marks(&def->mod.variables.at[index], s->value);
    return ok;
}

static bool load_once(Def *def, bool local, uint32_t index, Span span, Value *out) {
    Loader *l = def->loader;
    StaticValue *s = local ? &statics(def)->locals[index] : &statics(def)->variables[index];
    if (s->state == STATIC_BUSY || l->static_depth > STATIC_DEPTH)
        return diag_error(l->diags, "static_cycle", span, "Value depends on itself",
                          "This value is needed to find its own value.");
    if (s->state == STATIC_NEW) {
        s->state = STATIC_BUSY;
        l->static_depth++;
        bool ok = local ? static_eval(def, def->local_exprs.at[index], &s->value) : load_variable(def, index, span, s);
        l->static_depth--;
        s->state = ok ? STATIC_DONE : STATIC_FAILED;
        if (!ok) return false;
    }
    *out = s->value;
    if (s->state == STATIC_FAILED) *out = value_unknown(l->process, type_dynamic(l->process));
    return true;
}

static bool load_path(Def *def, PathSlot slot, Value *out) {
    Loader *l = def->loader;
    Str text = slot == PATH_MODULE ? def->mod.dir : slot == PATH_ROOT ? l->config->root_dir : l->config->cwd;
    *out = value_string(l->arena, text);
    return true;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    Def *def = ((StaticScope *)(void *)scope)->def;
    (void)index;
    *used = 0;
    switch (SLOT_KIND(ref->slot)) {
    case SLOT_VARIABLE: return load_once(def, false, SLOT_INDEX(ref->slot), ref->span, out);
    case SLOT_LOCAL: return load_once(def, true, SLOT_INDEX(ref->slot), ref->span, out);
    case SLOT_PATH: return load_path(def, (PathSlot)SLOT_INDEX(ref->slot), out);
    case SLOT_WORKSPACE: *out = value_string(scope->arena, def->loader->config->workspace); return true;
    default: break;
    }
    return diag_error(diags, "dynamic_value", ref->span, "Value not known before the plan",
                      "This is needed before anything is planned.");
}

static StaticScope scope_start(Def *def) {
    StaticScope s = {.def = def};
    s.scope.load = load;
    s.scope.arena = def->loader->arena;
    s.scope.funcs = def->loader->config->funcs;
    return s;
}

bool static_eval(Def *def, const Expr *expr, Value *out) {
    Loader *l = def->loader;
    uint32_t errors = l->diags->errors;
    ModuleBinder binder = bind_start(def);
    binder.constant = true;
    *out = value_unknown(l->process, type_dynamic(l->process));
    const Code *code = code_compile(l->arena, &binder.base, expr, l->diags);
    if (!code) return false;
    StaticScope s = scope_start(def);
    *out = code_eval(code, &s.scope, l->diags);
    return l->diags->errors == errors;
}

bool static_body(Def *def, const Body *body, const SchemaBlock *schema, Value *out) {
    Loader *l = def->loader;
    uint32_t errors = l->diags->errors;
    ModuleBinder binder = bind_start(def);
    binder.constant = true;
    CodeSession session = session_start(l->arena, &binder.base, l->diags);
    const BodyCode *code = decode_compile(&session, body, schema, NULL);
    StaticScope s = scope_start(def);
    *out = decode_eval(code, &s.scope, l->diags);
    return l->diags->errors == errors;
}

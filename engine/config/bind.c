// Names in expressions to slots.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"

static bool invalid(const Traversal *t, const char *why, Diags *diags) {
    return diag_error(diags, "invalid_reference", t->span, "Invalid reference", "%s", why);
}

static bool set(Bound *out, SlotKind kind, uint32_t index, uint32_t steps, Uses uses) {
    *out = (Bound){SLOT(kind, index), steps, uses};
    return true;
}

static Name step_attr(const Traversal *t, uint32_t i) { return i < t->n ? t->steps[i].attr : NULL; }

// Among very many names none is looked for: each wrong reference would read them all.
#define SUGGEST_NAMES 10000u

static const char *suggest_in(Arena *arena, const StrMap *names, Str given) {
    Suggest near = suggest_start(given);
    for (uint32_t i = 0; names->n <= SUGGEST_NAMES && i < names->n; i++) suggest_try(&near, names->items[i].key);
    return suggest_text(arena, &near);
}

static bool bind_variable(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    Name name = step_attr(t, 0);
    if (!name) return invalid(t, "\"var\" is followed by the name of an input variable: var.NAME.", diags);
    const DeclList *list = &b->def->decls[DECL_VARIABLE];
    uint64_t *at = strmap_get(&list->index, name_str(name));
    if (at) return set(out, SLOT_VARIABLE, (uint32_t)*at, 1, USES_SLOTS);
    return diag_error(diags, "undeclared_variable", t->span, "Reference to undeclared input variable",
                      "There is no variable \"%s\" in this module.%s", name->text,
                      suggest_in(b->def->loader->arena, &list->index, name_str(name)));
}

static bool bind_local(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    Name name = step_attr(t, 0);
    if (!name) return invalid(t, "\"local\" is followed by the name of a local value: local.NAME.", diags);
    uint64_t *at = strmap_get(&b->def->locals, name_str(name));
    if (at) return set(out, SLOT_LOCAL, (uint32_t)*at, 1, USES_SLOTS);
    return diag_error(diags, "undeclared_local", t->span, "Reference to undeclared local value",
                      "There is no local value \"%s\" in this module.%s", name->text,
                      suggest_in(b->def->loader->arena, &b->def->locals, name_str(name)));
}

// The output that module.NAME.OUTPUT or module.NAME[KEY].OUTPUT names must be there.
static bool check_output(ModuleBinder *b, const ModuleCall *call, const Traversal *t, Diags *diags) {
    uint32_t at = call->repeat == REPEAT_COUNT || call->repeat == REPEAT_FOR_EACH ? 2 : 1;
    if (!call->def || str_empty(call->def->dir)) return true; // it could not be read
    for (uint32_t i = 1; i < at; i++)
        if (i < t->n && (t->steps[i].attr || t->steps[i].splat)) return true; // said when it is evaluated
    Name name = step_attr(t, at);
    if (!name) return true;
    const Def *inner = (const Def *)(const void *)call->def;
    const StrMap *names = &inner->decls[DECL_OUTPUT].index;
    if (strmap_get(names, name_str(name))) return true;
    return diag_error(diags, "unsupported_attribute", t->steps[at].span, "Unsupported attribute",
                      "The module \"%s\" has no output \"%s\".%s", call->name->text, name->text,
                      suggest_in(b->def->loader->arena, names, name_str(name)));
}

static bool bind_module(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    Name name = step_attr(t, 0);
    if (!name) return invalid(t, "\"module\" is followed by the name of a module call: module.NAME.", diags);
    const DeclList *list = &b->def->decls[DECL_CALL];
    uint64_t *at = strmap_get(&list->index, name_str(name));
    if (!at)
        return diag_error(diags, "undeclared_module", t->span, "Reference to undeclared module",
                          "There is no module call \"%s\" in this module.%s", name->text,
                          suggest_in(b->def->loader->arena, &list->index, name_str(name)));
    const ModuleCall *call = &b->def->mod.calls.at[*at];
    if (!check_output(b, call, t, diags)) return false;
    return set(out, SLOT_MODULE, (uint32_t)*at, 1, USES_SLOTS);
}

uint64_t *bind_find_resource(const DeclList *list, Name type, Name name) {
    char text[512];
    if (type->n + name->n + 1 > sizeof text) return NULL;
    memcpy(text, type->text, type->n);
    text[type->n] = '.';
    memcpy(text + type->n + 1, name->text, name->n);
    return strmap_get(&list->index, str_make(text, type->n + name->n + 1));
}

static bool missing_resource(ModuleBinder *b, const Traversal *t, const DeclList *list, DeclKind kind, Name type,
                             Name name, Diags *diags) {
    Arena *arena = b->def->loader->arena;
    Str key = str_format(arena, "%s.%s", type->text, name->text);
    const char *near = suggest_in(arena, &list->index, key);
    const char *what = kind == DECL_DATA ? "data source" : kind == DECL_EPHEMERAL ? "ephemeral resource" : "resource";
    if (kind == DECL_RESOURCE && !*near && bind_find_resource(&b->def->decls[DECL_DATA], type, name))
        near = str_format(arena, " There is a data source of this name: data.%.*s.", STR_ARG(key)).p;
    return diag_error(diags, "undeclared_resource", t->span, "Reference to undeclared resource",
                      "There is no %s \"%s\" \"%s\" in this module.%s", what, type->text, name->text, near);
}

// Steps: type, then name; the root itself is the type when `first` is 0 and there is no prefix.
static bool bind_resource(ModuleBinder *b, const Traversal *t, DeclKind kind, bool prefixed, Bound *out, Diags *diags) {
    Name type = prefixed ? step_attr(t, 0) : t->root, name = step_attr(t, prefixed ? 1 : 0);
    if (!type || !name)
        return diag_error(diags, "invalid_reference", t->span, "Invalid reference",
                          prefixed
                              ? "\"%s\" is followed by a type and a name: %s.TYPE.NAME."
                              : "\"%s\" is no name known here, and a reference to a resource is its type and name: "
                                "%s.NAME.",
                          t->root->text, t->root->text);
    const DeclList *list = &b->def->decls[kind];
    uint64_t *at = bind_find_resource(list, type, name);
    if (!at) return missing_resource(b, t, list, kind, type, name, diags);
    const Resource *r = &b->def->mod.resources.at[*at];
    if (r->check && r->check != b->check)
        return diag_error(diags, "scoped_reference", t->span, "Reference to scoped resource",
                          "The data source belongs to the check block \"%s\", and only that block can refer to it.",
                          b->def->mod.checks.at[r->check - 1].name->text);
    return set(out, SLOT_RESOURCE, (uint32_t)*at, prefixed ? 2 : 1, USES_SLOTS);
}

static bool bind_each(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    const Words *w = &b->def->loader->w;
    Name name = step_attr(t, 0);
    if (name != w->key_ && name != w->value_)
        return invalid(t, "\"each\" has two attributes: each.key and each.value.", diags);
    if (!b->each)
        return diag_error(diags, "each_outside", t->span, "Reference to \"each\" in context without for_each",
                          "each.key and each.value can be used only in a block that has for_each.");
    return set(out, name == w->key_ ? SLOT_EACH_KEY : SLOT_EACH_VALUE, 0, 1, USES_EACH);
}

static bool bind_count(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    if (step_attr(t, 0) != b->def->loader->w.index_)
        return invalid(t, "\"count\" has one attribute: count.index.", diags);
    if (!b->count)
        return diag_error(diags, "count_outside", t->span, "Reference to \"count\" in non-counted context",
                          "count.index can be used only in a block that has count.");
    return set(out, SLOT_COUNT_INDEX, 0, 1, USES_COUNT);
}

static bool bind_path(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    const Words *w = &b->def->loader->w;
    Name name = step_attr(t, 0);
    if (name == w->module_) return set(out, SLOT_PATH, PATH_MODULE, 1, USES_SLOTS);
    if (name == w->root_) return set(out, SLOT_PATH, PATH_ROOT, 1, USES_SLOTS);
    if (name == w->cwd_) return set(out, SLOT_PATH, PATH_CWD, 1, USES_SLOTS);
    return invalid(t, "\"path\" has the attributes path.module, path.root and path.cwd.", diags);
}

static bool bind_terraform(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    const Words *w = &b->def->loader->w;
    Name name = step_attr(t, 0);
    if (name == w->workspace_) return set(out, SLOT_WORKSPACE, 0, 1, USES_SLOTS);
    if (name == w->applying_ && !b->constant) return set(out, SLOT_APPLYING, 0, 1, USES_SLOTS);
    return diag_error(diags, "invalid_reference", t->span, "Invalid reference",
                      "\"%s\" has the attributes %s.workspace and %s.applying.", t->root->text, t->root->text,
                      t->root->text);
}

static bool bind_self(ModuleBinder *b, const Traversal *t, Bound *out, Diags *diags) {
    if (b->self) return set(out, SLOT_SELF, 0, 0, USES_SELF);
    return diag_error(diags, "self_outside", t->span, "Invalid reference to \"self\"",
                      "\"self\" can be used only in the postconditions, provisioners and connections of a resource.");
}

static bool reserved(const Traversal *t, Diags *diags) {
    Str root = name_str(t->root);
    if (!str_eqz(root, "template") && !str_eqz(root, "lazy") && !str_eqz(root, "arg")) return false;
    diag_error(diags, "reserved_name", t->span, "Reserved name",
               "The name \"%s\" is kept for later versions of the language. For a resource type of this name write "
               "resource.%s.NAME.",
               t->root->text, t->root->text);
    return true;
}

static bool not_static(const Traversal *t, Diags *diags) {
    return diag_error(
        diags, "dynamic_value", t->span, "Value not known before the plan",
        "Only input variables, local values, path and %s.workspace can be used here, because this is needed "
        "before anything is planned.",
        "terraform");
}

static bool bind(Binder *binder, const Traversal *t, Bound *out, Diags *diags) {
    ModuleBinder *b = (ModuleBinder *)(void *)binder;
    const Words *w = &b->def->loader->w;
    Name root = t->root;
    if (root == w->var_) return bind_variable(b, t, out, diags);
    if (root == w->local_) return bind_local(b, t, out, diags);
    if (root == w->path_) return bind_path(b, t, out, diags);
    if (root == w->terraform_ || root == w->tofu_) return bind_terraform(b, t, out, diags);
    if (root == w->each_) return bind_each(b, t, out, diags);
    if (root == w->count_) return bind_count(b, t, out, diags);
    if (b->constant) return not_static(t, diags);
    if (root == w->self_) return bind_self(b, t, out, diags);
    if (root == w->module_) return bind_module(b, t, out, diags);
    if (root == w->data_) return bind_resource(b, t, DECL_DATA, true, out, diags);
    if (root == w->ephemeral_) return bind_resource(b, t, DECL_EPHEMERAL, true, out, diags);
    if (root == w->resource_) return bind_resource(b, t, DECL_RESOURCE, true, out, diags);
    if (reserved(t, diags)) return false;
    return bind_resource(b, t, DECL_RESOURCE, false, out, diags);
}

ModuleBinder bind_start(Def *def) {
    ModuleBinder b = {.def = def};
    b.base.bind = bind;
    b.base.functions = func_table();
    b.base.base_dir = def->mod.dir;
    return b;
}

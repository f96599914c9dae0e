// moved, removed and import blocks.
#include "engine/config/loader.h"

static void define_moved(Def *def, const BodyBlock *block) {
    Loader *l = def->loader;
    Wanted wanted = {.required = {l->w.from_, l->w.to_}};
    BodyContent content;
    if (!common_content(l, block->body, &wanted, &content, NULL)) return;
    Moved moved = {.span = block->header_span};
    bool from = reference_address(l, content_attr(&content, l->w.from_)->expr, true, &moved.from);
    bool to = reference_address(l, content_attr(&content, l->w.to_)->expr, true, &moved.to);
    if (!from || !to) return;
    if (!moved.from.type != !moved.to.type) {
        diag_error(l->diags, "invalid_moved", block->header_span, "Invalid moved block",
                   "\"from\" and \"to\" are both addresses of resources, or both of modules.");
        return;
    }
    const Address *ends[] = {&moved.from, &moved.to};
    for (uint32_t i = 0; i < 2; i++)
        if (ends[i]->type && ends[i]->mode == MODE_EPHEMERAL) {
            diag_error(l->diags, "invalid_moved", ends[i]->span, "Invalid moved block",
                       "An ephemeral resource is in no state, so it cannot be moved.");
            return;
        }
    vec_push(l->arena, &def->mod.moved, moved);
}

static bool removed_provisioner(Definer *d, const BodyBlock *block, Removed *removed) {
    Provisioner p;
    provisioner_define(d, block, NULL, &p);
    if (!p.on_destroy)
        return diag_error(d->l->diags, "invalid_removed", block->header_span, "Invalid removed block",
                          "A provisioner of a removed block runs at destruction: set when = destroy.");
    if (!removed->from.type)
        return diag_error(d->l->diags, "invalid_removed", block->header_span, "Invalid removed block",
                          "Only the removal of a resource can have provisioners, not that of a module.");
    vec_push(d->l->arena, &removed->provisioners, p);
    return true;
}

static bool has_keys(const Address *a) {
    bool keys = a->type && a->key.kind != TYPE_DYNAMIC;
    for (uint32_t i = 0; i < a->module_count; i++) keys |= a->modules[i].key.kind != TYPE_DYNAMIC;
    return keys;
}

static void define_removed(Def *def, const BodyBlock *block) {
    static const char *const type[] = {"type"};
    Loader *l = def->loader;
    const Words *w = &l->w;
    Definer d;
    definer_start(&d, def, 0);
    Wanted wanted = {.required = {w->from_}, .block = {{w->lifecycle_, 0, NULL}, {w->provisioner_, 1, type}}};
    Wanted inside = {.attr = {w->destroy_}};
    BodyContent content;
    if (!common_content(l, block->body, &wanted, &content, NULL)) return;
    Removed removed = {.span = block->header_span};
    if (!reference_address(l, content_attr(&content, w->from_)->expr, true, &removed.from)) return;
    if (has_keys(&removed.from) || (removed.from.type && removed.from.mode != MODE_MANAGED)) {
        diag_error(l->diags, "invalid_removed", removed.from.span, "Invalid removed block",
                   "\"from\" is the address of a whole managed resource or module, without keys.");
        return;
    }
    const BodyContent *lifecycle = lifecycle_content(l, &content, &inside);
    if (lifecycle) removed.has_lifecycle = common_bool(l, content_attr(lifecycle, w->destroy_), &removed.destroy);
    for (uint32_t i = 0; i < content.blocks.n; i++)
        if (content.blocks.at[i].type == w->provisioner_) removed_provisioner(&d, &content.blocks.at[i], &removed);
    if (!removed.has_lifecycle)
        diag_warn(
            l->diags, "removed_without_lifecycle", block->header_span, "Removed block without lifecycle",
            "The object will be forgotten and stay in place. Say so with lifecycle { destroy = false }, or have it "
            "destroyed with lifecycle { destroy = true }.");
    vec_push(l->arena, &def->mod.removed, removed);
}

// The target of an import without its dynamic last key.
static bool import_target(Definer *d, const Expr *expr, Import *out) {
    Loader *l = d->l;
    out->to_expr = expr;
    Traversal t;
    if (!reference_read(l, expr, &t) && expr->kind == EXPR_INDEX && reference_read(l, expr->operand, &t)) {
        if (!reference_address(l, expr->operand, false, &out->to)) return false;
        d->binder.each = out->for_each != NULL;
        out->to_key = definer_compile(d, expr->key);
    } else if (!reference_address(l, expr, false, &out->to)) {
        return false;
    }
    if (out->to.mode != MODE_MANAGED)
        return diag_error(l->diags, "invalid_import", expr->span, "Invalid import address",
                          "Only managed resources (\"resource\" blocks) can be imported.");
    return true;
}

static bool import_identity(Definer *d, const BodyBlock *block, const BodyContent *content, Import *out) {
    Loader *l = d->l;
    const BodyAttr *id = content_attr(content, l->w.id_), *identity = content_attr(content, l->w.identity_);
    d->binder.each = out->for_each != NULL;
    out->id = definer_optional(d, id);
    out->identity = definer_optional(d, identity);
    if (!id && !identity)
        return diag_error(l->diags, "invalid_import", block->header_span, "Missing import identity",
                          "An import block needs \"id\" or \"identity\" to say which object to import.");
    if (id && identity)
        return diag_error(l->diags, "invalid_import", identity->span, "Conflicting import arguments",
                          "An import block has either \"id\" or \"identity\", not both.");
    return true;
}

static void define_import(Def *def, const BodyBlock *block) {
    Loader *l = def->loader;
    const Words *w = &l->w;
    Definer d;
    definer_start(&d, def, 0);
    Wanted wanted = {.required = {w->to_}, .attr = {w->id_, w->identity_, w->provider_, w->for_each_}};
    BodyContent content;
    if (!common_content(l, block->body, &wanted, &content, NULL)) return;
    Import import = {.span = block->header_span};
    import.for_each = definer_optional(&d, content_attr(&content, w->for_each_));
    if (!import_target(&d, content_attr(&content, w->to_)->expr, &import)) return;
    if (!import_identity(&d, block, &content, &import)) return;
    const BodyAttr *provider = content_attr(&content, w->provider_);
    ProviderRef ref;
    if (provider && import.to.module_count)
        diag_error(l->diags, "invalid_import", provider->span, "Invalid import provider",
                   "The provider of a resource in a module is decided by the module block's \"providers\".");
    if (provider && !import.to.module_count &&
        config_find_resource(&def->mod, import.to.mode, import.to.type, import.to.name) != UINT32_MAX)
        diag_error(l->diags, "invalid_import", provider->span, "Invalid import provider",
                   "The resource has a block of its own, which decides its provider.");
    if (provider && providers_ref(l, provider->expr, &ref)) {
        import.provider_name = ref.name;
        import.provider_alias = ref.alias;
    }
    if (def->callers.n) {
        diag_error(l->diags, "invalid_import", block->header_span, "Import block in a called module",
                   "Import blocks can only stand in the root module.");
        return;
    }
    vec_push(l->arena, &def->mod.imports, import);
}

static bool same_key(Value a, Value b) {
    bool none_a = a.kind == TYPE_DYNAMIC, none_b = b.kind == TYPE_DYNAMIC;
    return none_a || none_b ? none_a && none_b : value_same(a, b);
}

static bool same_target(const Import *a, const Import *b) {
    if (a->to_key || b->to_key || a->for_each || b->for_each || a->to.type != b->to.type || a->to.name != b->to.name)
        return false;
    if (a->to.module_count != b->to.module_count || !same_key(a->to.key, b->to.key)) return false;
    for (uint32_t i = 0; i < a->to.module_count; i++)
        if (a->to.modules[i].module != b->to.modules[i].module || !same_key(a->to.modules[i].key, b->to.modules[i].key))
            return false;
    return true;
}

// Imports of one object twice; by address text, so that many imports stay linear.
static void check_imports(Def *def) {
    Loader *l = def->loader;
    StrMap seen = strmap_in(l->arena);
    for (uint32_t i = 0; i < def->mod.imports.n; i++) {
        const Import *import = &def->mod.imports.at[i];
        bool added;
        uint64_t *at = strmap_put(&seen, source_text(l->process, import->to.span), &added);
        if (added) {
            *at = i;
        } else if (same_target(import, &def->mod.imports.at[*at])) {
            diag_error(l->diags, "duplicate_declaration", import->span, "Duplicate import",
                       "The same object is already imported at %s.", common_place(l, def->mod.imports.at[*at].span));
        }
    }
}

void refactor_define(Def *def) {
    for (uint32_t i = 0; i < def->moved.n; i++) define_moved(def, &def->moved.at[i]);
    for (uint32_t i = 0; i < def->removed.n; i++) define_removed(def, &def->removed.at[i]);
    for (uint32_t i = 0; i < def->imports.n; i++) define_import(def, &def->imports.at[i]);
    check_imports(def);
}

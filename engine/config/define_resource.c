// resource, data and ephemeral blocks.
#include "engine/config/loader.h"

static Name implied_provider(Loader *l, Name type) {
    Str text = name_str(type);
    ptrdiff_t end = str_find_char(text, '_');
    return end > 0 ? common_name(l, str_slice(text, 0, (size_t)end)) : type;
}

static void define_provider_of(Definer *d, const BodyAttr *attr, Resource *r) {
    Def *def = d->def;
    ProviderRef ref;
    if (attr && providers_ref(d->l, attr->expr, &ref) && requirements_name(def, name_str(ref.name), ref.span)) {
        r->provider_name = ref.name;
        r->provider_alias = ref.alias;
        if (ref.key) {
            definer_repeat(d, r->repeat);
            r->provider_key = definer_compile(d, ref.key);
            d->binder.each = d->binder.count = false;
        }
    } else {
        r->provider_name = implied_provider(d->l, r->type);
    }
    r->provider_address = requirements_address(def, r->provider_name);
}

static void refuse_nested(Definer *d, const BodyContent *content) {
    const Words *w = &d->l->w;
    const Name names[] = {w->count_, w->for_each_};
    for (uint32_t i = 0; i < 2; i++) {
        const BodyAttr *attr = content_attr(content, names[i]);
        if (attr)
            diag_error(d->l->diags, "invalid_check", attr->name_span, "Repetition inside a check block",
                       "A data source inside a check block has no \"%s\".", names[i]->text);
    }
}

// Connections and provisioners, and block types that are kept for later.
static void define_blocks(Definer *d, const BodyContent *content, Resource *r) {
    Loader *l = d->l;
    const Words *w = &l->w;
    const BodyBlock *connection = NULL;
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        const BodyBlock *block = &content->blocks.at[i];
        if (block->type == w->locals_)
            diag_error(l->diags, "reserved_name", block->type_span, "Reserved block type",
                       "The block type \"locals\" in resource blocks is kept for later versions of the language.");
        if (block->type != w->connection_) continue;
        if (connection)
            diag_error(l->diags, "duplicate_block", block->header_span, "Duplicate connection block",
                       "There is already a connection block at %s.", common_place(l, connection->header_span));
        connection = block;
    }
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        const BodyBlock *block = &content->blocks.at[i];
        if (block->type != w->provisioner_) continue;
        Provisioner p;
        provisioner_define(d, block, connection ? connection->body : NULL, &p);
        vec_push(l->arena, &r->provisioners, p);
    }
}

static Wanted resource_wanted(const Words *w, ResourceMode mode) {
    static const char *const type[] = {"type"};
    Wanted wanted = {.attr = {w->count_, w->for_each_, w->provider_, w->depends_on_},
                     .block = {{w->lifecycle_, 0, NULL}, {w->underscore, 0, NULL}, {w->locals_, 0, NULL}}};
    if (mode != MODE_MANAGED) return wanted;
    wanted.block[3].type = w->connection_;
    wanted.block[4].type = w->provisioner_;
    wanted.block[4].labels = 1;
    wanted.block[4].label_names = type;
    return wanted;
}

static const BodyBlock *resource_block(const Def *def, uint32_t index) {
    static const DeclKind order[] = {DECL_RESOURCE, DECL_DATA, DECL_EPHEMERAL};
    uint32_t kind = 0;
    for (; index >= def->decls[order[kind]].list.n; kind++) index -= def->decls[order[kind]].list.n;
    return &def->decls[order[kind]].list.at[index];
}

void define_resource(Def *def, uint32_t index) {
    Definer d;
    Loader *l = def->loader;
    const Words *w = &l->w;
    Resource *r = &def->mod.resources.at[index];
    const BodyBlock *block = resource_block(def, index);
    Wanted wanted = resource_wanted(w, r->mode);
    Wanted inside = {.attr = {w->create_before_destroy_, w->prevent_destroy_, w->destroy_, w->ignore_changes_,
                              w->replace_triggered_by_, w->enabled_},
                     .block = {{w->precondition_, 0, NULL}, {w->postcondition_, 0, NULL}}};
    BodyContent content;
    const Body *rest;
    definer_start(&d, def, 0);
    d.binder.check = r->check;
    common_content(l, block->body, &wanted, &content, &rest);
    const BodyContent *lifecycle = lifecycle_content(l, &content, &inside);
    if (r->check) refuse_nested(&d, &content);
    RepeatArgs args = {content_attr(&content, w->count_), content_attr(&content, w->for_each_),
                       lifecycle ? content_attr(lifecycle, w->enabled_) : NULL};
    r->repeat = definer_repeat_args(&d, &args, &r->repeat_code);
    define_provider_of(&d, content_attr(&content, w->provider_), r);
    const BodyAttr *depends = content_attr(&content, w->depends_on_);
    if (depends && reference_slots(&d, depends, &r->depends_on.at, &r->depends_on.n))
        r->depends_on.cap = r->depends_on.n;
    if (lifecycle) lifecycle_define(&d, lifecycle, r);
    define_blocks(&d, &content, r);
    r->body = definer_escape(l, &content, rest);
    r->once_count = d.session.once_count;
}

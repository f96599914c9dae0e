// Reading a folder: its blocks by kind and name, overrides laid over, and the lists of the ModuleDef with what is
// constant in them.
#include <stdio.h>

#include "engine/config/loader.h"

static const char *const kind_words[DECL_KINDS] = {
    "variable", "provider configuration", "resource", "data source", "ephemeral resource", "module call", "output",
    "check",
};

// The key of a block among its kind.
static Str decl_key(Def *def, DeclKind kind, const BodyBlock *block) {
    Loader *l = def->loader;
    if (kind == DECL_RESOURCE || kind == DECL_DATA || kind == DECL_EPHEMERAL)
        return str_format(l->arena, "%.*s.%.*s", STR_ARG(block->labels[0]), STR_ARG(block->labels[1]));
    if (kind != DECL_PROVIDER) return block->labels[0];
    Wanted wanted = {.attr = {l->w.alias_}};
    BodyContent content;
    const Body *rest;
    Diags quiet = diags_in(l->arena), *loud = l->diags;
    l->diags = &quiet; // the block is read again, loudly
    Str alias = STR_NONE;
    common_content(l, block->body, &wanted, &content, &rest);
    const BodyAttr *attr = content_attr(&content, l->w.alias_);
    bool ok = !attr || common_string(l, attr, &alias);
    l->diags = loud;
    if (!ok || !attr) return block->labels[0];
    return str_format(l->arena, "%.*s.%.*s", STR_ARG(block->labels[0]), STR_ARG(alias));
}

static void declare(Def *def, DeclKind kind, const BodyBlock *block) {
    Loader *l = def->loader;
    DeclList *list = &def->decls[kind];
    Str key = decl_key(def, kind, block);
    bool added;
    uint64_t *at = strmap_put(&list->index, key, &added);
    if (!added) {
        char summary[64];
        snprintf(summary, sizeof summary, "Duplicate %s", kind_words[kind]);
        Span first = list->list.at[*at].header_span;
        diag_error(l->diags, "duplicate_declaration", block->header_span, summary,
                   "The %s \"%.*s\" is already declared at %s. Names must be unique within a module.", kind_words[kind],
                   STR_ARG(key), common_place(l, first));
        return;
    }
    *at = list->list.n;
    vec_push(l->arena, &list->list, *block);
}

// What an override file may not change.
static void check_override(Def *def, DeclKind kind, const BodyBlock *block) {
    Loader *l = def->loader;
    Wanted wanted = {.attr = {l->w.depends_on_},
                     .block = {{l->w.lifecycle_, 0, NULL},
                               {l->w.precondition_, 0, NULL},
                               {l->w.postcondition_, 0, NULL},
                               {l->w.validation_, 0, NULL}}};
    BodyContent content, inner;
    const Body *rest;
    common_content(l, block->body, &wanted, &content, &rest);
    const BodyAttr *depends = content_attr(&content, l->w.depends_on_);
    if (depends && kind != DECL_PROVIDER && kind != DECL_VARIABLE)
        diag_error(l->diags, "unsupported_override", depends->span, "Unsupported override",
                   "The argument \"depends_on\" cannot be overridden.");
    for (uint32_t i = 0; i < content.blocks.n; i++) {
        const BodyBlock *b = &content.blocks.at[i];
        if (b->type != l->w.lifecycle_) {
            diag_error(l->diags, "unsupported_override", b->header_span, "Unsupported override",
                       "A \"%s\" block cannot be overridden.", b->type->text);
            continue;
        }
        Wanted rules = {.block = {{l->w.precondition_, 0, NULL}, {l->w.postcondition_, 0, NULL}}};
        common_content(l, b->body, &rules, &inner, &rest);
        for (uint32_t j = 0; j < inner.blocks.n; j++)
            diag_error(l->diags, "unsupported_override", inner.blocks.at[j].header_span, "Unsupported override",
                       "A \"%s\" block cannot be overridden.", inner.blocks.at[j].type->text);
    }
}

static void override(Def *def, DeclKind kind, const BodyBlock *block) {
    Loader *l = def->loader;
    DeclList *list = &def->decls[kind];
    Str key = decl_key(def, kind, block);
    uint64_t *at = strmap_get(&list->index, key);
    if (kind == DECL_CHECK) {
        diag_error(l->diags, "unsupported_override", block->header_span, "Unsupported override",
                   "A \"check\" block cannot be overridden.");
        return;
    }
    if (!at && kind == DECL_PROVIDER && str_find_char(key, '.') < 0) {
        declare(def, kind, block); // an absent configuration is an empty one
        return;
    }
    if (!at) {
        diag_error(
            l->diags, "missing_base", block->header_span, "Nothing to override",
            "There is no %s \"%.*s\" in the other files. An override file can only change what is declared there.",
            kind_words[kind], STR_ARG(key));
        return;
    }
    check_override(def, kind, block);
    BodyBlock *base = &list->list.at[*at];
    base->body = body_override_deep(l->arena, base->body, block->body, l->w.lifecycle_);
}

static void read_locals(Def *def, const BodyBlock *block, bool overrides) {
    Loader *l = def->loader;
    BodyContent content;
    body_attributes(block->body, l->arena, &content, l->diags);
    for (uint32_t i = 0; i < content.attrs.n; i++) {
        const BodyAttr *attr = &content.attrs.at[i];
        bool added;
        uint64_t *at = strmap_get(&def->locals, name_str(attr->name));
        if (overrides && !at) {
            diag_error(l->diags, "missing_base", attr->name_span, "Nothing to override",
                       "There is no local value \"%s\" in the other files. An override file can only change what is "
                       "declared there.",
                       attr->name->text);
            continue;
        }
        if (!overrides && at) {
            diag_error(l->diags, "duplicate_declaration", attr->name_span, "Duplicate local value",
                       "The local value \"%s\" is already declared at %s. Names must be unique within a module.",
                       attr->name->text, common_place(l, def->mod.locals.at[*at].span));
            continue;
        }
        if (overrides) {
            def->mod.locals.at[*at].span = attr->span;
            def->local_exprs.at[*at] = attr->expr;
            continue;
        }
        *strmap_put(&def->locals, name_str(attr->name), &added) = def->mod.locals.n;
        Local local = {attr->name, NULL, attr->span};
        vec_push(l->arena, &def->mod.locals, local);
        vec_push(l->arena, &def->local_exprs, attr->expr);
    }
}

static void read_misplaced(Def *def, const BodyBlock *block) {
    diag_error(def->loader->diags, "misplaced_block", block->type_span, "Misplaced required_providers block",
               "A \"required_providers\" block belongs inside a \"terraform\" block.");
}

// Blocks that only add to a list.
static bool read_plain(Def *def, const BodyBlock *block, bool overrides) {
    Loader *l = def->loader;
    Name type = block->type;
    bool record = type == l->w.moved_ || type == l->w.removed_ || type == l->w.import_;
    if (!record) return false;
    if (overrides)
        diag_error(l->diags, "unsupported_override", block->header_span, "Unsupported override",
                   "A \"%s\" block cannot stand in an override file.", type->text);
    else if (type == l->w.moved_)
        vec_push(l->arena, &def->moved, *block);
    else if (type == l->w.removed_)
        vec_push(l->arena, &def->removed, *block);
    else
        vec_push(l->arena, &def->imports, *block);
    return true;
}

static DeclKind kind_of(const Loader *l, Name type) {
    const Name kinds[DECL_KINDS] = {l->w.variable_,  l->w.provider_, l->w.resource_, l->w.data_,
                                    l->w.ephemeral_, l->w.module_,   l->w.output_,   l->w.check_};
    for (uint32_t i = 0; i < DECL_KINDS; i++)
        if (kinds[i] == type) return (DeclKind)i;
    return DECL_KINDS;
}

static void read_block(Def *def, const BodyBlock *block, const ConfigFile *file) {
    Loader *l = def->loader;
    DeclKind kind = kind_of(l, block->type);
    if (kind < DECL_KINDS) {
        if (file->override)
            override(def, kind, block);
        else
            declare(def, kind, block);
    } else if (block->type == l->w.locals_) {
        read_locals(def, block, file->override);
    } else if (block->type == l->w.terraform_) {
        settings_terraform(def, block, file);
    } else if (block->type == l->w.language_) {
        settings_language(def, block, file);
    } else if (block->type == l->w.required_providers_) {
        read_misplaced(def, block);
    } else {
        read_plain(def, block, file->override);
    }
}

static void read_file(Def *def, const ConfigFile *file) {
    static const char *const name[] = {"name"}, *const type_name[] = {"type", "name"};
    Loader *l = def->loader;
    const Words *w = &l->w;
    Wanted wanted = {.block = {{w->resource_, 2, type_name},
                               {w->data_, 2, type_name},
                               {w->module_, 1, name},
                               {w->variable_, 1, name},
                               {w->output_, 1, name},
                               {w->locals_, 0, NULL},
                               {w->provider_, 1, name},
                               {w->terraform_, 0, NULL},
                               {w->ephemeral_, 2, type_name},
                               {w->check_, 1, name},
                               {w->moved_, 0, NULL},
                               {w->removed_, 0, NULL},
                               {w->import_, 0, NULL},
                               {w->language_, 0, NULL},
                               {w->required_providers_, 0, NULL}}};
    BodyContent content;
    common_content(l, body_native(l->arena, l->process, file->ast), &wanted, &content, NULL);
    for (uint32_t i = 0; i < content.blocks.n; i++) read_block(def, &content.blocks.at[i], file);
}

static void read_resources(Def *def, DeclKind kind, ResourceMode mode, const char *what) {
    Loader *l = def->loader;
    DeclList *list = &def->decls[kind];
    char type_what[64];
    snprintf(type_what, sizeof type_what, "%s type", what);
    ModuleDef *m = &def->mod;
    if (!m->resources.cap) {
        m->resources.cap = list->list.n + def->decls[DECL_DATA].list.n + def->decls[DECL_EPHEMERAL].list.n;
        m->resources.at = ARENA_ARRAY(l->arena, Resource, m->resources.cap);
    }
    for (uint32_t i = 0; i < list->list.n; i++) {
        const BodyBlock *block = &list->list.at[i];
        common_check_name(l, block->labels[0], block->label_spans[0], type_what);
        common_check_name(l, block->labels[1], block->label_spans[1], what);
        Resource *r = vec_add(l->arena, &def->mod.resources);
        r->mode = mode;
        r->type = common_name(l, block->labels[0]);
        r->name = common_name(l, block->labels[1]);
        r->span = block->span;
        r->header_span = block->header_span;
        r->type_span = block->label_spans[0];
        r->lifecycle.destroy = true;
        list->index.items[i].value = def->mod.resources.n - 1;
    }
}

// Data sources inside of check blocks, which are resources too.
static void read_checks(Def *def) {
    static const char *const type_name[] = {"type", "name"};
    Loader *l = def->loader;
    for (uint32_t i = 0; i < def->decls[DECL_CHECK].list.n; i++) {
        const BodyBlock *block = &def->decls[DECL_CHECK].list.at[i];
        common_check_name(l, block->labels[0], block->label_spans[0], "check");
        Check *check = vec_add(l->arena, &def->mod.checks);
        check->name = common_name(l, block->labels[0]);
        check->span = block->span;
        Wanted wanted = {.block = {{l->w.data_, 2, type_name}, {l->w.assert_, 0, NULL}}};
        BodyContent content;
        common_content(l, block->body, &wanted, &content, NULL);
        uint32_t asserts = 0, found = 0;
        for (uint32_t j = 0; j < content.blocks.n; j++) {
            const BodyBlock *inner = &content.blocks.at[j];
            if (inner->type == l->w.assert_) {
                asserts++;
            } else if (found++) {
                diag_error(l->diags, "invalid_check", inner->header_span, "More than one data block in a check",
                           "A check block may hold one data block.");
            } else {
                ScopedData scoped = {def->decls[DECL_DATA].list.n, i};
                declare(def, DECL_DATA, inner);
                if (def->decls[DECL_DATA].list.n > scoped.data) vec_push(l->arena, &def->scoped, scoped);
            }
        }
        vec_push(l->arena, &def->check_contents, content);
        if (!asserts)
            diag_error(l->diags, "invalid_check", block->header_span, "No assert blocks",
                       "A check block needs at least one assert block.");
    }
}

static void read_scopes(Def *def) {
    uint32_t managed = def->decls[DECL_RESOURCE].list.n;
    for (uint32_t i = 0; i < def->scoped.n; i++)
        def->mod.resources.at[managed + def->scoped.at[i].data].check = def->scoped.at[i].check + 1;
}

static void read_outputs(Def *def) {
    Loader *l = def->loader;
    DeclList *list = &def->decls[DECL_OUTPUT];
    for (uint32_t i = 0; i < list->list.n; i++) {
        const BodyBlock *block = &list->list.at[i];
        common_check_name(l, block->labels[0], block->label_spans[0], "output");
        Output *output = vec_add(l->arena, &def->mod.outputs);
        output->name = common_name(l, block->labels[0]);
        output->span = block->header_span;
    }
}

// How often a module is called decides how references to it are read.
static Repeat call_repeat(Loader *l, const BodyContent *content) {
    if (content_attr(content, l->w.count_)) return REPEAT_COUNT;
    if (content_attr(content, l->w.for_each_)) return REPEAT_FOR_EACH;
    for (uint32_t i = 0; i < content->blocks.n; i++)
        if (content->blocks.at[i].type == l->w.lifecycle_) return REPEAT_ENABLED;
    return REPEAT_NONE;
}

static void read_calls(Def *def) {
    static const char *const type[] = {"type"};
    Loader *l = def->loader;
    const Words *w = &l->w;
    DeclList *list = &def->decls[DECL_CALL];
    Wanted wanted = {
        .required = {w->source_},
        .attr = {w->version_, w->count_, w->for_each_, w->depends_on_, w->providers_},
        .block = {{w->lifecycle_, 0, NULL}, {w->underscore, 0, NULL}, {w->locals_, 0, NULL}, {w->provider_, 1, type}}};
    for (uint32_t i = 0; i < list->list.n; i++) {
        const BodyBlock *block = &list->list.at[i];
        common_check_name(l, block->labels[0], block->label_spans[0], "module");
        ModuleCall *call = vec_add(l->arena, &def->mod.calls);
        CallContent *content = vec_add(l->arena, &def->call_contents);
        common_content(l, block->body, &wanted, &content->content, &content->rest);
        call->name = common_name(l, block->labels[0]);
        call->body = content->rest;
        call->repeat = call_repeat(l, &content->content);
        call->span = block->span;
        call->header_span = block->header_span;
    }
}

static void read_providers(Def *def) {
    Loader *l = def->loader;
    DeclList *list = &def->decls[DECL_PROVIDER];
    for (uint32_t i = 0; i < list->list.n; i++) {
        const BodyBlock *block = &list->list.at[i];
        ProviderBlock *p = vec_add(l->arena, &def->mod.providers);
        requirements_name(def, block->labels[0], block->label_spans[0]);
        p->local_name = common_name(l, block->labels[0]);
        p->span = block->header_span;
        p->address = requirements_address(def, p->local_name);
    }
}

void read_def(Def *def) {
    Loader *l = def->loader;
    for (uint32_t i = 0; i < DECL_KINDS; i++) def->decls[i].index = strmap_in(l->arena);
    def->locals = strmap_in(l->arena);
    def->requirements = strmap_in(l->arena);
    ConfigFiles files;
    if (!files_read(l, def->mod.dir, &files)) return;
    def->mod.files = files.list.n;
    for (uint32_t i = 0; i < files.list.n; i++)
        if (!files.list.at[i].override) read_file(def, &files.list.at[i]);
    for (uint32_t i = 0; i < files.list.n; i++)
        if (files.list.at[i].override) read_file(def, &files.list.at[i]);
    for (uint32_t i = 0; i < def->mod.locals.n; i++)
        common_check_name(l, name_str(def->mod.locals.at[i].name), def->mod.locals.at[i].span, "local value");
    for (uint32_t i = 0; i < def->decls[DECL_VARIABLE].list.n; i++)
        read_variable(def, &def->decls[DECL_VARIABLE].list.at[i]);
    read_checks(def);
    read_resources(def, DECL_RESOURCE, MODE_MANAGED, "resource");
    read_resources(def, DECL_DATA, MODE_DATA, "data source");
    read_resources(def, DECL_EPHEMERAL, MODE_EPHEMERAL, "ephemeral resource");
    read_scopes(def);
    read_outputs(def);
    read_calls(def);
    read_providers(def);
    ModuleDef *m = &def->mod;
    m->nodes = m->variables.n + m->locals.n + m->providers.n + m->resources.n + m->calls.n + m->outputs.n + m->checks.n;
}

// The terraform and language blocks.
#include "engine/config/loader.h"

static void check_version(Def *def, const BodyAttr *attr, bool ignored) {
    Loader *l = def->loader;
    Str text;
    if (!attr || !common_string(l, attr, &text)) return;
    Version version;
    bool valid, known = version_read(str_of(version_language), &version);
    bool allowed = known && version_allows(text, &version, &valid);
    if (ignored) return;
    vec_push(l->arena, &def->mod.required_versions, text);
    if (!valid) {
        diag_error(l->diags, "invalid_version_constraint", attr->expr->span, "Invalid version constraint",
                   "\"%.*s\" is no version constraint. Write for example \">= 1.6, < 2.0\" or \"~> 1.8\".",
                   STR_ARG(text));
    } else if (str_find_char(text, '-') >= 0) {
        diag_error(l->diags, "invalid_version_constraint", attr->expr->span, "Invalid version constraint",
                   "Prerelease versions cannot be asked for here: remove what follows the dash.");
    } else if (!allowed) {
        def->incompatible = true;
        diag_error(l->diags, "unsupported_version", attr->span, "Unsupported language version",
                   "This module asks for version \"%.*s\" of the language, but this program speaks version %s.",
                   STR_ARG(text), version_language);
    }
}

static void set_backend(Def *def, const BodyBlock *block, const ConfigFile *file) {
    Loader *l = def->loader;
    if (def->mod.backend && (!file->override || def->backend_file == file)) {
        diag_error(l->diags, "duplicate_declaration", block->header_span, "Duplicate backend",
                   "There is already a backend at %s. A module has at most one.",
                   common_place(l, def->mod.backend->span));
        return;
    }
    BackendBlock *backend = ARENA_NEW(l->arena, BackendBlock);
    backend->type = common_name(l, block->labels[0]);
    backend->body = block->body;
    backend->span = block->header_span;
    def->mod.backend = backend;
    def->backend_file = file;
}

static void check_meta(Def *def, const BodyBlock *block) {
    Loader *l = def->loader;
    BodyContent content;
    Value ignored;
    requirements_name(def, block->labels[0], block->label_spans[0]);
    body_attributes(block->body, l->arena, &content, l->diags);
    for (uint32_t i = 0; i < content.attrs.n; i++) common_constant(l, content.attrs.at[i].expr, &ignored);
}

static void read_requirements(Def *def, const BodyBlock *block, const ConfigFile *file) {
    Loader *l = def->loader;
    if (!file->override && span_known(def->requirements_span))
        diag_error(l->diags, "duplicate_declaration", block->header_span, "Duplicate required_providers",
                   "There is already a required_providers block at %s. A module has at most one.",
                   common_place(l, def->requirements_span));
    if (!file->override) def->requirements_span = block->header_span;
    requirements_read(def, block, file->override);
}

static void refuse_block(Loader *l, const BodyBlock *block) {
    if (block->type == l->w.cloud_)
        diag_error(l->diags, "unsupported_cloud", block->header_span, "Cloud state storage is not supported",
                   "A \"cloud\" block keeps state in HCP Terraform, which this program does not use. Write a "
                   "\"backend\" block "
                   "instead, for example backend \"s3\" or backend \"local\".");
    else
        diag_error(
            l->diags, "unsupported_encryption", block->header_span, "State encryption is not supported",
            "An \"encryption\" block asks for encrypted state and plans, which this version cannot write. Remove "
            "the block, or let the backend encrypt (backend \"s3\" with encrypt = true).");
}

void settings_terraform(Def *def, const BodyBlock *block, const ConfigFile *file) {
    static const char *const type[] = {"type"}, *const provider[] = {"provider"};
    Loader *l = def->loader;
    const Words *w = &l->w;
    Wanted wanted = {.attr = {w->required_version_, w->experiments_, w->language_},
                     .block = {{w->required_providers_, 0, NULL},
                               {w->backend_, 1, type},
                               {w->cloud_, 0, NULL},
                               {w->provider_meta_, 1, provider},
                               {w->encryption_, 0, NULL}}};
    BodyContent content;
    common_content(l, block->body, &wanted, &content, NULL);
    check_version(def, content_attr(&content, w->required_version_), file->legacy);
    for (uint32_t i = 0; i < content.blocks.n; i++) {
        const BodyBlock *inner = &content.blocks.at[i];
        if (inner->type == w->required_providers_)
            read_requirements(def, inner, file);
        else if (inner->type == w->backend_)
            set_backend(def, inner, file);
        else if (inner->type == w->provider_meta_)
            check_meta(def, inner);
        else
            refuse_block(l, inner);
    }
}

static void check_edition(Loader *l, const BodyAttr *attr) {
    Str edition = STR_NONE;
    if (!attr || (reference_keyword(attr->expr, &edition) && str_eqz(edition, "tofu2024"))) return;
    diag_error(l->diags, "unsupported_edition", attr->expr->span, "Unsupported language edition",
               "The only edition of the language is tofu2024, written without quotes; it is the default.");
}

static void check_experiments(Loader *l, const BodyAttr *attr) {
    if (!attr || (attr->expr->kind == EXPR_TUPLE && attr->expr->args.list.n == 0)) return;
    diag_error(l->diags, "unknown_experiment", attr->expr->span, "Unknown experiment",
               "This version of the language has no experiments, so \"experiments\" can only be an empty list.");
}

void settings_language(Def *def, const BodyBlock *block, const ConfigFile *file) {
    Loader *l = def->loader;
    const Words *w = &l->w;
    if (file->override) {
        diag_error(l->diags, "unsupported_override", block->header_span, "Unsupported override",
                   "A \"language\" block cannot stand in an override file.");
        return;
    }
    Wanted wanted = {.attr = {w->edition_, w->experiments_}, .block = {{w->compatible_with_, 0, NULL}}};
    Wanted compatible = {.attr = {w->opentofu_}};
    BodyContent content, inner;
    const Body *rest;
    common_content(l, block->body, &wanted, &content, NULL);
    check_edition(l, content_attr(&content, w->edition_));
    check_experiments(l, content_attr(&content, w->experiments_));
    for (uint32_t i = 0; i < content.blocks.n; i++) {
        common_content(l, content.blocks.at[i].body, &compatible, &inner, &rest);
        check_version(def, content_attr(&inner, w->opentofu_), false);
    }
}

// lifecycle blocks.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"

const BodyContent *lifecycle_content(Loader *l, const BodyContent *blocks, const Wanted *wanted) {
    const BodyBlock *found = NULL;
    for (uint32_t i = 0; i < blocks->blocks.n; i++) {
        const BodyBlock *block = &blocks->blocks.at[i];
        if (block->type != l->w.lifecycle_) continue;
        if (found)
            diag_error(l->diags, "duplicate_block", block->header_span, "Duplicate lifecycle block",
                       "There is already a lifecycle block at %s.", common_place(l, found->header_span));
        else
            found = block;
    }
    if (!found) return NULL;
    BodyContent *content = ARENA_NEW(l->arena, BodyContent);
    common_content(l, found->body, wanted, content, NULL);
    return content;
}

static bool ignored_path(Loader *l, const Expr *expr, Path *out) {
    Traversal t;
    if (!reference_quoted(l, expr, false, &expr)) return false;
    if (!reference_read(l, expr, &t))
        return diag_error(
            l->diags, "invalid_ignore_changes", expr->span, "Invalid ignore_changes",
            "Each element is the name of an attribute, or a path into it with constant keys: tags[\"a\"].");
    *out = path_attr(l->arena, (Path){NULL, 0}, t.root);
    for (uint32_t i = 0; i < t.n; i++)
        *out =
            t.steps[i].attr ? path_attr(l->arena, *out, t.steps[i].attr) : path_index(l->arena, *out, t.steps[i].key);
    return true;
}

static void define_ignore(Loader *l, const BodyAttr *attr, Lifecycle *out) {
    Str word;
    const Expr *e = attr->expr;
    if (reference_keyword(e, &word) && str_eqz(word, "all")) {
        out->ignore = IGNORE_ALL;
        return;
    }
    if (e->kind != EXPR_TUPLE) {
        if (e->kind != EXPR_ERROR)
            diag_error(l->diags, "invalid_ignore_changes", e->span, "Invalid ignore_changes",
                       "ignore_changes is a list of attribute names, or the word all.");
        return;
    }
    for (uint32_t i = 0; i < e->args.list.n; i++) {
        const Expr *item = e->args.list.at[i];
        Path path;
        if (item->kind == EXPR_STRING && str_eqz(item->text, "*")) {
            diag_error(l->diags, "invalid_ignore_changes", item->span, "Invalid ignore_changes",
                       "The old form [\"*\"] is written as ignore_changes = all.");
        } else if (ignored_path(l, item, &path)) {
            out->ignore = IGNORE_PATHS;
            vec_push(l->arena, &out->ignore_paths.list, path);
            vec_push(l->arena, &out->ignore_spans, item->span);
        }
    }
}

static void check_trigger(Definer *d, const Expr *expr, const Code *code) {
    const Ref *const *refs;
    Loader *l = d->l;
    const Value *constant = code_constant_value(code);
    if (constant && value_is_unknown(*constant)) return; // it failed to compile
    uint32_t n = code_refs(l->arena, code, &refs), resources = 0;
    bool wrong = !code_single_ref(code);
    for (uint32_t i = 0; i < n; i++) {
        SlotKind kind = SLOT_KIND(refs[i]->slot);
        resources += kind == SLOT_RESOURCE;
        wrong |= kind != SLOT_RESOURCE && kind != SLOT_COUNT_INDEX && kind != SLOT_EACH_KEY;
    }
    if (wrong || resources != 1)
        diag_error(l->diags, "invalid_replace_triggered_by", expr->span, "Invalid replace_triggered_by",
                   "Each element is a reference to one resource or an attribute of it, with no other names than "
                   "count.index and each.key in its keys.");
}

static void define_triggers(Definer *d, const BodyAttr *attr, Lifecycle *out) {
    const Expr *e = attr->expr;
    if (e->kind != EXPR_TUPLE) {
        if (e->kind != EXPR_ERROR)
            diag_error(d->l->diags, "invalid_replace_triggered_by", e->span, "Invalid replace_triggered_by",
                       "replace_triggered_by is a list of references.");
        return;
    }
    for (uint32_t i = 0; i < e->args.list.n; i++) {
        const Expr *item = e->args.list.at[i];
        const Code *code = definer_compile(d, item);
        check_trigger(d, item, code);
        vec_push(d->l->arena, &out->replace_triggered_by, code);
    }
}

// A condition of a resource must not look at the resource from outside, where it is not made yet.
static void check_own(Definer *d, const Resource *r, uint32_t index, const RuleList *rules, uint32_t from) {
    for (uint32_t i = from; i < rules->list.n; i++) {
        const Code *codes[] = {rules->list.at[i].condition, rules->list.at[i].message};
        for (uint32_t j = 0; j < 2; j++) {
            const Ref *const *refs;
            uint32_t n = code_refs(d->l->arena, codes[j], &refs);
            for (uint32_t k = 0; k < n; k++)
                if (refs[k]->slot == SLOT(SLOT_RESOURCE, index)) {
                    diag_error(d->l->diags, "self_reference", refs[k]->span, "Reference to the resource itself",
                               "A condition of %s.%s cannot refer to it by its address; a postcondition can use self.",
                               r->type->text, r->name->text);
                    break;
                }
        }
    }
}

static void refuse_managed(Definer *d, const BodyContent *lifecycle, const Resource *r) {
    const Words *w = &d->l->w;
    const Name managed[] = {w->create_before_destroy_, w->prevent_destroy_, w->destroy_, w->ignore_changes_,
                            w->replace_triggered_by_};
    for (uint32_t i = 0; i < sizeof managed / sizeof managed[0]; i++) {
        const BodyAttr *attr = content_attr(lifecycle, managed[i]);
        if (attr)
            diag_error(d->l->diags, "invalid_lifecycle", attr->name_span, "Invalid lifecycle argument",
                       "The lifecycle argument \"%s\" is for managed resources (\"resource\" blocks), not for %s.",
                       managed[i]->text, r->mode == MODE_DATA ? "data sources" : "ephemeral resources");
    }
}

static void define_managed(Definer *d, const BodyContent *lifecycle, Resource *r) {
    Loader *l = d->l;
    const Words *w = &l->w;
    Lifecycle *out = &r->lifecycle;
    const BodyAttr *before = content_attr(lifecycle, w->create_before_destroy_);
    out->has_create_before_destroy = common_bool(l, before, &out->create_before_destroy);
    common_bool(l, content_attr(lifecycle, w->destroy_), &out->destroy);
    out->prevent_destroy = definer_optional(d, content_attr(lifecycle, w->prevent_destroy_));
    const BodyAttr *ignore = content_attr(lifecycle, w->ignore_changes_);
    if (ignore) define_ignore(l, ignore, out);
    const BodyAttr *triggers = content_attr(lifecycle, w->replace_triggered_by_);
    definer_repeat(d, r->repeat);
    if (triggers) define_triggers(d, triggers, out);
}

void lifecycle_define(Definer *d, const BodyContent *lifecycle, Resource *r) {
    const Words *w = &d->l->w;
    uint32_t index = (uint32_t)(r - d->def->mod.resources.at);
    d->binder.each = d->binder.count = false;
    if (r->mode == MODE_MANAGED)
        define_managed(d, lifecycle, r);
    else
        refuse_managed(d, lifecycle, r);
    definer_repeat(d, r->repeat);
    for (uint32_t i = 0; i < lifecycle->blocks.n; i++) {
        const BodyBlock *block = &lifecycle->blocks.at[i];
        bool post = block->type == w->postcondition_;
        RuleList *rules = post ? &r->lifecycle.postconditions : &r->lifecycle.preconditions;
        uint32_t from = rules->list.n;
        d->binder.self = post;
        definer_rule(d, block, rules);
        d->binder.self = false;
        check_own(d, r, index, rules, from);
    }
}

static void unknown_ignored(Loader *l, const SchemaBlock *block, Name name, Span span) {
    Suggest near = suggest_start(name_str(name));
    for (uint32_t i = 0; i < block->attr_count; i++) suggest_try(&near, name_str(block->attrs[i].name));
    for (uint32_t i = 0; i < block->block_count; i++) suggest_try(&near, name_str(block->blocks[i].name));
    diag_error(l->diags, "unsupported_attribute", span, "Unsupported attribute",
               "ignore_changes names \"%s\", but there is no such argument, block or attribute.%s", name->text,
               suggest_text(l->arena, &near));
}

// Follows one path as far as the schema knows it: into blocks, up to an attribute.
static void check_ignored(Loader *l, const SchemaBlock *block, Path path, Span span) {
    const uint8_t modes = ATTR_REQUIRED | ATTR_OPTIONAL | ATTR_COMPUTED;
    for (uint32_t i = 0; i < path.n && path.at[i].attr; i++) {
        const SchemaAttr *attr = schema_attr(block, path.at[i].attr);
        const SchemaNested *nested = schema_nested(block, path.at[i].attr);
        if (attr && (attr->flags & modes) == ATTR_COMPUTED && i + 1 == path.n)
            diag_warn(l->diags, "redundant_ignore_changes", span, "Redundant ignore_changes element",
                      "\"%s\" is decided by the provider alone, so the configuration cannot change it.",
                      attr->name->text);
        if (!attr && !nested) unknown_ignored(l, block, path.at[i].attr, span);
        if (!nested) return;
        if (nested->nesting != NEST_SINGLE && nested->nesting != NEST_GROUP) i++; // the block's index
        block = nested->block;
    }
}

void lifecycle_check(Loader *l, const Resource *r) {
    const PathList *paths = &r->lifecycle.ignore_paths;
    for (uint32_t i = 0; i < paths->list.n; i++)
        check_ignored(l, r->schema->block, paths->list.at[i], r->lifecycle.ignore_spans.at[i]);
}

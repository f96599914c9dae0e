// provisioner and connection blocks.
#include "engine/config/loader.h"

static const Body *find_connection(Loader *l, const BodyContent *content, const Body *outer) {
    const BodyBlock *seen = NULL;
    for (uint32_t i = 0; i < content->blocks.n; i++) {
        const BodyBlock *block = &content->blocks.at[i];
        if (block->type != l->w.connection_) continue;
        if (seen)
            diag_error(l->diags, "duplicate_block", block->header_span, "Duplicate connection block",
                       "There is already a connection block at %s.", common_place(l, seen->header_span));
        else
            outer = block->body;
        seen = seen ? seen : block;
    }
    return outer;
}

static bool word_is(Loader *l, const BodyAttr *attr, const char *yes, const char *no, bool *out) {
    const Expr *expr;
    Str word;
    if (!attr || !reference_quoted(l, attr->expr, true, &expr)) return false;
    bool known = reference_keyword(expr, &word) && (str_eqz(word, yes) || str_eqz(word, no));
    if (!known)
        return expr->kind == EXPR_ERROR ||
               diag_error(l->diags, "invalid_keyword", expr->span, "Invalid keyword",
                          "\"%s\" is one of the words %s and %s.", attr->name->text, no, yes);
    *out = str_eqz(word, yes);
    return true;
}

void provisioner_define(Definer *d, const BodyBlock *block, const Body *connection, Provisioner *out) {
    Loader *l = d->l;
    const Words *w = &l->w;
    Wanted wanted = {.attr = {w->when_, w->on_failure_},
                     .block = {{w->connection_, 0, NULL}, {w->underscore, 0, NULL}, {w->lifecycle_, 0, NULL}}};
    BodyContent content;
    const Body *rest;
    *out = (Provisioner){.type = common_name(l, block->labels[0]), .span = block->header_span};
    common_content(l, block->body, &wanted, &content, &rest);
    word_is(l, content_attr(&content, w->when_), "destroy", "create", &out->on_destroy);
    word_is(l, content_attr(&content, w->on_failure_), "continue", "fail", &out->continue_on_failure);
    for (uint32_t i = 0; i < content.blocks.n; i++)
        if (content.blocks.at[i].type == w->lifecycle_)
            diag_error(
                l->diags, "reserved_name", content.blocks.at[i].type_span, "Reserved block type",
                "The block type \"lifecycle\" in provisioner blocks is kept for later versions of the language.");
    out->body = definer_escape(l, &content, rest);
    out->connection = find_connection(l, &content, connection);
}

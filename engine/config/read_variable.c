#include "engine/config/loader.h"
#include "engine/eval/typeexpr.h"

// Names that mean something in a module block, so that no variable could be set there.
static void check_reserved(Loader *l, const BodyBlock *block) {
    const Name reserved[] = {l->w.source_,    l->w.version_,   l->w.count_,  l->w.for_each_, l->w.depends_on_,
                             l->w.providers_, l->w.lifecycle_, l->w.locals_, l->w.provider_, l->w.underscore};
    for (uint32_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (str_eq(name_str(reserved[i]), block->labels[0]))
            diag_error(l->diags, "reserved_name", block->label_spans[0], "Invalid variable name",
                       "The name \"%.*s\" has a meaning of its own in module blocks, so it cannot be a variable's.",
                       STR_ARG(block->labels[0]));
}

static void read_type(Loader *l, const BodyAttr *attr, Variable *v) {
    v->type = v->constraint = type_dynamic(l->process);
    if (!attr) return;
    v->type_given = true;
    const Type *type;
    if (!typeexpr_read(l->arena, attr->expr, &type, &v->defaults, l->diags)) return;
    v->constraint = type;
    v->type = type_without_optional(l->process, type);
}

static void read_default(Loader *l, const BodyAttr *attr, Variable *v) {
    if (!attr) return;
    v->has_default = true;
    v->default_value = value_unknown(l->process, v->type);
    Value given, converted;
    ConvertError why;
    if (!common_constant(l, attr->expr, &given)) return;
    if (v->defaults && !value_is_null(given)) given = convert_defaults(l->arena, given, v->constraint, v->defaults);
    if (!convert_value(l->arena, given, v->constraint, &converted, &why)) {
        Buf path = buf_in(l->arena);
        path_print(why.path, &path);
        diag_error(l->diags, "invalid_default", attr->expr->span, "Invalid default value for variable",
                   "The default does not fit the variable's type%s%.*s: %.*s.", path.n ? ", at " : "", (int)path.n,
                   path.n ? path.p : "", STR_ARG(why.message));
        return;
    }
    if (value_is_null(converted) && !v->nullable)
        diag_error(l->diags, "invalid_default", attr->expr->span, "Invalid default value for variable",
                   "The default is null, but nullable = false says that the variable is never null.");
    v->default_value = converted;
}

void read_variable(Def *def, const BodyBlock *block) {
    Loader *l = def->loader;
    const Words *w = &l->w;
    common_check_name(l, block->labels[0], block->label_spans[0], "variable");
    check_reserved(l, block);
    Variable *v = vec_add(l->arena, &def->mod.variables);
    v->name = common_name(l, block->labels[0]);
    v->span = block->header_span;
    v->nullable = true;
    Wanted wanted = {.attr = {w->description_, w->default_, w->type_, w->sensitive_, w->ephemeral_, w->const_,
                              w->deprecated_, w->nullable_},
                     .block = {{w->validation_, 0, NULL}}};
    BodyContent content;
    bool ignored;
    common_content(l, block->body, &wanted, &content, NULL);
    common_string(l, content_attr(&content, w->description_), &v->description);
    common_bool(l, content_attr(&content, w->sensitive_), &v->sensitive);
    common_bool(l, content_attr(&content, w->ephemeral_), &v->ephemeral);
    common_bool(l, content_attr(&content, w->nullable_), &v->nullable);
    common_bool(l, content_attr(&content, w->const_), &ignored);
    common_deprecated(l, content_attr(&content, w->deprecated_), &v->deprecated);
    read_type(l, content_attr(&content, w->type_), v);
    read_default(l, content_attr(&content, w->default_), v);
    vec_push(l->arena, &def->variable_contents, content);
}

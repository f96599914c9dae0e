#include "engine/value/render.h"
#include "providers/aws/core/handle.h"
#include "providers/aws/core/plan.h"

void aws_error(const InfraRequest *base, Str summary, Str detail, Name attribute) {
    InfraStep step = {0};
    if (attribute) step.attr = (InfraText){attribute->text, attribute->n};
    InfraPath path = {&step, attribute ? 1 : 0};
    base->host->diag(base->diags, INFRA_ERROR, handle_text(summary), handle_text(detail), path);
}

void aws_report(const InfraRequest *base, Diags *diags) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *d = &diags->list.at[i];
        SourcePos start, end;
        Arena *arena = handle_arena(base->arena);
        Str detail = d->detail;
        if (source_pos(arena_process(arena), d->subject, &start, &end))
            detail = str_format(arena, "%.*s\n\n(in the type's definition, %.*s line %u)", STR_ARG(d->detail),
                                STR_ARG(start.file->path), start.line);
        base->host->diag(base->diags, d->severity == SEV_ERROR ? INFRA_ERROR : INFRA_WARNING, handle_text(d->summary),
                         handle_text(detail), (InfraPath){NULL, 0});
    }
}

Def *aws_def(Core *core, char kind, const InfraRequest *base) {
    Str type = handle_str(base->type);
    Def *def = core_def(core, kind, type);
    if (def && def->defined) return def;
    Arena *arena = handle_arena(base->arena);
    const char *what = kind == 'd' ? "data source" : "resource type";
    if (def && def->problem.n)
        aws_error(base, STR("Broken type definition"), def->problem, NULL);
    else if (def)
        aws_error(base, STR("Type not supported yet"),
                  str_format(arena,
                             "The %s %.*s is known, but it has no definition yet, so it cannot be planned. A "
                             "definition of your own can be put into infra.types/%.*s.infra.",
                             what, STR_ARG(type), STR_ARG(type)),
                  NULL);
    else
        aws_error(base, STR("Unknown type"), str_format(arena, "There is no %s %.*s.", what, STR_ARG(type)), NULL);
    return NULL;
}

typedef struct Check {
    Frame *f;
    const Def *def;
    InfraRequest *base;
    Arena *arena;
    Diags diags;
} Check;

static bool is_given(const Value *v) {
    return v && (!value_is_null(*v)) && !(value_is_set(*v) && v->kind >= TYPE_LIST && v->n == 0);
}

static bool empty_text(Value v) { return value_is_set(v) && v.kind == TYPE_STRING && v.n == 0; }

static void check_enum(Check *c, const Attr *a, Value v, Name top) {
    if (!a->enum_count || !value_is_set(v) || v.kind != TYPE_STRING || v.n == 0) return;
    Buf allowed = buf_in(c->arena);
    for (uint32_t i = 0; i < a->enum_count; i++) {
        if (str_eq(value_str(v), a->enums[i])) return;
        buf_format(&allowed, "%s\"%.*s\"", i ? ", " : "", STR_ARG(a->enums[i]));
    }
    aws_error(c->base, STR("Invalid value"),
              str_format(c->arena, "%s must be one of %.*s, not \"%.*s\".", a->name->text, STR_ARG(buf_str(&allowed)),
                         STR_ARG(value_str(v))),
              top);
}

static void check_value(Check *c, const Attr *a, Value v, Name top) {
    check_enum(c, a, v, top);
    if (!a->check || !value_is_set(v)) return;
    c->f->roots[SLOT_VALUE] = v;
    Str problem = frame_text(c->f, a->check, &c->diags);
    c->f->roots[SLOT_VALUE] = frame_null(c->f);
    if (problem.n)
        aws_error(c->base, STR("Invalid value"), str_format(c->arena, "%s %.*s.", a->name->text, STR_ARG(problem)),
                  top);
}

static void check_names(Check *c, const Attr *a, Value object, Name top) {
    // What is not known yet may turn out to be null: it neither excludes nor needs another.
    if (value_is_unknown(*value_get(object, a->name))) return;
    for (uint32_t i = 0; i < a->conflict_count; i++) {
        const Value *other = value_get(object, a->conflicts[i]);
        if (!is_given(other) || value_is_unknown(*other) || empty_text(*other)) continue;
        aws_error(c->base, STR("Conflicting arguments"),
                  str_format(c->arena, "%s and %s exclude each other.", a->name->text, a->conflicts[i]->text), top);
    }
    for (uint32_t i = 0; i < a->need_count; i++) {
        if (is_given(value_get(object, a->needs[i]))) continue;
        aws_error(c->base, STR("Missing argument"),
                  str_format(c->arena, "%s needs %s.", a->name->text, a->needs[i]->text), top);
    }
}

// Recursion is over the schema's nesting.
static void check_object(Check *c, const Attrs *attrs, Value object, Name top) {
    if (!value_is_set(object)) return;
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        const Value *v = value_get(object, a->name);
        if (!is_given(v)) continue;
        check_value(c, a, *v, top ? top : a->name);
        if (!empty_text(*v)) check_names(c, a, object, top ? top : a->name);
        if (!a->inside || !value_is_set(*v)) continue;
        if (v->kind == TYPE_OBJECT)
            check_object(c, a->inside, *v, top ? top : a->name);
        else
            for (uint32_t k = 0; k < value_parts(*v); k++)
                if (value_part(*v, k).kind == TYPE_OBJECT)
                    check_object(c, a->inside, value_part(*v, k), top ? top : a->name);
    }
}

static void check_groups(Check *c, Value config) {
    for (uint32_t g = 0; g < c->def->groups.n; g++) {
        const NameGroup *group = &c->def->groups.at[g];
        uint32_t given = 0;
        bool unknown = false;
        Buf names = buf_in(c->arena);
        for (uint32_t i = 0; i < group->n; i++) {
            const Value *v = value_get(config, group->at[i]);
            buf_format(&names, "%s%s", i ? ", " : "", group->at[i]->text);
            if (!is_given(v) || empty_text(*v)) continue;
            unknown |= value_is_unknown(*v);
            given++;
        }
        if (given > group->most && !unknown)
            aws_error(c->base, STR("Conflicting arguments"),
                      str_format(c->arena, "Only one of %s may be set.", names.p), group->at[0]);
        if (given < group->least)
            aws_error(c->base, STR("Missing argument"), str_format(c->arena, "One of %s must be set.", names.p), NULL);
    }
}

void aws_validate(const Def *def, InfraRequest *base, Value config) {
    Arena *arena = handle_arena(base->arena);
    if (!def->defined || !value_is_set(config)) return;
    Check c = {frame_new(arena, def, NULL), def, base, arena, diags_in(arena)};
    c.f->roots[SLOT_SELF] = c.f->roots[SLOT_CONFIG] = config;
    check_object(&c, def->attrs, config, NULL);
    check_groups(&c, config);
    for (uint32_t i = 0; i < def->validations.n; i++) {
        const Validation *v = &def->validations.at[i];
        if (code_mentions(arena, def, v->condition, SLOT_PRIOR, 0) || frame_true(c.f, v->condition, true, &c.diags))
            continue;
        aws_error(base, STR("Invalid configuration"), frame_text(c.f, v->message, &c.diags), v->at);
    }
    aws_report(base, &c.diags);
}

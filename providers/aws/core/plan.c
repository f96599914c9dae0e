#include "providers/aws/core/plan.h"

#include "providers/aws/core/handle.h"
#include "providers/aws/core/mapping.h"
#include "providers/aws/core/same.h"
#include "providers/aws/core/tags.h"

typedef struct Planner {
    Frame *f;
    const Def *def;
    InfraPlan *q;
    Arena *arena;
    Process *process;
    Value config, prior;
    bool create;
    Diags diags;
    VEC(InfraPath) replace;
} Planner;

static Value null_like(const Planner *p, const Attr *a) { return value_null(p->process, a->type); }

Value plan_configured(const Def *def, Value config, const Attr *a) {
    const Value *v = value_get(config, a->name);
    if ((v && !value_is_null(*v)) || !def->has_aliases) return v ? *v : value_null(def->core->process, a->type);
    for (uint32_t i = 0; i < def->attrs->n; i++) {
        const Attr *other = &def->attrs->at[i];
        if (other->alias != a->name) continue;
        const Value *old = value_get(config, other->name);
        if (old && !value_is_null(*old)) return *old;
    }
    return v ? *v : value_null(def->core->process, a->type);
}

static Value stored(Planner *p, const Attr *a, Value v) {
    if (!a->stored || !value_is_set(v)) return v;
    p->f->roots[SLOT_VALUE] = v;
    Value out = frame_eval(p->f, a->stored, &p->diags), converted;
    p->f->roots[SLOT_VALUE] = frame_null(p->f);
    ConvertError error;
    return convert_value(p->arena, out, a->type, &converted, &error) ? converted : v;
}

static bool is_unset(const Attr *a, Value config) {
    if (value_is_null(config)) return true;
    if (!value_is_set(config)) return false;
    if (a->block) return value_parts(config) == 0;
    // An empty string for what AWS may decide says nothing.
    return attr_is_auto(a) && config.kind == TYPE_STRING && config.n == 0 && !a->nullable;
}

static Value plan_value(Planner *p, const Attr *a, Value config, Value prior, bool create);

static Value plan_object(Planner *p, const Attrs *attrs, Value config, Value prior) {
    if (!value_is_set(config)) return config;
    bool create = !value_is_set(prior);
    ObjectData *data = value_object_data(p->arena, attrs->shape);
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        data->at[i] = plan_value(p, a, frame_get(p->f, config, a->name), frame_get(p->f, prior, a->name), create);
    }
    return value_finish_object(p->arena, data);
}

// The configured parts of two elements agree.
static bool same_element(Planner *p, const Attrs *attrs, Value config, Value prior) {
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        Value c = frame_get(p->f, config, a->name);
        if (attr_only_computed(a) || (is_unset(a, c) && attr_is_auto(a))) continue;
        if (value_is_null(c) && a->has_fallback) c = a->fallback;
        if (!same_values(p->f, a, frame_get(p->f, prior, a->name), stored(p, a, c))) return false;
    }
    return true;
}

static Value twin_of(Planner *p, const Attrs *attrs, Value config, Value prior) {
    for (uint32_t i = 0; i < value_parts(prior); i++)
        if (same_element(p, attrs, config, value_part(prior, i))) return value_part(prior, i);
    return frame_null(p->f);
}

static Value plan_elements(Planner *p, const Attr *a, Value config, Value prior) {
    if (!value_is_set(config) || config.kind < TYPE_LIST) return config;
    if (config.kind == TYPE_OBJECT) return plan_object(p, a->inside, config, prior);
    Value *parts = ARENA_ARRAY(p->arena, Value, config.n + 1);
    for (uint32_t i = 0; i < config.n; i++) {
        Value c = value_part(config, i), before = frame_null(p->f);
        if (config.kind == TYPE_SET)
            before = twin_of(p, a->inside, c, prior);
        else if (config.kind == TYPE_MAP && value_is_set(prior)) {
            const Value *found = value_get_str(prior, config.map->at[i].key);
            if (found) before = *found;
        } else if (i < value_parts(prior))
            before = value_part(prior, i);
        parts[i] = plan_object(p, a->inside, c, before);
    }
    return value_with_parts(p->arena, config, parts);
}

// Recursion is over the schema's nesting.
static Value plan_value(Planner *p, const Attr *a, Value config, Value prior, bool create) {
    if (a->alias || a->dropped || (a->flags & INFRA_WRITE_ONLY)) return null_like(p, a);
    if (attr_only_computed(a)) {
        if (a->part && value_is_set(config)) return config;
        return create ? value_unknown(p->process, a->type) : value_is_null(prior) ? null_like(p, a) : prior;
    }
    if (value_is_unknown(config)) return config;
    bool unset = is_unset(a, config);
    Value planned = config;
    if (unset && attr_is_auto(a) && !a->part) {
        if (create && a->has_fallback) return a->fallback;
        return create ? value_unknown(p->process, a->type) : prior.kind == TYPE_DYNAMIC ? null_like(p, a) : prior;
    }
    if (value_is_null(config))
        planned = a->has_fallback ? a->fallback : null_like(p, a);
    else if (a->inside)
        planned = plan_elements(p, a, config, prior);
    else
        planned = stored(p, a, config);
    if (value_is_null(prior) && (create || prior.kind == TYPE_DYNAMIC)) return planned;
    return same_keep(p->f, a, prior, planned);
}

static Value plan_tags_all(Planner *p, Value prior) {
    Value own = frame_get(p->f, p->config, p->def->tags_name);
    Value all = tags_planned(p->arena, p->f->provider, own);
    bool empty = value_is_set(all) && all.n == 0;
    if (value_same(all, prior) || (empty && value_is_zero(prior) && !p->create)) return prior;
    return all;
}

static Value plan_region(Planner *p, const Attr *a, Value prior) {
    Value config = frame_get(p->f, p->config, a->name);
    Str own = p->f->provider ? p->f->provider->region : STR_NONE;
    if (value_is_null(config)) {
        if (!p->create) return prior;
        return own.n ? value_string(p->arena, own) : value_unknown(p->process, a->type);
    }
    bool usual = value_is_set(config) && str_eq(value_str(config), own);
    return usual && value_is_null(prior) && !p->create ? prior : config;
}

static Value plan_top(Planner *p, const Attr *a) {
    const Def *def = p->def;
    Value prior = frame_get(p->f, p->prior, a->name);
    if (value_is_null(prior)) prior = null_like(p, a);
    if (a->name == def->timeouts_name && a->block) return frame_get(p->f, p->config, a->name);
    if (a->name == def->tags_all_name && def->has_tags) return plan_tags_all(p, prior);
    if (a->name == def->region_name && a->newer) return plan_region(p, a, prior);
    return plan_value(p, a, plan_configured(def, p->config, a), prior, p->create);
}

static void set_self(Planner *p, const Value *at) {
    ObjectData *data = value_object_data(p->arena, p->def->attrs->shape);
    memcpy(data->at, at, sizeof *at * p->def->attrs->n);
    p->f->roots[SLOT_SELF] = value_finish_object(p->arena, data);
}

// What an expression gives, as the attribute's type.
static bool eval_as(Planner *p, const Attr *a, const Code *code, Value *out) {
    Diags quiet = diags_in(p->arena);
    Value v = frame_eval(p->f, code, &quiet);
    if (diags_failed(&quiet)) return false;
    *out = mapping_receive(p->f, a, v);
    return true;
}

static bool mentions_unknown(Planner *p, const Code *code) {
    const Ref *const *refs;
    uint32_t n = code_refs(p->arena, code, &refs);
    for (uint32_t i = 0; i < n; i++) {
        if (refs[i]->slot >= SLOT_LET && refs[i]->slot < SLOT_STEP) return true;
        if (refs[i]->slot != SLOT_SELF || !refs[i]->n || !refs[i]->steps[0].attr) continue;
        if (!value_is_whole(frame_get(p->f, p->f->roots[SLOT_SELF], refs[i]->steps[0].attr))) return true;
    }
    return false;
}

static void plan_computed(Planner *p, const Attr *a, Value *at, bool changing) {
    Value prior = frame_get(p->f, p->prior, a->name), v;
    if (a->applies && !p->create && !frame_true(p->f, a->applies, true, &p->diags) && !value_is_null(prior))
        *at = prior;
    bool open = attr_only_computed(a) || (attr_is_auto(a) && is_unset(a, plan_configured(p->def, p->config, a)));
    if (!open || (!p->create && !changing)) return;
    if (a->recompute && !p->create && frame_true(p->f, a->recompute, true, &p->diags)) {
        *at = value_unknown(p->process, a->type);
        return;
    }
    if (!a->value || !eval_as(p, a, a->value, &v)) return;
    if (value_is_whole(v))
        *at = value_is_null(prior) ? v : same_keep(p->f, a, prior, v);
    else if (p->create || mentions_unknown(p, a->value))
        *at = value_unknown(p->process, a->type);
}

static bool differs(Planner *p, const Attr *a, Value prior, Value planned) {
    return !value_same(prior, planned) && !same_values(p->f, a, prior, planned);
}

static bool nested_replaces(Planner *p, const Attrs *attrs, Value prior, Value planned);

static bool attr_replaces(Planner *p, const Attr *a, Value prior, Value planned) {
    if (!differs(p, a, prior, planned)) return false;
    if (a->replace && frame_true(p->f, a->replace, true, &p->diags)) return true;
    if (!a->inside || !value_is_set(planned) || planned.kind == TYPE_MAP) return false;
    if (planned.kind == TYPE_OBJECT) return nested_replaces(p, a->inside, prior, planned);
    bool list = planned.kind == TYPE_LIST;
    for (uint32_t i = 0; i < planned.n; i++) {
        Value now = value_part(planned, i);
        Value before =
            list ? i < value_parts(prior) ? value_part(prior, i) : frame_null(p->f) : twin_of(p, a->inside, now, prior);
        if (nested_replaces(p, a->inside, before, now)) return true;
    }
    return false;
}

static bool nested_replaces(Planner *p, const Attrs *attrs, Value prior, Value planned) {
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        if (attr_replaces(p, a, frame_get(p->f, prior, a->name), frame_get(p->f, planned, a->name))) return true;
    }
    return false;
}

static void find_replacements(Planner *p, const Value *at) {
    const Def *def = p->def;
    for (uint32_t i = 0; i < def->attrs->n; i++) {
        const Attr *a = &def->attrs->at[i];
        Value prior = frame_get(p->f, p->prior, a->name);
        bool moved = a->name == def->region_name && a->newer && !value_is_null(prior) && differs(p, a, prior, at[i]);
        if (a->name == def->timeouts_name || (!moved && !attr_replaces(p, a, prior, at[i]))) continue;
        InfraStep *step = ARENA_NEW(p->arena, InfraStep);
        step->attr = (InfraText){a->name->text, a->name->n};
        vec_push(p->arena, &p->replace, ((InfraPath){step, 1}));
    }
}

static void plan_id(Planner *p, Value *at) {
    const Attr *id = attrs_find(p->def->attrs, p->def->id_name);
    Value v;
    if (!p->create || !id || !p->def->create.id || p->def->create.assign) return;
    if (eval_as(p, id, p->def->create.id, &v) && value_is_set(v)) at[id - p->def->attrs->at] = v;
}

// Whether anything but timeouts differs from the prior object.
static bool changes(Planner *p, const Value *at) {
    for (uint32_t i = 0; i < p->def->attrs->n; i++) {
        const Attr *a = &p->def->attrs->at[i];
        if (a->name == p->def->timeouts_name) continue;
        if (!value_same(frame_get(p->f, p->prior, a->name), at[i]) &&
            !(value_is_null(at[i]) && value_is_null(frame_get(p->f, p->prior, a->name))))
            return true;
    }
    return false;
}

static void plan_checks(Planner *p) {
    for (uint32_t i = 0; i < p->def->validations.n; i++) {
        const Validation *v = &p->def->validations.at[i];
        if (frame_true(p->f, v->condition, true, &p->diags)) continue;
        aws_error(&p->q->base, STR("Invalid configuration"), frame_text(p->f, v->message, &p->diags), v->at);
    }
}

void aws_plan(struct InfraProvider *provider, InfraPlan *q) {
    Def *def = aws_def(provider->core, 'r', &q->base);
    if (!def) return;
    Arena *arena = handle_arena(q->base.arena);
    Planner p = {.def = def, .q = q, .arena = arena, .process = arena_process(arena), .diags = diags_in(arena)};
    if (q->base.host->is_null(q->proposed)) {
        q->planned = q->proposed;
        if (def->forgets) q->note = (InfraText){"It is only forgotten; in AWS it stays as it is.", 47};
        return;
    }
    p.config = handle_value(q->config);
    p.prior = handle_value(q->prior);
    p.create = !value_is_set(p.prior);
    p.f = frame_new(arena, def, provider);
    p.f->roots[SLOT_PRIOR] = p.prior;
    p.f->roots[SLOT_CONFIG] = p.config;
    if (!p.create) p.f->roots[SLOT_ID] = frame_get(p.f, p.prior, def->id_name);
    p.f->roots[SLOT_SELF] = p.create ? p.config : p.prior;
    Value *at = ARENA_ARRAY(arena, Value, def->attrs->n + 1);
    for (int round = 0; round < 2; round++) { // the second time `same` and `replace` see what is planned
        for (uint32_t i = 0; i < def->attrs->n; i++) at[i] = plan_top(&p, &def->attrs->at[i]);
        set_self(&p, at);
        if (p.create) break;
    }
    bool changing = p.create || changes(&p, at);
    for (int round = 0; round < 3; round++) { // values may use one another
        for (uint32_t i = 0; i < def->attrs->n; i++) plan_computed(&p, &def->attrs->at[i], &at[i], changing);
        plan_id(&p, at);
        set_self(&p, at);
    }
    if (!p.create && !changes(&p, at))
        q->planned = q->prior;
    else
        q->planned = handle_of(p.f->roots[SLOT_SELF]);
    if (!p.create) find_replacements(&p, at);
    plan_checks(&p);
    q->replace = p.replace.at;
    q->replace_count = p.replace.n;
    q->private_bytes = q->prior_private;
    aws_report(&q->base, &p.diags);
}

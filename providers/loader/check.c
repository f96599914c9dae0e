// The protocol's rules for what a provider gives back.
//
// A plan may differ from the configuration only where an attribute is computed and not configured, or where it keeps
// the prior value. An apply must keep everything that the plan knew. Facts: OpenTofu's internal/plans/objchange
// (plan_valid.go, compatible.go).
#include "engine/value/render.h"
#include "providers/loader/running.h"

typedef struct Check {
    Running *r;
    Arena *arena;
    const char *summary;
    bool sensitive; // values of what is being looked at must not be shown
    bool quiet;     // only whether something is wrong
    uint32_t found;
} Check;

static void check_fail(Check *c, Path path, const char *what, const Value *was, const char *then, const Value *now) {
    c->found++;
    if (c->quiet) return;
    Arena *arena = c->arena;
    Buf text = buf_in(arena), where = buf_in(arena);
    path_print(path, &where);
    buf_format(&text, "Provider %s, %.*s: ", c->r->plugin->table.address, STR_ARG(c->r->address));
    buf_format(&text, "%.*s %s", STR_ARG(where.n ? buf_str(&where) : STR("the object")), what);
    const Value *values[2] = {was, now};
    for (int i = 0; i < 2 && values[i]; i++) {
        if (i) buf_z(&text, then);
        buf_char(&text, ' ');
        if (c->sensitive || (values[i]->bits & VALUE_MARKED_INSIDE))
            buf_z(&text, "(sensitive value)");
        else
            render_value(arena_process(arena), *values[i], 0, &text);
    }
    buf_z(&text, ".\n\nThis is a bug in the provider.");
    Diag *diag = diag_add(&c->r->diags, SEV_ERROR, "provider_bug", SPAN_NONE, str_of(c->summary), buf_str(&text));
    diag->path = buf_str(&where);
}

static bool same(Value a, Value b) { return memcmp(&a, &b, sizeof a) == 0 || value_same(a, b); }

static Value part_or_null(Check *c, Value of, uint32_t i, const Type *type) {
    return value_is_set(of) && i < value_parts(of) ? value_part(of, i) : value_null(arena_process(c->arena), type);
}

static Path path_key(Arena *arena, Path path, Value of, uint32_t i) {
    switch ((TypeKind)of.kind) {
    case TYPE_OBJECT: return path_attr(arena, path, of.obj->shape->names[i]);
    case TYPE_MAP: return path_index(arena, path, value_string_raw(arena, of.map->at[i].key));
    case TYPE_SET: return path_index(arena, path, of.list->at[i]);
    default: return path_index(arena, path, value_int_prec(i, NUM_PRECISION_COUNT));
    }
}

// The part of `in` with the key that part i of `of` has: by name, by key or by place.
static bool part_like(Value of, uint32_t i, Value in, Value *out) {
    const Value *at = NULL;
    if (of.kind == TYPE_OBJECT || of.kind == TYPE_MAP)
        at = value_get_str(in, of.kind == TYPE_MAP ? of.map->at[i].key : name_str(of.obj->shape->names[i]));
    else if (i < value_parts(in) && in.kind != TYPE_OBJECT && in.kind != TYPE_MAP)
        at = &in.list->at[i];
    if (at) *out = *at;
    return at != NULL;
}

// ---- plans ----

static void plan_attrs(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path);
static void plan_block(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path);

typedef void (*PlanObjects)(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path);

// Existence of a block or structured attribute; true when there is something to look into.
static bool plan_existence(Check *c, Value config, Value planned, Path path) {
    if (value_is_null(planned) && !value_is_null(config))
        check_fail(c, path, "is planned to be absent, but the configuration has it", NULL, NULL, NULL);
    else if (value_is_null(config) && !value_is_null(planned))
        check_fail(c, path, "is planned to be there, but the configuration does not have it", NULL, NULL, NULL);
    else
        return value_is_set(planned) && value_is_set(config);
    return false;
}

static void plan_elements(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path,
                          PlanObjects objects) {
    if (value_parts(planned) != value_parts(config)) {
        check_fail(c, path, "has another number of elements in the plan than in the configuration", NULL, NULL, NULL);
        return;
    }
    if (planned.kind == TYPE_SET) return; // elements have no identity to compare by
    for (uint32_t i = 0; i < value_parts(planned); i++) {
        Value from, was = value_null(arena_process(c->arena), block->type);
        Path inner = path_key(c->arena, path, planned, i);
        if (!part_like(planned, i, config, &from)) {
            check_fail(c, inner, "is in the plan but not in the configuration", NULL, NULL, NULL);
            continue;
        }
        (void)part_like(planned, i, prior, &was);
        objects(c, block, was, from, value_part(planned, i), inner);
    }
}

static void plan_nesting(Check *c, const SchemaBlock *block, Nesting nesting, Value prior, Value config, Value planned,
                         Path path, PlanObjects objects) {
    if (nesting == NEST_SINGLE || nesting == NEST_GROUP)
        objects(c, block, prior, config, planned, path);
    else
        plan_elements(c, block, prior, config, planned, path, objects);
}

static void plan_attr(Check *c, const SchemaAttr *attr, Value prior, Value config, Value planned, Path parent) {
    bool computed = attr->flags & ATTR_COMPUTED, optional = attr->flags & ATTR_OPTIONAL;
    if (computed && !optional) return;
    if (same(planned, config)) return;
    if (!value_is_null(prior) && !value_is_null(config) && same(planned, prior)) return;
    if (value_is_null(config) && computed) return;
    if (value_is_null(planned) && (attr->flags & ATTR_WRITE_ONLY)) return;
    Path path = path_attr(c->arena, parent, attr->name);
    bool before = c->sensitive;
    c->sensitive |= (attr->flags & ATTR_SENSITIVE) != 0;
    if (value_is_null(config)) {
        check_fail(c, path, "is not computed and not configured, but planned as", &planned, NULL, NULL);
    } else if (attr->nested) {
        if (value_is_set(config) && value_is_unknown(planned))
            check_fail(c, path, "is configured, but planned as unknown", NULL, NULL, NULL);
        else if (plan_existence(c, config, planned, path))
            plan_nesting(c, attr->nested, attr->nesting, prior, config, planned, path, plan_attrs);
    } else {
        check_fail(c, path, "is configured as", &config, ", but planned as", &planned);
    }
    c->sensitive = before;
}

static void plan_attrs(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path) {
    if (!value_is_set(planned) || !value_is_set(config)) return;
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        plan_attr(c, attr, part_or_null(c, prior, attr->field, attr->type), value_part(config, attr->field),
                  value_part(planned, attr->field), path);
    }
}

// Recursion is over the schema's nesting.
static void plan_block(Check *c, const SchemaBlock *block, Value prior, Value config, Value planned, Path path) {
    if (value_is_unknown(planned) && !value_is_unknown(config)) {
        check_fail(c, path, "is configured, but planned as unknown", NULL, NULL, NULL);
        return;
    }
    if (!plan_existence(c, config, planned, path)) return;
    plan_attrs(c, block, prior, config, planned, path);
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *nested = &block->blocks[i];
        Value p = value_part(planned, nested->field), f = value_part(config, nested->field);
        if (same(p, f)) continue;
        Value was = part_or_null(c, prior, nested->field, block->type->types[nested->field]);
        Path inner = path_attr(c->arena, path, nested->name);
        if (value_is_unknown(f) != value_is_unknown(p))
            check_fail(c, inner, "must be unknown in the plan exactly when it is in the configuration", NULL, NULL,
                       NULL);
        else if (value_is_set(p) && (value_is_set(f) || nested->nesting <= NEST_GROUP))
            plan_nesting(c, nested->block, nested->nesting, was, f, p, inner, plan_block);
        else if (value_is_null(p) != value_is_null(f))
            (void)plan_existence(c, f, p, inner);
    }
}

void check_plan(Running *r, Value prior, Value config, Value planned) {
    if (r->type->flags & INFRA_TYPE_LOOSE) return;
    Check c = {.r = r, .arena = r->arena, .summary = "Provider produced invalid plan"};
    plan_block(&c, r->type->schema.block, prior, config, planned, (Path){NULL, 0});
}

// ---- results ----

static void result_value(Check *c, Value planned, Value actual, Path path);

// Each element of one set must be compatible with some element of the other.
static void result_set(Check *c, Value planned, Value actual, Path path) {
    if (planned.n < actual.n) check_fail(c, path, "has more elements than planned", NULL, NULL, NULL);
    bool *met = ARENA_ARRAY(c->arena, bool, actual.n);
    for (uint32_t i = 0; i < planned.n; i++) {
        bool any = false;
        for (uint32_t j = 0; j < actual.n; j++) {
            Check inner = {.r = c->r, .arena = c->arena, .quiet = true};
            result_value(&inner, value_part(planned, i), value_part(actual, j), path);
            if (!inner.found) any = met[j] = true;
        }
        Value element = value_part(planned, i);
        if (!any) check_fail(c, path, "has no element that fits the planned", &element, NULL, NULL);
    }
    for (uint32_t j = 0; j < actual.n; j++) {
        Value element = value_part(actual, j);
        if (!met[j]) check_fail(c, path, "has an element that was not planned:", &element, NULL, NULL);
    }
}

static void result_parts(Check *c, Value planned, Value actual, Path path) {
    for (uint32_t i = 0; i < value_parts(planned); i++) {
        Value now;
        if (!part_like(planned, i, actual, &now))
            check_fail(c, path_key(c->arena, path, planned, i), "was planned, but is not there", NULL, NULL, NULL);
        else if (!same(value_part(planned, i), now))
            result_value(c, value_part(planned, i), now, path_key(c->arena, path, planned, i));
    }
    for (uint32_t i = 0; i < value_parts(actual); i++) {
        Value was;
        if (!part_like(actual, i, planned, &was))
            check_fail(c, path_key(c->arena, path, actual, i), "was not planned, but is there", NULL, NULL, NULL);
    }
}

static bool prefix_kept(Value planned, Value actual) {
    const Unknown *u = planned.unk;
    if (value_is_null(actual)) return !u->not_null;
    return actual.kind != TYPE_STRING || !value_is_set(actual) || str_starts(value_str(actual), u->prefix);
}

// Recursion is over the nesting of a value, which LIMIT_VALUE_DEPTH bounds.
static void result_value(Check *c, Value planned, Value actual, Path path) {
    if (planned.kind == TYPE_DYNAMIC) return;
    if (value_is_unknown(planned)) {
        if (!prefix_kept(planned, actual))
            check_fail(c, path, "does not keep what the plan said of it:", &actual, NULL, NULL);
        return;
    }
    if (value_is_unknown(actual)) return; // told on its own
    if (value_is_null(planned) != value_is_null(actual) || planned.kind != actual.kind) {
        check_fail(c, path, "was planned as", &planned, ", but is now", &actual);
        return;
    }
    if (value_is_null(planned)) return;
    if (planned.kind <= TYPE_BOOL) {
        if (!same(planned, actual)) check_fail(c, path, "was planned as", &planned, ", but is now", &actual);
    } else if (planned.kind == TYPE_SET) {
        result_set(c, planned, actual, path);
    } else {
        result_parts(c, planned, actual, path);
    }
}

// Values below a sensitive attribute are not shown: the schema says which those are.
static void result_block(Check *c, const SchemaBlock *block, Value planned, Value actual, Path path) {
    if (!value_is_set(planned) || !value_is_set(actual)) {
        result_value(c, planned, actual, path);
        return;
    }
    for (uint32_t i = 0; i < planned.n; i++) {
        Value was = value_part(planned, i), now = value_part(actual, i);
        if (same(was, now)) continue;
        const SchemaAttr *attr = schema_attr(block, planned.obj->shape->names[i]);
        const SchemaNested *nested = attr ? NULL : schema_nested(block, planned.obj->shape->names[i]);
        Path inner = path_attr(c->arena, path, planned.obj->shape->names[i]);
        bool before = c->sensitive;
        c->sensitive |= attr ? (attr->flags & ATTR_SENSITIVE) || (attr->nested && attr->nested->has_sensitive)
                             : nested->block->has_sensitive;
        if (nested && nested->nesting <= NEST_GROUP && !value_is_unknown(was))
            result_block(c, nested->block, was, now, inner);
        else
            result_value(c, was, now, inner);
        c->sensitive = before;
    }
}

void check_result(Running *r, Value planned, Value actual) {
    if (r->type->flags & INFRA_TYPE_LOOSE) return;
    Check c = {.r = r, .arena = r->arena, .summary = "Provider produced inconsistent result after apply"};
    result_block(&c, r->type->schema.block, planned, actual, (Path){NULL, 0});
}

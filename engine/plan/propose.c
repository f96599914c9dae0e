// What is proposed to the provider: the configuration, with computed attributes that it leaves open taken from the
// prior object. Facts: Terraform's objchange.ProposedNew.
#include "engine/plan/plan.h"

static Value propose_block(Arena *arena, const SchemaBlock *block, Value prior, Value config, bool is_object);

static Value null_of(Arena *arena, const Type *type) { return value_null(arena_process(arena), type); }

static Value field(Value v, uint32_t i) { return v.obj->at[i]; }

static uint32_t length(Value v) { return value_is_set(v) ? v.n : 0; }

// Could this prior element have been made from this configured one? Computed parts that are left open may differ.
static bool matches(const SchemaBlock *block, Value prior, Value config) {
    if (value_same(prior, config)) return true;
    if (!value_is_set(prior) || !value_is_set(config)) return false;
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Value p = field(prior, a->field), c = field(config, a->field);
        if (value_same(p, c)) continue;
        if ((a->flags & ATTR_COMPUTED) && value_is_null(c)) continue;
        if (!a->nested || a->nesting == NEST_SET) return false;
        if (a->nesting == NEST_SINGLE) {
            if (!matches(a->nested, p, c)) return false;
            continue;
        }
        if (length(p) != length(c)) return false;
        for (uint32_t k = 0; k < length(p); k++)
            if (a->nesting == NEST_MAP ? !str_eq(p.map->at[k].key, c.map->at[k].key) ||
                                             !matches(a->nested, p.map->at[k].value, c.map->at[k].value)
                                       : !matches(a->nested, value_elements(p)[k], value_elements(c)[k]))
                return false;
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *b = &block->blocks[i];
        Value p = field(prior, b->field), c = field(config, b->field);
        if (value_same(p, c)) continue;
        if (b->nesting == NEST_SET || b->nesting == NEST_MAP) return false;
        if (b->nesting == NEST_LIST) {
            if (length(p) > length(c)) return false;
            for (uint32_t k = 0; k < length(p); k++)
                if (!matches(b->block, value_elements(p)[k], value_elements(c)[k])) return false;
        } else if (!matches(b->block, p, c)) {
            return false;
        }
    }
    return true;
}

static Value propose_list(Arena *arena, const SchemaBlock *block, Value prior, Value config, bool is_object) {
    uint32_t n = length(config), have = length(prior);
    if (n == 0) return config;
    Value *at = ARENA_ARRAY(arena, Value, n);
    for (uint32_t i = 0; i < n; i++) {
        Value c = value_elements(config)[i];
        at[i] = i < have ? propose_block(arena, block, value_elements(prior)[i], c, is_object) : c;
    }
    return config.kind == TYPE_TUPLE ? value_tuple(arena, at, n) : value_list(arena, config.list->elem, at, n);
}

static Value propose_set(Arena *arena, const SchemaBlock *block, Value prior, Value config, bool is_object) {
    uint32_t n = length(config), have = length(prior);
    if (n == 0) return config;
    Value *at = ARENA_ARRAY(arena, Value, n);
    bool *used = ARENA_ARRAY(arena, bool, have + 1);
    for (uint32_t i = 0; i < n; i++) {
        Value c = value_elements(config)[i], p = null_of(arena, config.list->elem);
        for (uint32_t k = 0; k < have; k++) {
            if (used[k] || !matches(block, value_elements(prior)[k], c)) continue;
            p = value_elements(prior)[k];
            used[k] = true;
            break;
        }
        at[i] = propose_block(arena, block, p, c, is_object);
    }
    return value_set(arena, config.list->elem, at, n);
}

static Value propose_map(Arena *arena, const SchemaBlock *block, Value prior, Value config, bool is_object) {
    uint32_t n = length(config);
    if (n == 0 || config.kind != TYPE_MAP) return config;
    MapItem *at = ARENA_ARRAY(arena, MapItem, n);
    for (uint32_t i = 0; i < n; i++) {
        at[i] = config.map->at[i];
        const Value *p = value_is_set(prior) ? value_get_str(prior, at[i].key) : NULL;
        if (p) at[i].value = propose_block(arena, block, *p, at[i].value, is_object);
    }
    return value_map(arena, config.map->elem, at, n);
}

static Value propose_nested(Arena *arena, const SchemaBlock *block, Nesting nesting, Value prior, Value config,
                            bool is_object) {
    if (value_is_unknown(config)) return config;
    switch (nesting) {
    case NEST_SINGLE: return value_is_null(config) ? config : propose_block(arena, block, prior, config, is_object);
    case NEST_GROUP: return propose_block(arena, block, prior, config, is_object);
    case NEST_LIST: return propose_list(arena, block, prior, config, is_object);
    case NEST_SET: return propose_set(arena, block, prior, config, is_object);
    case NEST_MAP: return propose_map(arena, block, prior, config, is_object);
    }
    return config;
}

// Does the value of a structured attribute hold anything that only configuration can have put there?
static bool was_configured(const SchemaBlock *block, Nesting nesting, Value v) {
    if (!value_is_set(v)) return false;
    if (nesting == NEST_LIST || nesting == NEST_SET) {
        for (uint32_t i = 0; i < v.n; i++)
            if (was_configured(block, NEST_SINGLE, value_elements(v)[i])) return true;
        return false;
    }
    if (nesting == NEST_MAP) {
        for (uint32_t i = 0; i < v.n; i++)
            if (was_configured(block, NEST_SINGLE, v.map->at[i].value)) return true;
        return false;
    }
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Value x = field(v, a->field);
        if (value_is_null(x)) continue;
        if (!(a->flags & ATTR_COMPUTED)) return true;
        if (a->nested && was_configured(a->nested, a->nesting, x)) return true;
    }
    return false;
}

static Value propose_attr(Arena *arena, const SchemaAttr *a, Value prior, Value config) {
    if ((a->flags & ATTR_COMPUTED) && value_is_null(config)) {
        bool lost = (a->flags & ATTR_OPTIONAL) && a->nested && was_configured(a->nested, a->nesting, prior);
        return lost ? config : prior;
    }
    return a->nested ? propose_nested(arena, a->nested, a->nesting, prior, config, true) : config;
}

static Value propose_block(Arena *arena, const SchemaBlock *block, Value prior, Value config, bool is_object) {
    if (is_object && value_is_null(config)) return config;
    if (value_is_null(config) && value_is_null(prior)) return prior;
    if (!is_object && value_is_null(prior)) prior = schema_empty(arena, block);
    if (!value_is_set(config)) return prior;
    ObjectData *out = value_object_data(arena, block->shape);
    bool have = value_is_set(prior);
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Value p = have ? field(prior, a->field) : null_of(arena, a->type);
        out->at[a->field] = propose_attr(arena, a, p, field(config, a->field));
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *b = &block->blocks[i];
        Value c = field(config, b->field);
        Value p = have ? field(prior, b->field) : null_of(arena, type_dynamic(arena_process(arena)));
        out->at[b->field] = propose_nested(arena, b->block, b->nesting, p, c, false);
    }
    return value_finish_object(arena, out);
}

Value propose_object(Arena *arena, const SchemaBlock *schema, Value prior, Value config) {
    return propose_block(arena, schema, prior, config, false);
}

// Resources and nested blocks.
#include "engine/plan/diff.h"
#include "engine/report/delta.h"

static bool is_empty_text(Value v) { return value_is_set(v) && v.kind == TYPE_STRING && v.n == 0; }

// Old provider libraries know no null texts: "" is null in attributes of blocks.
static Change block_attr_change(Arena *arena, const Change *c, const SchemaAttr *a) {
    Change attr = change_attr(arena, c, a->name);
    if (is_empty_text(attr.before)) attr.before = (Value){.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    if (is_empty_text(attr.after)) attr.after = (Value){.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    return attr;
}

static Delta block_attr(Arena *arena, const Change *attr, const SchemaAttr *a) {
    if (a->nested) return delta_nested(arena, *attr, a->nested, a->nesting);
    return delta_type(arena, *attr, a->type);
}

// Nothing is known of a write-only argument's value: it is shown with whatever happens to its block.
static void block_attrs(Arena *arena, Delta *d, const Change *c, const SchemaBlock *block) {
    Str *keys = ARENA_ARRAY(arena, Str, block->attr_count + 1);
    uint32_t write_only = 0;
    d->keys = keys;
    d->parts = ARENA_ARRAY(arena, Delta, block->attr_count + 1);
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *a = &block->attrs[i];
        Change attr = block_attr_change(arena, c, a);
        Delta part = {.kind = DELTA_WRITE_ONLY};
        if (a->flags & ATTR_WRITE_ONLY) {
            part.replace = path_set_ends(&attr.replace);
            write_only++;
        } else {
            part = block_attr(arena, &attr, a);
            if (part.action == ACTION_NOOP && change_nil(attr.before) && change_nil(attr.after)) continue;
        }
        keys[d->n] = name_str(a->name);
        d->parts[d->n++] = part;
        d->action = change_action_add(d->action, part.action);
    }
    for (uint32_t i = 0; write_only && i < d->n; i++) {
        Delta *part = &d->parts[i];
        if (part->kind != DELTA_WRITE_ONLY) continue;
        part->action = d->action == ACTION_NOOP && part->replace ? ACTION_UPDATE : d->action;
    }
}

typedef struct GroupParts {
    Delta *at;
    Str *labels;
    uint32_t n;
    uint8_t action;
} GroupParts;

static void group_add(GroupParts *g, Delta part) {
    g->at[g->n++] = part;
    g->action = change_action_add(g->action, part.action);
}

static void group_list(Arena *arena, GroupParts *g, const Change *c, const SchemaBlock *block) {
    uint32_t a = value_parts(c->before), b = value_parts(c->after), n = a > b ? a : b;
    g->at = ARENA_ARRAY(arena, Delta, n + 2);
    for (uint32_t i = 0; i < n; i++)
        group_add(g, delta_block(arena, change_index(arena, c, i < a ? i : DIFF_NONE, i < b ? i : DIFF_NONE), block));
}

static void group_set(Arena *arena, GroupParts *g, const Change *c, const SchemaBlock *block) {
    DiffPair *pairs;
    uint32_t n = change_pairs_set(arena, c, true, &pairs);
    g->at = ARENA_ARRAY(arena, Delta, n + 2);
    for (uint32_t i = 0; i < n; i++) {
        Delta part = delta_block(arena, change_pair(arena, c, pairs[i], true), block);
        part.paired = pairs[i].before != DIFF_NONE && pairs[i].after != DIFF_NONE && part.action == ACTION_UPDATE;
        group_add(g, part);
    }
}

static Str group_key(Value v, uint32_t i) {
    return v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
}

static void group_map(Arena *arena, GroupParts *g, const Change *c, const SchemaBlock *block) {
    uint32_t a = value_parts(c->before), b = value_parts(c->after), i = 0, j = 0;
    g->at = ARENA_ARRAY(arena, Delta, a + b + 2);
    g->labels = ARENA_ARRAY(arena, Str, a + b + 2);
    while (i < a || j < b) {
        int cmp = i == a ? 1 : j == b ? -1 : str_cmp(group_key(c->before, i), group_key(c->after, j));
        Str key = cmp <= 0 ? group_key(c->before, i) : group_key(c->after, j);
        Value before = cmp <= 0 ? value_part(c->before, i) : c->before;
        Value after = cmp >= 0 ? value_part(c->after, j) : c->after;
        g->labels[g->n] = key;
        Change part = change_key(arena, c, key, cmp <= 0 ? &before : NULL, cmp >= 0 ? &after : NULL);
        group_add(g, delta_block(arena, part, block));
        i += cmp <= 0;
        j += cmp >= 0;
    }
}

static GroupParts group_known(Arena *arena, const Change *c, const SchemaNested *nested) {
    GroupParts g = {.action = change_action_whole(c)};
    switch (nested->nesting) {
    case NEST_SET: group_set(arena, &g, c, nested->block); break;
    case NEST_LIST: group_list(arena, &g, c, nested->block); break;
    case NEST_MAP: group_map(arena, &g, c, nested->block); break;
    case NEST_SINGLE:
    case NEST_GROUP:
        g.at = ARENA_ARRAY(arena, Delta, 2);
        group_add(&g, delta_block(arena, *c, nested->block));
        break;
    }
    return g;
}

// Blocks that are not known yet: those of before go, one stands for what comes.
static GroupParts group_unknown(Arena *arena, const Change *c, const SchemaNested *nested) {
    Change old = *c;
    old.after = (Value){.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    old.has_after = false;
    old.replace = (PathSet){.depth = c->replace.depth};
    GroupParts g = {.action = ACTION_CREATE};
    if (value_parts(c->before))
        g = group_known(arena, &old, nested);
    else
        g.at = ARENA_ARRAY(arena, Delta, 1);
    if (g.labels) g.labels[g.n] = STR_NONE;
    group_add(&g, (Delta){.kind = DELTA_UNKNOWN, .action = ACTION_CREATE});
    return g;
}

static void block_group(Arena *arena, Delta *d, DeltaGroup *groups, const Change *c, const SchemaNested *nested) {
    Change own = change_attr(arena, c, nested->name);
    DeltaGroup out = {.name = name_str(nested->name), .replace = path_set_ends(&own.replace)};
    out.before_sensitive = value_is_sensitive(own.before);
    out.after_sensitive = value_is_sensitive(own.after);
    own.before = value_with_marks(own.before, 0);
    own.after = value_with_marks(own.after, 0);
    if (value_is_null(own.before) && value_is_null(own.after)) return;
    GroupParts g = value_is_unknown(own.after) ? group_unknown(arena, &own, nested) : group_known(arena, &own, nested);
    d->action = change_action_add(d->action, g.action);
    out.parts = g.at;
    out.labels = g.labels;
    out.n = g.n;
    groups[d->group_count++] = out;
}

Delta delta_block_inside(Arena *arena, const Change *c, const SchemaBlock *block) {
    Delta d = {.kind = DELTA_BLOCK, .action = change_action_whole(c), .replace = path_set_ends(&c->replace)};
    block_attrs(arena, &d, c, block);
    if (block->block_count == 0) return d;
    DeltaGroup *groups = ARENA_ARRAY(arena, DeltaGroup, block->block_count);
    d.groups = groups;
    for (uint32_t i = 0; i < block->block_count; i++) block_group(arena, &d, groups, c, &block->blocks[i]);
    return d;
}

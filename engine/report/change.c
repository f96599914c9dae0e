// Changes and the paths that lead through them.
#include "engine/plan/diff.h"
#include "engine/report/delta.h"
#include "engine/value/json.h"

static const Value change_absent = {.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};

bool change_nil(Value v) { return !value_is_set(v); }

PathSet path_set_of(Arena *arena, const PathList *list) {
    PathSet set = {0};
    if (!list || list->list.n == 0) return set;
    const Path **at = ARENA_ARRAY(arena, const Path *, list->list.n);
    for (uint32_t i = 0; i < list->list.n; i++) at[set.n++] = &list->list.at[i];
    set.at = at;
    return set;
}

bool path_set_ends(const PathSet *set) {
    for (uint32_t i = 0; i < set->n; i++)
        if (set->at[i]->n == set->depth) return true;
    return false;
}

static bool step_is_key(const PathStep *step, Str key) {
    if (step->attr) return str_eq(name_str(step->attr), key);
    return step->index.kind == TYPE_STRING && value_is_set(step->index) && str_eq(value_str(step->index), key);
}

static bool step_is_element(const PathStep *step, int64_t index, Value before, Value after) {
    int64_t i;
    if (step->attr) return false;
    if (index >= 0) return step->index.kind == TYPE_NUMBER && value_to_i64(step->index, &i) && i == index;
    return value_same(step->index, before) || value_same(step->index, after);
}

typedef struct Step { // a step into a keyed value (key.p set) or into an element
    Str key;
    int64_t index; // -1: an element of a set
    Value before, after;
} Step;

// through: a path that ended further up holds for what is inside too.
static PathSet path_set_step(Arena *arena, const PathSet *set, const Step *step, bool through) {
    PathSet out = {.depth = set->depth + 1, .all = set->all};
    if (set->n == 0) return out;
    const Path **at = ARENA_ARRAY(arena, const Path *, set->n);
    for (uint32_t i = 0; i < set->n; i++) {
        const Path *p = set->at[i];
        bool ended = p->n <= set->depth;
        bool in = ended         ? through
                  : step->key.p ? step_is_key(&p->at[set->depth], step->key)
                                : step_is_element(&p->at[set->depth], step->index, step->before, step->after);
        if (in) at[out.n++] = p;
    }
    out.at = at;
    return out;
}

Change change_of(Arena *arena, Value before, Value after, const PathList *replace) {
    return (Change){
        .before = before, .after = after, .replace = path_set_of(arena, replace), .relevant = {.all = true}};
}

// What nobody asked about is as it was.
static Change change_irrelevant(Change c) {
    if (c.relevant.all || c.relevant.n) return c;
    c.after = c.before;
    c.has_after = c.has_before;
    return c;
}

static Change change_step(Arena *arena, const Change *c, const Step *step, const Value *before, const Value *after) {
    Change part = {.before = before ? *before : change_absent,
                   .after = after ? *after : change_absent,
                   .has_before = before != NULL,
                   .has_after = after != NULL};
    part.replace.depth = c->replace.depth + 1;
    part.relevant.all = c->relevant.all;
    if (c->replace.n) part.replace = path_set_step(arena, &c->replace, step, false);
    if (!c->relevant.all) part.relevant = path_set_step(arena, &c->relevant, step, true);
    return part;
}

Change change_attr(Arena *arena, const Change *c, Name name) {
    Step step = {.key = name_str(name)};
    Change part = change_step(arena, c, &step, value_get(c->before, name), value_get(c->after, name));
    if (c->parts_unknown && change_nil(part.after))
        part.after = value_unknown(arena_process(arena), type_dynamic(arena_process(arena)));
    part.has_before = part.has_after = false;
    return change_irrelevant(part);
}

Change change_key(Arena *arena, const Change *c, Str key, const Value *before, const Value *after) {
    Step step = {.key = key.p ? key : STR("")};
    return change_irrelevant(change_step(arena, c, &step, before, after));
}

static bool has_elements(Value v) {
    return value_is_set(v) && (v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE);
}

static const Value *change_element(Value v, uint32_t i) { return has_elements(v) && i < v.n ? &v.list->at[i] : NULL; }

Change change_index(Arena *arena, const Change *c, uint32_t before, uint32_t after) {
    Step step = {.index = before != DIFF_NONE && before < value_parts(c->before) ? before : after};
    return change_irrelevant(
        change_step(arena, c, &step, change_element(c->before, before), change_element(c->after, after)));
}

Change change_pair(Arena *arena, const Change *c, DiffPair pair, bool set) {
    if (!set) {
        Change all = *c; // of a list that matters every element does
        all.relevant = (PathSet){.all = true};
        return change_index(arena, &all, pair.before, pair.after);
    }
    const Value *before = change_element(c->before, pair.before), *after = change_element(c->after, pair.after);
    Step step = {.index = -1, .before = before ? *before : change_absent, .after = after ? *after : change_absent};
    Change part = change_step(arena, c, &step, before, after);
    part.relevant = (PathSet){.all = true};
    return part;
}

uint8_t change_action_whole(const Change *c) {
    bool before = !change_nil(c->before), after = !change_nil(c->after);
    if (before == after) return ACTION_NOOP;
    return after ? ACTION_CREATE : ACTION_DELETE;
}

uint8_t change_action_add(uint8_t action, uint8_t part) {
    if (part == ACTION_NOOP || part == action) return action;
    return ACTION_UPDATE;
}

static bool is_keyed(Value v) { return v.kind == TYPE_MAP || v.kind == TYPE_OBJECT; }

static Str part_key(Value v, uint32_t i) {
    return v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
}

bool change_same(Value a, Value b) {
    if (!value_is_whole(a) || !value_is_whole(b)) return false;
    if (value_is_null(a) || value_is_null(b)) return value_is_null(a) && value_is_null(b);
    if (a.kind < TYPE_LIST || b.kind < TYPE_LIST) return a.kind == b.kind && value_same(a, b);
    if (is_keyed(a) != is_keyed(b) || a.n != b.n) return false;
    if (a.kind == b.kind && a.list == b.list) return true;
    for (uint32_t i = 0; i < a.n; i++) {
        if (is_keyed(a) && !str_eq(part_key(a, i), part_key(b, i))) return false;
        if (!change_same(value_part(a, i), value_part(b, i))) return false;
    }
    return true;
}

// ---- elements ----

// Numbers for elements: equal as JSON, equal number. What holds an unknown is like no other.
static uint32_t *element_numbers(Arena *arena, StrMap *known, Value v, uint32_t n) {
    uint32_t *out = ARENA_ARRAY(arena, uint32_t, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Value e = v.list->at[i];
        Buf text = buf_in(arena);
        if (value_is_whole(e)) {
            JsonWriter w = json_writer(&text, 0);
            json_value(&w, e, NULL, JSON_IMPLIED);
        } else {
            buf_format(&text, "unknown %u", known->n);
        }
        out[i] = diff_number(known, buf_str(&text));
    }
    return out;
}

static DiffSides change_sides(Arena *arena, const Change *c) {
    StrMap known = strmap_in(arena);
    DiffSides s = {0};
    if (has_elements(c->before)) s.before_n = c->before.n;
    if (has_elements(c->after)) s.after_n = c->after.n;
    s.before = element_numbers(arena, &known, c->before, s.before_n);
    s.after = element_numbers(arena, &known, c->after, s.after_n);
    return s;
}

static bool texts_share_line(Arena *arena, Str a, Str b) {
    StrMap lines = strmap_in(arena);
    Str line;
    for (Str rest = a; str_next(&rest, '\n', &line);) strmap_put(&lines, line, NULL);
    for (Str rest = b; str_next(&rest, '\n', &line);)
        if (strmap_get(&lines, line)) return true;
    return false;
}

typedef struct Elements {
    Arena *arena;
    Value before, after;
    bool keyed; // objects go together
} Elements;

// Texts of several lines that share one, or objects.
static bool elements_alike(void *ctx, uint32_t before, uint32_t after) {
    const Elements *e = ctx;
    Value a = e->before.list->at[before], b = e->after.list->at[after];
    if (!value_is_set(a) || !value_is_set(b)) return false;
    if (e->keyed && is_keyed(a) && is_keyed(b)) return true;
    if (a.kind != TYPE_STRING || b.kind != TYPE_STRING) return false;
    Str old = value_str(a), new = value_str(b);
    if (str_find_char(old, '\n') < 0 && str_find_char(new, '\n') < 0) return false;
    return texts_share_line(e->arena, old, new);
}

static bool value_empty(Value v) {
    if (value_is_null(v)) return true;
    if (value_is_unknown(v)) return false;
    if (v.kind == TYPE_BOOL) return !v.i;
    return v.kind != TYPE_NUMBER && v.n == 0;
}

// Parts that agree, in percent of those that say something. Unknown may be anything: half.
static uint32_t likeness_of(Value a, Value b) {
    if (value_is_unknown(b)) return 50;
    if (change_same(a, b)) return 100;
    if (!value_is_set(a) || !value_is_set(b) || a.kind != TYPE_OBJECT || b.kind != TYPE_OBJECT) return 0;
    uint64_t sum = 0, count = 0;
    for (uint32_t i = 0; i < a.n && i < b.n; i++) {
        if (a.obj->shape != b.obj->shape && !str_eq(part_key(a, i), part_key(b, i))) return 0;
        Value x = a.obj->at[i], y = b.obj->at[i];
        if (value_empty(x) && value_empty(y)) continue;
        count++;
        sum += likeness_of(x, y);
    }
    return count ? (uint32_t)(sum / count) : 0;
}

static uint32_t elements_likeness(void *ctx, uint32_t before, uint32_t after) {
    const Elements *e = ctx;
    return likeness_of(e->before.list->at[before], e->after.list->at[after]);
}

uint32_t change_pairs_list(Arena *arena, const Change *c, bool keyed, DiffPair **out) {
    DiffSides s = change_sides(arena, c);
    Elements e = {arena, c->before, c->after, keyed};
    *out = ARENA_ARRAY(arena, DiffPair, s.before_n + s.after_n + 1);
    return diff_sequence(arena, &s, elements_alike, &e, *out);
}

uint32_t change_pairs_set(Arena *arena, const Change *c, bool keyed, DiffPair **out) {
    DiffSides s = change_sides(arena, c);
    Elements e = {arena, c->before, c->after, keyed};
    *out = ARENA_ARRAY(arena, DiffPair, s.before_n + s.after_n + 1);
    return diff_set(arena, &s, keyed ? elements_likeness : NULL, &e, *out);
}

#include "providers/aws/client/paging.h"

#include "engine/base/limits.h"

#define PAGES_MAX 100000u

static const Value *step_into(const Value *v, Str part) {
    bool last = str_ends(part, STR("[-1]"));
    if (last) part.n -= 4;
    v = value_get_str(*v, part);
    if (!v || !value_is_set(*v)) return NULL;
    if (!last) return v;
    return v->kind == TYPE_TUPLE && v->n ? &value_elements(*v)[v->n - 1] : NULL;
}

static const Value *find_one(Value v, Str path) {
    const Value *at = &v, *found = NULL;
    Str part;
    while (str_next(&path, '.', &part)) {
        at = found = step_into(at, str_trim(part));
        if (!found) return NULL;
    }
    return found;
}

const Value *paging_find(Value v, Str path) {
    while (path.n) {
        ptrdiff_t or = str_find(path, STR("||"));
        const Value *found = find_one(v, str_trim(or < 0 ? path : str_slice(path, 0, (size_t) or)));
        if (found) return found;
        path = or < 0 ? STR_NONE : str_slice(path, (size_t) or +2, path.n);
    }
    return NULL;
}

// The object with the member at the path replaced, or added.
static Value with(Arena *arena, Value object, Str path, Value v, uint32_t depth) {
    if (depth > LIMIT_VALUE_DEPTH) return object;
    Process *process = arena_process(arena);
    Str part;
    str_next(&path, '.', &part);
    Name name = name_of(process, part);
    uint32_t n = value_is_set(object) && object.kind == TYPE_OBJECT ? object.n : 0;
    Name *names = ARENA_ARRAY(arena, Name, n + 1);
    Value *at = ARENA_ARRAY(arena, Value, n + 1);
    Value old = value_null(process, type_dynamic(process));
    for (uint32_t i = 0; i < n; i++) {
        names[i] = object.obj->shape->names[i];
        at[i] = object.obj->at[i];
        if (names[i] == name) old = at[i];
    }
    names[n] = name;
    at[n] = path.p ? with(arena, old, path, v, depth + 1) : v;
    return value_object_of(arena, names, at, n + 1);
}

Paging paging_start(Arena *arena, const AwsPaginator *paginator) {
    Paging p = {.arena = arena, .paginator = paginator};
    p.lists = arena_zalloc(arena, (paginator->result_count + 1) * sizeof *p.lists);
    p.tokens = ARENA_ARRAY(arena, Str, paginator->tokens);
    return p;
}

static void collect(Paging *p, Value page) {
    for (uint32_t i = 0; i < p->paginator->result_count; i++) {
        const Value *list = paging_find(page, p->paginator->results[i]);
        if (!list || list->kind != TYPE_TUPLE) continue;
        for (uint32_t e = 0; e < list->n; e++) vec_push(p->arena, &p->lists[i], value_elements(*list)[e]);
    }
}

// True when any token is new; they go into the input.
static bool take_tokens(Paging *p, Value page, Value *input) {
    bool any = false;
    for (uint32_t i = 0; i < p->paginator->tokens; i++) {
        const Value *token = paging_find(page, p->paginator->outputs[i]);
        Str text = token && token->kind == TYPE_STRING ? value_str(*token) : STR_NONE;
        if (token && text.n && !str_eq(text, p->tokens[i])) any = true;
        if (token && token->kind == TYPE_OBJECT) any = true; // DynamoDB's last key
        p->tokens[i] = text;
        if (token && (text.n || token->kind == TYPE_OBJECT))
            *input = with(p->arena, *input, p->paginator->inputs[i], *token, 0);
    }
    return any;
}

bool paging_add(Paging *p, Value page, Value input, Value *next) {
    if (p->pages++ == 0) p->first = page;
    collect(p, page);
    if (p->paginator->more.n) {
        const Value *more = paging_find(page, p->paginator->more);
        if (!more || !value_true(*more)) return false;
    }
    *next = input;
    return take_tokens(p, page, next) && p->pages < PAGES_MAX;
}

Value paging_finish(Paging *p) {
    Value result = p->first;
    Process *process = arena_process(p->arena);
    if (p->pages < 2) return result;
    for (uint32_t i = 0; i < p->paginator->result_count; i++)
        result =
            with(p->arena, result, p->paginator->results[i], value_tuple(p->arena, p->lists[i].at, p->lists[i].n), 0);
    for (uint32_t i = 0; i < p->paginator->tokens; i++) {
        Str path = p->paginator->outputs[i];
        if (str_find(path, STR("||")) >= 0 || str_find_char(path, '[') >= 0) continue;
        result = with(p->arena, result, path, value_null(process, type_string(process)), 0);
    }
    return result;
}

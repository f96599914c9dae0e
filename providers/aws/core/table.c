#include "providers/aws/core/table.h"

typedef struct Cursor {
    Table *table;
    const char *at, *end;
    bool share; // bodies that occur in several places are made once
    bool failed;
} Cursor;

void table_init(Table *table, Arena *arena, Str text) {
    *table = (Table){.arena = arena, .text = text, .bodies = strmap_in(arena), .types = strmap_in(arena)};
}

// The line that starts with KIND, space, NAME, space: what follows. Lines are sorted bytewise.
static bool find_line(Str text, char kind, Str name, Str *rest) {
    size_t low = 0, high = text.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2, start = middle;
        while (start > low && text.p[start - 1] != '\n') start--;
        const char *newline = memchr(text.p + start, '\n', text.n - start);
        size_t end = newline ? (size_t)(newline - text.p) : text.n;
        Str line = {text.p + start, end - start};
        int order = line.n ? (unsigned char)line.p[0] - (unsigned char)kind : -1;
        if (order == 0) {
            size_t have = line.n > 2 ? line.n - 2 : 0, n = have < name.n + 1 ? have : name.n + 1;
            for (size_t i = 0; i < n && order == 0; i++) {
                unsigned char want = i < name.n ? (unsigned char)name.p[i] : ' ';
                order = (unsigned char)line.p[2 + i] - want;
            }
            if (order == 0 && have < name.n + 1) order = -1;
        }
        if (order == 0) {
            *rest = str_slice(line, name.n + 3, line.n);
            return true;
        }
        if (order < 0)
            low = end + 1;
        else
            high = start;
    }
    return false;
}

static char peek(const Cursor *c) { return c->at < c->end ? *c->at : '\0'; }

static bool take(Cursor *c, char want) {
    if (peek(c) != want) return false;
    c->at++;
    return true;
}

static Str take_word(Cursor *c, const char *stops) {
    const char *from = c->at;
    while (c->at < c->end && !strchr(stops, *c->at)) c->at++;
    return (Str){from, (size_t)(c->at - from)};
}

static uint32_t take_number(Cursor *c) {
    int64_t n = 0;
    Str digits = take_word(c, "-@ ]");
    if (str_eq(digits, STR("*"))) return 0;
    if (!str_to_i64(digits, &n)) c->failed = true;
    return (uint32_t)n;
}

static Str take_hash(Cursor *c) {
    Str hash = {c->at, 8};
    if (c->end - c->at < 8)
        c->failed = true;
    else
        c->at += 8;
    return c->failed ? STR_NONE : hash;
}

static const Type *take_type(Cursor *c, uint32_t depth);

static const Type *shared_type(Cursor *c, uint32_t depth) {
    Str hash = take_hash(c), line;
    Table *t = c->table;
    const Type *known = strmap_get_ptr(&t->types, hash);
    if (known || c->failed) return known ? known : type_string(arena_process(t->arena));
    Cursor inner = {.table = t};
    if (find_line(t->text, 't', hash, &line)) {
        inner.at = line.p;
        inner.end = line.p + line.n;
    }
    const Type *type = take_type(&inner, depth);
    c->failed |= inner.failed;
    strmap_put_ptr(&t->types, hash, type);
    return type;
}

static const Type *object_type(Cursor *c, uint32_t depth) {
    Arena *arena = c->table->arena;
    VEC(TypeField) fields = {0};
    if (!take(c, '{')) c->failed = true;
    while (!c->failed && !take(c, '}')) {
        Str name = take_word(c, ":");
        if (!take(c, ':')) c->failed = true;
        const Type *type = take_type(c, depth);
        vec_push(arena, &fields, ((TypeField){name_of(arena_process(arena), name), type, false}));
        if (!take(c, ',') && peek(c) != '}') c->failed = true;
    }
    return type_object(arena_process(arena), fields.at, fields.n);
}

static const Type *take_type(Cursor *c, uint32_t depth) {
    Process *p = arena_process(c->table->arena);
    if (depth > LIMIT_VALUE_DEPTH) c->failed = true;
    switch (c->failed ? '\0' : c->at < c->end ? *c->at++ : '\0') {
    case 's': return type_string(p);
    case 'n': return type_number(p);
    case 'b': return type_bool(p);
    case 'd': return type_dynamic(p);
    case 'L': return type_list(p, take_type(c, depth + 1));
    case 'S': return type_set(p, take_type(c, depth + 1));
    case 'M': return type_map(p, take_type(c, depth + 1));
    case 'O': return object_type(c, depth + 1);
    case '@': return shared_type(c, depth + 1);
    default: c->failed = true; return type_string(p);
    }
}

// The parts of an attribute that is an object or a collection of objects, so that a definition can say more of them.
static Attrs *object_attrs(Arena *arena, const Type *type, uint32_t flags) {
    while (type_is_collection(type)) type = type->elem;
    if (type->kind != TYPE_OBJECT) return NULL;
    Attrs *attrs = ARENA_NEW(arena, Attrs);
    attrs->at = ARENA_ARRAY(arena, Attr, type->n + 1);
    attrs->n = type->n;
    for (uint32_t i = 0; i < type->n; i++) {
        uint32_t mode = flags & (INFRA_REQUIRED | INFRA_OPTIONAL) ? INFRA_OPTIONAL : INFRA_COMPUTED;
        attrs->at[i] = (Attr){.name = type->names[i], .type = type->types[i], .flags = mode, .part = true};
        attrs->at[i].inside = object_attrs(arena, type->types[i], mode);
    }
    attrs->type = type;
    attrs->shape = shape_of_type(arena_process(arena), type);
    return attrs;
}

static bool take_attr(Cursor *c, Attr *a) {
    static const struct {
        char letter;
        uint32_t flags;
    } modes[] = {
        {'r', INFRA_REQUIRED}, {'o', INFRA_OPTIONAL}, {'a', INFRA_OPTIONAL | INFRA_COMPUTED}, {'c', INFRA_COMPUTED}};
    bool known = false;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (peek(c) != modes[i].letter) continue;
        a->flags = modes[i].flags;
        known = true;
    }
    if (!known) return false;
    c->at++;
    for (;; c->at++) {
        if (peek(c) == '!')
            a->flags |= INFRA_SENSITIVE;
        else if (peek(c) == 'w')
            a->flags |= INFRA_WRITE_ONLY;
        else if (peek(c) == '-')
            a->deprecated = "This argument is deprecated.";
        else
            break;
    }
    a->type = take_type(c, 0);
    a->inside = object_attrs(c->table->arena, a->type, a->flags);
    return true;
}

static Attrs *take_items(Cursor *c, uint32_t depth);

static Attrs *shared_items(Cursor *c, uint32_t depth) {
    Str hash = take_hash(c), line;
    Table *t = c->table;
    Cursor inner = {.table = t, .share = c->share};
    Attrs *known = c->failed || !c->share ? NULL : strmap_get_ptr(&t->bodies, hash);
    if (known) return known;
    if (c->failed || !find_line(t->text, 'b', hash, &line)) {
        c->failed = true;
        return NULL;
    }
    inner.at = line.p;
    inner.end = line.p + line.n;
    Attrs *attrs = take_items(&inner, depth);
    c->failed |= inner.failed;
    if (c->share) strmap_put_ptr(&t->bodies, hash, attrs);
    return attrs;
}

static const Type *block_type(Process *p, const Attr *a) {
    switch (a->nesting) {
    case NEST_LIST: return type_list(p, a->inside->type);
    case NEST_SET: return type_set(p, a->inside->type);
    case NEST_MAP: return type_map(p, a->inside->type);
    default: return a->inside->type;
    }
}

static bool take_block(Cursor *c, Attr *a, uint32_t depth) {
    static const char letters[] = "ogls";
    const char *letter = c->at < c->end ? strchr(letters, *c->at) : NULL;
    a->block = true;
    if (letter && *letter)
        a->nesting = (Nesting)(letter - letters);
    else if (peek(c) == 'm')
        a->nesting = NEST_MAP;
    else
        return false;
    c->at++;
    a->min = take_number(c);
    if (!take(c, '-')) return false;
    a->max = take_number(c);
    if (take(c, '@'))
        a->inside = shared_items(c, depth + 1);
    else if (take(c, ' '))
        a->inside = take_items(c, depth + 1);
    if (!a->inside || c->failed || !take(c, ']')) return false;
    a->type = block_type(arena_process(c->table->arena), a);
    return true;
}

// Up to the end of the line or the block's bracket. Depth is bounded against a damaged table.
static Attrs *take_items(Cursor *c, uint32_t depth) {
    Arena *arena = c->table->arena;
    VEC(Attr) items = {0};
    if (depth > LIMIT_VALUE_DEPTH) c->failed = true;
    while (!c->failed && c->at < c->end && peek(c) != ']') {
        Str name = take_word(c, ":[ ]");
        Attr a = {.name = name_of(arena_process(arena), name)};
        bool fits = take(c, ':') ? take_attr(c, &a) : take(c, '[') ? take_block(c, &a, depth) : false;
        if (!fits) c->failed = true;
        vec_push(arena, &items, a);
        (void)take(c, ' ');
    }
    Attrs *attrs = ARENA_NEW(arena, Attrs);
    attrs->at = items.at;
    attrs->n = items.n;
    if (!c->failed) attrs_finish(arena, attrs);
    return attrs;
}

bool table_has(const Table *table, char kind, Str name) {
    Str rest;
    return find_line(table->text, kind, name, &rest);
}

Attrs *table_type(Table *table, char kind, Str name, bool share, uint64_t *version) {
    Str rest, number;
    int64_t n;
    if (!find_line(table->text, kind, name, &rest)) return NULL;
    if (!str_next(&rest, ' ', &number) || !str_to_i64(number, &n)) return NULL;
    *version = (uint64_t)n;
    Cursor c = {.table = table, .share = share, .at = rest.p, .end = rest.p + rest.n};
    Attrs *attrs = take_items(&c, 0);
    return c.failed || c.at != c.end ? NULL : attrs;
}

const char **table_names(const Table *table, Arena *arena, char kind, size_t *n) {
    VEC(const char *) names = {0};
    Str text = table->text, line;
    while (str_next(&text, '\n', &line)) {
        if (line.n < 3 || line.p[0] != kind || line.p[1] != ' ') continue;
        Str rest = str_slice(line, 2, line.n), name;
        if (str_next(&rest, ' ', &name)) vec_push(arena, &names, str_to_z(arena, name));
    }
    *n = names.n;
    return names.at;
}

const Type *table_parse_type(Table *table, Str text) {
    Cursor c = {.table = table, .at = text.p, .end = text.p + text.n};
    const Type *type = take_type(&c, 0);
    return c.failed || c.at != c.end ? NULL : type;
}

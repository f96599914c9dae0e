#include "tests/harness/plan_compare.h"

#include <ctype.h>
#include <string.h>

#include "engine/base/process.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/type.h"

typedef struct Compare {
    Process *process;
    Arena *arena;
    Buf *out;
    Buf path;
    bool same;
} Compare;

// ---- what is passed over ----

static const char *const PASSED_OVER[] = {"timestamp", "terraform_version", "lineage", "serial"};

static bool passed_over(const Compare *c, Str key) {
    for (size_t i = 0; i < sizeof PASSED_OVER / sizeof *PASSED_OVER; i++)
        if (str_eqz(key, PASSED_OVER[i]) && (c->path.n == 0 || i == 1)) return true;
    return false;
}

static bool is_uuid(Str s) {
    if (s.n < 36) return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : !isxdigit((unsigned char)s.p[i])) return false;
    }
    return true;
}

static Str without_uuids(Arena *arena, Str text) {
    Buf b = {0};
    for (size_t i = 0; i < text.n;) {
        Str rest = str_make(text.p + i, text.n - i);
        if (is_uuid(rest)) {
            buf_z(&b, "<uuid>");
            i += 36;
        } else {
            buf_char(&b, text.p[i++]);
        }
    }
    Str out = str_copy(arena, buf_str(&b));
    buf_free(&b);
    return out;
}

// ---- comparing ----

static void print(Compare *c, const Value *v) {
    if (!v) {
        buf_z(c->out, "nothing");
        return;
    }
    Buf b = {0};
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, *v, NULL, JSON_IMPLIED);
    Str text = buf_str(&b);
    buf_add(c->out, str_make(text.p, text.n > 600 ? 600 : text.n));
    buf_free(&b);
}

static void differ(Compare *c, const Value *want, const Value *got) {
    c->same = false;
    buf_z(c->out, "  ");
    buf_add(c->out, buf_str(&c->path));
    buf_z(c->out, "\n    want ");
    print(c, want);
    buf_z(c->out, "\n    got  ");
    print(c, got);
    buf_char(c->out, '\n');
}

static void compare(Compare *c, Value want, Value got);

static void compare_field(Compare *c, Str key, const Value *want, const Value *got) {
    if (passed_over(c, key)) return;
    size_t was = c->path.n;
    buf_char(&c->path, '.');
    buf_add(&c->path, key);
    if (want && got) compare(c, *want, *got);
    else differ(c, want, got);
    c->path.n = was;
}

static void compare_objects(Compare *c, Value want, Value got) {
    for (uint32_t i = 0; i < want.n; i++) {
        Name name = want.obj->shape->names[i];
        compare_field(c, name_str(name), &want.obj->at[i], value_get(got, name));
    }
    for (uint32_t i = 0; i < got.n; i++) {
        Name name = got.obj->shape->names[i];
        if (!value_get(want, name)) compare_field(c, name_str(name), NULL, &got.obj->at[i]);
    }
}

static Str address_of(Value v) {
    const Value *a = value_is_set(v) && v.kind == TYPE_OBJECT ? value_get_str(v, STR("address")) : NULL;
    return a && value_is_set(*a) && a->kind == TYPE_STRING ? value_str(*a) : STR("");
}

static void compare_tuples(Compare *c, Value want, Value got) {
    uint32_t n = want.n > got.n ? want.n : got.n;
    for (uint32_t i = 0; i < n; i++) {
        size_t was = c->path.n;
        const Value *a = i < want.n ? &value_elements(want)[i] : NULL, *b = i < got.n ? &value_elements(got)[i] : NULL;
        buf_format(&c->path, "[%u]", i);
        Str address = address_of(a ? *a : *b);
        if (address.n) buf_format(&c->path, "<%.*s>", STR_ARG(address));
        if (a && b) compare(c, *a, *b);
        else differ(c, a, b);
        c->path.n = was;
    }
}

static bool unordered(Str path) {
    return str_eqz(path, ".relevant_attributes") || str_ends(path, STR(".replace_paths"));
}

// What the peer lists in no particular order.
static void compare_lists(Compare *c, Value want, Value got) {
    if (want.n != got.n) {
        differ(c, &want, &got);
        return;
    }
    for (uint32_t i = 0; i < want.n; i++) {
        bool found = false;
        for (uint32_t k = 0; k < got.n && !found; k++)
            found = value_same(value_elements(want)[i], value_elements(got)[k]);
        if (!found) differ(c, &value_elements(want)[i], &got);
    }
}

// Recursion is over the nesting of the documents, which their reader bounds.
static void compare(Compare *c, Value want, Value got) {
    bool both = value_is_set(want) && value_is_set(got);
    if (both && want.kind == TYPE_OBJECT && got.kind == TYPE_OBJECT) compare_objects(c, want, got);
    else if (both && want.kind == TYPE_TUPLE && got.kind == TYPE_TUPLE && unordered(buf_str(&c->path)))
        compare_lists(c, want, got);
    else if (both && want.kind == TYPE_TUPLE && got.kind == TYPE_TUPLE) compare_tuples(c, want, got);
    else if (!value_same(want, got)) differ(c, &want, &got);
}

static bool read(Compare *c, const char *which, Str text, Value *out) {
    JsonError error = {0};
    if (json_decode(c->arena, without_uuids(c->arena, text), out, &error)) return true;
    buf_format(c->out, "  the JSON %s: %s at byte %zu\n", which, error.message ? error.message : "unreadable", error.at);
    return false;
}

bool plan_compare(Str want_text, Str got_text, Buf *out) {
    Compare c = {.process = process_new(), .out = out, .same = true};
    type_init(c.process);
    marks_init(c.process);
    c.arena = arena_new(c.process, LIFE_CONFIG, "compare");
    Value want, got;
    bool readable = read(&c, "wanted", want_text, &want);
    readable = read(&c, "made", got_text, &got) && readable; // both, so that each one's fault is told
    if (readable) compare(&c, want, got);
    else c.same = false;
    buf_free(&c.path);
    arena_free(c.arena);
    process_free(c.process);
    return c.same;
}

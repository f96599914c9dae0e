// A process and an arena for the tests of values, and short ways to make values. Included once by each test.
#ifndef INFRA_UNIT_VALUE_FIXTURE_H
#define INFRA_UNIT_VALUE_FIXTURE_H

#include "tests/harness/unit.h"

#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/value.h"

static Process *p;
static Arena *arena;

static inline int setup(void **state) {
    (void)state;
    p = test_process();
    type_init(p);
    marks_init(p);
    arena = arena_new(p, LIFE_WALK, "test");
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(p);
    return 0;
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static inline Value str(const char *z) { return value_string(arena, str_of(z)); }

static inline Value number(const char *z) {
    return value_num(arena, num_parse(arena, str_of(z), NUM_PRECISION_TEXT));
}

static inline const Type *type(const char *json) {
    const Type *t = type_from_json(p, str_of(json));
    assert_non_null(t);
    return t;
}

// The value of a JSON document, as a type or (NULL) of the implied one.
static inline Value json(const char *as, const char *text) {
    JsonReader r = json_reader(arena, str_of(text));
    JsonError error;
    Value v;
    if (!json_read_value(arena, &r, as ? type(as) : type_dynamic(p), JSON_IMPLIED, &v, &error))
        fail_msg("%s: %s", text, error.message);
    return v;
}

// As {"value":…,"type":…}; unknowns must not be there.
static inline Str typed(Value v) {
    Buf b = buf_in(arena);
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, v, type_dynamic(p), JSON_WRAPPED_DYNAMIC);
    return buf_str(&b);
}

static inline Str plain(Value v) {
    Buf b = buf_in(arena);
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    return buf_str(&b);
}

#endif

#include "tests/harness/unit.h"

#include "engine/plan/diff.h"

#define MANY 4000u

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = test_process();
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

// "ab" to numbers: each letter is an element.
static uint32_t *letters(const char *text) {
    uint32_t n = (uint32_t)strlen(text), *out = ARENA_ARRAY(arena, uint32_t, n + 1);
    for (uint32_t i = 0; i < n; i++) out[i] = (unsigned char)text[i];
    return out;
}

static DiffSides sides_of(const char *before, const char *after) {
    return (DiffSides){letters(before), letters(after), (uint32_t)strlen(before), (uint32_t)strlen(after)};
}

// "=a -b +c ~de": what stays, goes, comes, becomes another.
static Str told(const DiffSides *s, const DiffPair *pairs, uint32_t n) {
    Buf out = buf_in(arena);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t a = pairs[i].before, b = pairs[i].after;
        if (i) buf_char(&out, ' ');
        if (a == DIFF_NONE)
            buf_format(&out, "+%c", (char)s->after[b]);
        else if (b == DIFF_NONE)
            buf_format(&out, "-%c", (char)s->before[a]);
        else if (s->before[a] == s->after[b])
            buf_format(&out, "=%c", (char)s->before[a]);
        else
            buf_format(&out, "~%c%c", (char)s->before[a], (char)s->after[b]);
    }
    return buf_str(&out);
}

static bool same_case(void *ctx, uint32_t before, uint32_t after) {
    const DiffSides *s = ctx; // letters that differ in case only are alike
    return (s->before[before] | 32) == (s->after[after] | 32);
}

static Str sequence(const char *before, const char *after, bool alike) {
    DiffSides s = sides_of(before, after);
    DiffPair *pairs = ARENA_ARRAY(arena, DiffPair, s.before_n + s.after_n + 1);
    return told(&s, pairs, diff_sequence(arena, &s, alike ? same_case : NULL, &s, pairs));
}

static void test_sequence(void **state) {
    (void)state;
    assert_str(sequence("", "", false), "");
    assert_str(sequence("abc", "abc", false), "=a =b =c");
    assert_str(sequence("", "ab", false), "+a +b");
    assert_str(sequence("ab", "", false), "-a -b");
    assert_str(sequence("abcd", "axcd", false), "=a -b +x =c =d");
    assert_str(sequence("abc", "bcd", false), "-a =b =c +d");
    assert_str(sequence("aab", "ab", false), "=a -a =b");
}

static void test_alike_elements_are_one_change(void **state) {
    (void)state;
    assert_str(sequence("abc", "aBc", true), "=a ~bB =c");
    assert_str(sequence("abc", "axc", true), "=a -b +x =c");
    // An element that stays is never taken for the change of another.
    assert_str(sequence("b", "Bb", true), "+B =b");
}

static uint32_t case_likeness(void *ctx, uint32_t before, uint32_t after) {
    const DiffSides *s = ctx;
    if ((s->before[before] | 32) == (s->after[after] | 32)) return 90;
    return s->before[before] == 'x' ? 60 : 10;
}

static Str set(const char *before, const char *after) {
    DiffSides s = sides_of(before, after);
    DiffPair *pairs = ARENA_ARRAY(arena, DiffPair, s.before_n + s.after_n + 1);
    return told(&s, pairs, diff_set(arena, &s, case_likeness, &s, pairs));
}

static void test_set(void **state) {
    (void)state;
    assert_str(set("abc", "cb"), "-a =b =c");
    assert_str(set("ab", "bA"), "~aA =b");
    assert_str(set("ab", "cd"), "-a -b +c +d");
    // The best pairs come first, whatever the order: x would do for A, but a is more alike.
    assert_str(set("xa", "A"), "-x ~aA");
    assert_str(set("xa", "Aq"), "~xq ~aA");
}

// Every kept element once and in order, whatever way was taken to find it.
static uint32_t check_pairs(const DiffSides *s, const DiffPair *pairs, uint32_t n) {
    uint32_t i = 0, j = 0, kept = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (pairs[k].before != DIFF_NONE) assert_int_equal(pairs[k].before, i++);
        if (pairs[k].after != DIFF_NONE) assert_int_equal(pairs[k].after, j++);
        if (pairs[k].before == DIFF_NONE || pairs[k].after == DIFF_NONE) continue;
        assert_int_equal(s->before[pairs[k].before], s->after[pairs[k].after]);
        kept++;
    }
    assert_int_equal(i, s->before_n);
    assert_int_equal(j, s->after_n);
    return kept;
}

static void test_long_sequences_are_aligned_by_what_is_unique(void **state) {
    (void)state;
    uint32_t *a = ARENA_ARRAY(arena, uint32_t, MANY), *b = ARENA_ARRAY(arena, uint32_t, MANY);
    for (uint32_t i = 0; i < MANY; i++) a[i] = b[i] = i % 3 == 0 ? 1 : i + 10;
    for (uint32_t i = 5; i < MANY; i += 500) b[i] = MANY * 2 + i; // both ends differ somewhere
    DiffSides s = {a, b, MANY, MANY};
    DiffPair *pairs = ARENA_ARRAY(arena, DiffPair, 2 * MANY + 1);
    uint32_t n = diff_sequence(arena, &s, NULL, NULL, pairs);
    assert_int_equal(check_pairs(&s, pairs, n), MANY - MANY / 500);
}

static void test_long_sequences_without_likeness(void **state) {
    (void)state;
    uint32_t *a = ARENA_ARRAY(arena, uint32_t, MANY), *b = ARENA_ARRAY(arena, uint32_t, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        a[i] = i % 2;
        b[i] = 2 + i % 2;
    }
    DiffSides s = {a, b, MANY, MANY};
    DiffPair *pairs = ARENA_ARRAY(arena, DiffPair, 2 * MANY + 1);
    assert_int_equal(check_pairs(&s, pairs, diff_sequence(arena, &s, NULL, NULL, pairs)), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sequence, setup, teardown),
        cmocka_unit_test_setup_teardown(test_alike_elements_are_one_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_set, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_sequences_are_aligned_by_what_is_unique, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_sequences_without_likeness, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

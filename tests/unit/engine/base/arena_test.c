#include "tests/harness/unit.h"

#include "engine/base/limits.h"

#include <string.h>

static void items_are_aligned_and_apart(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    assert_ptr_equal(arena_process(arena), process);
    assert_int_equal(arena_life(arena), LIFE_OP);
    unsigned char *items[400];
    for (size_t i = 0; i < 400; i++) {
        items[i] = arena_alloc(arena, i);
        assert_non_null(items[i]);
        assert_int_equal((uintptr_t)items[i] % 16, 0);
        memset(items[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t b = 0; b < i; b++) assert_int_equal(items[i][b], i & 0xFF);
    arena_free(arena);
    process_free(process);
}

static void assert_cleared(const unsigned char *p, size_t n) {
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
}

// Memory that was used before a reset or release is dirty; fresh memory is not cleared again.
static void zalloc_clears_used_memory(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    for (int round = 0; round < 4; round++) {
        for (size_t size = 1; size < 3000000; size = size * 3 + 7) {
            unsigned char *p = arena_zalloc(arena, size);
            assert_cleared(p, size);
            memset(p, 0xFF, size);
        }
        ArenaMark mark = arena_mark(arena);
        memset(arena_alloc(arena, 5000), 0xFF, 5000);
        arena_release(arena, mark);
        assert_cleared(arena_zalloc(arena, 9000), 9000);
        arena_reset(arena);
    }
    arena_free(arena);
    process_free(process);
}

// What is older than the mark stays, also large items made at the very same place.
static void release_frees_what_is_newer(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    const size_t sizes[] = {16, 100000, 700000, 5000000};
    for (size_t i = 0; i < 4; i++) {
        char *before = arena_alloc(arena, sizes[i]);
        memset(before, 'b', sizes[i]);
        size_t footprint = arena_footprint(arena);
        ArenaMark mark = arena_mark(arena);
        for (size_t k = 0; k < 4; k++) memset(arena_alloc(arena, sizes[k]), 'x', sizes[k]);
        arena_release(arena, mark);
        assert_int_equal(arena_footprint(arena), footprint);
        for (size_t b = 0; b < sizes[i]; b++) assert_int_equal(before[b], 'b');
    }
    arena_free(arena);
    process_free(process);
}

static void grow_keeps_content(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    unsigned char *p = NULL, *q = NULL;
    size_t size = 0, other = 0;
    for (size_t next = 1; next < 9000000; next = next * 2 + 1) {
        p = arena_grow(arena, p, size, next);
        if (next % 3 == 0) { // something else between two growths
            q = arena_grow(arena, q, other, next / 2);
            other = next / 2;
        }
        for (size_t i = size; i < next; i++) p[i] = (unsigned char)(i * 7);
        size = next;
    }
    for (size_t i = 0; i < size; i++) assert_int_equal(p[i], (unsigned char)(i * 7));
    arena_free(arena);
    process_free(process);
}

#ifndef INFRA_ARENA_DEBUG
static void the_newest_item_grows_in_place(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    char *p = arena_alloc(arena, 10);
    assert_ptr_equal(arena_grow(arena, p, 10, 1000), p);
    arena_alloc(arena, 1);
    assert_ptr_not_equal(arena_grow(arena, p, 1000, 2000), p);
    arena_free(arena);
    process_free(process);
}

static void chunks_are_few_and_kept(void **state) {
    (void)state;
    Process *process = test_process();
    Arena *arena = arena_new(process, LIFE_OP, "test");
    assert_int_equal(arena_footprint(arena), LIMIT_ARENA_CHUNK);
    for (int i = 0; i < 100000; i++) arena_alloc(arena, 100);
    assert_in_range(arena_footprint(arena), 11200000, 15000000);
    arena_reset(arena);
    assert_in_range(arena_footprint(arena), LIMIT_ARENA_CHUNK, LIMIT_ARENA_CHUNK + (1u << 20));
    size_t footprint = arena_footprint(arena);
    for (int i = 0; i < 1000; i++) {
        arena_alloc(arena, 500000);
        arena_reset(arena);
        assert_int_equal(arena_footprint(arena), footprint);
    }
    arena_free(arena);
    process_free(process);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_aligned_and_apart),    cmocka_unit_test(zalloc_clears_used_memory),
        cmocka_unit_test(release_frees_what_is_newer),    cmocka_unit_test(grow_keeps_content),
#ifndef INFRA_ARENA_DEBUG
        cmocka_unit_test(the_newest_item_grows_in_place), cmocka_unit_test(chunks_are_few_and_kept),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

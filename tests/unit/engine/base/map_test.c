#include "tests/harness/unit.h"

#include "engine/base/map.h"
#include "engine/base/vec.h"

static void strings_keep_their_order(void **state) {
    (void)state;
    Process *process = test_process();
    StrMap m = strmap_in(process->arena);
    assert_null(strmap_get(&m, STR("a")));
    for (uint64_t i = 0; i < 5000; i++) {
        bool added;
        Str key = str_format(process->arena, "key%u", (unsigned)i);
        *strmap_put(&m, key, &added) = i;
        assert_true(added);
        assert_int_equal(*strmap_put(&m, str_copy(process->arena, key), &added), i);
        assert_false(added);
        assert_null(strmap_get(&m, STR("absent")));
    }
    assert_int_equal(m.n, 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        assert_int_equal(m.items[i].value, i);
        assert_int_equal(*strmap_get(&m, m.items[i].key), i);
    }
    int there;
    strmap_put_ptr(&m, STR(""), &there);
    assert_ptr_equal(strmap_get_ptr(&m, STR_NONE), &there);
    assert_null(strmap_get_ptr(&m, STR("absent")));
    process_free(process);
}

static void ids_are_found(void **state) {
    (void)state;
    Process *process = test_process();
    IdMap m = idmap_in(process->arena);
    assert_null(idmap_get(&m, 0));
    for (uint64_t i = 0; i < 5000; i++) {
        bool added;
        *idmap_put(&m, i << 32 | (i & 1), &added) = i;
        assert_true(added);
        *idmap_put(&m, i << 32 | (i & 1), &added) += 0;
        assert_false(added);
    }
    assert_int_equal(m.n, 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        assert_int_equal(*idmap_get(&m, i << 32 | (i & 1)), i);
        assert_null(idmap_get(&m, i << 32 | 2));
    }
    process_free(process);
}

static void vectors_grow(void **state) {
    (void)state;
    Process *process = test_process();
    typedef struct Pair {
        int a, b;
    } Pair;
    VEC(Pair) v = {0};
    for (int i = 0; i < 3000; i++) {
        if (i % 2)
            vec_push(process->arena, &v, ((Pair){i, -i}));
        else {
            Pair *p = vec_add(process->arena, &v);
            assert_true(p->a == 0 && p->b == 0);
            *p = (Pair){i, -i};
        }
    }
    assert_int_equal(v.n, 3000);
    for (int i = 0; i < 3000; i++) assert_true(v.at[i].a == i && v.at[i].b == -i);
    uint32_t cap = v.cap;
    vec_reserve(process->arena, &v, cap);
    assert_true(v.cap >= v.n + cap && v.at[2999].a == 2999);
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_keep_their_order),
        cmocka_unit_test(ids_are_found),
        cmocka_unit_test(vectors_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

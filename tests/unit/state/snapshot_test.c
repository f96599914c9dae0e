// Edits of a state: found again at any time, in order after settling, and edges of what is gone given on.
#include "tests/harness/unit.h"

#include "engine/value/marks.h"
#include "state/snapshot.h"

typedef struct Rig {
    Process *process;
    Arena *arena;
    Snapshot *s;
} Rig;

static Rig rig_new(void) {
    Process *process = test_process();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_WALK, "test");
    return (Rig){process, arena, snapshot_new(arena)};
}

static void rig_free(Rig *rig) {
    arena_free(rig->arena);
    process_free(rig->process);
}

static InstanceKey at(int64_t i) { return (InstanceKey){KEY_INT, i, STR_NONE}; }

static StateObject *put(Rig *rig, const char *name, InstanceKey key) {
    StateResource *r = snapshot_put_resource(rig->s, STR_NONE, false, STR("t"), str_of(name), STR("p"));
    return snapshot_put_object(rig->s, r, key, STR_NONE);
}

static void depend(Rig *rig, StateObject *o, const char *const *names, uint32_t n) {
    Str *list = ARENA_ARRAY(rig->arena, Str, n);
    for (uint32_t i = 0; i < n; i++) list[i] = str_of(names[i]);
    o->dependencies = list;
    o->dependency_count = n;
}

// A permutation of 0..n-1 without order.
static uint32_t shuffled(uint32_t i, uint32_t n) { return (uint32_t)((uint64_t)i * 7919 % n); }

static void edits_of_one_resource(void **state) {
    (void)state;
    enum { N = 1000 };
    Rig rig = rig_new();
    for (uint32_t i = 0; i < N; i++) {
        uint32_t k = shuffled(i, N);
        put(&rig, "r", at(k))->schema_version = k;
        if (i % 100 == 50) snapshot_settle(rig.s);
    }
    StateResource *r = snapshot_find(rig.s, STR("t.r"));
    assert_int_equal(r->n, N);
    for (uint32_t k = 0; k < N; k++) assert_int_equal(snapshot_object(r, at(k), STR_NONE)->schema_version, k);
    assert_null(snapshot_object(r, at(N), STR_NONE));
    assert_null(snapshot_object(r, at(1), STR("00000000")));
    for (uint32_t i = 0; i < N; i += 2) {
        snapshot_remove_object(rig.s, STR("t.r"), at(shuffled(i, N)), STR_NONE);
        assert_null(snapshot_object(r, at(shuffled(i, N)), STR_NONE));
    }
    snapshot_settle(rig.s);
    assert_int_equal(r->n, N / 2);
    for (uint32_t i = 1; i < r->n; i++) assert_true(r->objects[i - 1].key.i < r->objects[i].key.i);
    for (uint32_t i = 1; i < N; i += 2)
        assert_int_equal(snapshot_object(r, at(shuffled(i, N)), STR_NONE)->schema_version, shuffled(i, N));
    // Put again: cleared, not doubled.
    uint32_t there = shuffled(1, N);
    assert_int_equal(put(&rig, "r", at(there))->schema_version, 0);
    assert_int_equal(snapshot_find(rig.s, STR("t.r"))->n, N / 2);
    rig_free(&rig);
}

static void edits_of_many_resources(void **state) {
    (void)state;
    enum { N = 500 };
    Rig rig = rig_new();
    for (uint32_t i = 0; i < N; i++) {
        Str name = str_format(rig.arena, "r%03u", shuffled(i, N));
        snapshot_put_object(rig.s, snapshot_put_resource(rig.s, STR_NONE, i % 2, STR("t"), name, STR("p")),
                            INSTANCE_NO_KEY, STR_NONE);
    }
    for (uint32_t i = 0; i < N; i += 4)
        snapshot_remove_object(rig.s, str_format(rig.arena, "t.r%03u", shuffled(i, N)), INSTANCE_NO_KEY, STR_NONE);
    snapshot_settle(rig.s);
    assert_int_equal(rig.s->resource_count, N - N / 4);
    for (uint32_t i = 0; i < rig.s->resource_count; i++) {
        StateResource *r = &rig.s->resources[i];
        assert_ptr_equal(snapshot_find(rig.s, r->address), r);
        assert_true(i == 0 || r[-1].data > r->data || (r[-1].data == r->data && str_cmp(r[-1].name, r->name) < 0));
    }
    assert_null(snapshot_find(rig.s, STR("t.r000")));
    assert_int_equal(snapshot_object_count(rig.s), N - N / 4);
    rig_free(&rig);
}

static void deposed_after_current(void **state) {
    (void)state;
    Rig rig = rig_new();
    StateResource *r = snapshot_put_resource(rig.s, STR("module.m[\"x\"]"), false, STR("t"), STR("n"), STR("p"));
    snapshot_put_object(rig.s, r, at(1), STR("0000000b"));
    snapshot_put_object(rig.s, r, (InstanceKey){KEY_STRING, 0, STR("a")}, STR_NONE);
    snapshot_put_object(rig.s, r, at(1), STR("0000000a"));
    snapshot_put_object(rig.s, r, at(1), STR_NONE);
    snapshot_settle(rig.s);
    assert_str(r->address, "module.m[\"x\"].t.n");
    assert_str(r->objects[0].deposed, "");
    assert_str(r->objects[1].deposed, "0000000a");
    assert_str(r->objects[2].deposed, "0000000b");
    assert_int_equal(r->objects[3].key.kind, KEY_STRING);
    rig_free(&rig);
}

static bool has(const StateObject *o, const char *name) {
    for (uint32_t i = 0; i < o->dependency_count; i++)
        if (str_eqz(o->dependencies[i], name)) return true;
    return false;
}

// top -> middle (2 instances) -> low -> base: when middle and low go, top still comes before base.
static void edges_of_the_gone_are_given_on(void **state) {
    (void)state;
    Rig rig = rig_new();
    depend(&rig, put(&rig, "top", INSTANCE_NO_KEY), (const char *[]){"t.middle", "t.other"}, 2);
    depend(&rig, put(&rig, "middle", at(0)), (const char *[]){"t.low"}, 1);
    depend(&rig, put(&rig, "middle", at(1)), (const char *[]){"t.low", "t.side"}, 2);
    depend(&rig, put(&rig, "low", INSTANCE_NO_KEY), (const char *[]){"t.base", "t.middle"}, 2);
    put(&rig, "base", INSTANCE_NO_KEY);
    put(&rig, "side", INSTANCE_NO_KEY);
    snapshot_remove_object(rig.s, STR("t.low"), INSTANCE_NO_KEY, STR_NONE);
    snapshot_remove_object(rig.s, STR("t.middle"), at(0), STR_NONE);
    snapshot_settle(rig.s);
    const StateObject *middle = snapshot_object(snapshot_find(rig.s, STR("t.middle")), at(1), STR_NONE);
    assert_true(has(middle, "t.base") && has(middle, "t.side") && middle->dependency_count == 3);
    const StateObject *top = snapshot_find(rig.s, STR("t.top"))->objects;
    assert_int_equal(top->dependency_count, 2); // an instance of middle is still there
    snapshot_remove_object(rig.s, STR("t.middle"), at(1), STR_NONE);
    snapshot_settle(rig.s);
    top = snapshot_find(rig.s, STR("t.top"))->objects;
    assert_true(has(top, "t.base") && has(top, "t.side") && has(top, "t.other") && has(top, "t.middle"));
    rig_free(&rig);
}

static void edges_stay_when_a_resource_is_replaced(void **state) {
    (void)state;
    Rig rig = rig_new();
    depend(&rig, put(&rig, "top", INSTANCE_NO_KEY), (const char *[]){"t.low"}, 1);
    depend(&rig, put(&rig, "low", INSTANCE_NO_KEY), (const char *[]){"t.base"}, 1);
    snapshot_remove_object(rig.s, STR("t.low"), INSTANCE_NO_KEY, STR_NONE);
    put(&rig, "low", INSTANCE_NO_KEY);
    snapshot_settle(rig.s);
    const StateObject *top = snapshot_find(rig.s, STR("t.top"))->objects;
    assert_int_equal(top->dependency_count, 1);
    assert_true(has(top, "t.low"));
    rig_free(&rig);
}

static void values_and_marks_round_trip(void **state) {
    (void)state;
    Rig rig = rig_new();
    Process *p = rig.process;
    TypeField fields[] = {{name_of(p, STR("any")), type_dynamic(p), false},
                          {name_of(p, STR("tags")), type_map(p, type_string(p)), false}};
    const Type *type = type_object(p, fields, 2);
    MapItem items[] = {{STR("k"), value_with_marks(value_string(rig.arena, STR("<s>")), MARK_SENSITIVE)}};
    Name names[] = {fields[0].name, fields[1].name};
    Value at_names[] = {value_int(5), value_map(rig.arena, type_string(p), items, 1)};
    Value v = value_object_of(rig.arena, names, at_names, 2);
    StateObject *o = put(&rig, "r", INSTANCE_NO_KEY);
    snapshot_encode(rig.s, o, v, type);
    assert_str(o->attributes, "{\"any\":{\"value\":5,\"type\":\"number\"},\"tags\":{\"k\":\"\\u003cs\\u003e\"}}");
    assert_str(o->sensitive, "[[{\"type\":\"get_attr\",\"value\":\"tags\"},{\"type\":\"index\",\"value\":{\"value\":"
                             "\"k\",\"type\":\"string\"}}]]");
    Value back;
    PathMarksList marks = {0};
    assert_true(snapshot_decode(rig.arena, o, type, &back, NULL));
    assert_true(snapshot_sensitive(rig.arena, o, &marks));
    assert_true(value_identical(marks_apply(rig.arena, back, &marks), v));
    snapshot_encode(rig.s, o, back, type);
    assert_int_equal(o->sensitive.n, 0);
    o->sensitive = STR("[[{\"type\":\"odd\",\"value\":1}]]");
    assert_false(snapshot_sensitive(rig.arena, o, &marks));
    rig_free(&rig);
}

static void outputs_keep_their_order(void **state) {
    (void)state;
    Rig rig = rig_new();
    const char *names[] = {"m", "b", "z", "b", "a"};
    for (int i = 0; i < 5; i++)
        snapshot_put_output(rig.s,
                            &(StateOutput){.name = str_of(names[i]), .value = STR("1"), .type = STR("\"number\"")});
    snapshot_remove_output(rig.s, STR("m"));
    snapshot_remove_output(rig.s, STR("absent"));
    assert_int_equal(rig.s->output_count, 3);
    assert_str(rig.s->outputs[0].name, "a");
    assert_str(rig.s->outputs[1].name, "b");
    assert_str(rig.s->outputs[2].name, "z");
    rig_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_of_one_resource),
        cmocka_unit_test(edits_of_many_resources),
        cmocka_unit_test(deposed_after_current),
        cmocka_unit_test(edges_of_the_gone_are_given_on),
        cmocka_unit_test(edges_stay_when_a_resource_is_replaced),
        cmocka_unit_test(values_and_marks_round_trip),
        cmocka_unit_test(outputs_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
